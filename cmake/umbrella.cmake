# cmake -DINCLUDE=<include folder> -P umbrella.cmake
# Writes weft/weft.hpp anew: it names every header but the adapters. Run it when a header comes or
# goes; a test says when that was forgotten.

cmake_minimum_required(VERSION 3.25)

set(text "#pragma once\n\n/// All of weft but the adapters. Heavy: where build time counts, include the headers in use.\n\n")
file(GLOB_RECURSE headers RELATIVE ${INCLUDE} ${INCLUDE}/weft/*.hpp)
list(REMOVE_ITEM headers weft/weft.hpp)
list(FILTER headers EXCLUDE REGEX "^weft/adapters/")
list(SORT headers)
foreach(header IN LISTS headers)
    string(APPEND text "#include \"${header}\"\n")
endforeach()
file(WRITE ${INCLUDE}/weft/weft.hpp "${text}")
