# What the project's own executables are compiled with; a user's build never sees this.

add_library(weft_development INTERFACE)
target_compile_options(weft_development INTERFACE -Wall -Wextra -Wpedantic -Wconversion
                       -Wsign-conversion -Wshadow
                       $<$<BOOL:${WEFT_WARNINGS_AS_ERRORS}>:-Werror>)
