"""Every statement's own examples, by the reference interpreter."""

from __future__ import annotations

from typing import Any

import pytest

from decidua.content import load
from decidua.criteria import truth
from decidua.criteria.truth import Truth
from decidua.guidelines import Knowledge
from semantics.test_expected_answers import patient

WORDS: dict[Truth, str] = {True: "applies", False: "does-not-apply", None: "undetermined"}
EXAMPLES: list[tuple[str, str, dict[str, Any]]] = [
    (f"{item.id}-{number}", item.id, example)
    for item in load().of("statements")
    if not item.data.get("withdrawn_because")
    for number, example in enumerate(item.data.get("examples") or [])
]


@pytest.mark.parametrize(("id_", "example"), [row[1:] for row in EXAMPLES], ids=[row[0] for row in EXAMPLES])
def test_example(knowledge: Knowledge, id_: str, example: dict[str, Any]) -> None:
    values = patient(knowledge, example["given"])
    population, expected = knowledge.populations[id_], example["is"]

    def found(settled: dict[str, str]) -> str:
        return WORDS[truth(population, values, knowledge.names, knowledge.settled | settled)]

    if isinstance(expected, str):
        assert found({}) == expected
        return
    assert {way: found(dict(_settled(knowledge, id_, slug) for slug in way.split("+"))) for way in expected} == expected


def _settled(knowledge: Knowledge, id_: str, slug: str) -> tuple[str, str]:
    """The one reading under the population that has this alternative (`alternative` or `reading/alternative`)."""
    owner, _, alternative = slug.strip().rpartition("/")
    under = sorted(knowledge.readings_under(knowledge.populations[id_]))
    fitting = [r for r in under if alternative in knowledge.readings[r].alternatives and owner in ("", r)]
    assert len(fitting) == 1, f"'{slug}' names no single reading of {', '.join(under)}"
    return fitting[0], alternative


def test_every_statement_about_somebody_has_an_example_that_applies(knowledge: Knowledge) -> None:
    def shown(expected: Any) -> set[str]:
        return {expected} if isinstance(expected, str) else set(expected.values())

    applying = {id_ for _, id_, example in EXAMPLES if "applies" in shown(example["is"])}
    spoken = {id_ for id_, statement in knowledge.statements.items() if statement.kind != "remark"}
    assert spoken - applying == set()
