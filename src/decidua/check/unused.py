"""Facts, named criteria and readings that nothing rests on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from decidua.answers import Answers
from decidua.check.problem import Problem, at
from decidua.check.region import without_stated
from decidua.guidelines import Knowledge

SHOWN = "facts-shown.tsv"
"""In a package: facts that are only shown or worked with, each with the reason (columns fact, reason)."""


def unused_problems(knowledge: Knowledge) -> Iterator[Problem]:
    yield from _facts(knowledge)
    yield from _names(knowledge)
    yield from _readings(knowledge)
    yield from _turning(knowledge)


def _facts(knowledge: Knowledge) -> Iterator[Problem]:
    used, shown = used_facts(knowledge), shown_facts(knowledge.content.roots)
    items = knowledge.content.items["facts"]
    for fact in knowledge.vocabulary.facts:
        if fact not in used and fact not in shown:
            message = f"is used by no criterion and no option; use it, take it out, or give the reason in {SHOWN}."
            yield at(items[fact], [], message, "warning")
    for fact in sorted(set(shown) & used):
        yield at(
            items[fact],
            [],
            f"stands in {SHOWN} but a criterion or option uses it; take that line out.",
            "warning",
        )
    for fact in sorted(set(shown) - set(knowledge.vocabulary.facts)):
        yield Problem(SHOWN, 1, fact, "error", "is listed as shown but is no fact; take the line out.")


def used_facts(knowledge: Knowledge) -> set[str]:
    """Facts of any criterion, and those that an option yields or records as done."""
    every = [*knowledge.names.values(), *knowledge.definitions.values(), *knowledge.own_populations.values()]
    found = set[str]().union(*(knowledge.expand(criterion) for criterion in [*every, *knowledge.conditions.values()]))
    for option in knowledge.options.values():
        found |= {*option.decides, *([option.done_fact] if option.done_fact else [])}
    return found | _bounding(knowledge, found)


def _bounding(knowledge: Knowledge, used: set[str]) -> set[str]:
    """Facts from which something about a used one follows by a constraint."""
    found: set[str] = set()
    for one in knowledge.vocabulary.constraints:
        members = {*one.sum, *(id_ for id_ in (one.at_most, one.if_, one.if_known) if id_)}
        members |= {one.then.split(" = ")[0]} if one.then else set()
        found |= members if one.strict and members & used else set()
    return found


def shown_facts(roots: tuple[Path, ...]) -> dict[str, str]:
    files = [root / SHOWN for root in roots if (root / SHOWN).is_file()]
    rows = [line.split("\t") for file in files for line in file.read_text("utf-8").splitlines()[1:] if line]
    return {row[0]: row[1] for row in rows}


def _names(knowledge: Knowledge) -> Iterator[Problem]:
    every = [
        *knowledge.definitions.values(),
        *knowledge.own_populations.values(),
        *knowledge.conditions.values(),
    ]
    used = set[str]().union(*(knowledge.names_under(criterion) for criterion in every))
    for name in knowledge.named:
        if name not in used:
            message = "is a named criterion that no population, definition or condition uses; use it or take it out."
            yield at(knowledge.content.items["criteria"][name], [], message, "warning")


def _readings(knowledge: Knowledge) -> Iterator[Problem]:
    every = [
        *knowledge.definitions.values(),
        *knowledge.own_populations.values(),
        *knowledge.conditions.values(),
    ]
    deciding = set[str]().union(*(knowledge.readings_under(criterion) for criterion in every))
    named = _named_readings(knowledge)
    for reading in knowledge.readings.values():
        item = knowledge.content.items["readings"][reading.id]
        if reading.id not in deciding | named:
            yield at(
                item,
                [],
                "is a reading that no criterion, statement or regimen names; name it or take it out.",
                "warning",
            )
        elif reading.bears_on == "answer" and reading.id not in deciding:
            yield at(
                item,
                ["bears_on"],
                "bears on an answer, but no criterion depends on it; write the criterion by it.",
                "warning",
            )
        elif reading.bears_on == "regimen" and reading.id in deciding:
            yield at(
                item,
                ["bears_on"],
                "bears on a regimen, but a criterion depends on it; write `bears_on: answer`.",
                "warning",
            )


def _named_readings(knowledge: Knowledge) -> set[str]:
    """Readings that statements and regimens name."""
    found: set[str] = set()
    for statement in knowledge.statements.values():
        found |= set(statement.readings)
        found |= {id_ for regimen in statement.regimens for id_ in (*regimen.readings, *regimen.timing_readings)}
    return found


def _turning(knowledge: Knowledge) -> Iterator[Problem]:
    """Readings on which criteria depend and yet no answer."""
    answers = Answers(without_stated(knowledge))
    functions = [answers.function(guideline, option) for guideline, option in knowledge.by_cell]
    tested = {f.diagrams.variables[level].id for f in functions for level in f.diagrams.support(f.root)}
    met = {variable.id for f in functions for variable in f.diagrams.variables if variable.kind == "reading"}
    for id_ in sorted(met - tested):
        if knowledge.readings[id_].bears_on == "statement":
            continue
        message = "changes no answer, whichever alternative is taken; mend its criteria or write `bears_on: statement`."
        yield at(knowledge.content.items["readings"][id_], ["alternatives"], message, "warning")
