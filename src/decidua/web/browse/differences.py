"""Where guidelines differ by what their sources say, without a patient: typed, and with the woman in whom it shows.

A kind of `data/disagreements.yaml` holds between two guidelines if some woman exists (under some way of reading) whose
two answers are a pair of that kind. The kinds `population` and `definition` say that one of them does not speak to a
given woman; without one they would hold nearly everywhere, and are left out. What is printed differently (strength,
certainty, regimen, time) is told of two statements that one woman can meet at once and that answer alike.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, product
from threading import Lock

from decidua.answers import AGAINST, FOR, SILENT, AnswerFunction, Answers
from decidua.check.region import region, without_stated
from decidua.check.witness import Witness, smallest, witness
from decidua.consult.disagreements import kinds
from decidua.guidelines import Knowledge, Statement
from decidua.web.browse.hrefs import TEST
from decidua.web.browse.together import Pair, Together, together

HERS = ("population", "definition")
ASPECTS = ("strength", "certainty", "regimen", "window")
ABOUT_TEST = "test-against-treatment"


@dataclass(frozen=True)
class Difference:
    """`pairs`: the answers that stand against each other. `example`: the smallest woman in whom they do, with the
    readings that it takes; None for what holds for everybody. `statements`: pairs that are printed differently."""

    option: str
    kind: str
    between: tuple[str, str]
    pairs: tuple[Pair, ...] = ()
    example: Witness | None = None
    statements: tuple[tuple[str, str], ...] = ()
    about: str | None = None
    """For test-against-treatment: the test."""


@dataclass(frozen=True)
class Counted:
    """A woman whom one definition counts and the other does not, under some way of reading."""

    by: str
    not_by: str
    example: Witness


class Differences:
    """Of one content; each option is looked at when it is first asked for."""

    def __init__(self, answers: Answers) -> None:
        self.answers, self.k = answers, answers.knowledge
        self.guidelines = tuple(sorted(self.k.guidelines, key=lambda id_: self.k.guidelines[id_].year))
        typed = dict.fromkeys(kinds(self.k.content).values())
        self.order = [*(kind for kind in typed if kind not in HERS), ABOUT_TEST, *ASPECTS]
        self._found: dict[str, tuple[Difference, ...]] = {}
        self._lock = Lock()  # diagrams grow while they are asked

    def of(self, option: str) -> tuple[Difference, ...]:
        """In the order of kinds, then of guidelines."""
        with self._lock:
            if option not in self._found:
                self._found[option] = self._of(option)
            return self._found[option]

    def _of(self, option: str) -> tuple[Difference, ...]:
        found = [one for pair in combinations(self.guidelines, 2) for one in self._between(option, pair)]
        if not option.startswith(TEST):
            found += self._tests(option)
        return tuple(sorted(found, key=lambda one: self.order.index(one.kind)))

    def _between(self, option: str, pair: tuple[str, str]) -> Iterator[Difference]:
        one, other = pair
        both = together(self.answers, (one, option), (other, option))
        table = kinds(self.k.content)
        by_kind: dict[str, list[Pair]] = {}
        for answers in sorted(both.pairs):
            if kind := table.get(frozenset(answers)):
                by_kind.setdefault(kind, []).append(answers)
        for kind, pairs in by_kind.items():
            telling = [answers for answers in pairs if not set(answers) <= set(SILENT)]
            if kind not in HERS and telling:
                yield Difference(option, kind, pair, tuple(telling), self._example(both, telling, pair, option))
        yield from self._printed(option, pair)

    def _example(self, both: Together, pairs: list[Pair], between: tuple[str, str], option: str) -> Witness | None:
        """Silence of a guideline that says nothing at all needs no woman to show it."""
        if any(not self.answers.function(guideline, option).said for guideline in between):
            return None
        return both.example(frozenset(pairs))

    def _printed(self, option: str, pair: tuple[str, str]) -> Iterator[Difference]:
        mine, theirs = (self.answers.function(guideline, option).said for guideline in pair)
        meeting = [(a, b) for a, b in product(mine, theirs) if _alike(a, b) and self._meet(a, b)]
        for aspect, of in _PRINTED.items():
            differing = [(a.id, b.id) for a, b in meeting if of(a) and of(b) and of(a) != of(b)]
            if differing:
                yield Difference(option, aspect, pair, statements=tuple(differing))

    def _meet(self, one: Statement, other: Statement) -> bool:
        """Whether some woman meets both populations."""
        populations = [self._plain.populations[s.id] for s in (one, other)]
        there = region(self._plain, populations)
        return there.both(*map(there.of, populations), there.limits) != there.nothing

    @cached_property
    def _plain(self) -> Knowledge:
        return without_stated(self.k)

    def _tests(self, option: str) -> Iterator[Difference]:
        """A test that one guideline declines, on whose result another's answer for the option turns."""
        for test in (one for one in self.k.options.values() if one.id.startswith(TEST)):
            for declining, giving in product(self.guidelines, repeat=2):
                function = self.answers.function(giving, option)
                if declining == giving or not set(test.decides) & _turns_on(function):
                    continue
                both = together(self.answers, (declining, test.id), (giving, option))
                pairs = sorted(pair for pair in both.pairs if pair[0] in AGAINST and pair[1] in FOR)
                if pairs:
                    yield Difference(option, ABOUT_TEST, (declining, giving), tuple(pairs), about=test.id)

    def counted(self) -> tuple[Counted, ...]:
        """By which definition a woman counts, and by which not."""
        found = [self._counted(one, other) for one, other in product(self.guidelines, repeat=2) if one != other]
        return tuple(one for one in found if one)

    def _counted(self, by: str, not_by: str) -> Counted | None:
        there = region(self._plain, [self._plain.definitions[by], self._plain.definitions[not_by]])
        yes, no = (there.of(self._plain.definitions[one]) for one in (by, not_by))
        root = there.both(there.without(yes, no), there.limits)
        readings = sum(variable.kind == "reading" for variable in there.diagrams.variables)
        found = smallest(there.diagrams, root, readings, lambda leaf: leaf is True)
        return Counted(by, not_by, witness(self.k, there.diagrams.variables, *found)) if found else None


def _turns_on(function: AnswerFunction) -> set[str]:
    """The facts on which an answer can turn."""
    variables = function.diagrams.variables
    return {variables[level].id for level in function.diagrams.support(function.plain)}


def _alike(one: Statement, other: Statement) -> bool:
    """Both for, both against, or both without a verdict."""
    return _side(one) == _side(other)


def _side(s: Statement) -> str:
    return "for" if s.answer in FOR else "against" if s.answer in AGAINST else "weak"


def _regimens(s: Statement) -> Hashable:
    """A regimen of which neither dose nor frequency is printed is nothing that could differ."""
    told = (r for r in s.regimens if r.dose is not None or r.every is not None)
    return frozenset((r.drug.en, r.dose, r.unit, r.every, r.every_unit) for r in told)


_PRINTED: dict[str, Callable[[Statement], Hashable]] = {
    "strength": lambda s: s.strength.printed,
    "certainty": lambda s: s.certainty.printed,
    "regimen": _regimens,
    "window": lambda s: s.window,
}
