"""What a stated name says about the facts below it: “unexplained” stated as true leaves no antiphospholipid syndrome.

Like the constraints, this is done before anything else, so that answers which turn on one of those facts know it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from decidua.criteria import Criterion, truth
from decidua.facts import Value, close
from decidua.guidelines import Knowledge


def conclude(knowledge: Knowledge, values: Mapping[str, Value]) -> tuple[dict[str, Value], dict[str, str]]:
    """The values with every fact that stated names and constraints leave only one value for; and which name did.

    Raises PatientConflictError where a constraint is broken by what follows.
    """
    known, origins = dict(values), dict[str, str]()
    stated = sorted(knowledge.stated & set(known))
    while added := {fact: (value, name) for name in stated for fact, value in _left(knowledge, name, known)}:
        origins |= {fact: name for fact, (_, name) in added.items()}
        closed, more = close(knowledge.vocabulary, known | {fact: value for fact, (value, _) in added.items()})
        known, origins = closed, more | origins
    return known, origins


def _left(knowledge: Knowledge, name: str, known: Mapping[str, Value]) -> Iterator[tuple[str, Value]]:
    """Facts of which the stated name leaves one value."""
    meant, values = knowledge.names[name], {fact: value for fact, value in known.items() if fact != name}
    for fact in sorted(knowledge.expand(meant) - set(values)):
        choices: tuple[Value, ...] = (False, True)
        if knowledge.vocabulary.facts[fact].type == "choice":
            choices = knowledge.vocabulary.facts[fact].choices
        elif knowledge.vocabulary.facts[fact].numeric:
            continue
        kept = [c for c in choices if _agrees(knowledge, meant, {**values, fact: c}, known[name])]
        if len(kept) == 1:
            yield fact, kept[0]


def _agrees(knowledge: Knowledge, meant: Criterion, values: Mapping[str, Value], stated: Value) -> bool:
    found = truth(meant, values, knowledge.names, knowledge.settled)
    return found is None or found is stated
