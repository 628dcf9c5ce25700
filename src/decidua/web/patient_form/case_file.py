"""A patient's fields as the file that the command reads, and back. Nothing is kept: both are texts in memory."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from decidua.errors import PatientError
from decidua.facts import Fact
from decidua.facts.values import apart
from decidua.guidelines import Knowledge
from decidua.intake import read_patient
from decidua.intake.given import UNEXPLAINED, clean_key
from decidua.intake.nodes import Entry, Listing, Scalar, Table, Tree, read_table
from decidua.intake.pregnancies import CONCEPTIONS, CONFIRMED, KARYOTYPES, OUTCOMES
from decidua.intake.problems import Problems, clean
from decidua.intake.scalars import choice_of, text_of, truth_of, value_of
from decidua.intake.source import decoded
from decidua.language import Lang, say
from decidua.web.patient_form.fields import MOST, PREGNANCY, RESULT, Entries, Fields

FORM = "form"
"""What errors call the file that is written from a form."""

NONE = "none"
"""What `pregnancies_complete` says where there was no pregnancy."""
CHOICES = {"outcome": OUTCOMES, "confirmed": CONFIRMED, "karyotype": KARYOTYPES, "conception": CONCEPTIONS}
_PLAIN = re.compile(r"(?!(?:null|Null|NULL)$)[^\W_][\w ./%+-]*(?<! )")
_BARE = re.compile(r"(?:[<>]=?|≥|≤)?\s*\d+(?:[.,]\d+)?")


@dataclass
class Written:
    """The text of a patient file; `places`: line → the field that stands there."""

    lines: list[str] = field(default_factory=list)
    places: dict[int, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        return "".join(f"{line}\n" for line in self.lines)

    def add(self, name: str, line: str) -> None:
        self.lines.append(line)
        self.places[len(self.lines)] = name


def write_case(knowledge: Knowledge, entries: Entries, lang: Lang) -> Written:
    """Every field as it was written; what is not written is left out, and so is unknown."""
    written = Written()
    written.lines += [f"# {say(lang, 'case.head')}", f"# {say(lang, 'case.privacy')}", "{}"]
    for name in ("title", "as_of"):
        _put(written, name, name, entries.text(name))
    for id_, fact in knowledge.vocabulary.facts.items():
        _put(written, f"fact.{id_}", id_, fact_text(fact, entries), fact.label[lang])
    for name in (UNEXPLAINED, *sorted(knowledge.stated)):
        _put(written, f"stated.{name}", name, entries.text(f"stated.{name}"))
    _put_rows(written, "pregnancies", "pregnancy", list(_pregnancies(entries)), _listed(entries))
    _put(written, "pregnancies_complete", "pregnancies_complete", _complete(entries))
    _put_rows(written, "results", "result", list(_results(entries)), False)
    if len(written.places) or _listed(entries):
        written.lines[2] = ""
    return written


def fact_text(fact: Fact, entries: Entries) -> str:
    """What is written of a fact, with the unit that was chosen beside it, unless the text has its own."""
    text, unit = entries.text(f"fact.{fact.id}"), entries.text(f"unit.{fact.id}")
    return f"{text} {unit}" if unit and fact.units and _BARE.fullmatch(text) else text


def _put(written: Written, name: str, key: str, text: str, comment: str = "") -> None:
    if text:
        beside = f"  # {comment}" if comment else ""
        written.add(name, f"{scalar(key)}: {scalar(text)}{beside}")


def _put_rows(
    written: Written, key: str, kind: str, rows: Sequence[tuple[int, Mapping[str, str]]], empty: bool
) -> None:
    if not rows:
        written.lines += [f"{key}: []"] if empty else []
        return
    written.lines.append(f"{key}:")
    for number, row in rows:
        lead = "  - "
        for cell, text in row.items():
            column = "when" if cell in ("year", "date") and kind == "pregnancy" else cell
            written.add(f"{kind}.{number}.{column}", f"{lead}{cell}: {text}")
            lead = "    "


def _listed(entries: Entries) -> bool:
    return entries.text("pregnancies_listed") == "yes" or entries.text("pregnancies_complete") == NONE


def _complete(entries: Entries) -> str:
    """That there was none is an empty list and complete; beside rows it contradicts them, and is not written."""
    text = entries.text("pregnancies_complete")
    if text != NONE:
        return text
    return "" if entries.written("pregnancy") else "yes"


def _pregnancies(entries: Entries) -> Iterator[tuple[int, Mapping[str, str]]]:
    for number in entries.written("pregnancy"):
        cells = {key: entries.text(f"pregnancy.{number}.{key}") for key in PREGNANCY}
        when = cells.pop("when")
        row = {"year" if re.fullmatch(r"\d{4}", when) else "date": scalar(when)} if when else {}
        row |= {key: scalar(text) for key, text in cells.items() if text}
        if ";" in cells["treatment"]:
            row["treatment"] = f"[{', '.join(scalar(part.strip()) for part in cells['treatment'].split(';'))}]"
        yield number, row


def _results(entries: Entries) -> Iterator[tuple[int, Mapping[str, str]]]:
    for number in entries.written("result"):
        cells = {key: entries.text(f"result.{number}.{key}") for key in RESULT}
        yield number, {key: scalar(text) for key, text in cells.items() if text}


def scalar(text: str) -> str:
    """One value as YAML: plain where it can be, else in quotes. Control characters do not get into a file."""
    line = clean(text)
    if _PLAIN.fullmatch(line):
        return line
    return '"' + line.replace("\\", "\\\\").replace('"', '\\"') + '"'


def read_case(knowledge: Knowledge, data: bytes, name: str) -> Fields:
    """The fields of a patient file. Raises PatientError and its kinds, as the command does, and where a table has
    more rows than a page shows."""
    read_patient(data, name=name, vocabulary=knowledge.vocabulary, stated=knowledge.stated)
    problems = Problems(name)
    table = read_table(decoded(data, name), problems)
    reader = _Reader(knowledge)
    fields = tuple(pair for entry in table.entries for pair in reader.fields(entry) if pair[1])
    if any(len(Entries(fields).rows(kind)) > MOST for kind in ("pregnancy", "result")):
        raise PatientError("error.form-rows", limit=MOST, where=name)
    return _with_none(fields)


def _with_none(fields: Fields) -> Fields:
    """An empty list that is complete, as the one choice that the form has for it."""
    said, complete = ("pregnancies_listed", "yes"), ("pregnancies_complete", "yes")
    if said not in fields or complete not in fields:
        return fields
    return tuple((name, NONE) if (name, text) == complete else (name, text) for name, text in fields
                 if (name, text) != said)  # fmt: skip


class _Reader:
    """From a file that is known to be sound to the fields that say the same."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.facts = knowledge.vocabulary.facts
        self.names = {name.lower(): id_ for name, id_ in knowledge.vocabulary.names.items()}
        self.stated = {name.lower(): name for name in (*knowledge.stated, UNEXPLAINED)}

    def fields(self, entry: Entry) -> Iterable[tuple[str, str]]:
        name = clean_key(entry.key)
        if name in ("as_of", "title"):
            return [(name, text_of(entry.value, name) or "")]
        if name == "pregnancies_complete":
            return [(name, _yes_no(truth_of(entry.value, name)))]
        if name == "pregnancies":
            return self._pregnancies(entry.value)
        if name == "results":
            return self._results(entry.value)
        if name in self.names:
            return self._fact(self.facts[self.names[name]], entry.value)
        return [(f"stated.{self.stated[name]}", _yes_no(truth_of(entry.value, name)))]

    def _fact(self, fact: Fact, tree: Tree) -> Iterable[tuple[str, str]]:
        value, words = value_of(fact, tree)
        name = f"fact.{fact.id}"
        if value is None:
            return []
        if isinstance(value, bool | str):
            return [(name, _yes_no(value) if isinstance(value, bool) else value)]
        found = apart(fact, words) if fact.format is None else None
        if found and _BARE.fullmatch(found[0]):
            number, unit = found
            return [(name, number), (f"unit.{fact.id}", unit.label)]
        return [(name, words)]

    def _pregnancies(self, tree: Tree) -> Iterator[tuple[str, str]]:
        if not isinstance(tree, Listing):
            return
        rows = [_cells(item) for item in tree.items if isinstance(item, Table)]
        if not rows:
            yield "pregnancies_listed", "yes"
        placed = sorted(enumerate(rows, 1), key=lambda pair: int(_text(pair[1].get("order")) or pair[0]))
        for number, (_, row) in enumerate(placed, 1):
            yield f"pregnancy.{number}.when", _text(row.get("date")) or _text(row.get("year"))
            for key in PREGNANCY[1:]:
                yield f"pregnancy.{number}.{key}", _chosen(row, key) if key in CHOICES else _text(row.get(key))

    def _results(self, tree: Tree) -> Iterator[tuple[str, str]]:
        rows = [_cells(item) for item in tree.items if isinstance(item, Table)] if isinstance(tree, Listing) else []
        for number, row in enumerate(rows, 1):
            fact = self.facts[self.names[_text(row.get("fact", row.get("test"))).lower()]]
            yield f"result.{number}.fact", fact.id
            yield f"result.{number}.date", _text(row.get("date"))
            yield f"result.{number}.method", _text(row.get("method"))
            yield f"result.{number}.value", self._value(fact, row["value"])

    def _value(self, fact: Fact, tree: Tree) -> str:
        """With its unit; a result that is not known yet is one too."""
        value, words = value_of(fact, tree)
        if isinstance(value, bool):
            return _yes_no(value)
        return "unknown" if value is None else value if isinstance(value, str) else words


def _cells(row: Table) -> dict[str, Tree]:
    return {entry.key.lower().strip(): entry.value for entry in row.entries}


def _chosen(row: Mapping[str, Tree], key: str) -> str:
    """The choice that a word of either language means. A row without an outcome is a pregnancy all the same."""
    tree = row.get(key)
    chosen = None if tree is None else choice_of(tree, key, CHOICES[key], kind="pregnancy")
    return chosen or "unknown" if key == "outcome" else "" if chosen in (None, "unknown") else str(chosen)


def _text(tree: Tree | None) -> str:
    """The text of a cell; items of a list are divided by semicolons."""
    if isinstance(tree, Listing):
        return "; ".join(filter(None, map(_text, tree.items)))
    return tree.text or "" if isinstance(tree, Scalar) else ""


def _yes_no(value: bool | None) -> str:
    return "" if value is None else "yes" if value else "no"
