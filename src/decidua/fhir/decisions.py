"""Defines that are true or false and never null, for engines that take null for a no, as PlanDefinition/$apply does.

An answer is *possible* where its P_a is not false under some way of reading. Of each option exactly one of these is
true: `answer is <answer>` (that one alone is possible), `answer is needs-data` (under one way of reading several are),
`answer is disputed` (under each way one, but not the same), `answer is impossible` (none: the facts contradict each
other). A statement `applies` where it does so under every reading, and is `undetermined` where it may.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from decidua.criteria.tree import Always, And, AtLeast, Criterion, Named, Not, Or
from decidua.fhir.steps import Steps, Ways, answer_name, define_name

OPEN = ("needs-data", "disputed", "impossible")


@dataclass(frozen=True)
class Decision:
    """`said`: over other decisions; where `leaf` is given, over the one define that it names, which may be null."""

    name: str
    said: Criterion
    leaf: Literal["is not false", "is true"] | None = None


def may_be(option: str, answer: str, way: Ways = ()) -> str:
    return define_name(f"{option} may be {answer}", way)


def answer_is(option: str, answer: str) -> str:
    return f"{option} answer is {answer}"


def of_option(steps: Steps) -> Iterator[Decision]:
    """What is possible for one option, under each way of reading and over all of them, and the one answer."""
    option = steps.function.option
    branches = {way: sorted(steps.reached[root]) for way, root in steps.roots}
    for way, answers in branches.items():
        yield from (_possible(option, answer, way) for answer in answers)
    every = sorted({answer for answers in branches.values() for answer in answers})
    if () not in branches:
        for answer in every:
            ways = [way for way, answers in branches.items() if answer in answers]
            yield Decision(may_be(option, answer), any_of([Named(may_be(option, answer, way)) for way in ways]))
    yield from _answers(option, every, branches)


def _possible(option: str, answer: str, way: Ways) -> Decision:
    return Decision(may_be(option, answer, way), Named(answer_name(option, answer, way)), "is not false")


def _answers(option: str, every: Sequence[str], branches: dict[Ways, list[str]]) -> Iterator[Decision]:
    maybe = {answer: Named(may_be(option, answer)) for answer in every}
    for answer, possible in maybe.items():
        others = any_of([other for one, other in maybe.items() if one != answer])
        yield Decision(answer_is(option, answer), And((possible, Not(others))))
    several = [two_of([Named(may_be(option, a, way)) for a in answers]) for way, answers in branches.items()]
    needs, some = Named(answer_is(option, "needs-data")), list(maybe.values())
    yield Decision(needs.id, any_of([part for part in several if part != Always(False)]))
    yield Decision(answer_is(option, "disputed"), And((Not(needs), two_of(some))))
    yield Decision(answer_is(option, "impossible"), Not(any_of(some)))


def of_statement(statement: str, ways: Sequence[Ways]) -> Iterator[Decision]:
    """`<statement> applies` and `<statement> undetermined`; neither: it does not apply."""
    names = [Named(define_name(statement, way)) for way in ways]
    sure, maybe = [], []
    for way, name in zip(ways, names, strict=True):
        yield Decision(define_name(f"{statement} surely", way), name, "is true")
        yield Decision(define_name(f"{statement} perhaps", way), name, "is not false")
        sure.append(Named(define_name(f"{statement} surely", way)))
        maybe.append(Named(define_name(f"{statement} perhaps", way)))
    applies = Named(f"{statement} applies")
    yield Decision(applies.id, sure[0] if len(sure) == 1 else And(tuple(sure)))
    yield Decision(f"{statement} undetermined", And((Not(applies), any_of(maybe))))


def any_of(parts: Sequence[Criterion]) -> Criterion:
    return Always(False) if not parts else parts[0] if len(parts) == 1 else Or(tuple(parts))


def two_of(parts: Sequence[Criterion]) -> Criterion:
    return AtLeast(2, tuple(parts)) if len(parts) > 1 else Always(False)
