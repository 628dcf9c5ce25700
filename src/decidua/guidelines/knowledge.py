"""Everything that a content says, validated and parsed: the one object that answers are made from."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from decidua.content import Content, Item, load
from decidua.criteria import Criterion, CriterionError, facts_in, names_in, parse_spec, readings_in
from decidua.criteria.tree import And, Named
from decidua.errors import ContentError
from decidua.facts import Vocabulary, read_vocabulary
from decidua.facts.load import read_kind
from decidua.guidelines.model import (
    Background,
    Chance,
    Guideline,
    NamedCriterion,
    NotCovered,
    Option,
    Reading,
    Statement,
)
from decidua.language import Text
from decidua.provenance import Discrepancy, Source

T = TypeVar("T")


@dataclass(frozen=True)
class Knowledge:
    """All content, by id. `names`, `definitions`, `populations`, `conditions` hold the parsed criteria."""

    content: Content
    vocabulary: Vocabulary
    sources: Mapping[str, Source]
    guidelines: Mapping[str, Guideline]
    options: Mapping[str, Option]
    statements: Mapping[str, Statement]
    readings: Mapping[str, Reading]
    named: Mapping[str, NamedCriterion]
    discrepancies: Mapping[str, Discrepancy]
    background: Mapping[str, Background]
    not_covered: Mapping[str, NotCovered]
    chances: Mapping[str, Chance]
    names: Mapping[str, Criterion]
    definitions: Mapping[str, Criterion]
    populations: Mapping[str, Criterion]
    """Statement id → its population with the guideline's definition, unless its scope is wider."""
    own_populations: Mapping[str, Criterion]
    """Statement id → its population as written, without the definition."""
    conditions: Mapping[str, Criterion]
    """Criteria of precautions, other indications and chances, by the item's id."""
    by_cell: Mapping[tuple[str, str], tuple[Statement, ...]] = field(default_factory=dict)

    def said(self, guideline: str, option: str) -> tuple[Statement, ...]:
        """Every statement of the guideline that names the option, in order of the files."""
        return self.by_cell.get((guideline, option), ())

    @cached_property
    def settled(self) -> dict[str, str]:
        """Readings that the authors have settled."""
        return {reading.id: reading.settled for reading in self.readings.values() if reading.settled}

    @cached_property
    def stated(self) -> frozenset[str]:
        """Named criteria that a user may give as facts."""
        return frozenset(name for name, criterion in self.named.items() if criterion.stated)

    @cached_property
    def labels(self) -> Mapping[str, Text]:
        """Labels for phrases: named criteria, and `reading/alternative`."""
        labels = {name: criterion.label for name, criterion in self.named.items()}
        for reading in self.readings.values():
            labels |= {f"{reading.id}/{slug}": text for slug, text in reading.alternatives.items()}
        return labels

    def kept(self, make: Callable[..., T], *of: Hashable) -> T:
        """`make(self, *of)`, made once: what other rooms work out from this content alone. Nothing of a patient."""
        key = (make, *of)
        if key not in self._kept:
            self._kept[key] = make(self, *of)
        return self._kept[key]  # type: ignore[no-any-return]

    @cached_property
    def _kept(self) -> dict[tuple[object, ...], Any]:
        return {}

    def expand(self, criterion: Criterion) -> set[str]:
        """Base facts that the criterion rests on, names followed."""
        return facts_in(criterion).union(*(self._below[name][0] for name in names_in(criterion)))

    def names_under(self, criterion: Criterion) -> set[str]:
        found = names_in(criterion)
        return found.union(*(self._below[name][1] for name in found))

    def readings_under(self, criterion: Criterion) -> set[str]:
        return readings_in(criterion).union(*(self._below[name][2] for name in names_in(criterion)))

    @cached_property
    def _below(self) -> dict[str, tuple[set[str], set[str], set[str]]]:
        """Named criterion → the facts, names and readings below it; asked for so often that it is kept."""
        below: dict[str, tuple[set[str], set[str], set[str]]] = {}

        def visit(name: str) -> tuple[set[str], set[str], set[str]]:
            if name not in below:
                meant = self.names[name]
                inner = [visit(other) for other in names_in(meant)]
                facts, names, readings = facts_in(meant), names_in(meant), readings_in(meant)
                below[name] = (
                    facts.union(*(one[0] for one in inner)),
                    names.union(*(one[1] for one in inner)),
                    readings.union(*(one[2] for one in inner)),
                )
            return below[name]

        for name in self.names:
            visit(name)
        return below


def read_knowledge(extra: Sequence[Path] = ()) -> Knowledge:
    """Load and validate the shipped content and the given packages. Raises ContentError with all problems."""
    return assemble(load(extra))


def assemble(content: Content) -> Knowledge:
    vocabulary = read_vocabulary(content)
    problems: list[str] = []
    kinds: dict[str, Any] = {
        kind: read_kind(content, kind, model, problems)
        for kind, model in {
            "sources": Source, "guidelines": Guideline, "options": Option, "statements": Statement,
            "readings": Reading, "criteria": NamedCriterion, "discrepancies": Discrepancy,
            "background": Background, "not_covered": NotCovered, "chances": Chance,
        }.items()
    }  # fmt: skip
    parser = _Parser(content, vocabulary, kinds["criteria"], kinds["readings"], problems)
    statements = {id_: s for id_, s in kinds["statements"].items() if s.withdrawn_because is None}
    names = parser.all("criteria", {id_: named.means for id_, named in kinds["criteria"].items()}, "means")
    definitions = parser.all("guidelines", {id_: g.definition for id_, g in kinds["guidelines"].items()}, "definition")
    own = parser.all("statements", {id_: s.population for id_, s in statements.items()}, "population")
    conditions = parser.conditions(kinds["options"], kinds["chances"])
    problems += _circles(names) + _homeless(content, statements, kinds["guidelines"])
    if problems:
        raise ContentError(problems)
    return Knowledge(
        content, vocabulary, kinds["sources"], kinds["guidelines"], kinds["options"], statements, kinds["readings"],
        kinds["criteria"], kinds["discrepancies"], kinds["background"], kinds["not_covered"], kinds["chances"],
        names, definitions, _scoped(own, statements, definitions), own, conditions, _cells(statements),
    )  # fmt: skip


def _scoped(
    own: Mapping[str, Criterion], statements: Mapping[str, Statement], definitions: Mapping[str, Criterion]
) -> dict[str, Criterion]:
    return {
        id_: criterion if statements[id_].scope == "wider" else And((definitions[statements[id_].guideline], criterion))
        for id_, criterion in own.items()
    }


def _cells(statements: Mapping[str, Statement]) -> dict[tuple[str, str], tuple[Statement, ...]]:
    cells: dict[tuple[str, str], list[Statement]] = {}
    for statement in statements.values():
        for option in statement.options:
            cells.setdefault((statement.guideline, option), []).append(statement)
    return {cell: tuple(said) for cell, said in cells.items()}


def _circles(names: Mapping[str, Criterion]) -> list[str]:
    """Named criteria that rest on themselves."""
    done: set[str] = set()

    def visit(name: str, above: tuple[str, ...]) -> list[str]:
        if name in above:
            return [f"named criterion '{name}' rests on itself: {' → '.join((*above, name))}."]
        if name in done or name not in names:
            return []
        found = [line for below in sorted(names_in(names[name])) for line in visit(below, (*above, name))]
        done.add(name)
        return found

    return [line for name in names for line in visit(name, ())]


def _homeless(content: Content, statements: Mapping[str, Statement], guidelines: Mapping[str, Guideline]) -> list[str]:
    return [
        f"{item.where('id')}: {item.id}: its id must begin with a guideline; '{item.id.split('.', 1)[0]}' is none."
        for item in content.of("statements")
        if item.id in statements and statements[item.id].guideline not in guidelines
    ]


class _Parser:
    """Parses criteria where they stand, so that an error names the file and line."""

    def __init__(
        self, content: Content, vocabulary: Vocabulary, named: Mapping[str, NamedCriterion],
        readings: Mapping[str, Reading], problems: list[str],
    ) -> None:  # fmt: skip
        self.content, self.vocabulary, self.named, self.problems = content, vocabulary, named, problems
        self.alternatives = {id_: tuple(reading.alternatives) for id_, reading in readings.items()}

    def all(self, kind: str, specs: Mapping[str, Any], *path: str) -> dict[str, Criterion]:
        items = self.content.items.get(kind, {})
        return {id_: self.one(items[id_], spec, *path) for id_, spec in specs.items()}

    def one(self, item: Item, spec: Any, *path: str | int) -> Criterion:
        try:
            return parse_spec(spec, self.vocabulary, self.named, self.alternatives)
        except CriterionError as error:
            self.problems.append(f"{item.where(*path)}: {item.id}: {error}.")
            return Named("")

    def conditions(self, options: Mapping[str, Option], chances: Mapping[str, Chance]) -> dict[str, Criterion]:
        found: dict[str, Criterion] = {}
        for option in options.values():
            item = self.content.items["options"][option.id]
            for index, precaution in enumerate(option.before):
                if precaution.satisfied is not None:
                    found[precaution.id] = self.one(item, precaution.satisfied, "before", index, "satisfied")
            for index, indication in enumerate(option.other_indications):
                found[indication.id] = self.one(item, indication.when, "other_indications", index, "when")
        for chance in chances.values():
            item = self.content.items["chances"][chance.id]
            found[chance.id] = self.one(item, chance.when, "when")
            if chance.unless is not None:
                found[f"{chance.id}.unless"] = self.one(item, chance.unless, "unless")
        return found
