"""Learning one more fact never makes an answer possible that was not possible before; what was settled stays."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.running import EXAMPLES
from decidua.answers import Answers
from decidua.consult.patient import admit
from decidua.errors import PatientConflictError
from decidua.facts import Fact, Patient, Range, Value, close
from decidua.guidelines import Knowledge
from decidua.intake import read_patient_file

Values = Mapping[str, Value]
Possible = dict[tuple[str, str], frozenset[str]]
IDS = [path.name for path in EXAMPLES]
CUTS = [Decimal(number) for number in ("0", "1", "2", "3", "4", "5", "6", "18", "30", "36", "40", "75")]
"""Numbers at which some source draws a line; with their neighbours."""


def patient(knowledge: Knowledge, path: Path) -> Values:
    read = read_patient_file(path, vocabulary=knowledge.vocabulary, stated=knowledge.stated, as_of=date(2026, 11, 1))
    return read.patient.values


def choices(fact: Fact) -> list[Value]:
    if fact.type == "boolean":
        return [True, False]
    if fact.type == "choice":
        return list(fact.choices)
    low, high = fact.possible or (Decimal(0), Decimal(100))
    step = Decimal(1) if fact.type == "integer" else Decimal("0.1")
    near = {cut + by for cut in (*CUTS, low, high) for by in (-step, Decimal(0), step)}
    return [number for number in sorted(near) if low <= number <= high]


def openings(knowledge: Knowledge, values: Values) -> list[str]:
    """Facts and stated names that are not known, or known only within bounds."""
    ids = [*knowledge.vocabulary.facts, *sorted(knowledge.stated)]
    return [id_ for id_ in ids if isinstance(values.get(id_, Range()), Range)]


def learned(knowledge: Knowledge, values: Values, id_: str, value: Value) -> Values | None:
    """The patient with one more fact; None if that cannot be."""
    known = values.get(id_)
    if isinstance(known, Range) and isinstance(value, Decimal) and not _within(value, known):
        return None
    try:
        closed, _ = close(knowledge.vocabulary, {**values, id_: value})
        admit(knowledge, Patient(closed))
    except PatientConflictError:
        return None
    return closed


def _within(value: Decimal, bounds: Range) -> bool:
    return (bounds.low is None or value >= bounds.low) and (bounds.high is None or value <= bounds.high)


def possible(answers: Answers, values: Values) -> Possible | None:
    found: Possible = {}
    for guideline, option in product(answers.knowledge.guidelines, answers.knowledge.options):
        standing = answers.standing(guideline, option, values)
        if standing is None:
            return None
        found[guideline, option] = frozenset(standing.possible)
    return found


def wider(before: Possible, after: Possible) -> list[tuple[tuple[str, str], set[str]]]:
    return [(cell, set(after[cell] - before[cell])) for cell in before if not after[cell] <= before[cell]]


@given(data=st.data())
def test_one_more_fact(data: st.DataObject, knowledge: Knowledge, answers: Answers) -> None:
    values = patient(knowledge, data.draw(st.sampled_from(EXAMPLES)))
    before = possible(answers, values)
    assert before is not None
    for _ in range(3):  # and another, and another
        id_ = data.draw(st.sampled_from(openings(knowledge, values)))
        fact = knowledge.vocabulary.facts.get(id_)
        value = data.draw(st.sampled_from(choices(fact) if fact else [True, False]))
        more = learned(knowledge, values, id_, value)
        after = more and possible(answers, more)
        if not more or not after:
            continue
        assert not wider(before, after), (id_, value)
        values, before = more, after


@pytest.mark.slow
@pytest.mark.parametrize("path", EXAMPLES, ids=IDS)
def test_every_one_more_fact(path: Path, knowledge: Knowledge, answers: Answers) -> None:
    values = patient(knowledge, path)
    before = possible(answers, values)
    assert before is not None
    reached = {cell: set[str]() for cell in before}
    for id_ in openings(knowledge, values):
        fact = knowledge.vocabulary.facts.get(id_)
        for value in choices(fact) if fact else [True, False]:
            more = learned(knowledge, values, id_, value)
            after = more and possible(answers, more)
            if after:
                assert not wider(before, after), (id_, value)
                for cell, answers_left in after.items():
                    reached[cell] |= answers_left
    assert all(reached[cell] == before[cell] for cell in before)


CAUSES: Values = {
    "parental_karyotype": "both-normal", "uterine_anomaly": False, "thyroid_disorder": False, "diabetes": False,
    "aps": False,
}  # fmt: skip


@pytest.mark.parametrize("name", ["unexplained@asrm-2012", "unexplained@eshre-2022", "unexplained@asri-2025"])
def test_stating_a_name_is_as_good_as_giving_its_facts(name: str, knowledge: Knowledge, answers: Answers) -> None:
    """`unexplained` is a conjunction: stating it as true leaves the same patients as giving all of its parts."""
    base: Values = {"losses": Decimal(3), "clinical_losses": Decimal(3)}
    stated = learned(knowledge, base, name, True)
    facts, _ = close(knowledge.vocabulary, {**base, **CAUSES})
    assert stated is not None
    one, other = possible(answers, stated), possible(answers, facts)
    assert one is not None
    assert one == other
