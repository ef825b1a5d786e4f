"""Answers of SciPy for the tests of the temporal wing: cases as JSON on stdin, answers on stdout."""

import json
import sys

import numpy as np
from scipy.interpolate import (
    BPoly,
    CubicHermiteSpline,
    CubicSpline,
    PchipInterpolator,
    PPoly,
    interp1d,
)
from scipy.signal import lombscargle
from scipy.stats import kendalltau, theilslopes


def spline(case, x, y):
    """Value, slope, antiderivative at `at`, integral between `ends`, roots of `level`."""
    at, (a, b) = np.array(case["at"]), case["ends"]
    dy, d2y = np.array(case["dy"]), np.array(case["d2y"])
    kind = case["method"]
    if kind in ("nearest", "previous"):
        return {"value": interp1d(x, y, kind=kind)(at).tolist()}
    if kind == "linear":
        f = PPoly(np.array([np.diff(y) / np.diff(x), y[:-1]]), x)
    elif kind == "pchip":
        f = PchipInterpolator(x, y)
    elif kind == "natural":
        f = CubicSpline(x, y, bc_type="natural")
    elif kind == "clamped":
        f = CubicSpline(x, y, bc_type=((1, dy[0]), (1, dy[-1])))
    elif kind == "not-a-knot":
        f = CubicSpline(x, y)
    elif kind == "hermite":
        f = CubicHermiteSpline(x, y, dy)
    else:
        f = PPoly.from_bernstein_basis(BPoly.from_derivatives(x, np.array([y, dy, d2y]).T))
    p = PPoly(f.c, f.x)
    return {
        "value": f(at).tolist(),
        "slope": f.derivative()(at).tolist(),
        "area": p.antiderivative()(at).tolist(),
        "integral": float(p.integrate(a, b)),
        "roots": p.solve(case["level"], discontinuity=False, extrapolate=False).tolist(),
    }


def periodogram(case, x, y):
    """Classical Lomb-Scargle, and the share of variance that a sine with a mean takes."""
    f = np.array(case["frequencies"])
    classical = lombscargle(x, y - y.mean(), 2 * np.pi * f, normalize=True)
    floating = []
    for w in 2 * np.pi * f:
        a = np.array([np.cos(w * x), np.sin(w * x), np.ones_like(x)]).T
        rest = y - a @ np.linalg.lstsq(a, y, rcond=None)[0]
        floating.append(1 - (rest @ rest) / ((y - y.mean()) @ (y - y.mean())))
    return {"classical": classical.tolist(), "floating": floating}


def answer(case):
    x, y = np.array(case["x"]), np.array(case["y"])
    if case["what"] == "spline":
        return spline(case, x, y)
    if case["what"] == "periodogram":
        return periodogram(case, x, y)
    if case["what"] == "curve":
        at = np.array(case["at"])
        pchip = PchipInterpolator(x, y)
        return {
            "pchip": pchip(at).tolist(),
            "slope": pchip.derivative()(at).tolist(),
            "linear": np.interp(at, x, y).tolist(),
            "beyond": pchip.derivative()(np.array([x[0], x[-1]])).tolist(),
        }
    return {
        "p": kendalltau(x, y, method="exact").pvalue,
        "rate": theilslopes(y, x)[0],
    }


json.dump([answer(case) for case in json.load(sys.stdin)], sys.stdout)
