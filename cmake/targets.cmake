# The library targets. A wing's headers are found by their place in the tree; which target carries
# a header follows from what it needs: weft_core the standard library, weft_weft Eigen, Boost and
# nlohmann/json, weft_postgres and weft_sqlite their C libraries.

find_package(Eigen3 3.4 QUIET CONFIG)
find_package(Boost 1.74 QUIET)
find_package(nlohmann_json 3.11 QUIET CONFIG)
find_package(PostgreSQL QUIET)
find_package(SQLite3 QUIET)

set(weft_include ${PROJECT_SOURCE_DIR}/include)
file(GLOB_RECURSE weft_all_headers CONFIGURE_DEPENDS ${weft_include}/weft/*.hpp)

set(weft_core_headers ${weft_all_headers})
list(FILTER weft_core_headers INCLUDE REGEX "/weft/(version\\.hpp|(core|knot|schema|sql)/)")
list(FILTER weft_core_headers EXCLUDE REGEX "/(json|big)\\.hpp$")
set(weft_postgres_headers ${weft_all_headers})
list(FILTER weft_postgres_headers INCLUDE REGEX "/weft/adapters/libpq\\.hpp$")
set(weft_sqlite_headers ${weft_all_headers})
list(FILTER weft_sqlite_headers INCLUDE REGEX "/weft/adapters/sqlite3\\.hpp$")
set(weft_weft_headers ${weft_all_headers})
list(REMOVE_ITEM weft_weft_headers ${weft_core_headers} ${weft_postgres_headers}
     ${weft_sqlite_headers})

# weft_add_target(<name> HEADERS <headers...> LINK <targets...>)
function(weft_add_target name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "HEADERS;LINK")
    add_library(weft_${name} INTERFACE)
    add_library(weft::${name} ALIAS weft_${name})
    set_target_properties(weft_${name} PROPERTIES EXPORT_NAME ${name}
                          VERIFY_INTERFACE_HEADER_SETS ON)
    target_compile_features(weft_${name} INTERFACE cxx_std_20)
    target_sources(weft_${name} INTERFACE FILE_SET HEADERS BASE_DIRS ${weft_include}
                   FILES ${arg_HEADERS})
    target_link_libraries(weft_${name} INTERFACE ${arg_LINK})
endfunction()

weft_add_target(core HEADERS ${weft_core_headers})
if(TARGET Eigen3::Eigen AND TARGET Boost::headers AND TARGET nlohmann_json::nlohmann_json)
    weft_add_target(weft HEADERS ${weft_weft_headers}
                    LINK weft_core Eigen3::Eigen Boost::headers nlohmann_json::nlohmann_json)
elseif(PROJECT_IS_TOP_LEVEL)
    message(FATAL_ERROR "weft needs Eigen 3.4, Boost 1.74 (headers) and nlohmann/json 3.11: "
                        "apt-get install libeigen3-dev libboost-dev nlohmann-json3-dev")
endif()
if(TARGET PostgreSQL::PostgreSQL)
    weft_add_target(postgres HEADERS ${weft_postgres_headers}
                    LINK weft_core PostgreSQL::PostgreSQL)
endif()
if(TARGET SQLite::SQLite3)
    weft_add_target(sqlite HEADERS ${weft_sqlite_headers} LINK weft_core SQLite::SQLite3)
endif()
