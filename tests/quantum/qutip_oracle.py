"""What QuTiP says about the states of standard input (JSON), as JSON on standard output.

Input: {"pairs": [{"rho": M, "sigma": M}, ...]} with M = [real parts by rows, imaginary parts by
rows] of a state of two qubits.
"""
import json
import os
import sys

# QuTiP measures how many threads pay off, and prints that, unless it may use only one.
os.environ.setdefault("QUTIP_NUM_PROCESSES", "1")

import numpy as np
import qutip


def state(parts):
    return qutip.Qobj(np.array(parts[0]) + 1j * np.array(parts[1]), dims=[[2, 2], [2, 2]])


def number(x):
    return float(x) if np.isfinite(x) else None


rows = []
for pair in json.load(sys.stdin)["pairs"]:
    rho, sigma = state(pair["rho"]), state(pair["sigma"])
    root = qutip.fidelity(rho, sigma)
    first = rho.ptrace(0).full()
    rows.append({
        "fidelity": number(root**2),
        "bures_distance": number(np.sqrt(max(0.0, 2 - 2 * root))),
        "trace_distance": number(qutip.tracedist(rho, sigma)),
        "hellinger_distance": number(qutip.hellinger_dist(rho, sigma)),
        "entropy": number(qutip.entropy_vn(rho)),
        "relative_entropy": number(qutip.entropy_relative(rho, sigma)),
        "mutual_information": number(qutip.entropy_mutual(rho, 0, 1)),
        "concurrence": number(qutip.concurrence(rho)),
        "negativity": number(qutip.negativity(rho, 0, method="eigenvalues")),
        "partial_trace": [first.real.tolist(), first.imag.tolist()],
    })
json.dump(rows, sys.stdout)
