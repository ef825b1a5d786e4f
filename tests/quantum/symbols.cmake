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
#include "weft/quantum/uhlmann.hpp"
using namespace weft::quantum;
double of_mixed(density const& a, density const& b) { return fidelity(a, b); }
]])
symbols_of(using "#define WEFT_EXTERN_KERNELS\n${mixed}" using)
expect(using "${using}" " U [^\n]*factor_fidelity<double>" TRUE)
expect(using "${using}" "${decompositions}" FALSE)
symbols_of(defining "#define WEFT_DEFINE_KERNELS\n#include \"weft/quantum/factors.hpp\"\n" defining)
expect(defining "${defining}" " W [^\n]*factor_fidelity<double>" TRUE)
expect(defining "${defining}" "bidiagonalize" TRUE)
