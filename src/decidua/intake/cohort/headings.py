"""What each column of a source is, by its name and the mapping; what is not understood is told with near names.

A heading is the id of a fact or one of its aliases, perhaps with the unit of its bare numbers: `vitamin_d`,
`Vitamin D [nmol/L]`, `vitamin_d_nmol_l`. The columns of a facts table keep their names (`losses.low`, `group.centre`,
`done.ivig`, `date.care`, a named criterion).
"""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

from decidua.errors import CohortError
from decidua.facts import Fact, Unit, Vocabulary
from decidua.facts.values import unit_named
from decidua.intake.cohort.mapping import ColumnMapping, ColumnRule, DateRule, DoneRule
from decidua.intake.cohort.tally import Tally
from decidua.intake.given import GUESSES, UNEXPLAINED
from decidua.language import Text

Kind = Literal["patient", "fact", "low", "high", "stated", "done", "group", "date"]
MADE_UP = "synthetic"
"""The column by which every row of a text file says that its patient was made up."""
PATIENT = ("patient", "patient_id", "환자", "환자번호")
_UNIT = re.compile(r"(.*?)\s*[\[(]\s*([^\])]+?)\s*[\])]\s*")
_LABEL = Text(en="stated or done", ko="직접 적은 판단 또는 시행")


@dataclass(frozen=True)
class Target:
    """What one column becomes. `at` is its place in the source, `name` the column of the facts table."""

    at: int
    heading: str
    kind: Kind
    name: str
    fact: Fact | None = None
    unit: Unit | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    format: str | None = None


def yes_or_no(name: str) -> Fact:
    """A stated name, or whether something was done, in the shape of a fact."""
    return Fact(id=name, group="stated", type="boolean", label=_LABEL, ask="ask")


@dataclass(frozen=True)
class Names:
    """Everything that a heading may name."""

    vocabulary: Vocabulary
    stated: Collection[str] = ()
    options: Collection[str] = ()

    @cached_property
    def facts(self) -> Mapping[str, Fact]:
        return {plain(name): self.vocabulary.facts[id_] for name, id_ in self.vocabulary.names.items()}

    @cached_property
    def own(self) -> Mapping[str, str]:
        """Names that may be stated."""
        found = {plain(name): name for name in self.stated}
        return found | ({UNEXPLAINED: UNEXPLAINED} if any(n.startswith(f"{UNEXPLAINED}@") for n in self.stated) else {})

    def nearest(self, name: str) -> str:
        more = [*self.own.values(), *(f"done.{option}" for option in self.options), *PATIENT]
        return ", ".join(self.vocabulary.nearest(plain(name)[:60], more))


def plain(name: str) -> str:
    return re.sub(r"[\s\-]+", "_", name.strip().lower())


def targets(
    headings: Sequence[str], names: Names, mapping: ColumnMapping, tally: Tally, file: str, *, canonical: bool = False
) -> list[Target]:
    """Every column that is read. Raises CohortError where there is no column of patients.

    canonical: the file is a facts table of this project, so that a bare number is one in the fact's own unit.
    """
    reader = _Headings(names, mapping, tally, file)
    found = [target for at, heading in enumerate(headings) for target in reader.of(at, heading, headings)]
    kept = reader.without_doubles(found, headings)
    if not any(target.kind == "patient" for target in kept):
        given = mapping.patient or "patient"
        raise CohortError("cohort.no-patient-column", where=file, given=given, columns=_some(headings))
    return [_own_unit(target) for target in kept] if canonical else kept


def _own_unit(target: Target) -> Target:
    return replace(target, unit=target.fact.unit) if target.fact is not None and target.unit is None else target


def _some(headings: Sequence[str]) -> str:
    shown = ", ".join(headings[:12])
    return shown + (" …" if len(headings) > 12 else "")


class _Headings:
    def __init__(self, names: Names, mapping: ColumnMapping, tally: Tally, file: str) -> None:
        self.names, self.mapping, self.tally, self.file = names, mapping, tally, file
        self.twice: set[str] = set()
        self.guesses = 0

    def of(self, at: int, heading: str, headings: Sequence[str]) -> Iterator[Target]:
        """All that a column is read for: a date may be both the care and a group."""
        if headings.count(heading) > 1:
            if heading not in self.twice:
                self.twice.add(heading)
                self.tally.problem("cohort.column-twice", heading or "?", file=self.file, count=headings.count(heading))
            return
        found = [*self._mapped(at, heading), *self._ruled(at, heading)]
        if not found and heading not in self.mapping.ignore and heading != MADE_UP:
            found = self._named(at, heading)
            if not found:
                near = self._near(heading)
                key = "cohort.column-near" if near else "cohort.column-unknown"
                self.tally.problem(key, heading or "?", file=self.file, near=near)
        yield from found

    def _near(self, heading: str) -> str:
        """Looked up for the first few only: the search is slow, and more are not slips of the pen."""
        self.guesses += 1
        return self.names.nearest(heading) if self.guesses <= GUESSES else ""

    def _mapped(self, at: int, heading: str) -> Iterator[Target]:
        """What the mapping says beside facts: patient, dates, groups, what was done."""
        mapping = self.mapping
        if heading == mapping.patient or (mapping.patient is None and plain(heading) in PATIENT):
            yield Target(at, heading, "patient", "patient")
        for name, rule in (("date.index", mapping.index), ("date.care", mapping.care)):
            if rule is not None and rule.column == heading:
                yield Target(at, heading, "date", name, format=rule.format)
        for group in mapping.groups:
            if group.column == heading:
                yield Target(at, heading, "group", f"group.{group.name}", values=group.values, format=group.format)
        for done in mapping.done:
            yield from self._done(at, heading, done)

    def _done(self, at: int, heading: str, rule: DoneRule) -> Iterator[Target]:
        name = f"done.{rule.option}"
        if rule.column == heading:
            yield Target(at, heading, "done", name, yes_or_no(name), values=rule.values)
        if rule.date is not None and rule.date.column == heading:
            yield Target(at, heading, "date", f"date.{rule.option}", format=rule.date.format)

    def _ruled(self, at: int, heading: str) -> Iterator[Target]:
        rule = self.mapping.columns.get(heading)
        if rule is not None:
            yield ruled(at, rule, self.names, self.mapping)

    def _named(self, at: int, heading: str) -> list[Target]:
        name = plain(heading)
        if name.startswith(("group.", "done.", "date.")):
            return self._table_column(at, heading.strip())
        ends: tuple[Literal["low", "high"], ...] = ("low", "high")
        for kind in ends:
            fact = self.names.facts.get(name.removesuffix(f".{kind}")) if name.endswith(f".{kind}") else None
            if fact is not None and fact.numeric:
                return [Target(at, heading, kind, f"{fact.id}.{kind}", fact, fact.unit)]
        if name in self.names.own:
            own = self.names.own[name]
            return [Target(at, heading, "stated", own, yes_or_no(own))]
        fact, unit = self._with_unit(heading)
        return [] if fact is None else [Target(at, heading, "fact", fact.id, fact, unit)]

    def _table_column(self, at: int, name: str) -> list[Target]:
        first, rest = name.split(".", 1)
        options = self.names.options
        if first.lower() == "group" and rest:
            return [Target(at, name, "group", f"group.{rest}")]
        if first.lower() == "done" and rest in options:
            return [Target(at, name, "done", f"done.{rest}", yes_or_no(f"done.{rest}"))]
        if first.lower() == "date" and rest in ("care", "index", *options):
            return [Target(at, name, "date", f"date.{rest}")]
        return []

    def _with_unit(self, heading: str) -> tuple[Fact | None, Unit | None]:
        facts = self.names.facts
        if plain(heading) in facts:
            return facts[plain(heading)], None
        bracket = _UNIT.fullmatch(heading)
        if bracket and (fact := facts.get(plain(bracket[1]))) is not None:
            unit = unit_named(fact, bracket[2])
            return (fact, unit) if unit is not None else (None, None)
        return _suffixed(plain(heading), facts)

    def without_doubles(self, found: Sequence[Target], headings: Sequence[str]) -> list[Target]:
        """Of two columns that mean the same, neither is read: which one holds is not ours to say."""
        counts = Counter(target.name for target in found)
        for name, count in counts.items():
            if count > 1:
                same = [headings[target.at] for target in found if target.name == name]
                self.tally.problem("cohort.same-meaning", name, file=self.file, count=count, columns=", ".join(same))
        return [target for target in found if counts[target.name] == 1]


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.lower()) or text


def _suffixed(name: str, facts: Mapping[str, Fact]) -> tuple[Fact | None, Unit | None]:
    """`vitamin_d_nmol_l`: a name with the letters of one of its units behind it."""
    for spelling, fact in facts.items():
        if name.startswith(f"{spelling}_"):
            rest = _letters(name.removeprefix(spelling))
            for unit in fact.units:
                if rest in (_letters(unit.code), _letters(unit.label)):
                    return fact, unit
    return None, None


def ruled(at: int, rule: ColumnRule, names: Names, mapping: ColumnMapping) -> Target:
    """A column that the mapping names. Raises CohortError for a fact or unit that there is not."""
    name, where = plain(rule.fact), mapping.where(rule.line)
    if name in names.own:
        own = names.own[name]
        return Target(at, rule.column, "stated", own, yes_or_no(own), values=rule.values)
    fact = names.facts.get(name)
    if fact is None:
        near = names.nearest(rule.fact)
        raise CohortError("error.key-near" if near else "error.key", where=where, key=rule.fact, near=near)
    unit = unit_named(fact, rule.unit) if rule.unit else None
    if rule.unit and unit is None:
        allowed = ", ".join(unit.label for unit in fact.units) or "-"
        raise CohortError("error.unit", where=where, fact=fact.id, given=rule.unit, allowed=allowed)
    return Target(at, rule.column, "fact", fact.id, fact, unit, rule.values)


def check_mapping(mapping: ColumnMapping, headings: Collection[str], names: Names) -> list[CohortError]:
    """Whatever the mapping names that there is not: columns, facts, units, options."""
    found: list[CohortError] = []
    for column, line in _columns(mapping):
        if column not in headings:
            near = ", ".join(difflib.get_close_matches(column[:60], list(headings), n=3, cutoff=0.5))
            key = "mapping.column-near" if near else "mapping.column"
            found.append(CohortError(key, where=mapping.where(line), given=column, near=near))
    for rule in mapping.columns.values():
        try:
            ruled(0, rule, names, mapping)
        except CohortError as error:
            found.append(error)
    for group in mapping.groups:
        if group.fact and not (plain(group.fact) in names.facts and names.facts[plain(group.fact)].numeric):
            where = mapping.where(group.line)
            found.append(CohortError("mapping.group-fact", where=where, given=group.fact, name=group.name))
    return [*found, *_options(mapping, names)]


def _columns(mapping: ColumnMapping) -> Iterator[tuple[str, int]]:
    if mapping.patient is not None:
        yield mapping.patient, mapping.lines.get("patient", 1)
    dates: list[DateRule | None] = [mapping.index, mapping.care, *(done.date for done in mapping.done)]
    yield from ((rule.column, rule.line) for rule in dates if rule is not None)
    yield from ((rule.column, rule.line) for rule in mapping.columns.values())
    yield from ((group.column, group.line) for group in mapping.groups if group.column)
    yield from ((done.column, done.line) for done in mapping.done if done.column)


def _options(mapping: ColumnMapping, names: Names) -> Iterator[CohortError]:
    events = mapping.events
    used = [(done.option, done.line) for done in mapping.done]
    used += [(option, events.line) for option in (*events.codes.values(), *events.complete)] if events else []
    for option, line in used:
        if option not in names.options:
            near = ", ".join(difflib.get_close_matches(option[:60], list(names.options), n=3, cutoff=0.4)) or "-"
            yield CohortError("mapping.option", where=mapping.where(line), given=option, near=near)
