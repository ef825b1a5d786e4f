# Installs the build's headers into an empty prefix, moves it, and looks for what was left behind.

cmake_minimum_required(VERSION 3.25)

file(REMOVE_RECURSE ${SCRATCH}/prefix ${SCRATCH}/moved)
execute_process(COMMAND ${CMAKE_COMMAND} --install ${BUILD} --prefix ${SCRATCH}/prefix
                OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
file(RENAME ${SCRATCH}/prefix ${SCRATCH}/moved)

file(GLOB_RECURSE installed RELATIVE ${SCRATCH}/moved/include ${SCRATCH}/moved/include/*)
file(GLOB_RECURSE expected RELATIVE ${SOURCE}/include ${SOURCE}/include/*)
list(SORT installed)
list(SORT expected)
if(NOT installed STREQUAL expected)
    message(FATAL_ERROR "installed: ${installed}\nexpected: ${expected}")
endif()
file(GLOB_RECURSE files ${SCRATCH}/moved/share/cmake/*)
foreach(file IN LISTS files)
    file(READ ${file} text)
    foreach(path ${SOURCE} ${BUILD} ${SCRATCH} /usr/)
        string(FIND "${text}" "${path}" at)
        if(NOT at EQUAL -1)
            message(FATAL_ERROR "${file} remembers ${path}")
        endif()
    endforeach()
endforeach()
