"""From flat sayings to one value for each fact of each patient: `intake/fhir/settle.py` for many patients at once.

A number stands for every value (`Values`), so that equal values are equal numbers and 0 is not known. What is done
here is what settle.py, reducers.py and results.py do, and is compared with them patient by patient in the tests.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from decidua.intake.bulk.days import UNDATED
from decidua.intake.bulk.meanings import Meanings
from decidua.intake.bulk.sayings import AGE, BORN, DENIED, FIXED, FLAG, GROWS, NOTHING, ROW
from decidua.intake.fhir.tables import tables

Ints = np.ndarray[Any, np.dtype[np.int64]]
Bits = np.ndarray[Any, np.dtype[np.bool_]]
_FAR = np.int64(1) << 40


@dataclass
class Heard:
    """Sayings of a batch: `patient` numbers the patients from 0 and never falls."""

    count: int
    patient: Ints
    saying: Ints
    day: Ints

    def only(self, kept: Bits) -> Heard:
        return Heard(self.count, self.patient[kept], self.saying[kept], self.day[kept])


class Table:
    """The sayings as arrays, as far as they are known now."""

    def __init__(self, meanings: Meanings) -> None:
        s = meanings.sayings
        self.kind, self.fact, self.value, self.text, self.ages, self.part = (
            np.array(column, dtype=np.int64) for column in (s.kind, s.fact, s.value, s.text, s.ages, s.part)
        )


@dataclass
class Settled:
    """`ids[place, patient]`: the number of the value, 0 where it is not known. `facts`: which fact has a place."""

    facts: Ints
    ids: Ints
    dated: Heard
    """Rows with a day that count, for what is worked out of several days."""


def settled(meanings: Meanings, heard: Heard) -> Settled:
    heard = _unions(meanings, _aged(meanings, heard))
    table = Table(meanings)
    spoken_of = np.flatnonzero(np.bincount(table.fact[heard.saying], minlength=len(meanings.facts)))
    table.fact = _places(spoken_of, table.fact)
    kind, fact = table.kind[heard.saying], table.fact[heard.saying]
    is_row = (kind == ROW) | (kind == DENIED)
    dated, undated = heard.only(is_row & (heard.day > 0)), heard.only(is_row & (heard.day == 0))
    flags = heard.only(kind == FLAG)
    shape = (len(spoken_of), heard.count)
    newest, last = _newest(table, dated, shape)
    at = {meanings.facts[fact]: place for place, fact in enumerate(spoken_of.tolist())}
    gone = _superseded(meanings, at, table, dated, newest, last)
    newest[gone] = 0
    clash = _with_plain(meanings, table, (flags, undated), newest, last, gone)
    born = heard.only(kind == BORN)
    newest[fact[kind == BORN], born.patient] = table.value[born.saying]
    kept = dated.only(~(clash | gone)[table.fact[dated.saying], dated.patient])
    return Settled(spoken_of, newest, kept)


def _places(spoken_of: Ints, fact: Ints) -> Ints:
    """The facts of a table by their place among those that a batch speaks of; most facts are in few batches."""
    places = np.full(max(int(fact.max(initial=0)) + 1, int(spoken_of.max(initial=0)) + 1), -1, dtype=np.int64)
    places[spoken_of] = np.arange(len(spoken_of))
    return np.where(fact >= 0, places[fact], -1)


def _aged(meanings: Meanings, heard: Heard) -> Heard:
    """Every row as it speaks of the as-of date; rows of days to come, and of days that are none, are gone."""
    table, today = Table(meanings), meanings.as_of.toordinal()
    kind = table.kind[heard.saying]
    is_row = (kind == ROW) | (kind == DENIED)
    heard = heard.only((is_row & (heard.day >= UNDATED)) | (kind == FLAG) | (kind == BORN))
    ages = table.ages[heard.saying]
    old = (heard.day == UNDATED) | (today - heard.day > tables().now_days)
    changes = (ages != FIXED) & ((ages != GROWS) | old)
    if not changes.any():
        return heard
    day = np.where(old & (ages != AGE), UNDATED, heard.day)[changes]
    pairs, back = np.unique((heard.saying[changes] << 24) | day, return_inverse=True)
    new = np.array([meanings.aged(int(pair >> 24), int(pair & 0xFFFFFF)) for pair in pairs], dtype=np.int64)
    saying = heard.saying.copy()
    saying[changes] = new[back]
    heard = Heard(heard.count, heard.patient, saying, heard.day)
    return heard.only(Table(meanings).kind[saying] != NOTHING)


def _unions(meanings: Meanings, heard: Heard) -> Heard:
    """Results of the parts of a union become results of the union, by the one-patient reader, once for each pattern."""
    table = Table(meanings)
    for name in sorted(tables().unions & meanings.number.keys()):
        mine = (table.fact[heard.saying] == meanings.number[name]) & (table.kind[heard.saying] == ROW)
        parts = np.unique(heard.patient[mine & (table.part[heard.saying] == 1)])
        mine &= np.isin(heard.patient, parts)
        if mine.any():
            heard = _joined(meanings, heard, mine)
            table = Table(meanings)
    return heard


def _joined(meanings: Meanings, heard: Heard, mine: Bits) -> Heard:
    rows: dict[int, list[tuple[int, int]]] = {}
    for patient, saying, day in zip(*(a[mine].tolist() for a in (heard.patient, heard.saying, heard.day)), strict=True):
        rows.setdefault(patient, []).append((saying, day))
    found = [(patient, *one) for patient, own in rows.items() for one in meanings.union(own)]
    more = np.array(found, dtype=np.int64).reshape(-1, 3)
    rest = heard.only(~mine)
    patient, saying, day = (
        np.concatenate((a, b)) for a, b in zip((rest.patient, rest.saying, rest.day), more.T, strict=True)
    )
    return Heard(heard.count, patient, saying, day)


def _newest(table: Table, dated: Heard, shape: tuple[int, int]) -> tuple[Ints, Ints]:
    """The value of the last day of each fact, 0 where it is not known or two were found; and that day."""
    newest, last = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    if not len(dated.saying):
        return newest, last
    cell = table.fact[dated.saying] * shape[1] + dated.patient
    order = np.argsort((cell << 20) | dated.day)
    cell, day, value = cell[order], dated.day[order], table.value[dated.saying[order]]
    starts = np.flatnonzero(np.r_[True, cell[1:] != cell[:-1]])
    ends = np.r_[starts[1:], len(cell)]
    latest = day[ends - 1]
    on_last = day == np.repeat(latest, ends - starts)
    low = np.minimum.reduceat(np.where(on_last, value, _FAR), starts)
    high = np.maximum.reduceat(np.where(on_last, value, -1), starts)
    newest.ravel()[cell[starts]] = np.where(low == high, low, 0)
    last.ravel()[cell[starts]] = latest
    return newest, last


def _superseded(
    meanings: Meanings, n: Mapping[str, int], table: Table, dated: Heard, newest: Ints, last: Ints
) -> Bits:  # fmt: skip
    """Facts of a patient whose rows do not count: an older body mass index, weeks of a pregnancy that is over."""
    gone = np.zeros(newest.shape, dtype=np.bool_)
    if {"weight", "height", "bmi"} <= n.keys():
        weight, height, bmi = n["weight"], n["height"], n["bmi"]
        measured = np.maximum(last[weight], last[height])
        known = (newest[weight] != 0) & (newest[height] != 0)
        gone[bmi] = known & (last[bmi] < measured)
    if {"stage", "gestation"} <= n.keys():
        stage, weeks = n["stage"], n["gestation"]
        both = (last[stage] > 0) & (last[weeks] > 0) & (last[stage] >= last[weeks])
        said_no = dated.only(table.kind[dated.saying] == DENIED)
        denied = np.zeros(newest.shape[1], dtype=np.bool_)
        denied[said_no.patient[said_no.day == last[stage][said_no.patient]]] = True
        pregnant = np.array([value == "pregnant" for value in meanings.values.all])
        gone[weeks] = both & (denied | (~pregnant[newest[stage]] & (last[stage] > last[weeks])))
    return gone


def _with_plain(
    meanings: Meanings, table: Table, plain: tuple[Heard, Heard], newest: Ints, last: Ints, gone: Bits
) -> Bits:
    """Puts what is said without the day of a result (flags, undated rows) beside `newest`; where they clash is given.

    Values of a fact clash where they are spelt differently; then nothing is known. Undated rows count only alone.
    """
    flags, undated = plain
    fact = table.fact[undated.saying]
    alone = (last[fact, undated.patient] == 0) & ~gone[fact, undated.patient]
    undated = undated.only((table.value[undated.saying] != 0) & alone)
    clash = np.zeros(newest.shape, dtype=np.bool_)
    patient, saying = np.r_[flags.patient, undated.patient], np.r_[flags.saying, undated.saying]
    if not len(saying):
        return clash
    cell = table.fact[saying] * newest.shape[1] + patient
    order = np.argsort(cell, kind="stable")
    cell, value, text = cell[order], table.value[saying[order]], table.text[saying[order]]
    starts = np.flatnonzero(np.r_[True, cell[1:] != cell[:-1]])
    cells, differ = cell[starts], np.minimum.reduceat(text, starts) != np.maximum.reduceat(text, starts)
    dated = newest.ravel()[cells]
    differ |= (dated != 0) & (_spelling(meanings, table)[dated] != text[starts])
    newest.ravel()[cells] = np.where(differ, 0, value[starts])
    clash.ravel()[cells] = differ
    return clash


def _spelling(meanings: Meanings, table: Table) -> Ints:
    """Of each value one spelling: beside a dated result stand only yes and no, which have one."""
    text = np.zeros(len(meanings.values.all), dtype=np.int64)
    text[table.value] = table.text
    return text
