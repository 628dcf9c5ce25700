"""Largest differences to metafor's pinned values, by method.

One command: `uv run python -m validation.metafor.compare`.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np

from decidua.synthesis.heterogeneity import q_profile
from decidua.synthesis.mantel_haenszel import pool_mantel_haenszel, pool_mantel_haenszel_random
from decidua.synthesis.peto import pool_peto
from decidua.synthesis.pooled import Pooled
from decidua.synthesis.pooling import pool_fixed, pool_random
from decidua.synthesis.tau2 import ESTIMATORS
from tests.synthesis.reference import BINARY, CONTINUOUS, effects_of, pinned, results, table_of

FIELDS = ("estimate", "se", "q", "i2", "p", "tau2")
CONVENTIONS = ("hahn_2001", "axfors_2021", "collins_1985_neonatal", "niel_weise_2007")


def gap(ours: Any, theirs: Any) -> float:
    """Relative to the greater of 1 and the value."""
    a, b = np.asarray(ours, float).squeeze(), np.asarray(theirs, float).squeeze()
    return float(np.max(np.abs(a - b) / np.maximum(np.abs(b), 1)))


def gaps() -> Iterator[tuple[str, float]]:
    for paper, measure in [*product(BINARY, ("OR", "RR", "RD")), *product(CONTINUOUS, ("MD", "SMD"))]:
        effects, theirs = effects_of(paper, measure), pinned(paper, measure)
        yield "effects and variances", gap([effects.estimates, effects.variances], [[theirs["yi"]], [theirs["vi"]]])
        yield "fixed, inverse variance", _worst(pool_fixed(effects), theirs["fixed"])
        for estimator in ESTIMATORS:
            yield f"random, {estimator}", _worst(pool_random(effects, estimator), theirs[estimator])
        found = q_profile(effects, pool_fixed(effects).typical_variance)
        yield (
            "Q-profile intervals",
            gap([found.tau2, found.h2], [[[b] for b in theirs["q_profile"][n]] for n in ("tau2", "h2")]),
        )
        if paper in BINARY:
            yield "Mantel-Haenszel", _worst(pool_mantel_haenszel(table_of(paper), measure), theirs["mh"])
            revman = results()[paper][measure]["revman"]
            yield "M-H, Random", _worst(pool_mantel_haenszel_random(table_of(paper), measure), revman["mh_random"])
    for paper in BINARY:
        yield "Peto", _worst(pool_peto(table_of(paper)), results()[paper]["PETO"], ("estimate", "se", "q", "p"))


def _worst(ours: Pooled, theirs: dict[str, Any], fields: tuple[str, ...] = FIELDS) -> float:
    values = {name: getattr(ours, name) for name in fields if name != "tau2"}
    values |= {"tau2": ours.tau2.value} if ours.tau2 else {}
    return max(gap(value, theirs[name]) for name, value in values.items() if name in theirs)


def main() -> None:
    worst: dict[str, float] = {}
    for name, value in gaps():
        worst[name] = max(worst.get(name, 0.0), value)
    for name, value in worst.items():
        print(f"{name:26} {value:.1e}")
    print("\nlog OR by convention       REML metafor  REML RevMan   MH metafor   MH RevMan")
    for paper in CONVENTIONS:
        table = table_of(paper)
        ways = (
            *(pool_random(effects_of(paper, "OR", zero), "REML") for zero in ("metafor", "revman")),
            *(pool_mantel_haenszel(table, "OR", zero) for zero in ("metafor", "revman")),
        )
        print(f"{paper:26}" + "".join(f" {way.estimate[0]:12.6f}" for way in ways))


if __name__ == "__main__":
    main()
