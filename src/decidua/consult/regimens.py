"""Regimens: worked out only where nothing stands in the way; else as printed, not calculated, with the reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from decidua.answers import FOR
from decidua.consult.around import PrecautionState
from decidua.facts import Value
from decidua.facts.values import plain
from decidua.guidelines import Knowledge, Regimen, Statement

WhyNot = Literal[
    "answer", "open", "other-indication", "dose", "unit", "route", "frequency", "reading", "precaution", "weight",
    "part",
]  # fmt: skip


@dataclass(frozen=True)
class Worked:
    """`amount`: one administration in `unit` (bounds); `arithmetic` shows how; or `why_not`."""

    statement: Statement
    regimen: Regimen
    amount: tuple[Decimal, Decimal] | None
    unit: str | None
    arithmetic: str | None
    why_not: tuple[WhyNot, ...]


def work_out(
    knowledge: Knowledge, statements: Sequence[Statement], answer: str, checks: Sequence[PrecautionState],
    other: bool, values: Mapping[str, Value],
) -> tuple[Worked, ...]:  # fmt: skip
    """Every printed regimen of the statements, calculated or not."""
    found = []
    for statement in statements:
        for regimen in statement.regimens:
            reasons = _obstacles(knowledge, regimen, answer, checks, other, values)
            found.append(_worked(statement, regimen, reasons, values))
    return tuple(found)


def _obstacles(
    knowledge: Knowledge, regimen: Regimen, answer: str, checks: Sequence[PrecautionState], other: bool,
    values: Mapping[str, Value],
) -> list[WhyNot]:  # fmt: skip
    printed: dict[WhyNot, object] = {
        "dose": regimen.dose, "unit": regimen.unit, "route": regimen.route, "frequency": regimen.every,
    }  # fmt: skip
    weighed = "/kg" in (regimen.unit or "")
    reasons: list[tuple[WhyNot, bool]] = [
        ("open", answer in ("needs-data", "disputed")),
        ("answer", answer not in (*FOR, "needs-data", "disputed")),
        ("other-indication", other),
        *((part, value is None) for part, value in printed.items()),
        ("part", regimen.for_ is not None),
        ("reading", any(reading not in knowledge.settled for reading in regimen.readings)),
        ("precaution", any(check.state == "failing" for check in checks)),
        ("weight", weighed and not isinstance(values.get("weight"), Decimal)),
    ]
    return [reason for reason, stands in reasons if stands]


def _worked(statement: Statement, regimen: Regimen, reasons: list[WhyNot], values: Mapping[str, Value]) -> Worked:
    if reasons or regimen.dose is None or regimen.unit is None:
        return Worked(statement, regimen, None, None, None, tuple(reasons))
    low, high = regimen.dose if isinstance(regimen.dose, tuple) else (regimen.dose, regimen.dose)
    if "/kg" not in regimen.unit:
        return Worked(statement, regimen, (low, high), regimen.unit, None, ())
    weight, unit = values["weight"], regimen.unit.replace("/kg", "")
    assert isinstance(weight, Decimal)
    dose = plain(low) if low == high else f"{plain(low)}–{plain(high)}"
    total = plain(low * weight) if low == high else f"{plain(low * weight)}–{plain(high * weight)}"
    arithmetic = f"{dose} {regimen.unit} × {plain(weight)} kg = {total} {unit}"
    return Worked(statement, regimen, (low * weight, high * weight), unit, arithmetic, ())
