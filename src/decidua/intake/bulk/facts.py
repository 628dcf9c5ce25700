"""From settled values to the facts of a batch as arrays: what follows from several facts, closed under the constraints.

The steps are those of `intake/steps.py`. A patient in whom facts contradict each other, or come so near to it that a
rounded number must not decide, is named, and the one-patient reader says what is wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np

from decidua.facts import Constraint, Value, Vocabulary
from decidua.intake.bulk.meanings import Meanings
from decidua.intake.bulk.reducing import Bits, Ints, Settled, Table
from decidua.intake.closing import TOLERANCE, body_mass_index
from decidua.intake.reducers import PERSISTENT_DAYS
from decidua.intake.results import ANALYTES

Floats = np.ndarray[Any, np.dtype[np.float64]]
_NEAR = 1e-6
_FAR = np.int64(1) << 40
_UNKNOWN = -1.0


@dataclass
class Facts:
    """`low[fact, patient]` and `high`: equal where the value is known, a number as in `Values`.

    Both are no number where nothing is known; one of them where an end is open.
    """

    meanings: Meanings
    low: Floats
    high: Floats

    def put(self, patient: int, values: Mapping[str, Value]) -> None:
        """The facts of one patient as another reader found them."""
        self.low[:, patient] = self.high[:, patient] = np.nan
        for fact, value in values.items():
            number = self.meanings.values.id(value)
            place = self.meanings.number[fact]
            self.low[place, patient] = self.meanings.values.low[number]
            self.high[place, patient] = self.meanings.values.high[number]


def facts(meanings: Meanings, found: Settled) -> tuple[Facts, Bits]:
    """The facts of a batch, and the patients who contradict themselves."""
    shape = (len(meanings.facts), found.ids.shape[1])
    low, high = np.full(shape, np.nan), np.full(shape, np.nan)
    for ends, column in ((low, meanings.values.low), (high, meanings.values.high)):
        ends[found.facts] = np.array(column)[found.ids]
    facts = Facts(meanings, low, high)
    wrong = np.zeros(shape[1], dtype=np.bool_)
    _nothing_said(facts)
    _persistent(facts, found, wrong)
    _body_mass_index(facts, found, wrong)
    _close(facts, meanings.vocabulary, wrong)
    return facts, wrong


def _nothing_said(facts: Facts) -> None:
    """`0 or more` of a dated result is as good as nothing."""
    for fact in facts.meanings.vocabulary.facts.values():
        if fact.numeric:
            place = facts.meanings.number[fact.id]
            empty = (facts.low[place] == 0) & np.isnan(facts.high[place])
            facts.low[place][empty] = np.nan


def _persistent(facts: Facts, found: Settled, wrong: Bits) -> None:
    """`reducers.persistent` of each analyte, and Kleene's or of the five."""
    n = facts.meanings.number
    if "apl_persistent" not in n or not set(ANALYTES) <= n.keys():
        return
    table = Table(facts.meanings)
    mine = np.isin(table.fact[found.dated.saying], [n[analyte] for analyte in ANALYTES])
    rows = found.dated.only(mine)
    count = found.ids.shape[1]
    positive = np.array([value == "positive" for value in facts.meanings.values.all])
    value = table.value[rows.saying]
    sign = np.where(value == 0, 0, np.where(positive[value], 1, -1))
    place = np.full(len(facts.meanings.facts), 0)
    place[[n[analyte] for analyte in ANALYTES]] = np.arange(len(ANALYTES))
    cell = place[table.fact[rows.saying]] * count + rows.patient
    signs = _repeated(cell, rows.day, sign, len(ANALYTES) * count).reshape(len(ANALYTES), count)
    yes, no = (signs == 1).any(axis=0), (signs == 0).all(axis=0)
    stated = facts.low[n["apl_persistent"]]
    wrong |= (yes & (stated == 0)) | (no & (stated == 1))
    for known, is_ in ((yes, 1.0), (no, 0.0)):
        facts.low[n["apl_persistent"]][known] = facts.high[n["apl_persistent"]][known] = is_


def _repeated(cell: Ints, day: Ints, sign: Ints, count: int) -> Floats:
    """1, 0 or -1 for not known, of each cell, which is one analyte of one patient."""

    def ends(kept: Bits) -> tuple[Ints, Ints]:
        first, last = np.full(count, _FAR), np.full(count, -_FAR)
        np.minimum.at(first, cell[kept], day[kept])
        np.maximum.at(last, cell[kept], day[kept])
        return first, last

    (first, last), (maybe_first, maybe_last), (_, gone) = ends(sign == 1), ends(sign >= 0), ends(sign == -1)
    yes = last - first >= PERSISTENT_DAYS
    never = maybe_last < 0
    no = (gone > 0) & ~(maybe_last - maybe_first >= PERSISTENT_DAYS) & (never | (gone - maybe_last >= PERSISTENT_DAYS))
    return np.where(yes, 1.0, np.where(no, 0.0, _UNKNOWN))


def _body_mass_index(facts: Facts, found: Settled, wrong: Bits) -> None:
    """`closing.add_bmi`: to one decimal, halves up; near a half it is worked out exactly."""
    n, vocabulary = facts.meanings.number, facts.meanings.vocabulary
    if not {"weight", "height", "bmi"} <= n.keys():
        return
    exact = (facts.low == facts.high)[[n["weight"], n["height"]]].all(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        tenths = facts.low[n["weight"]] * 100_000 / facts.low[n["height"]] ** 2
    bmi = np.floor(tenths + 0.5) / 10
    near = np.flatnonzero(exact & (np.abs(tenths - np.floor(tenths) - 0.5) < _NEAR))
    bmi[near] = [_exactly(facts, found, patient) for patient in near.tolist()]
    low, high = facts.low[n["bmi"]], facts.high[n["bmi"]]
    stated = ~np.isnan(low) | ~np.isnan(high)
    slack = float(TOLERANCE) - _NEAR
    wrong |= exact & stated & ~((np.isnan(low) | (bmi >= low - slack)) & (np.isnan(high) | (bmi <= high + slack)))
    possible = vocabulary.facts["bmi"].possible
    if possible:
        wrong |= exact & ((bmi < float(possible[0]) + _NEAR) | (bmi > float(possible[1]) - _NEAR))
    new = exact & ~stated
    facts.low[n["bmi"]][new] = facts.high[n["bmi"]][new] = bmi[new]


def _exactly(facts: Facts, found: Settled, patient: int) -> float:
    n, at = facts.meanings.number, {fact: place for place, fact in enumerate(found.facts.tolist())}
    weight, height = (facts.meanings.values.all[int(found.ids[at[n[fact]], patient])] for fact in ("weight", "height"))
    assert isinstance(weight, Decimal)
    assert isinstance(height, Decimal)
    return float(body_mass_index(weight, height))


def _close(facts: Facts, vocabulary: Vocabulary, wrong: Bits) -> None:
    """`facts.close`: repeated until nothing changes."""
    n = facts.meanings.number
    bound = sorted({n[fact] for constraint in vocabulary.constraints for fact in _facts_of(constraint) if fact in n})
    changed = True
    while changed:
        before = np.stack((facts.low[bound], facts.high[bound]))
        for constraint in vocabulary.constraints:
            _follow(facts, constraint, wrong)
        changed = not np.array_equal(before, np.stack((facts.low[bound], facts.high[bound])), equal_nan=True)


def _facts_of(constraint: Constraint) -> list[str]:
    named = [*constraint.sum, constraint.at_most, constraint.if_, constraint.if_known]
    return [name for name in (*named, str(constraint.then).split("=")[0].strip()) if name]


def _follow(facts: Facts, constraint: Constraint, wrong: Bits) -> None:
    n = facts.meanings.number
    if constraint.at_most and constraint.strict:
        _sum(facts, [n[part] for part in constraint.sum], n[str(constraint.at_most)], wrong)
    elif constraint.if_ and constraint.then:
        cause, effect = n[constraint.if_], n[str(constraint.then)]
        wrong |= (facts.low[cause] == 1) & (facts.low[effect] == 0)
        _set(facts, effect, (facts.low[cause] == 1) & np.isnan(facts.low[effect]), 1.0)
        _set(facts, cause, (facts.low[effect] == 0) & np.isnan(facts.low[cause]), 0.0)
    elif constraint.if_known and constraint.then:
        fact, choice = (part.strip().strip("'") for part in constraint.then.split("="))
        known = ~np.isnan(facts.low[n[constraint.if_known]]) | ~np.isnan(facts.high[n[constraint.if_known]])
        values = facts.meanings.values
        number = values.low[values.id(choice)]
        wrong |= known & ~np.isnan(facts.low[n[fact]]) & (facts.low[n[fact]] != number)
        _set(facts, n[fact], known & np.isnan(facts.low[n[fact]]), number)


def _set(facts: Facts, fact: int, where: Bits, value: float) -> None:
    facts.low[fact][where] = facts.high[fact][where] = value


def _sum(facts: Facts, parts: Iterable[int], total: int, wrong: Bits) -> None:
    """Parts at most a total: an open low end is 0, and stays open until it is narrowed."""
    lows = {part: np.nan_to_num(facts.low[part], nan=0.0) for part in parts}
    least, low, high = sum(lows.values()), np.nan_to_num(facts.low[total], nan=0.0), facts.high[total]
    wrong |= least > high
    for part, part_low in lows.items():
        room = high - (least - part_low)
        narrower = ~np.isnan(high) & ~wrong & ~(facts.high[part] <= room)
        facts.low[part][narrower], facts.high[part][narrower] = part_low[narrower], room[narrower]
    more = (least > low) & ~wrong
    facts.low[total][more] = np.asarray(least)[more]
