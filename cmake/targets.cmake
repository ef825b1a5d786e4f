# The library targets. Which target carries a header follows from its place in the tree: weft_core
# needs the standard library alone, weft_weft Eigen, Boost and nlohmann/json as well, weft_postgres
# and weft_sqlite their C library.

# Boost brings its own package file; CMake's older search is only asked where that is missing.
if(POLICY CMP0167)
    cmake_policy(SET CMP0167 NEW)
endif()
find_package(Eigen3 3.4 QUIET CONFIG)
find_package(Boost 1.74 QUIET)
find_package(nlohmann_json 3.11 QUIET CONFIG)
if(WEFT_WITH_POSTGRES)
    find_package(PostgreSQL QUIET)
endif()
if(WEFT_WITH_SQLITE)
    find_package(SQLite3 3.37 QUIET)
endif()

set(weft_include ${PROJECT_SOURCE_DIR}/include)
file(GLOB_RECURSE weft_all_headers CONFIGURE_DEPENDS ${weft_include}/weft/*.hpp)

set(weft_core_headers ${weft_all_headers})
list(FILTER weft_core_headers INCLUDE REGEX
     "/weft/(version\\.hpp|(core|knot|schema|sql)/|adapters/(bulk|transaction)\\.hpp)")
list(FILTER weft_core_headers EXCLUDE REGEX "/(json|big)\\.hpp$")
set(weft_postgres_headers ${weft_all_headers})
list(FILTER weft_postgres_headers INCLUDE REGEX "/weft/adapters/libpq\\.hpp$")
set(weft_sqlite_headers ${weft_all_headers})
list(FILTER weft_sqlite_headers INCLUDE REGEX "/weft/adapters/sqlite3\\.hpp$")
set(weft_weft_headers ${weft_all_headers})
list(REMOVE_ITEM weft_weft_headers ${weft_core_headers} ${weft_postgres_headers}
     ${weft_sqlite_headers} ${weft_include}/weft/weft.hpp)

# weft_add_target(<name> HEADERS <headers...> LINK <targets...>)
set(weft_targets "")
function(weft_add_target name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "HEADERS;LINK")
    add_library(weft_${name} INTERFACE)
    add_library(weft::${name} ALIAS weft_${name})
    set_target_properties(weft_${name} PROPERTIES EXPORT_NAME ${name}
                          VERIFY_INTERFACE_HEADER_SETS ${WEFT_BUILD_TESTS})
    target_compile_features(weft_${name} INTERFACE cxx_std_20)
    target_sources(weft_${name} INTERFACE FILE_SET HEADERS BASE_DIRS ${weft_include}
                   FILES ${arg_HEADERS})
    target_link_libraries(weft_${name} INTERFACE ${arg_LINK})
    set(weft_targets ${weft_targets} ${name} PARENT_SCOPE)
endfunction()

# What a target lacks is said once; a project that only wants weft::core never hears of it.
function(weft_left_out name needs)
    if(PROJECT_IS_TOP_LEVEL)
        message(STATUS "weft::${name} is left out: it needs ${needs}")
    endif()
endfunction()

weft_add_target(core HEADERS ${weft_core_headers})
if(TARGET Eigen3::Eigen AND TARGET Boost::headers AND TARGET nlohmann_json::nlohmann_json)
    weft_add_target(weft HEADERS ${weft_weft_headers}
                    LINK weft_core Eigen3::Eigen Boost::headers nlohmann_json::nlohmann_json)
    # All of the others: compiled alone, it would cost as much as twenty of them.
    target_sources(weft_weft INTERFACE FILE_SET umbrella TYPE HEADERS BASE_DIRS ${weft_include}
                   FILES ${weft_include}/weft/weft.hpp)
    set_target_properties(weft_weft PROPERTIES INTERFACE_HEADER_SETS_TO_VERIFY HEADERS)
else()
    weft_left_out(weft "Eigen 3.4, the Boost headers 1.74 and nlohmann/json 3.11")
endif()
if(WEFT_WITH_POSTGRES AND weft_postgres_headers)
    if(TARGET PostgreSQL::PostgreSQL)
        weft_add_target(postgres HEADERS ${weft_postgres_headers}
                        LINK weft_core PostgreSQL::PostgreSQL)
    else()
        weft_left_out(postgres "libpq")
    endif()
endif()
if(WEFT_WITH_SQLITE AND weft_sqlite_headers)
    if(TARGET SQLite::SQLite3)
        weft_add_target(sqlite HEADERS ${weft_sqlite_headers} LINK weft_core SQLite::SQLite3)
    else()
        weft_left_out(sqlite "SQLite 3.37")
    endif()
endif()

if(PROJECT_IS_TOP_LEVEL)
    add_custom_target(weft_single_header
        COMMAND ${CMAKE_COMMAND} -DINCLUDE=${weft_include}
                -DOUTPUT=${PROJECT_SOURCE_DIR}/single_include/weft.hpp
                -P ${PROJECT_SOURCE_DIR}/cmake/single_header.cmake
        COMMENT "Writing single_include/weft.hpp" VERBATIM)
endif()
