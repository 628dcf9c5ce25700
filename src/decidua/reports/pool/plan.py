"""What was asked for, completed: every choice that was left open, and the choices that do not go together."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from decidua.errors import UsageError

if TYPE_CHECKING:  # what can be asked for is known without NumPy
    from decidua.studies.table import StudyTable

BINARY = ("OR", "RR", "RD", "PETO")
CONTINUOUS = ("MD", "SMD")
MEASURES = (*BINARY, *CONTINUOUS)
EXTRAS = ("leave-one-out", "cumulative", "influence", "asymmetry", "trim-fill")


@dataclass(frozen=True)
class Asked:
    """None: left open."""

    measure: str | None = None
    model: str | None = None
    method: str | None = None
    tau2: str | None = None
    ci: str = "wald"
    zero: str | None = None
    level: float = 0.95
    prediction: str = "higgins"
    by: str | None = None
    moderators: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()

    @property
    def wanted(self) -> tuple[str, ...]:
        """The kinds of columns that will do for the measure, best first."""
        if self.measure is None:
            return ("counts", "means", "reported")
        return ("means", "reported") if self.measure in CONTINUOUS else ("counts", "reported")


@dataclass(frozen=True)
class Plan:
    """All choices made. `tau2` None: a fixed model, or RevMan's "M-H, Random"."""

    measure: str
    model: str
    method: str
    tau2: str | None
    ci: str
    zero: str
    level: float
    prediction: str
    tau2_ignored: bool

    @property
    def iv(self) -> bool:
        return self.method == "IV"


def plan(asked: Asked, table: StudyTable) -> Plan:
    """Raises UsageError for a choice that the table or another choice does not allow."""
    measure = asked.measure or table.measure
    if measure is None:
        raise UsageError("error.pool-measure", allowed=", ".join(MEASURES))
    model = asked.model or ("fixed" if _peto(asked, table.kind) else table.model) or "random"
    method = asked.method or (None if asked.measure else table.method) or _method(measure, model, table.kind, asked)
    measure = "PETO" if (measure, method) == ("OR", "Peto") else measure
    _refuse_combinations(asked, table.kind, measure, model, method)
    _refuse_columns(asked, table)
    random_iv = model == "random" and method == "IV"
    return Plan(
        measure, model, method, (asked.tau2 or "REML") if random_iv else None, asked.ci,
        asked.zero or ("revman" if table.measure or (method, model) == ("MH", "random") else "metafor"),
        asked.level, asked.prediction, tau2_ignored=asked.tau2 is not None and model == "fixed",
    )  # fmt: skip


def _peto(asked: Asked, kind: str) -> bool:
    """Peto's method is asked for, by name or by its measure; it has a fixed model only."""
    if asked.method is None and asked.measure == "PETO":
        return kind == "counts" and not asked.moderators
    return asked.method == "Peto"


def _method(measure: str, model: str, kind: str, asked: Asked) -> str:
    if kind != "counts" or model == "random" or asked.moderators:
        return "IV"
    return "Peto" if measure == "PETO" else "MH"


def _refuse_combinations(asked: Asked, kind: str, measure: str, model: str, method: str) -> None:
    if (kind == "counts" and measure in CONTINUOUS) or (kind == "means" and measure in BINARY):
        raise UsageError("error.pool-kind", measure=measure)
    for wrong, reason in (
        (method != "IV" and kind != "counts", "error.pool-needs-counts"),
        (method == "MH" and measure not in ("OR", "RR", "RD"), "error.pool-mh-measure"),
        (method == "Peto" and measure != "PETO", "error.pool-peto-measure"),
        (method == "Peto" and model == "random", "error.pool-peto-random"),
        (method != "IV" and model == "fixed" and asked.ci != "wald", "error.pool-ci"),
        (method == "MH" and model == "random" and asked.tau2 not in (None, "DL"), "error.pool-mh-tau2"),
        (method != "IV" and bool(asked.moderators), "error.pool-moderators"),
    ):
        if wrong:
            raise UsageError(reason, method=method, measure=measure)


def _refuse_columns(asked: Asked, table: StudyTable) -> None:
    _known("--by", [asked.by] if asked.by else [], table.texts)
    _known("--moderators", asked.moderators, table.texts)


def _known(option: str, given: Collection[str], there: Collection[str]) -> None:
    for name in given:
        if name.lower() not in there:
            raise UsageError("error.pool-column", option=option, given=name, allowed=", ".join(there) or "-")
