"""Our own code systems, and value sets with their expansion: nobody needs a terminology server for them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from decidua.answers import ANSWERS
from decidua.facts import Fact
from decidua.facts.values import show_value
from decidua.fhir.canonical import (
    ANSWERS_SYSTEM,
    CHOICES_SYSTEM,
    FACTS_SYSTEM,
    GROUPS_SYSTEM,
    OPTIONS_SYSTEM,
    Resource,
    fhir_id,
    header,
    spoken,
    url,
)
from decidua.guidelines import Knowledge
from decidua.language import Text

EXPANDED = "2026-11-23"
"""A fixed day: the systems are ours and stand in the same package, so an expansion never changes within a version."""
Code = tuple[str, Text, Text | None]
"""Code, label and, where there is one, definition."""


def terminology(knowledge: Knowledge, version: str) -> list[Resource]:
    """The five code systems, a value set of each, and one of the values of every fact that is a choice."""
    found: list[Resource] = []
    for name, system, codes in _systems(knowledge):
        title, says = spoken(f"export.codes-{name}"), spoken(f"export.codes-{name}-says")
        found.append(_code_system(name, version, title, says, codes))
        found.append(_value_set(name, version, title, says, system, codes, whole=True))
    return [*found, *(_choices(fact, version) for fact in knowledge.vocabulary.facts.values() if fact.choices)]


def choices_id(fact: Fact) -> str:
    return fhir_id(f"choices-{fact.id}")


def choice_codes(fact: Fact) -> list[Code]:
    return [(choice, shown(fact, choice), None) for choice in fact.choices]


def shown(fact: Fact, choice: str) -> Text:
    return Text(en=show_value(fact, choice, "en"), ko=show_value(fact, choice, "ko"))


def _systems(knowledge: Knowledge) -> Iterable[tuple[str, str, list[Code]]]:
    vocabulary = knowledge.vocabulary
    facts = [(fact.id, fact.label, fact.help) for fact in vocabulary.facts.values()]
    named = [(name, knowledge.named[name].label, knowledge.named[name].says) for name in sorted(knowledge.stated)]
    choices = {choice: shown(fact, choice) for fact in vocabulary.facts.values() for choice in fact.choices}
    yield "facts", FACTS_SYSTEM, [*facts, *named]
    yield "choices", CHOICES_SYSTEM, [(choice, label, None) for choice, label in sorted(choices.items())]
    yield "options", OPTIONS_SYSTEM, [(one.id, one.label, None) for one in knowledge.options.values()]
    yield "groups", GROUPS_SYSTEM, [(one.id, one.label, one.absence) for one in vocabulary.groups.values()]
    words = (*ANSWERS, "needs-data", "disputed")
    answers: list[Code] = [(word, spoken(f"answer.{word}"), None) for word in words]
    yield "answers", ANSWERS_SYSTEM, [*answers, ("impossible", spoken("export.answer-impossible"), None)]


def _code_system(name: str, version: str, title: Text, says: Text, codes: Sequence[Code]) -> Resource:
    return {
        **header("CodeSystem", name, version, title, says),
        "name": f"Decidua{name.capitalize()}",
        "caseSensitive": True,
        "valueSet": url("ValueSet", name),
        "content": "complete",
        "count": len(codes),
        "concept": [_concept(*code) for code in codes],
    }


def _concept(code: str, label: Text, meant: Text | None) -> Resource:
    made = {"code": code, "display": label.en, **({"definition": meant.en} if meant else {})}
    return {**made, "designation": [{"language": "ko", "value": label.ko}]}


def _value_set(
    name: str, version: str, title: Text, says: Text, system: str, codes: Sequence[Code], *, whole: bool
) -> Resource:
    listed = [{"code": code, "display": label.en} for code, label, _ in codes]
    include = {"system": system, "version": version, **({} if whole else {"concept": listed})}
    contains = [{"system": system, "version": version, **one} for one in listed]
    return {
        **header("ValueSet", name, version, title, says),
        "name": f"Decidua{''.join(part.capitalize() for part in name.replace('_', '-').split('-'))}Codes",
        "compose": {"include": [include]},
        "expansion": {
            "identifier": f"{url('ValueSet', name)}|{version}",
            "timestamp": EXPANDED,
            "total": len(contains),
            "contains": contains,
        },
    }


def _choices(fact: Fact, version: str) -> Resource:
    title = spoken("export.choices-of", fact=fact.label)
    return _value_set(choices_id(fact), version, title, title, CHOICES_SYSTEM, choice_codes(fact), whole=False)
