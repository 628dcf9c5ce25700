"""The constraints in an order in which CQL can say them: each define after those on which it rests.

Lower bounds go up from parts to totals, upper bounds down from totals to parts; implications are taken with their
chains. That reaches what `decidua.facts.close` reaches by repeating, because no bound comes back to its origin.
"""

from __future__ import annotations

from collections.abc import Sequence

from decidua.answers.functions import implications
from decidua.facts import Vocabulary


def totals(vocabulary: Vocabulary) -> list[tuple[str, tuple[str, ...]]]:
    """(total, its parts) of every strict sum."""
    return [(str(one.at_most), one.sum) for one in vocabulary.constraints if one.at_most and one.strict]


def order_of_lows(vocabulary: Vocabulary) -> list[str]:
    """The numeric facts, parts before totals."""
    done: list[str] = []

    def visit(fact: str) -> None:
        for total, parts in totals(vocabulary):
            for part in parts if total == fact else ():
                visit(part)
        if fact not in done:
            done.append(fact)

    for fact in vocabulary.facts.values():
        if fact.numeric:
            visit(fact.id)
    return done


def order_of_highs(vocabulary: Vocabulary) -> list[str]:
    """The numeric facts, totals before parts."""
    return order_of_lows(vocabulary)[::-1]


def causes_and_effects(vocabulary: Vocabulary, fact: str) -> tuple[Sequence[str], Sequence[str]]:
    """What makes the fact true by being true, and what makes it false by being false."""
    pairs = sorted(implications(vocabulary))
    return [cause for cause, effect in pairs if effect == fact], [effect for cause, effect in pairs if cause == fact]


def known_implies(vocabulary: Vocabulary) -> list[tuple[str, str, str]]:
    """(a, b, choice): where a is known, b is that choice."""
    found = []
    for one in vocabulary.constraints:
        if one.if_known and one.then:
            fact, choice = (part.strip().strip("'") for part in one.then.split("="))
            found.append((one.if_known, fact, choice))
    return found
