# cmake -DCOMPILER=<g++> -DNM=<nm> -DLAUNCHER=<ccache> -DINCLUDE=<include folder>
#       -DEIGEN=<Eigen's folder> -DSCRATCH=<folder> -P symbols.cmake
# Compiles what hosts write and looks at the symbols of the objects.

cmake_minimum_required(VERSION 3.25)

file(MAKE_DIRECTORY ${SCRATCH})

# Compiles `source` and gives the lines of nm.
function(symbols_of name source result)
    file(WRITE ${SCRATCH}/${name}.cpp "${source}")
    execute_process(COMMAND ${LAUNCHER} ${COMPILER} -std=c++20 -O0 -I${INCLUDE} -isystem ${EIGEN}
                            -c ${SCRATCH}/${name}.cpp -o ${SCRATCH}/${name}.o
                    RESULT_VARIABLE status ERROR_VARIABLE complaint)
    if(NOT status EQUAL 0)
        message(FATAL_ERROR "${name}:\n${complaint}")
    endif()
    execute_process(COMMAND ${NM} -C ${SCRATCH}/${name}.o OUTPUT_VARIABLE symbols
                    COMMAND_ERROR_IS_FATAL ANY)
    set(${result} "${symbols}" PARENT_SCOPE)
endfunction()

function(expect name symbols pattern wanted)
    string(REGEX MATCH "[^\n]*(${pattern})[^\n]*" found "${symbols}")
    if(wanted AND found STREQUAL "")
        message(SEND_ERROR "${name}: no symbol matches ${pattern}")
    elseif(NOT wanted AND NOT found STREQUAL "")
        message(SEND_ERROR "${name}: ${found}")
    endif()
endfunction()

set(decompositions "JacobiSVD|BDCSVD|EigenSolver|Tridiagonal|HouseholderQR|LLT|LDLT|PartialPivLU")
string(APPEND decompositions "|bidiagonal|diagonalize|triangularize|singular_values|polar_factor")
string(APPEND decompositions "|pivoted_cholesky")

symbols_of(pure [[
#include "weft/quantum/fidelity.hpp"
#include "weft/quantum/pair_matrix.hpp"
using namespace weft::quantum;
double of_kets(ket const& a, ket const& b) { return fidelity(a, b) + infidelity(a, b); }
double of_histograms(histogram const& a, histogram const& b) { return fidelity(a, b); }
double of_products(qubit_product const& a, qubit_product const& b) { return fidelity(a, b); }
double of_qubits(qubit const& a, qubit const& b) { return fidelity(a, b); }
double of_both(ket const& a, density const& b) { return fidelity(a, b); }
auto of_many(std::span<ket const> kets) { return top_matches(ket_set<double>(kets), 3); }
]] pure)
expect(pure "${pure}" "of_many" TRUE)
expect(pure "${pure}" "${decompositions}" FALSE)

set(mixed [[
#include "weft/quantum/geodesic.hpp"
#include "weft/quantum/spectrum.hpp"
#include "weft/quantum/superposition.hpp"
using namespace weft::quantum;
double of_mixed(density const& a, density const& b) { return fidelity(a, b) + affinity(a, b); }
auto of_matrix(Eigen::MatrixXcd const& m) { return density::from_matrix(m); }
auto of_path(density const& a, density const& b) { return geodesic(a, b); }
auto of_superposition(product_terms const& a, superposition const& b) {
    return infidelity(best_coefficients(a, b).state, b);
}
]])
symbols_of(using "#define WEFT_EXTERN_KERNELS\n${mixed}" using)
# Naming a kernel that is elsewhere is not compiling it.
string(REGEX REPLACE "[^\n]* U [^\n]*" "" compiled "${using}")
expect(using "${compiled}" "${decompositions}" FALSE)
symbols_of(defining "#define WEFT_DEFINE_KERNELS\n#include \"weft/quantum/factors.hpp\"\n" defining)
foreach(kernel factor_fidelity polar_factor cholesky)
    expect(using "${using}" " U [^\n]*${kernel}<double>" TRUE)
    expect(defining "${defining}" " W [^\n]*${kernel}<double>" TRUE)
endforeach()
foreach(kernel singular_form_of hermitian_form_of)
    expect(using "${using}" " U [^\n]*${kernel}<double>" TRUE)
endforeach()
# Naming a kernel that is elsewhere is not compiling it.
string(REGEX REPLACE "[^\n]* U [^\n]*" "" compiled "${using}")
expect(using "${compiled}" "${decompositions}" FALSE)
symbols_of(defining [[
#define WEFT_DEFINE_KERNELS
#include "weft/quantum/decompositions.hpp"
#include "weft/quantum/factors.hpp"
]] defining)
foreach(kernel factor_fidelity singular_form_of hermitian_form_of polar_factor cholesky)
    expect(using "${using}" " U [^\n]*${kernel}<double>" TRUE)
    expect(defining "${defining}" " W [^\n]*${kernel}<double>" TRUE)
endforeach()
expect(defining "${defining}" "bidiagonalize" TRUE)

# What fidelity.hpp costs over Eigen/Dense: .3 s at most, which lines stand for, as they do not
# depend on the machine.
function(lines_of name source result)
    file(WRITE ${SCRATCH}/${name}.cpp "${source}")
    execute_process(COMMAND ${COMPILER} -std=c++20 -E -P -I${INCLUDE} -isystem ${EIGEN}
                            ${SCRATCH}/${name}.cpp -o ${SCRATCH}/${name}.ii COMMAND_ERROR_IS_FATAL ANY)
    execute_process(COMMAND wc -l INPUT_FILE ${SCRATCH}/${name}.ii OUTPUT_VARIABLE lines
                    OUTPUT_STRIP_TRAILING_WHITESPACE)
    set(${result} ${lines} PARENT_SCOPE)
endfunction()
lines_of(dense "#include <Eigen/Dense>\n" dense)
lines_of(with_fidelity "#include <Eigen/Dense>\n#include \"weft/quantum/fidelity.hpp\"\n" with_fidelity)
math(EXPR over "${with_fidelity} - ${dense}")
message(STATUS "weft/quantum/fidelity.hpp has ${over} lines over Eigen/Dense")
if(over GREATER 12000)
    message(SEND_ERROR "weft/quantum/fidelity.hpp: ${over} lines over Eigen/Dense, more than 12000")
endif()
