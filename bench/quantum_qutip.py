"""What the fidelity of two dense matrices costs QuTiP; beside bench/quantum_mixed_bench.cpp."""
import os
import time

os.environ.setdefault("QUTIP_NUM_PROCESSES", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import qutip

random = np.random.default_rng(1)


def mixed(d, r):
    a = random.uniform(-0.5, 0.5, (d, r)) + 1j * random.uniform(-0.5, 0.5, (d, r))
    rho = a @ a.conj().T
    return qutip.Qobj(rho / np.trace(rho).real)


print(f"QuTiP {qutip.__version__}, fidelity of two d x d matrices of rank r, best of five:")
for d, r in [(8, 8), (32, 32), (128, 128), (32, 2), (128, 2)]:
    rho, sigma = mixed(d, r), mixed(d, r)
    count = max(1, 4000 // (d * d))
    best = float("inf")
    for _ in range(5):
        begun = time.process_time()
        for _ in range(count):
            qutip.fidelity(rho, sigma)
        best = min(best, (time.process_time() - begun) / count)
    print(f"d = {d}, r = {r}: {1e6 * best:.0f} us")
