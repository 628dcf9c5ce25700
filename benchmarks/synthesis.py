"""How fast is pooling? One command: `uv run python -m benchmarks.synthesis`.

10,000 analyses of 13 studies, side by side with every rival that is there, in one run, as ratios. Rivals: metafor where
Rscript is installed; statsmodels, PyMARE and PyMetaAnalysis with
`uv run --with statsmodels --with pymare --with PyMetaAnalysis python -m benchmarks.synthesis`.
A rival that loops is timed on the first analyses (the time of a loop is proportional) and must give the same estimates.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from decidua.synthesis.arrays import Effects, Floats
from decidua.synthesis.binary import binary_effects
from decidua.synthesis.counts import counts
from decidua.synthesis.mantel_haenszel import pool_mantel_haenszel
from decidua.synthesis.pooled import Pooled
from decidua.synthesis.pooling import pool_random

ANALYSES, STUDIES = 10_000, 13
LOOPED = 300
"""Analyses on which a looping rival is timed."""
REPEATS = 15
Cells = tuple[Floats, Floats, Floats, Floats]


def simulated(seed: int = 1) -> Cells:
    """Events and totals of two groups; risks of 5 to 30 %, log odds ratios that vary by 0.3."""
    rng, shape = np.random.default_rng(seed), (ANALYSES, STUDIES)
    n1, n2 = (rng.integers(50, 500, shape).astype(float) for _ in range(2))
    risk = rng.uniform(0.05, 0.3, shape)
    odds = risk / (1 - risk) * np.exp(rng.normal(0.2, 0.3, shape))
    a, c = rng.binomial(n1.astype(int), odds / (1 + odds)), rng.binomial(n2.astype(int), risk)
    return a.astype(float), n1, c.astype(float), n2


def seconds(work: Callable[[], object], repeats: int = REPEATS) -> float:
    """The fastest run: what else the machine does only ever adds."""
    work()
    found = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return min(found)


def everything(pooled: Pooled) -> Pooled:
    """Reads all that metafor prints: interval, p, Q and its p, I², H²."""
    _ = pooled.lower, pooled.upper, pooled.p, pooled.q, pooled.q_p, pooled.i2, pooled.h2
    return pooled


def ours(cells: Cells) -> dict[str, float]:
    table, one = counts(*cells), counts(*(values[:1] for values in cells))
    given = binary_effects(table, "OR")
    works: dict[str, Callable[[], object]] = {
        "DL": lambda: pool_random(given, "DL"), "MH": lambda: pool_mantel_haenszel(table, "OR"),
        "REML": lambda: pool_random(given, "REML"),
        "DL, all that metafor prints": lambda: everything(pool_random(given, "DL")),
        "MH, all that metafor prints": lambda: everything(pool_mantel_haenszel(table, "OR")),
        "REML, all that metafor prints": lambda: everything(pool_random(given, "REML")),
        "DL from counts, all that metafor prints":
            lambda: everything(pool_random(binary_effects(counts(*cells), "OR"), "DL")),
        "one REML from counts, with everything":
            lambda: everything(pool_random(binary_effects(one, "OR"), "REML")),
    }  # fmt: skip
    return {name: seconds(work) for name, work in works.items()}


def metafor(cells: Cells) -> dict[str, tuple[float, Floats]]:
    """Seconds for all analyses and the estimates of the first ones, by method."""
    if not shutil.which("Rscript"):
        print("metafor: Rscript is not installed, left out")
        return {}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "cells.csv"
        np.savetxt(file, np.hstack([v[:LOOPED] for v in cells]), delimiter=",", comments="",
                   header=",".join(f"x{i}" for i in range(4 * STUDIES)))  # fmt: skip
        script = Path(__file__).with_suffix(".R")
        command = ["Rscript", str(script), str(file), str(LOOPED)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"metafor: left out ({done.stderr.strip().splitlines()[-1]})")
        return {}
    rows = (line.split() for line in done.stdout.splitlines())
    return {name: (float(each) * ANALYSES, np.array(values.split(","), float)) for name, each, values in rows}


def statsmodels_loop(given: Effects) -> tuple[float, Floats] | None:
    try:
        from statsmodels.stats.meta_analysis import combine_effects
    except ImportError:
        return _absent("statsmodels")
    found = [0.0] * LOOPED

    def loop() -> None:
        for i in range(LOOPED):
            found[i] = combine_effects(given.estimates[i], given.variances[i], method_re="chi2").mean_effect_re

    return seconds(loop, 3) / LOOPED * ANALYSES, np.array(found)


def pymare_batch(given: Effects) -> tuple[float, Floats] | None:
    try:
        from pymare.estimators import DerSimonianLaird
    except ImportError:
        return _absent("PyMARE")
    y, v, x = given.estimates.T.copy(), given.variances.T.copy(), np.ones((STUDIES, 1))
    fitted = DerSimonianLaird().fit(y, v, x)
    return seconds(lambda: DerSimonianLaird().fit(y, v, x)), np.asarray(fitted.params_["fe_params"]).ravel()[:LOOPED]


def pymeta_loop(cells: Cells, method: str, tau2: str | None) -> tuple[float, Floats] | None:
    try:
        from meta_analyze import meta_binary
    except ImportError:
        return _absent("PyMetaAnalysis")
    a, n1, c, n2 = cells
    model = "common" if tau2 is None else "random"
    found = [0.0] * LOOPED

    def loop() -> None:
        for i in range(LOOPED):
            found[i] = float(meta_binary(
                event_treat=a[i], n_treat=n1[i], event_control=c[i], n_control=n2[i], measure="OR", method=method,
                model=model, tau2_method=tau2,
            ).estimate)  # fmt: skip

    return seconds(loop, 2) / LOOPED * ANALYSES, np.array(found)


def _absent(name: str) -> None:
    print(f"{name}: not installed, left out")


def line(name: str, mine: float, rival: str, theirs: float, target: float | None, gap: float) -> None:
    ratio = theirs / mine
    verdict = "" if target is None else f"  target {target:,.0f} {'met' if ratio >= target else 'MISSED'}"
    measured = f"{name:40} {mine * 1e3:8.2f} ms   {rival}: {theirs * 1e3:10.1f} ms"
    print(f"{measured}, ratio {ratio:9,.1f}{verdict}  estimates within {gap:.0e}")


def main() -> None:
    cells = simulated()
    table = counts(*cells)
    given = binary_effects(table, "OR")
    own = {"DL": pool_random(given, "DL"), "REML": pool_random(given, "REML"), "MH": pool_mantel_haenszel(table, "OR")}
    print(f"{ANALYSES:,} analyses of {STUDIES} studies; looping rivals timed on {LOOPED}; not converged: "
          f"{int((~own['REML'].converged).sum())}")  # fmt: skip
    rivals = metafor(cells)
    mine = ours(cells)

    def against(name: str, method: str, rival: str, found: tuple[float, Floats] | None, target: float | None) -> None:
        if found:
            # statsmodels does not cut a negative tau² off at 0: its estimates are compared where tau² is above 0.
            chosen = own[method].tau2
            same = np.ones(LOOPED, bool) if chosen is None else chosen.value[:LOOPED] > 0
            gap = float(np.abs(own[method].estimate[:LOOPED] - found[1])[same].max())
            line(name, mine[name], rival, found[0], target, gap)

    for method, target in (("DL", 10_000), ("MH", 10_000), ("REML", 1_500)):
        for name, wanted in ((method, target), (f"{method}, all that metafor prints", None)):
            against(name, method, "metafor loop", rivals.get(method), wanted)
    against("DL from counts, all that metafor prints", "DL", "metafor loop", rivals.get("DL-counts"), None)
    against("DL", "DL", "statsmodels loop", statsmodels_loop(given), 300)
    against("DL", "DL", "PyMARE batch", pymare_batch(given), 1)
    for method, tau2 in (("MH", None), ("DL", "DL"), ("REML", "REML")):
        found = pymeta_loop(cells, "MH" if method == "MH" else "IV", tau2)
        against(f"{method}, all that metafor prints", method, "PyMetaAnalysis loop", found, 1)
    one = mine["one REML from counts, with everything"]
    verdict = "met" if one <= 1e-3 else "MISSED"
    print(f"{'one REML from counts, with everything':40} {one * 1e3:8.2f} ms   target 1 ms {verdict}")


if __name__ == "__main__":
    sys.exit(main())
