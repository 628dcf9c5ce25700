"""The mapping's data: every id is a fact, every code of a fact is found again, and no code means two facts."""

from __future__ import annotations

import pytest

from decidua.content import package
from decidua.facts import Vocabulary
from decidua.intake.fhir import tables
from decidua.intake.fhir.codes import Codes
from decidua.intake.fhir.resources import Coding, Concept
from intake.fhir_reading import ReadFhir, concept, notes, observation, values
from intake.reading import STATED


def test_every_id_is_a_fact(vocabulary: Vocabulary) -> None:
    table = tables()
    named = {*table.unions, *table.past, *table.now, *table.allergens, *table.allergens.values()}
    assert named | {code.fact for code in table.codes} <= set(vocabulary.facts)


def test_every_code_finds_its_fact_and_no_other(vocabulary: Vocabulary) -> None:
    codes = Codes(vocabulary, STATED, tables())
    for fact in vocabulary.facts.values():
        pairs = [(tables().own, fact.id)]
        pairs += [(tables().systems[code.system], code.code) for code in fact.codes if code.system in tables().systems]
        for system, code in pairs:
            found = codes.matches(Concept([Coding(system, code)]))
            assert [match.fact for match in found] == [fact.id]


def test_codes_without_an_address_are_known_here(vocabulary: Vocabulary) -> None:
    """A country is no code of a resource; it is read from an address."""
    systems = {code.system for fact in vocabulary.facts.values() for code in fact.codes}
    assert systems - set(tables().systems) == {"ISO-3166-1"}


def test_a_code_counts_with_its_system_only(vocabulary: Vocabulary) -> None:
    codes = Codes(vocabulary, STATED, tables())
    for system in ("http://snomed.info/sct", "http://loinc.org/", None):
        assert not codes.matches(Concept([Coding(system, "3016-3")]))


def test_a_count_that_includes_elective_abortions_is_no_count_of_losses(
    vocabulary: Vocabulary, read_bundle: ReadFhir
) -> None:
    """LOINC 11612-9 counts induced and spontaneous abortions together: listed as not mapped, and no fact is filled."""
    codes = Codes(vocabulary, STATED, tables())
    assert not codes.matches(Concept([Coding("http://loinc.org", "11612-9")]))
    counted = {"code": concept("11612-9", "http://loinc.org"), "valueInteger": 4}
    mapped = read_bundle(observation("x", **counted))
    assert values(mapped) == {}
    assert notes(mapped, "not-mapped") == [("Observation/x", "fhir.no-fact")]


def test_how_fhir_is_read_is_part_of_the_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    """A code in it changes what is read of a bundle, and so an answer."""
    before = package.load().hash
    monkeypatch.setattr(package, "MAPPINGS", ())
    assert package.load().hash != before
