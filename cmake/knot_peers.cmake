# weft_knot_peers: libhomfly and Regina, for comparing polynomials with theirs. Not made where they
# are not installed, nor under sanitizers: libhomfly brings a memory collector of its own.
if(TARGET weft_knot_peers OR CMAKE_CXX_FLAGS_RELEASE MATCHES "-fsanitize")
    return()
endif()
find_library(WEFT_LIBHOMFLY homfly)
find_path(WEFT_LIBHOMFLY_INCLUDE homfly.h)
find_library(WEFT_REGINA regina-engine)
find_path(WEFT_REGINA_INCLUDE link/link.h PATH_SUFFIXES regina-normal)
find_library(WEFT_GMP gmp)
if(NOT (WEFT_LIBHOMFLY AND WEFT_LIBHOMFLY_INCLUDE AND WEFT_REGINA AND WEFT_REGINA_INCLUDE
        AND WEFT_GMP))
    set(unmet "libhomfly or Regina was not found: knots are not compared with theirs")
    if(DEFINED ENV{CI})
        message(FATAL_ERROR "${unmet}")
    endif()
    message(STATUS "${unmet}")
    return()
endif()
set(peers ${PROJECT_SOURCE_DIR}/tests/knot/peers)
add_library(weft_knot_peers STATIC ${peers}/libhomfly.cpp ${peers}/regina.cpp)
target_include_directories(weft_knot_peers PUBLIC ${peers})
target_include_directories(weft_knot_peers SYSTEM PRIVATE ${WEFT_LIBHOMFLY_INCLUDE}
                           ${WEFT_REGINA_INCLUDE})
target_link_libraries(weft_knot_peers PUBLIC weft_core
                      PRIVATE weft_development ${WEFT_LIBHOMFLY} ${WEFT_REGINA} ${WEFT_GMP})
