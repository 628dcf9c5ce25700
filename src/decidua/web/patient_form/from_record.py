"""A patient as read from FHIR as the fields of the form, each with the resource that it comes from.

The form then says the same as the record: what is derived or counted from rows is left to the form to work out, dated
results become its rows. What the form has no way to write (a number within two bounds) is named instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from decidua.errors import PatientError
from decidua.facts import Fact, Range, Value, read_value
from decidua.facts.values import apart, plain
from decidua.guidelines import Knowledge
from decidua.intake import Pregnancy
from decidua.intake.fhir import Mapped, Note
from decidua.intake.reducers import Dated, latest
from decidua.intake.results import Result
from decidua.web.patient_form.fields import MOST, SOURCE, Fields


@dataclass
class Filled:
    """`left_out`: facts that the record gives and the form cannot hold."""

    fields: list[tuple[str, str]] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def form_of(knowledge: Knowledge, mapped: Mapped) -> tuple[Fields, tuple[str, ...]]:
    """Fields, and ids of the facts that could not be put into one."""
    filling = _Filling(knowledge, mapped)
    filling.fill()
    return tuple(filling.made.fields), tuple(filling.made.left_out)


class _Filling:
    def __init__(self, knowledge: Knowledge, mapped: Mapped) -> None:
        self.knowledge, self.intake, self.made = knowledge, mapped.intake, Filled()
        self.notes = [note for note in mapped.notes if note.outcome in ("used", "older") and note.fact]

    def fill(self) -> None:
        rows = [one for one in self.intake.results if self._is_test(one.fact)]
        for row, result in enumerate(rows[:MOST], 1):
            self._result(row, result)
        for id_, value in self._given({one.fact for one in rows}):
            self._plain(id_, value)
        for row, pregnancy in enumerate((self.intake.pregnancies or ())[:MOST], 1):
            self.made.fields += [(f"pregnancy.{row}.{key}", text) for key, text in _cells(pregnancy) if text]
        self._complete()

    def _given(self, in_rows: set[str]) -> Iterator[tuple[str, Value]]:
        """What the record says outside of dated tests: the latest of what is dated, and what has no date. What only
        follows from that is left to the form."""
        dated: dict[str, list[Dated]] = {}
        for one in self.intake.results:
            dated.setdefault(one.fact, []).append(Dated(one.on, one.value))
        values = self.intake.patient.values
        noted = {note.fact for note in self.notes} | {id_ for id_ in values if id_ not in self.intake.patient.origins}
        for id_, value in values.items():
            if id_ in in_rows or id_ not in noted:
                continue
            last = latest(dated[id_]) if id_ in dated else value
            if last is not None:
                yield id_, last

    def _is_test(self, id_: str) -> bool:
        return self.knowledge.vocabulary.facts[id_].ask == "test"

    def _result(self, row: int, result: Result) -> None:
        text = _text(self.knowledge.vocabulary.facts[result.fact], result.value, result.words)
        if text is None:
            self.made.left_out.append(result.fact)
            return
        cells = {"fact": result.fact, "date": result.on.isoformat(), "value": text, "method": result.method or ""}
        self.made.fields += [(f"result.{row}.{key}", cell) for key, cell in cells.items() if cell]
        self._source(f"result.{row}.value", result.fact, result)

    def _plain(self, id_: str, value: Value) -> None:
        fact = self.knowledge.vocabulary.facts.get(id_)
        if fact is None:
            self.made.fields.append((f"stated.{id_}", "yes" if value else "no"))
            self._source(f"stated.{id_}", id_)
            return
        said = [one.words for one in sorted(self.intake.results, key=lambda one: one.on) if one.fact == id_]
        text = _text(fact, value, said[-1] if said else self.intake.patient.given.get(id_))
        if text is None:
            self.made.left_out.append(id_)
            return
        self.made.fields += _in_fields(fact, text)
        self._source(f"fact.{id_}", id_)

    def _source(self, name: str, fact: str, result: Result | None = None) -> None:
        """The last note on the fact that counts, or the one of the result's day."""
        own = [one for one in self.notes if one.fact == fact or (one.fact == "unexplained" and "unexplained" in fact)]
        if result is not None:
            own = [one for one in own if one.on == result.on] or own
        if own:
            self.made.fields.append((f"{SOURCE}{name}", _words(own[-1])))

    def _complete(self) -> None:
        if self.intake.pregnancies is None:
            return
        if not self.intake.pregnancies:
            self.made.fields.append(("pregnancies_listed", "yes"))
        if self.intake.pregnancies_complete is not None:
            self.made.fields.append(("pregnancies_complete", "yes" if self.intake.pregnancies_complete else "no"))


def _words(note: Note) -> str:
    """`Observation/tsh, 2026-01-15: 2.5 m[IU]/L`."""
    day = f", {note.on.isoformat()}" if note.on else ""
    value = str(note.parts.get("value", "") or "")
    return f"{note.place}{day}" + (f": {value}" if value and value not in ("true", "false") else "")


def _text(fact: Fact, value: Value | None, words: str | None) -> str | None:
    """A text that the form reads as exactly this value; None where there is none."""
    if value is None:
        return "unknown"
    for text in (words if fact.numeric else None, *_spellings(fact, value)):
        try:
            if text and read_value(fact, text) == value:
                return text
        except PatientError:
            continue
    return None


def _in_fields(fact: Fact, text: str) -> Iterator[tuple[str, str]]:
    """A number and its unit have a field each, where the form has them."""
    found = apart(fact, text) if fact.numeric and fact.format is None else None
    if found and re.fullmatch(r"(?:[<>]=?)? ?\d+(?:\.\d+)?", found[0]):
        yield from ((f"fact.{fact.id}", found[0]), (f"unit.{fact.id}", found[1].label))
    else:
        yield f"fact.{fact.id}", text


def _spellings(fact: Fact, value: Value) -> Iterator[str]:
    if isinstance(value, bool):
        yield "yes" if value else "no"
    elif isinstance(value, str):
        yield value
    elif isinstance(value, Decimal):
        yield from _numbers(fact, "", value)
    elif isinstance(value, Range) and value.high is None and value.low is not None:
        yield from _numbers(fact, ">= ", value.low)
    elif isinstance(value, Range) and value.low is None and value.high is not None:
        yield from _numbers(fact, "<= ", value.high)


def _numbers(fact: Fact, sign: str, value: Decimal) -> Iterator[str]:
    if fact.format == "gestational-age" and not sign:
        yield weeks(value)
    if fact.format == "titre":
        yield f"{sign}1:{plain(value)}"
    unit = f" {fact.units[0].label}" if fact.units else ""
    yield f"{sign}{plain(value)}{unit}"
    yield f"{sign}{plain(value)}"


def weeks(days: Decimal) -> str:
    return f"{int(days) // 7}+{int(days) % 7}"


def _cells(one: Pregnancy) -> Iterator[tuple[str, str]]:
    yield "when", one.on.isoformat() if one.on else str(one.year) if one.year else ""
    yield "outcome", one.outcome or "unknown"
    yield "weeks", weeks(one.weeks) if isinstance(one.weeks, Decimal) else ""
    yield from (("confirmed", one.confirmed or ""), ("karyotype", one.karyotype or ""))
    yield from (("conception", one.conception or ""), ("partner", one.partner or ""))
    yield "treatment", "; ".join(one.treatment)
    start = one.treatment_start
    yield "treatment_start", weeks(start) if isinstance(start, Decimal) else start if isinstance(start, str) else ""
