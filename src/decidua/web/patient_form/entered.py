"""Fields → a patient, with what is wrong said at its field.

A field that cannot be read is left out, and so is unknown; the page says so. Fields that contradict each other give
no patient at all: which of them is right is not decided here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from decidua.errors import PatientConflictError, PatientError, PatientSyntaxError
from decidua.intake import Intake, PatientErrors, read_patient
from decidua.intake.given import UNEXPLAINED
from decidua.intake.problems import clean
from decidua.language import Lang, say, words
from decidua.web.patient_form.case_file import FORM, NONE, Written, write_case
from decidua.web.patient_form.fields import Entries, Fields, patient_fields
from decidua.web.shelf import Shelf

_PLACE = re.compile(rf"{FORM}:(\d+)")
_NAME = re.compile(r"[a-z][\w@-]+")
_NAMED = ("fact", "facts", "key", "name", "kind")
"""Parts of a sentence that may hold the ids of facts, criteria, columns."""
OF_FORM = {"error.pregnancies-missing": "form.pregnancies-missing"}
"""Sentences that say what to write into a file, and what they are where there is a form instead."""


@dataclass(frozen=True)
class FieldProblem:
    """One sentence about a field; `field` None: about several together. `label`: what the page calls the field."""

    field: str | None
    label: str
    message: str
    beside: tuple[str, ...] = ()
    """Other fields that the sentence names: which of them is wrong is not known."""


@dataclass(frozen=True)
class Entered:
    """`fields` as they came. `intake` None: they contradict each other. `left_out`: wrong, and so unknown."""

    fields: Fields
    intake: Intake | None
    problems: tuple[FieldProblem, ...] = ()
    warnings: tuple[FieldProblem, ...] = ()

    @property
    def of_patient(self) -> Fields:
        """What to carry, hidden, to another page."""
        return patient_fields(self.fields)


def entered(shelf: Shelf, fields: Sequence[tuple[str, str]], lang: Lang) -> Entered:
    """The patient of a form. Never raises for what a user wrote."""
    entries = Entries(fields)
    reading = _Reading(shelf, write_case(shelf.knowledge, entries, lang), lang)
    intake, errors = reading.read()
    problems = reading.problems(errors)
    if errors and all(_left_out(error, problem.field) for error, problem in zip(errors, problems, strict=True)):
        kept = _without(entries, {str(problem.field) for problem in problems})
        reading = _Reading(shelf, write_case(shelf.knowledge, kept, lang), lang)
        intake, errors = reading.read()
        problems += reading.problems(errors)
    unclear = reading.unclear(entries)
    found = (*reading.unknown(entries), *unclear, *problems)
    return Entered(tuple(fields), None if unclear else intake, found, tuple(reading.warnings(intake)))


def conflict(shelf: Shelf, before: Entered, error: PatientConflictError, lang: Lang) -> Entered:
    """The same fields, after the guidelines' own names were found to contradict them."""
    name = str(error.parts.get("name", ""))
    place = next((field for field, _ in before.fields if field in (f"stated.{name}", f"fact.{name}")), None)
    reading = _Reading(shelf, Written(), lang)
    problem = FieldProblem(place, reading.label(place), reading.message(error.key, error.parts))
    return Entered(before.fields, None, (*before.problems, problem), before.warnings)


def loses(shelf: Shelf, fields: Sequence[tuple[str, str]]) -> bool:
    """Whether a file that is written from the fields would be without some of them."""
    entries, reading = Entries(fields), _Reading(shelf, Written(), "en")
    return bool(reading.unknown(entries) or reading.unclear(entries))


def _left_out(error: PatientError, field: str | None) -> bool:
    """Whether it is about one field alone, so that leaving this out says no more than is known. Without its day the
    patient would be looked at today, which nobody said."""
    if field in (None, "as_of"):
        return False
    return not isinstance(error, PatientConflictError | PatientSyntaxError) and error.key != "error.date-later"


def _without(entries: Entries, wrong: Iterable[str]) -> Entries:
    """Without the wrong fields. A result that is wrong takes all results of its fact with it: an older one would
    else pass for the latest. A pregnancy with a wrong cell stays one, of unknown outcome if that is what is wrong."""
    gone = set(wrong)
    outcomes = {f"{name.rpartition('.')[0]}.outcome" for name in gone if name.startswith("pregnancy.")}
    rows = {int(name.split(".")[1]) for name in gone if name.startswith("result.")}
    facts = {entries.text(f"result.{row}.fact") for row in rows} - {""}
    rows |= {row for row in entries.rows("result") if entries.text(f"result.{row}.fact") in facts}
    lost = tuple(f"result.{row}." for row in rows)
    kept = [(n, text) for n, text in entries.all.items() if n not in gone and not n.startswith(lost or "\0")]
    stays = {name for name, text in kept if text.strip()}
    return Entries([*kept, *((outcome, "unknown") for outcome in outcomes if outcome not in stays)])


class _Reading:
    """One text of a form, read; errors and warnings in the words of the page."""

    def __init__(self, shelf: Shelf, written: Written, lang: Lang) -> None:
        self.knowledge, self.written, self.lang = shelf.knowledge, written, lang

    def read(self) -> tuple[Intake | None, Sequence[PatientError]]:
        data, knowledge = self.written.text.encode("utf-8", "replace"), self.knowledge
        try:
            return read_patient(data, name=FORM, vocabulary=knowledge.vocabulary, stated=knowledge.stated), ()
        except PatientErrors as error:
            return None, error.errors
        except PatientError as error:
            return None, (error,)

    def unknown(self, entries: Entries) -> list[FieldProblem]:
        """Fields that no form has: what they were meant to say is not known."""
        stated = (UNEXPLAINED, *self.knowledge.stated)
        names = entries.unknown(self.knowledge.vocabulary.facts, stated)
        return [self._told(None, "form.unknown-field", name=clean(name)) for name in names]

    def unclear(self, entries: Entries) -> list[FieldProblem]:
        """What contradicts itself before it can be written down: two texts for one field, rows where there was none."""
        found = [self._told(None, "form.twice", label=self.label(name)) for name in entries.twice()]
        if entries.text("pregnancies_complete") == NONE and entries.written("pregnancy"):
            found.append(self._told("pregnancies_complete", "form.none-but-rows"))
        return found

    def _told(self, place: str | None, key: str, **parts: object) -> FieldProblem:
        return FieldProblem(place, self.label(place), say(self.lang, key, **parts))

    def problems(self, errors: Iterable[PatientError]) -> list[FieldProblem]:
        return [self._problem(error.key, error.parts) for error in errors]

    def warnings(self, intake: Intake | None) -> list[FieldProblem]:
        return [self._problem(key, parts) for key, parts in intake.warnings] if intake else []

    def _problem(self, key: str, parts: Mapping[str, object]) -> FieldProblem:
        place = self._field(str(parts.get("where", "")))
        named = (f"fact.{id_}" for id_ in _NAME.findall(str(parts.get("facts", ""))) if self._is_fact(id_))
        beside = tuple(name for name in dict.fromkeys(named) if name != place)
        return FieldProblem(place, self.label(place), self.message(key, parts), beside)

    def _is_fact(self, id_: str) -> bool:
        return id_ in self.knowledge.vocabulary.facts

    def _field(self, where: str) -> str | None:
        match = _PLACE.fullmatch(where)
        return self.written.places.get(int(match[1])) if match else None

    def message(self, key: str, parts: Mapping[str, object]) -> str:
        """The sentence of the error, with labels for ids and fields for lines."""
        shown = {name: self._shown(name, part) for name, part in parts.items() if name != "where"}
        return say(self.lang, OF_FORM.get(key, key), **shown)

    def _shown(self, name: str, part: object) -> object:
        if not isinstance(part, str):
            return part
        text = _PLACE.sub(lambda match: self.label(self._field(match[0])), part)
        return _NAME.sub(lambda match: self._label(match[0]), text) if name in _NAMED else text

    def label(self, name: str | None) -> str:
        """What the page calls a field."""
        if name is None:
            return say(self.lang, "form.several")
        table, _, rest = name.partition(".")
        if table in ("pregnancy", "result"):
            row, _, column = rest.partition(".")
            return say(self.lang, f"form.{table}-cell", row=row, column=say(self.lang, f"form.{table}-{column}"))
        return self._label(rest or name)

    def _label(self, id_: str) -> str:
        if id_ in self.knowledge.vocabulary.facts:
            return self.knowledge.vocabulary.facts[id_].label[self.lang]
        if id_ in self.knowledge.named:
            return self.knowledge.named[id_].label[self.lang]
        known = words(self.lang)
        return next(
            (known[key] for key in (f"form.{id_}", f"form.pregnancy-{id_}", f"form.result-{id_}") if key in known), id_
        )
