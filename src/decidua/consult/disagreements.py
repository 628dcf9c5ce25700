"""Where guidelines disagree on this patient: the kind of each disagreement, from a table, and in what they differ."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from decidua.answers import FOR, Answers
from decidua.consult.cells import Cell
from decidua.content import Content
from decidua.facts import Value
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


def disagreements(answers: Answers, cells: Sequence[Cell], values: Mapping[str, Value]) -> tuple[Disagreement, ...]:
    knowledge = answers.knowledge
    by_option: dict[str, list[Cell]] = {}
    for cell in cells:
        by_option.setdefault(cell.option, []).append(cell)
    found = [
        disagreement
        for option, row in by_option.items()
        for one, other in combinations(row, 2)
        if (disagreement := _between(knowledge, option, one, other))
    ]
    return tuple(found + list(_tests_against_treatments(answers, cells, values)))


def kinds(content: Content) -> Mapping[frozenset[str], str]:
    """The table: pair of answers → kind."""
    return {
        frozenset(pair): item.id for item in content.of("disagreement_kinds") for pair in item.data.get("pairs", [])
    }


def _kinds(knowledge: Knowledge) -> Mapping[frozenset[str], str]:
    return kinds(knowledge.content)


def kind_labels(content: Content) -> Mapping[str, Text]:
    return {item.id: Text.model_validate(item.data["label"]) for item in content.of("disagreement_kinds")}


def _between(knowledge: Knowledge, option: str, one: Cell, other: Cell) -> Disagreement | None:
    between = (one.guideline, other.guideline)
    if one.standing.settled and other.standing.settled:
        if one.answer == other.answer:
            differs = _differs(one, other)
            return Disagreement(option, "agreement", between, differs) if differs else None
        kind = knowledge.kept(_kinds).get(frozenset((one.answer, other.answer)))
        return Disagreement(option, kind, between, _differs(one, other)) if kind else None
    if set(one.standing.possible) & set(other.standing.possible):
        return None
    table = knowledge.kept(_kinds)
    found = {table.get(frozenset((a, b))) for a in one.standing.possible for b in other.standing.possible}
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


def _tests_against_treatments(
    answers: Answers, cells: Sequence[Cell], values: Mapping[str, Value]
) -> Iterable[Disagreement]:
    """A marker that one guideline says not to measure decides whether another is for a therapy."""
    against = [cell for cell in cells if cell.option.startswith("test:") and cell.answer == "against"]
    for test in against:
        yields = answers.knowledge.options[test.option].decides
        for cell in cells:
            if cell.guideline == test.guideline or cell.option.startswith("test:"):
                continue
            if set(FOR) & set(cell.standing.possible) and any(_turns(answers, cell, fact, values) for fact in yields):
                between = (test.guideline, cell.guideline)
                yield Disagreement(cell.option, "test-against-treatment", between, (), test.option)


def _turns(answers: Answers, cell: Cell, fact: str, values: Mapping[str, Value]) -> bool:
    """Whether the answer still turns on the unknown fact, or would be open again without the known one."""
    if fact not in values:
        return fact in cell.relevant
    without = {id_: value for id_, value in values.items() if id_ != fact}
    standing = answers.standing(cell.guideline, cell.option, without)
    return standing is not None and standing.possible != cell.standing.possible
