# What the project's own programs are compiled with; a user's build never sees this.

add_library(weft_development INTERFACE)
target_compile_options(weft_development INTERFACE -Wall -Wextra -Wpedantic -Wconversion
                       -Wsign-conversion -Wshadow
                       # g++ 12 warns of std::string's own code where it is inlined deeply enough.
                       $<$<AND:$<CXX_COMPILER_ID:GNU>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>>:-Wno-restrict>
                       $<$<BOOL:${WEFT_WARNINGS_AS_ERRORS}>:-Werror>)

if(PROJECT_IS_TOP_LEVEL AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    find_program(WEFT_CCACHE ccache)
    mark_as_advanced(WEFT_CCACHE)
    if(WEFT_CCACHE)
        set(CMAKE_CXX_COMPILER_LAUNCHER ${WEFT_CCACHE})
    endif()
endif()

foreach(name weft postgres sqlite)
    if(NOT TARGET weft_${name})
        message(FATAL_ERROR "weft's own programs need weft::${name}, which is left out (see above). "
                            "cmake/need build installs what is missing; the library alone builds "
                            "with -DWEFT_BUILD_EXAMPLES=OFF.")
    endif()
endforeach()
