# Configures, builds and runs the consumer project that takes weft in by WAY.

cmake_minimum_required(VERSION 3.25)

if(WAY STREQUAL "single_header")
    foreach(round first second)
        execute_process(COMMAND ${CMAKE_COMMAND} -DINCLUDE=${WEFT}/include
                                -DOUTPUT=${SCRATCH}/${round}/weft.hpp
                                -P ${WEFT}/cmake/single_header.cmake
                        COMMAND_ERROR_IS_FATAL ANY)
    endforeach()
    execute_process(COMMAND ${CMAKE_COMMAND} -E compare_files ${SCRATCH}/first/weft.hpp
                            ${SCRATCH}/second/weft.hpp COMMAND_ERROR_IS_FATAL ANY)
    file(READ ${SCRATCH}/first/weft.hpp text)
    if(text MATCHES "#include \"")
        message(FATAL_ERROR "the single header includes another one of weft: ${CMAKE_MATCH_0}")
    endif()
endif()

# A stale cache would hide what a first configuration does.
file(REMOVE_RECURSE ${SCRATCH}/build/CMakeCache.txt ${SCRATCH}/build/CMakeFiles)
execute_process(COMMAND ${CMAKE_COMMAND} -S ${SOURCE} -B ${SCRATCH}/build -G Ninja -DWAY=${WAY}
                        -DWEFT_SOURCE=${WEFT} -DWEFT_SINGLE=${SCRATCH}/first
                        -DCMAKE_PREFIX_PATH=${PREFIX} -DCMAKE_CXX_COMPILER=${COMPILER}
                        -DCMAKE_CXX_COMPILER_LAUNCHER=${LAUNCHER}
                COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${CMAKE_COMMAND} --build ${SCRATCH}/build COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${SCRATCH}/build/consumer OUTPUT_VARIABLE said COMMAND_ERROR_IS_FATAL ANY)
message(STATUS "${said}")
