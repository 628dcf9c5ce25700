"""metafor's values (validation/metafor/reference.json) and how closely they must be met."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from decidua.synthesis.arrays import Effects
from decidua.synthesis.binary import binary_effects
from decidua.synthesis.continuous import continuous_effects, means
from decidua.synthesis.counts import Counts, counts

PINNED = Path(__file__).parents[2] / "validation" / "metafor" / "reference.json"
CLOSED = 1e-10
"""Largest relative difference of a closed form (absolute below 1)."""
ITERATED = 1e-7
CLOSED_FORMS = ("DL", "HE", "HS", "SJ")
BINARY = (
    "colditz_1994", "collins_1985", "collins_1985_neonatal", "egger_2001", "hahn_2001", "hine_1989", "lee_2004",
    "li_2007", "niel_weise_2007", "yusuf_1985", "damico_2009", "axfors_2021",
)  # fmt: skip
CONTINUOUS = ("normand_1999", "gibson_2002")


@cache
def results() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(PINNED.read_text("utf-8"))["results"]
    return loaded


def table_of(paper: str) -> Counts:
    rows = results()[paper]["rows"]
    return counts(*([row[name] for row in rows] for name in ("ai", "n1i", "ci", "n2i")))


def effects_of(paper: str, measure: str, zero: str = "metafor") -> Effects:
    if paper in BINARY:
        return binary_effects(table_of(paper), measure, zero)
    rows = results()[paper]["rows"]
    names = ("m1i", "sd1i", "n1i", "m2i", "sd2i", "n2i")
    return continuous_effects(means(*([row[name] for row in rows] for name in names)), measure)


def pinned(paper: str, measure: str) -> Any:
    found = results()[paper][measure]
    return found["metafor"] if paper in BINARY else found


def near(ours: object, theirs: object, tolerance: float = CLOSED) -> None:
    """Relative to the greater of 1 and the value."""
    a, b = np.asarray(ours, float).squeeze(), np.asarray(theirs, float).squeeze()
    assert a.shape == b.shape
    worst = np.max(np.abs(a - b) / np.maximum(np.abs(b), 1.0))
    assert worst <= tolerance, f"{a} against {b}: {worst:.2e}"
