"""The numbers of one outcome, wherever they are from. Ratios stand as ratios."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from decidua.evidence.randomised import Reason

RATIOS = ("OR", "RR", "PETO", "HR")


@dataclass(frozen=True)
class StudyEffect:
    study: str
    estimate: float
    lower: float
    upper: float


@dataclass(frozen=True)
class Asymmetry:
    """One test of small-study effects."""

    test: str
    p: float
    k: int


@dataclass(frozen=True)
class Body:
    """None: not given, or there is no such number.

    `level`: of the interval. `i2`: percent. `computed`: pooled here, else as others printed it.
    `mismatched`: claims on this very row or these rows that recomputing contradicts; `beside`: claims elsewhere that
    use the same cells and do not fit. Of rows of a shipped table: `refused` says why they may not be shown in absolute
    terms, `designs` what is recorded of their design, `unrecorded` the rows that no comparison is recorded of.
    """

    source: str
    measure: str
    estimate: float
    lower: float
    upper: float
    level: float = 0.95
    studies: int | None = None
    participants: int | None = None
    events: int | None = None
    effects: tuple[StudyEffect, ...] = ()
    i2: float | None = None
    tau2: float | None = None
    q_p: float | None = None
    prediction: tuple[float, float] | None = None
    asymmetry: tuple[Asymmetry, ...] = ()
    computed: bool = True
    notes: tuple[str, ...] = ()
    conventions: Mapping[str, str] = field(default_factory=dict)
    mismatched: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    refused: tuple[Reason, ...] = ()
    designs: tuple[str, ...] = ()
    unrecorded: tuple[str, ...] = ()

    @property
    def ratio(self) -> bool:
        return self.measure in RATIOS

    @property
    def neutral(self) -> float:
        """The value of no effect."""
        return 1.0 if self.ratio else 0.0

    @property
    def excludes_neutral(self) -> bool:
        return not self.lower <= self.neutral <= self.upper
