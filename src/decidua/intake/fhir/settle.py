"""From all that was heard of a fact to what a patient file would say of it: dated results, or one plain value.

Where a bundle contradicts itself on one fact, no side is taken: the fact is unknown, and both places are named. What
contradicts another fact is an error, as in a patient file.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from decidua.facts import Value
from decidua.intake.fhir.heard import Hearing, Row
from decidua.intake.fhir.notes import Note, Places
from decidua.intake.fhir.observations import NOT_PREGNANT
from decidua.intake.given import Given, warn_unlikely
from decidua.intake.reducers import Dated, latest, one_of
from decidua.intake.results import Result
from decidua.intake.scalars import symbols

Rows = Mapping[str, Sequence[Row]]


def settle(hearing: Hearing, problems: Places) -> tuple[Given, tuple[Result, ...]]:
    """Plain values and dated results. Every row ends as a note: used, older or not used."""
    rows, flags = _by_fact(hearing.rows), _by_fact(hearing.flags)
    rows = {fact: one_analyte(hearing, own) for fact, own in rows.items()}
    _drop(hearing, rows, _superseded(rows))
    given, results = Given(), list[Result]()
    for fact in dict.fromkeys([*flags, *rows]):
        plain, dated = _agreed(hearing, fact, flags.get(fact, ()), rows.get(fact, ()))
        _give(hearing, given, problems, fact, plain, dated)
        results += _results(hearing, problems, given, dated) if fact in hearing.vocabulary.facts else []
    return given, tuple(results)


def _by_fact(rows: Iterable[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row.fact].append(row)
    return found


def one_analyte(hearing: Hearing, rows: list[Row]) -> list[Row]:
    """Results of the parts of a union as results of the union, one for each day.

    An older negative of one part does not undo a positive of another, and one negative part is not a no:

        anti-TPO    anti-thyroglobulin    the two together
        +           any                   positive
        -           -                     negative
        -           never measured        unknown
    """
    if rows[0].fact not in hearing.tables.unions or all(row.match.whole for row in rows):
        return rows
    for row in rows:
        if row.value is not None and not row.match.whole:
            parts = {"value": row.words}
            note = Note(row.place, row.kind, "used", "fhir.part", parts, row.fact, row.match.code, row.on)
            hearing.notes.all.append(note)
    rows = [row if row.match.whole else replace(row, noted=True) for row in rows]
    days = sorted({row.on for row in rows if row.on is not None})
    union = [_on(hearing, rows, day) for day in days]
    return [*union, *(row for row in rows if row.on is None and row.match.whole)]


def _on(hearing: Hearing, rows: Sequence[Row], day: date) -> Row:
    """What is known on one day from all parts: each by its latest result up to then."""
    past = [row for row in rows if row.on is not None and row.on <= day]
    whole = max((row.on for row in past if row.match.whole and row.on), default=None)
    since = [row for row in past if whole is None or (row.on is not None and row.on >= whole)]
    latest_whole = _sign(_latest([row for row in since if row.match.whole]))
    signs = []
    for part in _parts(hearing, rows[0].fact):
        own = [row for row in since if not row.match.whole and row.match.code.code == part]
        signs.append(_sign(_latest(own)) if own else (False if latest_whole is False else None))
    on_day = [row for row in past if row.on == day]
    measured = any(not row.match.whole for row in since)
    together = one_of(signs) if measured else latest_whole
    same_day_whole = latest_whole if any(row.match.whole for row in on_day) and measured else None
    if same_day_whole is True:
        together = True
    value = None if together is None else _said(hearing, rows[0].fact, together)
    words = "" if value is None else symbols(value)
    return replace(on_day[0], value=value, words=words)


def _said(hearing: Hearing, fact: str, sign: bool) -> Value:
    """A union is a laboratory's choice, or a plain yes or no."""
    if hearing.vocabulary.facts[fact].type == "boolean":
        return sign
    return "positive" if sign else "negative"


def _parts(hearing: Hearing, fact: str) -> list[str]:
    known = [code.code for code in hearing.vocabulary.facts[fact].codes]
    return [*known, *(code.code for code in hearing.tables.codes if code.fact == fact)]


def _sign(value: Value | None) -> bool | None:
    return None if value is None else value in (True, "positive")


def _latest(rows: Sequence[Row]) -> Value | None:
    return latest([Dated(row.on, row.value) for row in rows if row.on is not None])


Superseded = dict[str, str]
"""Fact whose rows do not count → the fact that is newer."""


def _superseded(rows: Rows) -> Superseded:
    """A body mass index older than the weight or height; weeks of gestation older than a stage that is not pregnant."""
    found: Superseded = {}
    last = {fact: _last(own) for fact, own in rows.items()}
    if {"weight", "height", "bmi"} <= set(last):
        measured = [day for fact in ("weight", "height") if (day := last[fact]) is not None]
        known = all(_latest(rows[fact]) is not None for fact in ("weight", "height"))
        if known and measured and (last["bmi"] is None or last["bmi"] < max(measured)):
            found["bmi"] = "weight"
    stage, weeks = last.get("stage"), last.get("gestation")
    if stage is not None and weeks is not None and stage >= weeks:
        now = _latest(rows["stage"])
        denied = any(row.words == NOT_PREGNANT and row.on == stage for row in rows["stage"])
        if denied or (now != "pregnant" and stage > weeks):
            found["gestation"] = "stage"
    return found


def _last(rows: Sequence[Row]) -> date | None:
    return max((row.on for row in rows if row.on is not None), default=None)


def _drop(hearing: Hearing, rows: dict[str, list[Row]], superseded: Superseded) -> None:
    for fact, newer in superseded.items():
        for row in rows.pop(fact):
            hearing.notes.unused(row.place, row.kind, "fhir.superseded", row.match, newer=newer)
    born = [row for row in rows.get("age", ()) if row.kind == "Patient"]
    if born:
        for row in rows["age"]:
            if row.kind != "Patient":
                hearing.notes.unused(row.place, row.kind, "fhir.superseded", row.match, newer="birthDate")
        rows["age"] = born


def _agreed(hearing: Hearing, fact: str, flags: Sequence[Row], rows: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    """Plain rows that all say the same, and dated ones; nothing where they contradict each other."""
    dated = [row for row in rows if row.on is not None]
    undated = [row for row in rows if row.on is None and row.value is not None]
    if dated:
        for row in undated:
            hearing.notes.unused(row.place, row.kind, "fhir.undated", row.match)
        undated = []
    plain = [*flags, *undated]
    said = {str(row.value): row for row in plain}
    newest = _latest(dated)
    if newest is not None and plain:
        said.setdefault(str(newest), max(dated, key=lambda row: row.on or date.min))
    if len(said) > 1:
        places = ", ".join(row.place for row in said.values())
        for row in [*plain, *dated]:
            hearing.notes.unused(row.place, row.kind, "fhir.contradiction", row.match, places=places, fact=fact)
        return [], []
    return plain, dated


def _give(
    hearing: Hearing, given: Given, problems: Places, fact: str, plain: Sequence[Row], dated: Sequence[Row]
) -> None:
    last = _last(dated)
    for row in plain:
        _used(hearing, row, "used")
    for row in dated:
        if row.value is not None:
            _used(hearing, row, "used" if row.on == last else "older")
    ids = hearing.codes.unexplained if fact == "unexplained" else [fact]
    value = plain[0].value if plain else None if fact in hearing.vocabulary.facts else _latest(dated)
    source = plain[0] if plain else max(dated, key=lambda row: row.on or date.min) if dated else None
    for id_ in ids if source else ():
        assert source is not None
        given.lines[id_] = problems.number(source.place)
        if value is not None:
            given.values[id_], given.words[id_] = value, source.words
            warn_unlikely(hearing.codes.fact(id_), value, source.words, given.lines[id_], problems)


def _used(hearing: Hearing, row: Row, outcome: str) -> None:
    if row.noted:
        return
    note = Note(
        row.place, row.kind, "used" if outcome == "used" else "older", f"fhir.{outcome}", {"value": row.words},
        row.fact, row.match.code, row.on,
    )  # fmt: skip
    hearing.notes.all.append(note)


def _results(hearing: Hearing, problems: Places, given: Given, dated: Sequence[Row]) -> list[Result]:
    found, last = [], _last(dated)
    for row in dated:
        assert row.on is not None
        line = problems.number(row.place)
        if row.value is not None:
            warn_unlikely(hearing.vocabulary.facts[row.fact], row.value, row.words, line, problems)
        if row.on == last:
            given.lines[row.fact] = line
        found.append(Result(row.fact, row.on, row.value, row.words, line))
    return found
