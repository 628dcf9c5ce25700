"""Where guidelines disagree on this patient: the kind of each disagreement, from a table, and in what they differ."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from decidua.answers import FOR
from decidua.consult.cells import Cell
from decidua.content import Content
from decidua.criteria import facts_in
from decidua.guidelines import Knowledge, Statement
from decidua.language import Text

SPEECH = {"silent", "population", "definition"}
"""Kinds in which only one of the two speaks to her."""


@dataclass(frozen=True)
class Disagreement:
    """`kind` is an id of the table, `agreement` (the same answer, but see differs_in), or `test-against-treatment`."""

    option: str
    kind: str
    between: tuple[str, str]
    differs_in: tuple[str, ...]
    about: str | None = None
    """For test-against-treatment: the test that one advises against and on whose result the other's answer turns."""


def disagreements(knowledge: Knowledge, cells: Sequence[Cell]) -> tuple[Disagreement, ...]:
    by_option: dict[str, list[Cell]] = {}
    for cell in cells:
        by_option.setdefault(cell.option, []).append(cell)
    found = [
        disagreement
        for option, row in by_option.items()
        for one, other in combinations(row, 2)
        if (disagreement := _between(knowledge, option, one, other))
    ]
    return tuple(found + list(_tests_against_treatments(knowledge, cells)))


def kinds(content: Content) -> Mapping[frozenset[str], str]:
    """The table: pair of answers → kind."""
    return {
        frozenset(pair): item.id for item in content.of("disagreement_kinds") for pair in item.data.get("pairs", [])
    }


def kind_labels(content: Content) -> Mapping[str, Text]:
    return {item.id: Text.model_validate(item.data["label"]) for item in content.of("disagreement_kinds")}


def _between(knowledge: Knowledge, option: str, one: Cell, other: Cell) -> Disagreement | None:
    between = (one.guideline, other.guideline)
    if one.standing.settled and other.standing.settled:
        if one.answer == other.answer:
            differs = _differs(one, other)
            return Disagreement(option, "agreement", between, differs) if differs else None
        kind = kinds(knowledge.content).get(frozenset((one.answer, other.answer)))
        return Disagreement(option, kind, between, _differs(one, other)) if kind else None
    if set(one.standing.possible) & set(other.standing.possible):
        return None
    found = {
        kinds(knowledge.content).get(frozenset((a, b))) for a in one.standing.possible for b in other.standing.possible
    }
    if found <= SPEECH:
        return Disagreement(option, "silent", between, ())
    kind = found.pop() if len(found) == 1 else "some"
    return Disagreement(option, kind or "some", between, ())


def _differs(one: Cell, other: Cell) -> tuple[str, ...]:
    """In what statements with printed words differ; nothing printed on one side is no difference."""
    aspects = {"strength": _strengths, "certainty": _certainties, "regimen": _regimens, "window": _windows}
    found = []
    for aspect, of in aspects.items():
        mine, theirs = of(one.speaking), of(other.speaking)
        if mine and theirs and mine != theirs:
            found.append(aspect)
    return tuple(found)


def _strengths(statements: Iterable[Statement]) -> set[object]:
    return {s.strength.printed for s in statements if s.strength.printed}


def _certainties(statements: Iterable[Statement]) -> set[object]:
    return {s.certainty.printed for s in statements if s.certainty.printed}


def _regimens(statements: Iterable[Statement]) -> set[object]:
    return {(r.drug.en, r.dose, r.unit, r.every, r.every_unit) for s in statements for r in s.regimens}


def _windows(statements: Iterable[Statement]) -> set[object]:
    return {s.window for s in statements if s.window}


def _tests_against_treatments(knowledge: Knowledge, cells: Sequence[Cell]) -> Iterable[Disagreement]:
    """A marker that one guideline says not to measure decides a therapy in another."""
    against = [cell for cell in cells if cell.option.startswith("test:") and cell.answer == "against"]
    for test in against:
        yields = set(knowledge.options[test.option].decides)
        for cell in cells:
            if cell.guideline != test.guideline and not cell.option.startswith("test:"):
                turning = {fact for s in cell.speaking if s.answer in FOR for fact in _base_facts(knowledge, s)}
                if yields & turning:
                    between = (test.guideline, cell.guideline)
                    yield Disagreement(cell.option, "test-against-treatment", between, (), test.option)


def _base_facts(knowledge: Knowledge, statement: Statement) -> set[str]:
    criterion = knowledge.own_populations[statement.id]
    return facts_in(criterion) | knowledge.expand(criterion)
