"""GRADE's scale: four levels, five reasons to rate down, three to rate up, and how much each may move a rating.

Levels and domains: Schünemann et al., GRADE guidelines 18 (2019), table 1. Imprecision down to −3: Zeng et al., GRADE
Guidance 34 (2022). Steps of the reasons to rate up: Guyatt et al., GRADE guidelines 9 (2011).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

Level = Literal["very-low", "low", "moderate", "high"]
LEVELS: tuple[Level, ...] = get_args(Level)
"""From the lowest."""
SYMBOLS: Mapping[Level, str] = {level: "⊕" * (at + 1) + "◯" * (3 - at) for at, level in enumerate(LEVELS)}

DOWN: Mapping[str, tuple[int, ...]] = {
    "risk_of_bias": (0, -1, -2),
    "inconsistency": (0, -1, -2),
    "indirectness": (0, -1, -2),
    "imprecision": (0, -1, -2, -3),
    "publication_bias": (0, -1, -2),
}
UP: Mapping[str, tuple[int, ...]] = {"large_effect": (0, 1, 2), "dose_response": (0, 1), "opposing_confounding": (0, 1)}
DOMAINS: Mapping[str, tuple[int, ...]] = {**DOWN, **UP}
"""Domain → the judgements that GRADE knows."""

CRITICAL, IMPORTANT = 7, 4
"""Of an importance from 1 to 9: critical from 7, important from 4, below that not important."""

SITUATIONS = (
    "life-threatening", "uncertain-benefit-certain-harm", "equivalent-one-less-risky-or-costly",
    "similar-benefit-one-more-harmful", "catastrophic-harm",
)  # fmt: skip
"""GRADE's five in which a strong recommendation may rest on low or very low certainty (Andrews et al., GRADE guidelines
15, 2013; as tabled in BMJ Open 2017;7:e018593, table 1)."""

DECISION = (
    "problem", "desirable", "undesirable", "certainty", "values", "balance", "resources", "equity", "acceptability",
    "feasibility",
)  # fmt: skip
"""Criteria of an Evidence-to-Decision frame (Alonso-Coello et al., BMJ 2016;353:i2016)."""
