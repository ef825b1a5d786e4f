# cmake -DCOMPILER=<g++> -DINCLUDE=<include folder> -DFLAGS=<-I...> -DSCRATCH=<folder>
#       -P budgets.cmake
# How many preprocessed lines a header costs its user: a header of weft::core at most 60,000, the
# umbrella at most what Eigen/Dense, nlohmann/json.hpp and the Boost headers that weft names cost
# together, and 20,000 more.

cmake_minimum_required(VERSION 3.25)

file(MAKE_DIRECTORY ${SCRATCH})

function(count_lines source result)
    file(WRITE ${SCRATCH}/probe.cpp "${source}")
    execute_process(COMMAND ${COMPILER} -std=c++20 -E -P -I${INCLUDE} ${FLAGS} ${SCRATCH}/probe.cpp
                            -o ${SCRATCH}/probe.ii
                    RESULT_VARIABLE status ERROR_VARIABLE complaint)
    if(NOT status EQUAL 0)
        message(FATAL_ERROR "${source}${complaint}")
    endif()
    # Counting through a list would fall over brackets; lines are what remains of the newlines.
    execute_process(COMMAND wc -l INPUT_FILE ${SCRATCH}/probe.ii OUTPUT_VARIABLE lines
                    OUTPUT_STRIP_TRAILING_WHITESPACE)
    set(${result} ${lines} PARENT_SCOPE)
endfunction()

set(faults "")
file(GLOB_RECURSE headers RELATIVE ${INCLUDE} ${INCLUDE}/weft/*.hpp)
set(boost "")
set(heaviest 0)
foreach(header IN LISTS headers)
    if(NOT header MATCHES "^weft/adapters/")
        file(STRINGS ${INCLUDE}/${header} lines REGEX "^#include <boost/")
        list(APPEND boost ${lines})
    endif()
    if(header MATCHES "^weft/(version\\.hpp|(core|knot|schema|sql)/)" AND
       NOT header MATCHES "/(json|big)\\.hpp$")
        count_lines("#include \"${header}\"\n" lines)
        if(lines GREATER heaviest)
            set(heaviest ${lines})
            set(heaviest_header ${header})
        endif()
        if(lines GREATER 60000)
            string(APPEND faults "  ${header}: ${lines} lines, more than 60000\n")
        endif()
    endif()
endforeach()
message(STATUS "the heaviest header of weft::core is ${heaviest_header} with ${heaviest} lines")

list(REMOVE_DUPLICATES boost)
set(budget 20000)
foreach(include IN LISTS boost ITEMS "#include <Eigen/Dense>" "#include <nlohmann/json.hpp>")
    count_lines("${include}\n" lines)
    math(EXPR budget "${budget} + ${lines}")
endforeach()
count_lines("#include \"weft/weft.hpp\"\n" lines)
message(STATUS "weft/weft.hpp has ${lines} lines, its budget is ${budget}")
if(lines GREATER budget)
    string(APPEND faults "  weft/weft.hpp: ${lines} lines, more than ${budget}\n")
endif()
if(faults)
    message(FATAL_ERROR "Too heavy:\n${faults}")
endif()
