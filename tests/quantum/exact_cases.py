"""Writes tests/quantum/exact_cases.json: measures of pairs of states from their definitions, with
80 digits (python3-mpmath). The states come from whole numbers that the test makes by the same rule.

    python3 tests/quantum/exact_cases.py > tests/quantum/exact_cases.json
"""
import json

from mpmath import mp, mpf, mpc, matrix, eighe, eigh, sqrt, log, exp, nstr

mp.dps = 80


def numbers(seed):
    """Whole numbers from -32 to 31: the highest six bits of Knuth's congruential generator."""
    state = seed
    while True:
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        yield (state >> 58) - 32


def factor(source, d, r, scale):
    """d x r complex whole numbers by rows, real parts first, times `scale`."""
    return [[(next(source) * scale, next(source) * scale) for _ in range(r)] for _ in range(d)]


def density(a):
    total = sum(x * x + y * y for row in a for x, y in row)
    m = matrix([[mpc(x, y) for x, y in row] for row in a])
    return m * m.H / total


def spectrum(rho):
    """Eigenvalues > 0 and their vectors."""
    values, vectors = eighe(rho)
    kept = [i for i in range(len(values)) if values[i] > mpf(10) ** -60]
    return [values[i] for i in kept], [vectors[:, i] for i in kept]


def of(function, spectrum_):
    values, vectors = spectrum_
    out = matrix(vectors[0].rows)
    for value, v in zip(values, vectors):
        out += function(value) * v * v.H
    return out


def trace(m):
    return sum(m[i, i] for i in range(m.rows)).real


def entropy(values):
    return -sum(p * log(p) for p in values)


def reduced(rho, first, keep_first):
    rest = rho.rows // first
    n = first if keep_first else rest
    out = matrix(n)
    for i in range(n):
        for j in range(n):
            for k in range(rest if keep_first else first):
                out[i, j] += (rho[i * rest + k, j * rest + k] if keep_first
                              else rho[k * rest + i, k * rest + j])
    return out


def measures(rho, sigma):
    d = rho.rows
    a, b = spectrum(rho), spectrum(sigma)
    half = of(sqrt, a)
    inner = half * sigma * half
    root = sum(sqrt(x) for x in eighe((inner + inner.H) / 2, eigvals_only=True)
               if x > mpf(10) ** -60)
    affinity = trace(half * of(sqrt, b))
    out = {
        "fidelity": root**2,
        "infidelity": 1 - root**2,
        "trace_distance": sum(abs(x) for x in eighe(rho - sigma, eigvals_only=True)) / 2,
        "bures_distance": sqrt(2 - 2 * root),
        "affinity": affinity,
        "hellinger_distance": sqrt(2 - 2 * affinity),
        "hilbert_schmidt_distance": sqrt(trace((rho - sigma) * (rho - sigma))),
        "purity": trace(rho * rho),
        "entropy": entropy(a[0]),
        "renyi_half": 2 * log(sum(sqrt(p) for p in a[0])),
        "renyi_two": -log(sum(p**2 for p in a[0])),
        "tsallis": (1 - sum(p ** mpf("1.5") for p in a[0])) / mpf("0.5"),
        "mutual_information": (entropy(spectrum(reduced(rho, 2, True))[0]) +
                               entropy(spectrum(reduced(rho, 2, False))[0]) - entropy(a[0])),
    }
    inside = of(lambda _: mpf(1), b)
    if trace(rho - inside * rho) < mpf(10) ** -50:
        out["relative_entropy"] = -entropy(a[0]) - trace(rho * of(log, b))
    turned = matrix(d)
    rest = d // 2
    for i in range(d):
        for j in range(d):
            turned[j // rest * rest + i % rest, i // rest * rest + j % rest] = rho[i, j]
    out["negativity"] = sum(-x for x in eighe(turned, eigvals_only=True) if x < 0)
    if d == 4:
        y = matrix([[0, 0, 0, -1], [0, 0, 1, 0], [0, 1, 0, 0], [-1, 0, 0, 0]])
        r = half * y * rho.conjugate() * y * half
        s = sorted((sqrt(x) if x > mpf(10) ** -60 else mpf(0)
                    for x in eighe((r + r.H) / 2, eigvals_only=True)), reverse=True)
        out["concurrence"] = max(mpf(0), s[0] - s[1] - s[2] - s[3])
    if len(a[0]) == d and len(b[0]) == d:
        mean = (of(log, a) + of(log, b)) / 2
        out["log_euclidean_fidelity"] = sum(exp(x) for x in eighe(mean, eigvals_only=True))
    weights = [[abs((v.H * w)[0, 0]) ** 2 for w in b[1]] for v in a[1]]
    logs = [log(p) for p in a[0]], [log(p) for p in b[0]]

    def chernoff(s, slope):
        return sum(weights[i][j] * exp(s * x + (1 - s) * y) * (x - y if slope else 1)
                   for i, x in enumerate(logs[0]) for j, y in enumerate(logs[1]))

    low, high = mpf(0), mpf(1)
    if chernoff(low, True) >= 0:
        high = low
    elif chernoff(high, True) <= 0:
        low = high
    for _ in range(0 if low == high else 70):
        middle = (low + high) / 2
        if chernoff(middle, True) < 0:
            low = middle
        else:
            high = middle
    out["chernoff"] = chernoff((low + high) / 2, False)
    return out


def schmidt(a):
    """Coefficients of the first column between two parties, the first of dimension 2."""
    total = sum(row[0][0] ** 2 + row[0][1] ** 2 for row in a)
    rest = len(a) // 2
    m = matrix([[mpc(*a[i * rest + j][0]) for j in range(rest)] for i in range(2)])
    return [sqrt(x) for x in sorted(eighe(m * m.H / total, eigvals_only=True), reverse=True)]


cases = []
for n, (d, r, s, step) in enumerate([
        (4, 1, 1, 0), (4, 1, 3, 0), (4, 2, 2, 0), (4, 3, 4, 0), (4, 4, 4, 0), (4, 2, 2, 2**10),
        (4, 4, 4, 2**18), (8, 1, 2, 0), (8, 3, 3, 0), (8, 8, 8, 0), (8, 2, 8, 0),
        (8, 3, 3, 2**15), (16, 4, 4, 0), (16, 2, 16, 0), (16, 16, 16, 0), (16, 5, 5, 2**18)]):
    source = numbers(n + 1)
    a = factor(source, d, r, max(step, 1))
    b = factor(source, d, s, 1)
    if step:  # nearly the same state
        b = [[(x + u, y + v) for (x, y), (u, v) in zip(p, q)] for p, q in zip(a, b)]
    found = measures(density(a), density(b))
    cases.append({"dimension": d, "ranks": [r, s], "step": step,
                  "schmidt": [nstr(x, 25) for x in schmidt(a)],
                  "measures": {name: nstr(x, 25) for name, x in found.items()}})
print(json.dumps(cases, indent=1))
