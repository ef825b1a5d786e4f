# cmake -DCOMPILER=<g++> -DINCLUDE=<include folder> -DSCRATCH=<folder> -P disagreeing.cmake
# A header of weft/schema in which the struct or its columns were changed, but not both, must not
# compile, and the compiler must say why.

cmake_minimum_required(VERSION 3.25)

set(name predictive_signals_cache)
file(READ ${INCLUDE}/weft/schema/${name}.hpp original)

function(try case expected_result text)
    file(WRITE ${SCRATCH}/${case}/weft/schema/${name}.hpp "${text}")
    file(WRITE ${SCRATCH}/${case}/use.cpp "#include \"weft/schema/${name}.hpp\"\n")
    execute_process(COMMAND ${COMPILER} -std=c++20 -fsyntax-only -I${SCRATCH}/${case} -I${INCLUDE}
                            ${SCRATCH}/${case}/use.cpp
                    RESULT_VARIABLE result ERROR_VARIABLE said)
    if(result EQUAL 0 AND expected_result STREQUAL compiles)
        return()
    elseif(result EQUAL 0)
        message(SEND_ERROR "${case} compiled")
    elseif(expected_result STREQUAL compiles)
        message(SEND_ERROR "${case} did not compile:\n${said}")
    elseif(NOT said MATCHES "columns_match_fields")
        message(SEND_ERROR "${case} failed for another reason:\n${said}")
    endif()
endfunction()

function(try_changed case expected_result from to)
    string(REPLACE "${from}" "${to}" text "${original}")
    if(text STREQUAL original)
        message(FATAL_ERROR "${case}: nothing to change")
    endif()
    try(${case} ${expected_result} "${text}")
endfunction()

set(field "    std::optional<double> confidence;")
set(described "        column{\"confidence\", &row::confidence}.unit(),\n")
try(unchanged compiles "${original}")
try_changed(member_added fails "${field}" "    std::optional<double> another;\n${field}")
try_changed(member_added_at_the_end fails "    [[nodiscard]] friend"
            "    std::optional<double> another;\n    [[nodiscard]] friend")
try_changed(member_of_another_type fails "${field}" "    std::optional<int> confidence;")
try_changed(member_no_longer_optional fails "${field}" "    jsonb confidence;")
try_changed(column_removed fails "${described}" "")
try_changed(column_twice fails "${described}" "${described}${described}")
try_changed(column_of_another_field fails "&row::target_time" "&row::calculated_at")
try_changed(column_of_another_name fails "column{\"target_time\"" "column{\"calculated_at\"")
