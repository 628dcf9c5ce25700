"""What follows from the table of pregnancies: counts with bounds, the tissue karyotype, the stage.

    rows                             complete         not complete, or not known to be
    every outcome known              exact            Range(count, open)
    u rows with unknown outcome      count..count+u   Range(count, open)

An unknown outcome may turn out to be anything, so it widens each count but not the number of pregnancies. A
loss of unknown kind widens clinical and biochemical losses by one, unless the row says how it was confirmed.
`pregnancies_complete` unknown counts as complete only where the stated total equals the number of rows.

The run of consecutive losses, in this project's reading: only a live birth breaks it; stillbirths, ectopic
and molar pregnancies, terminations and an ongoing pregnancy neither count nor break.

    outcomes (l: loss, b: live birth, n: neither, ?: unknown)   run, complete
    l l l                                                       3
    l l b l                                                     2
    l n l                                                       2
    l ? l                                                       1..3   (a birth: 1; a loss: 3)
    l ? l, and the live births are stated to be listed          2..3

In a list that is not complete a live birth may stand between any two rows, so the run is 1 or more, however
many losses are listed; unless the stated live births are all in the list: then it is the listed run or more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from decidua.facts import Range, Value
from decidua.intake.pregnancies import Pregnancy

BREAKS, COUNTS, PASSES = "b", "l", "n"
PER_OUTCOME: Mapping[str, str] = {
    "live_births": "live-birth",
    "stillbirths": "stillbirth",
    "ectopic_pregnancies": "ectopic",
    "molar_pregnancies": "molar",
}


def is_complete(rows: Sequence[Pregnancy], said: bool | None, total: Value | None) -> bool:
    """Whether the list holds every pregnancy: said so, or not said and equal to the stated total."""
    return said is True or (said is None and total == Decimal(len(rows)))


def counts(rows: Sequence[Pregnancy], *, complete: bool, births: Value | None) -> dict[str, Value]:
    """Fact id → number or Range; `births` are the stated live births, which may rule out an unlisted one."""
    open_rows = sum(row.outcome is None for row in rows)
    unclear = sum(row.kind == "loss" for row in rows)
    losses = sum(row.lost for row in rows)
    found: dict[str, Value] = {
        "losses": _between(losses, open_rows, complete),
        "clinical_losses": _between(_count(rows, "clinical-loss"), unclear + open_rows, complete),
        "biochemical_losses": _between(_count(rows, "biochemical"), unclear + open_rows, complete),
        "total_pregnancies": _between(len(rows), 0, complete),
        "consecutive_losses": _run(rows, complete, births),
    }
    for fact, outcome in PER_OUTCOME.items():
        found[fact] = _between(_count(rows, outcome), open_rows, complete)
    return found


def _count(rows: Sequence[Pregnancy], kind: str) -> int:
    return sum(row.kind == kind for row in rows)


def _between(low: int, unknown: int, complete: bool) -> Value:
    if not complete:
        return Range(Decimal(low), None)
    return Range(Decimal(low), Decimal(low + unknown)) if unknown else Decimal(low)


def _run(rows: Sequence[Pregnancy], complete: bool, births: Value | None) -> Value:
    highest = births.high if isinstance(births, Range) else births if isinstance(births, Decimal) else None
    all_births_listed = highest is not None and highest <= _count(rows, "live-birth")
    low = longest_run([_step(row, PASSES if all_births_listed else BREAKS) for row in rows])
    if not complete:
        return Range(Decimal(low if all_births_listed else min(low, 1)), None)
    high = longest_run([_step(row, COUNTS) for row in rows])
    return _between(low, high - low, complete)


def _step(row: Pregnancy, unknown: str) -> str:
    if row.outcome is None:
        return unknown
    return COUNTS if row.lost else BREAKS if row.outcome == "live-birth" else PASSES


def longest_run(steps: Sequence[str]) -> int:
    longest = current = 0
    for step in steps:
        current = 0 if step == BREAKS else current + (step == COUNTS)
        longest = max(longest, current)
    return longest


def tissue_abnormal(rows: Sequence[Pregnancy], *, complete: bool) -> bool | None:
    """True if tissue of one loss was abnormal; false only if the list is complete and all losses were normal.

        losses                     complete   not complete
        one abnormal               true       true
        all tested, all normal     false      unknown
        one not tested or unknown  unknown    unknown
        no losses                  false      unknown

    A row of unknown outcome may be a loss: it is one of those that must have tested normal.
    """
    if any(row.lost and row.karyotype == "abnormal" for row in rows):
        return True
    maybe_lost = [row for row in rows if row.lost or row.outcome is None]
    return False if complete and all(row.karyotype == "normal" for row in maybe_lost) else None


def more_births(stated: Value | None, computed: Value) -> bool:
    """Whether more live births are stated than the rows can hold; twins explain it if one row is a birth."""
    high = computed.high if isinstance(computed, Range) else computed
    births = stated.low if isinstance(stated, Range) else stated
    if not isinstance(births, Decimal) or not isinstance(high, Decimal):
        return False
    return births > high > 0


def present(rows: Sequence[Pregnancy]) -> dict[str, Value]:
    """Stage and gestation of an ongoing pregnancy, only if its weeks are given."""
    for row in rows:
        if row.outcome == "ongoing" and row.weeks is not None:
            return {"stage": "pregnant", "gestation": row.weeks}
    return {}
