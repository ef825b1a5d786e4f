# Asks the installed package for components and versions, with and without what they need.

cmake_minimum_required(VERSION 3.25)

set(without_all -DCMAKE_DISABLE_FIND_PACKAGE_Eigen3=ON -DCMAKE_DISABLE_FIND_PACKAGE_Boost=ON
    -DCMAKE_DISABLE_FIND_PACKAGE_nlohmann_json=ON -DCMAKE_DISABLE_FIND_PACKAGE_PostgreSQL=ON
    -DCMAKE_DISABLE_FIND_PACKAGE_SQLite3=ON)

function(ask result)
    file(REMOVE_RECURSE ${SCRATCH})
    execute_process(COMMAND ${CMAKE_COMMAND} -S ${SOURCE} -B ${SCRATCH} -G Ninja
                            -DCMAKE_PREFIX_PATH=${PREFIX} -DCMAKE_CXX_COMPILER=${COMPILER} ${ARGN}
                    RESULT_VARIABLE status OUTPUT_VARIABLE said ERROR_VARIABLE said)
    if(result STREQUAL "works")
        if(NOT status EQUAL 0)
            message(FATAL_ERROR "${ARGN}\n${said}")
        endif()
    else()
        string(REGEX REPLACE "[ \n]+" " " said "${said}")
        string(FIND "${said}" "${result}" at)
        if(status EQUAL 0 OR at EQUAL -1)
            message(FATAL_ERROR "${ARGN}: expected an error with \"${result}\", got ${said}")
        endif()
    endif()
endfunction()

ask(works -DEXPECTED=core,weft,postgres,sqlite)
ask(works -DVERSION=0.1 -DWANTED=core,weft,postgres,sqlite -DEXPECTED=core,weft,postgres,sqlite)
ask(works -DWANTED=core -DEXPECTED=core)
ask(works -DWANTED=core -DEXPECTED=core ${without_all})
ask(works -DWANTED=sqlite -DEXPECTED=core,sqlite -DCMAKE_DISABLE_FIND_PACKAGE_PostgreSQL=ON)
ask(works -DEXPECTED=core ${without_all})
ask(works -DWANTED=core -DOPTIONAL=weft,sqlite -DEXPECTED=core,sqlite
    -DCMAKE_DISABLE_FIND_PACKAGE_Eigen3=ON)
ask("component weft: not found: Eigen 3.4." -DWANTED=weft -DCMAKE_DISABLE_FIND_PACKAGE_Eigen3=ON)
ask("component postgres: not found: PostgreSQL (libpq)." -DWANTED=postgres ${without_all})
ask("component silk: there is no such component." -DWANTED=core,silk)
ask("requested version \"99\"" -DVERSION=99)
