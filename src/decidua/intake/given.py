"""The facts and stated criteria at the top of a patient file; its other parts are left to their readers."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from decidua.errors import PatientError
from decidua.facts import Fact, Value, Vocabulary
from decidua.facts.values import bounds, in_both, unlikely
from decidua.intake.nodes import Entry, Table, Tree
from decidua.intake.problems import Problems, quoted
from decidua.intake.scalars import symbols, truth_of, value_of

PARTS = ("as_of", "title", "pregnancies", "pregnancies_complete", "results")
"""Keys of the file that are neither facts nor criteria."""

UNEXPLAINED = "unexplained"
GUESSES = 20
"""Unknown keys for which near names are looked up; the search is slow, and more are not typing errors."""


@dataclass
class Given:
    """Values so far, the words in which they were given, where they come from, and on which line."""

    values: dict[str, Value] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    origins: dict[str, str] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    parts: dict[str, Entry] = field(default_factory=dict)

    def part(self, key: str) -> Tree | None:
        return self.parts[key].value if key in self.parts else None


def read_given(table: Table, vocabulary: Vocabulary, stated: Collection[str], problems: Problems) -> Given:
    """All top-level keys read; what is wrong goes to `problems`."""
    given = Given()
    reader = _Reader(vocabulary, stated, problems, given)
    for entry in table.entries:
        try:
            reader.read(entry)
        except PatientError as error:
            problems.add(error, entry.value.line)
    return given


class _Reader:
    def __init__(self, vocabulary: Vocabulary, stated: Collection[str], problems: Problems, given: Given) -> None:
        self.vocabulary, self.problems, self.given = vocabulary, problems, given
        self.names = {name.lower(): fact for name, fact in vocabulary.names.items()}
        self.stated = {criterion.lower(): criterion for criterion in stated}
        self.guesses = 0

    def read(self, entry: Entry) -> None:
        name = clean_key(entry.key)
        if name in PARTS:
            self._part(name, entry)
        elif name in self.names:
            self._fact(self.vocabulary.facts[self.names[name]], entry)
        elif name in self.stated:
            self._criteria([self.stated[name]], entry)
        elif name == UNEXPLAINED and (every := self._unexplained()):
            self._criteria(every, entry)
        elif name != UNEXPLAINED or truth_of(entry.value, name) is not None:
            self._unknown(name, entry)

    def _unexplained(self) -> list[str]:
        return sorted(id_ for id_ in self.stated.values() if id_.startswith(f"{UNEXPLAINED}@"))

    def _part(self, name: str, entry: Entry) -> None:
        if name in self.given.parts:
            first = self.given.parts[name].line
            self.problems.syntax("error.key-twice", entry.line, key=name, first=first, second=entry.line)
        self.given.parts.setdefault(name, entry)

    def _fact(self, fact: Fact, entry: Entry) -> None:
        value, words = value_of(fact, entry.value)
        if value is None:
            return
        self._store(fact.id, value, words, entry)
        warn_unlikely(fact, value, words, entry.value.line, self.problems)

    def _criteria(self, ids: Iterable[str], entry: Entry) -> None:
        value = truth_of(entry.value, clean_key(entry.key))
        for id_ in ids if value is not None else ():
            self._store(id_, bool(value), symbols(bool(value)), entry)

    def _store(self, id_: str, value: Value, words: str, entry: Entry) -> None:
        given, line = self.given, entry.value.line
        if id_ not in given.values:
            given.values[id_], given.words[id_], given.lines[id_] = value, words, line
            return
        parts = {"fact": id_, "first": quoted(given.words[id_]), "second": quoted(words)}
        parts |= {"line": str(given.lines[id_])}
        if given.values[id_] == value:
            self.problems.warn("warn.given-twice", line, **parts)
        else:
            self.problems.conflict("error.given-twice", line, **parts)

    def _unknown(self, name: str, entry: Entry) -> None:
        self.guesses += 1
        more = [*self.stated, *PARTS, UNEXPLAINED]
        near = self.vocabulary.nearest(name[:60], more) if self.guesses <= GUESSES else []
        key = "error.key-near" if near else "error.key"
        self.problems.refuse(key, entry.line, key=entry.key, near=", ".join(near))


def clean_key(key: str) -> str:
    return " ".join(key.lower().split())


def warn_unlikely(fact: Fact, value: Value, words: str, line: int, problems: Problems) -> None:
    if fact.likely is not None and unlikely(fact, value):
        problems.warn("warn.unlikely", line, fact=fact.id, **in_both(fact, quoted(words)), **bounds(fact, *fact.likely))
