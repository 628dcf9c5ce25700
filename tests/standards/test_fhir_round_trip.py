"""A bundle and a patient file of the same facts give the same patient, for thousands of generated patients."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import islice

import pytest

from decidua.answers import Answers
from decidua.errors import DeciduaError
from decidua.facts import Fact, Range, Value, Vocabulary
from decidua.fhir import canonical, observations
from decidua.guidelines import Knowledge
from decidua.intake.fhir import Mapped, read_fhir, tables
from decidua.intake.given import Given
from decidua.intake.problems import Problems
from decidua.intake.steps import Told, known
from standards.bundles import Writer
from standards.patients import patients

AS_OF = date(2026, 11, 1)


def possible(fact: Fact | None, value: Value) -> bool:
    """Whether a value could be written in a patient file."""
    if fact is None or isinstance(value, bool | str):
        return True
    ends = [end for end in ((value.low, value.high) if isinstance(value, Range) else (value,)) if end is not None]
    if value == Range(Decimal(0), None):  # says nothing, and the results of a file leave it out too
        return False
    low, high = fact.possible or (Decimal(0), Decimal(10**9))
    return all(low <= end <= high and (fact.type != "integer" or end % 1 == 0) for end in ends)


def expected(vocabulary: Vocabulary, values: dict[str, Value]) -> dict[str, Value] | None:
    """What the steps of a patient file make of the same facts; None where they contradict each other."""
    given = Given(dict(values), dict.fromkeys(values, ""), {}, dict.fromkeys(values, 1))
    try:
        return dict(known(Told(given, AS_OF), vocabulary, Problems("x")).patient.values)
    except DeciduaError:
        return None


def drawn(answers: Answers, seed: int) -> Iterator[tuple[dict[str, Value], dict[str, Value]]]:
    vocabulary = answers.knowledge.vocabulary
    for values in patients(answers, seed):
        kept = {id_: value for id_, value in values.items() if possible(vocabulary.facts.get(id_), value)}
        told = expected(vocabulary, kept)
        if told is not None:
            yield kept, told


def read(knowledge: Knowledge, bundle: object) -> Mapped:
    def number(value: object) -> object:
        assert isinstance(value, Decimal)
        return int(value) if value % 1 == 0 else float(value)

    data = json.dumps(bundle, default=number).encode()
    return read_fhir([data], name="b", vocabulary=knowledge.vocabulary, stated=knowledge.stated, as_of=AS_OF)


def same(knowledge: Knowledge, answers: Answers, seed: int, count: int) -> None:
    draw = random.Random(seed)
    for kept, told in islice(drawn(answers, seed), count):
        bundle = Writer(knowledge.vocabulary, draw, AS_OF).bundle(kept)
        mapped = read(knowledge, bundle)
        assert dict(mapped.intake.patient.values) == told
        spoken = {note.place.split(".component")[0].split("#")[0].split(".")[0] for note in mapped.notes}
        resources = {f"{one['resource']['resourceType']}/{one['resource']['id']}" for one in bundle["entry"]}
        assert resources - spoken <= {"Patient/p"}  # nothing is dropped in silence


def test_a_bundle_gives_the_same_patient(knowledge: Knowledge, answers: Answers) -> None:
    same(knowledge, answers, seed=1, count=100)


@pytest.mark.slow
def test_thousands_of_bundles_give_the_same_patient(knowledge: Knowledge, answers: Answers) -> None:
    same(knowledge, answers, seed=2, count=2000)


def test_what_is_exported_is_read_again(knowledge: Knowledge, answers: Answers) -> None:
    """The bundles of the export and the reader here speak of the same systems."""
    assert (tables().own, tables().choices) == (canonical.FACTS_SYSTEM, canonical.CHOICES_SYSTEM)
    assert {name: tables().systems[name] for name in canonical.SYSTEMS} == dict(canonical.SYSTEMS)
    for kept, told in islice(drawn(answers, 3), 60):
        # All five antibodies negative on one day are persistently negative: a computed fact, not part of this test.
        plain = {id_: value for id_, value in kept.items() if id_ not in ("lupus_anticoagulant", "apl_persistent")}
        again = expected(knowledge.vocabulary, plain)
        if again is None or told is None:
            continue
        bundle = observations.bundle("x", knowledge.vocabulary, plain, AS_OF.isoformat())
        assert dict(read(knowledge, bundle).intake.patient.values) == again


def test_a_change_of_one_value_is_seen(knowledge: Knowledge, answers: Answers) -> None:
    """The comparison above can fail."""
    kept, told = next(pair for pair in drawn(answers, 4) if isinstance(pair[0].get("vitamin_d"), Decimal))
    bundle = Writer(knowledge.vocabulary, random.Random(4), AS_OF).bundle({**kept, "vitamin_d": Decimal(33)})
    assert dict(read(knowledge, bundle).intake.patient.values) != told
