"""What no patient can reach: statements, named criteria, and parts of an `or`. Exact, over all admissible patients.

A part of an `or` (or of an `at least`) is idle for a statement if replacing it by false changes nothing for any
admissible patient inside the guideline's definition, under any reading. It is *unreachable* if moreover nobody to
whom the statement applies has it; otherwise it is *covered* by the other parts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from decidua.check.branches import Path, disjuncts, put
from decidua.check.problem import Problem, at
from decidua.check.region import Region, region, without_stated
from decidua.criteria import Criterion
from decidua.criteria.phrases import phrase
from decidua.criteria.tree import Always, Named
from decidua.guidelines import Knowledge, Statement


@dataclass(frozen=True)
class Unreached:
    """`owner`: the statement or named criterion in which the part stands; `part` None: the whole of it."""

    owner: str
    user: str
    """The statement for which it is idle; the owner itself where it is idle for every user."""
    part: Criterion | None
    how: Literal["unreachable", "covered"]


def unreached(knowledge: Knowledge) -> tuple[Unreached, ...]:
    plain = without_stated(knowledge)
    of_names = {name: tuple(_in_name(plain, name)) for name in plain.names}
    found = [one for ones in of_names.values() for one, _ in ones]
    known = {(name, path) for name, ones in of_names.items() for _, path in ones}
    for statement in plain.statements.values():
        found += _in_statement(plain, statement, known)
    return tuple(found)


def _in_name(knowledge: Knowledge, name: str) -> Iterator[tuple[Unreached, Path]]:
    """What is idle in a named criterion by itself, within the definition of the guideline that its id names."""
    criterion = Named(name)
    scope = knowledge.definitions.get(name.rpartition("@")[2], Always(True))
    space = region(knowledge, [scope, criterion])
    inside = space.both(space.limits, space.of(scope))
    if space.both(inside, space.of(criterion)) == space.nothing:
        yield Unreached(name, name, None, "unreachable"), ()
        return
    for path, part, how in _idle(space, inside, criterion, name, knowledge.names[name]):
        yield Unreached(name, name, part, how), path


def _in_statement(knowledge: Knowledge, statement: Statement, known: set[tuple[str, Path]]) -> list[Unreached]:
    population, scope = knowledge.own_populations[statement.id], knowledge.definitions[statement.guideline]
    space = region(knowledge, [scope, population])
    inside = space.limits if statement.scope == "wider" else space.both(space.limits, space.of(scope))
    if space.both(inside, space.of(population)) == space.nothing:
        return [Unreached(statement.id, statement.id, None, "unreachable")]
    found = [
        Unreached(statement.id, statement.id, part, how)
        for _, part, how in _idle(space, inside, population, None, population)
    ]
    for name in sorted(knowledge.names_under(population)):
        for path, part, how in _idle(space, inside, population, name, knowledge.names[name]):
            if (name, path) not in known:
                found.append(Unreached(name, statement.id, part, how))
    return found


def _idle(
    space: Region, inside: int, used: Criterion, name: str | None, owner: Criterion
) -> Iterator[tuple[Path, Criterion, Literal["unreachable", "covered"]]]:
    """The idle parts of `owner`, which is `used` itself (name None) or the definition of a name under it."""
    whole = space.both(inside, space.of(used))
    for path, part in disjuncts(owner):
        changed = put(owner, path, Always(False))
        names: Mapping[str, Criterion] = {} if name is None else {name: changed}
        without = space.of(changed) if name is None else space.of_renamed(used, names)
        if space.both(inside, without) == whole:
            met = space.both(whole, space.of(part))
            yield path, part, "unreachable" if met == space.nothing else "covered"


def reach_problems(knowledge: Knowledge) -> Iterator[Problem]:
    for one in unreached(knowledge):
        kind = "statements" if one.owner in knowledge.statements else "criteria"
        item = knowledge.content.items[kind][one.owner]
        field = "population" if kind == "statements" else "means"
        if one.part is None:
            yield at(item, [field], "can hold for no admissible patient under any reading; correct the criterion.")
        else:
            yield at(item, [field], _message(knowledge, one), "warning")
    yield from _wider(knowledge)


def _message(knowledge: Knowledge, one: Unreached) -> str:
    words = phrase(one.part or Always(False), knowledge.vocabulary, knowledge.labels, "en")
    whose = "" if one.user == one.owner else f" for {one.user}"
    if one.how == "unreachable":
        return f"the part '{words}' is unreachable{whose}: nobody has it and meets the rest; see what the source means."
    return f"the part '{words}' is covered{whose}: without it nothing changes; keep it only if the source prints it."


def _wider(knowledge: Knowledge) -> Iterator[Problem]:
    """Statements that speak beyond their guideline's definition, for a reviewer to see."""
    plain = without_stated(knowledge)
    for statement in (one for one in plain.statements.values() if one.scope == "wider"):
        population, scope = plain.own_populations[statement.id], plain.definitions[statement.guideline]
        space = region(plain, [scope, population])
        outside = space.without(space.both(space.limits, space.of(population)), space.of(scope))
        item = knowledge.content.items["statements"][statement.id]
        if outside == space.nothing:
            message = "says `scope: wider` but never applies outside the guideline's definition; take the scope out."
            yield at(item, ["scope"], message, "warning")
        else:
            yield at(
                item,
                ["scope"],
                "applies outside the guideline's definition; its citation must show that.",
                "info",
            )
