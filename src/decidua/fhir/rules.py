"""A guideline's rules as a list of defines, from which the CQL text and the ELM tree are both written.

One define per way of reading the source, because CQL has no word for a source that can be read in two ways. A
finding is null where it is undetermined. An answer is *possible* where its P_a is not false; where several are
possible the answer is undecided, and no define ever turns that into a no. Decisions (`fhir.decisions`) come last.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product

from decidua.answers import Answers
from decidua.criteria.tree import Always, And, AtLeast, Choose, Criterion, Named, Not, Or
from decidua.fhir.care import given_name, measured_care, of_care, withheld_name
from decidua.fhir.decisions import Decision, of_option, of_statement
from decidua.fhir.steps import Steps, Ways, define_name
from decidua.guidelines import Knowledge


@dataclass(frozen=True)
class Define:
    """`stated`: the name that a user may state; what is stated goes before what is computed."""

    name: str
    criterion: Criterion
    stated: str | None = None


@dataclass(frozen=True)
class Rules:
    """`name`: of the library. Every reading is chosen in the defines, and every `Named` names a define before it."""

    name: str
    version: str
    knowledge: Knowledge
    defines: tuple[Define, ...]
    decisions: tuple[Decision, ...]
    """Never null; each rests on defines and on decisions before it."""
    facts: str | None = None
    """The library whose defines are the facts; None: they are parameters."""


def library_name(guideline: str) -> str:
    """Letters and digits alone: `DeciduaASRI2025`."""
    return "Decidua" + "".join(part.upper() for part in re.split(r"[^A-Za-z0-9]+", guideline))


def rules(answers: Answers, guideline: str, version: str) -> Rules:
    """Named criteria, the definition, every finding, every answer of one guideline."""
    knowledge = answers.knowledge
    found = (
        *_names(knowledge),
        *_findings(knowledge, guideline),
        *_answers(answers, guideline),
        *_care(knowledge, guideline),
    )
    decided = tuple(_decisions(answers, guideline))
    return Rules(library_name(guideline), version, knowledge, found, decided)


def on_fhir(rules: Rules, facts: str) -> Rules:
    """The same rules on the facts of a library that reads FHIR resources, instead of on parameters."""
    return replace(rules, name=f"{rules.name}OnFHIR", facts=facts)


def ways_of(knowledge: Knowledge, criterion: Criterion) -> list[Ways]:
    """Every way of reading what the criterion rests on."""
    readings = sorted(knowledge.readings_under(criterion) - set(knowledge.settled))
    slugs = [list(knowledge.readings[reading].alternatives) for reading in readings]
    return [tuple(zip(readings, way, strict=True)) for way in product(*slugs)]


def _names(knowledge: Knowledge) -> Iterator[Define]:
    for name in _in_order(knowledge):
        meant = knowledge.names[name]
        for way in ways_of(knowledge, meant):
            settled = {**knowledge.settled, **dict(way)}
            stated = name if name in knowledge.stated else None
            yield Define(holds(knowledge, name, settled), read(knowledge, meant, settled), stated)


def _in_order(knowledge: Knowledge) -> Iterator[str]:
    """Each name after those on which it rests."""
    done: set[str] = set()
    while rest := [name for name in knowledge.names if name not in done]:
        for name in rest:
            if knowledge.names_under(knowledge.names[name]) <= done:
                done.add(name)
                yield name


def _findings(knowledge: Knowledge, guideline: str) -> Iterator[Define]:
    yield from _under_each_reading(knowledge, f"{guideline} definition", knowledge.definitions[guideline])
    for statement in knowledge.statements.values():
        if statement.guideline == guideline:
            yield from _under_each_reading(knowledge, statement.id, knowledge.populations[statement.id])


def _under_each_reading(knowledge: Knowledge, subject: str, criterion: Criterion) -> Iterator[Define]:
    for way in ways_of(knowledge, criterion):
        settled = {**knowledge.settled, **dict(way)}
        yield Define(define_name(subject, way), read(knowledge, criterion, settled))


def _answers(answers: Answers, guideline: str) -> Iterator[Define]:
    for option in answers.knowledge.options:
        for name, criterion in Steps(answers.function(guideline, option)).defines():
            yield Define(name, criterion)


def _care(knowledge: Knowledge, guideline: str) -> Iterator[Define]:
    for care in measured_care(knowledge, guideline):
        yield Define(given_name(care), care.given)
        yield Define(withheld_name(care), care.withheld)


def _decisions(answers: Answers, guideline: str) -> Iterator[Decision]:
    for option in answers.knowledge.options:
        yield from of_option(Steps(answers.function(guideline, option)))
    for statement in answers.knowledge.statements.values():
        if statement.guideline == guideline and statement.kind == "recommendation":
            population = answers.knowledge.populations[statement.id]
            yield from of_statement(statement.id, ways_of(answers.knowledge, population))
    for care in measured_care(answers.knowledge, guideline):
        yield from of_care(care)


def holds(knowledge: Knowledge, name: str, settled: dict[str, str]) -> str:
    """The define of a named criterion under these readings; apart from the parameter that states it."""
    readings = sorted(knowledge.readings_under(knowledge.names[name]) - set(knowledge.settled))
    return define_name(f"{name} holds", tuple((reading, settled[reading]) for reading in readings))


def read(knowledge: Knowledge, node: Criterion, settled: dict[str, str]) -> Criterion:
    """The criterion with every reading chosen, and every name that of its define."""
    match node:
        case Named(id):
            return Named(holds(knowledge, id, settled))
        case Choose(reading, alternatives):
            return read(knowledge, dict(alternatives)[settled[reading]], settled)
        case Not(part):
            return Not(read(knowledge, part, settled))
        case And(parts):
            return And(tuple(read(knowledge, part, settled) for part in parts))
        case Or(parts):
            return Or(tuple(read(knowledge, part, settled) for part in parts))
        case AtLeast(k, parts):
            return AtLeast(k, tuple(read(knowledge, part, settled) for part in parts))
        case Always():
            return node
    return node
