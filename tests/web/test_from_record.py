"""A record in the form says the same as the record: read back, the form gives the patient that FHIR gave."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from intake.fhir_reading import (
    BUNDLES,
    Resource,
    about,
    bundle,
    concept,
    observation,
    quantity,
    status,
)
from intake.reading import AS_OF

from decidua.facts import Range
from decidua.intake.fhir import Mapped, read_fhir
from decidua.web.patient_form import entered
from decidua.web.patient_form.fields import SOURCE
from decidua.web.patient_form.from_record import form_of
from decidua.web.shelf import Shelf


def mapped(shelf: Shelf, data: bytes, as_of: date = AS_OF) -> Mapped:
    knowledge = shelf.knowledge
    return read_fhir([data], name="b", vocabulary=knowledge.vocabulary, stated=knowledge.stated, as_of=as_of)


def same(shelf: Shelf, found: Mapped) -> dict[str, str]:
    """The fields, after they were read back to the same patient."""
    fields, left_out = form_of(shelf.knowledge, found)
    again = entered(shelf, (("as_of", found.intake.as_of.isoformat()), *fields), "en")
    assert [problem.message for problem in again.problems] == []
    assert again.intake is not None
    before = {id_: value for id_, value in found.intake.patient.values.items() if id_ not in left_out}
    after = {id_: value for id_, value in again.intake.patient.values.items() if id_ not in left_out}
    assert after == before
    assert all(isinstance(found.intake.patient.values[id_], Range) for id_ in left_out)
    return dict(fields)


@pytest.mark.parametrize("style", ["us-core", "ips", "kr-core"])
def test_bundles_of_three_styles(shelf: Shelf, style: str) -> None:
    found = mapped(shelf, (BUNDLES / f"{style}.json").read_bytes(), date(2026, 11, 1))
    fields = same(shelf, found)
    sources = [name for name in fields if name.startswith(SOURCE)]
    assert len(sources) >= 5


KINDS = (
    "counts", "numbers", "result", "bound", "titre", "weeks", "choice", "condition", "stated", "dated", "pending",
)  # fmt: skip
APL = ("lupus_anticoagulant", "anticardiolipin_igg")


@pytest.mark.parametrize(
    "resources",
    [
        [observation("losses", valueInteger=4), observation("clinical_losses", "2020-01-01", valueInteger=3)],
        [observation("weight", **quantity("61.8", "kg")), observation("height", **quantity(165, "cm"))],
        [observation("tsh", "2024-05-01", **quantity("2.75", "m[IU]/L"))],
        [observation("tsh", "2024-05-01", **quantity("2.75", "m[IU]/L", comparator=">"))],
        [observation("ana_titre", valueRatio={"numerator": {"value": 1}, "denominator": {"value": 160}})],
        [observation("gestation", "2024-05-25", **quantity(60, "d"))],
        [observation("stage", valueCodeableConcept=concept("trying", "https://decidua.example/fhir/CodeSystem/choices"))],
        [about("Condition", concept("sle"), **status())],
        [observation("unexplained", valueBoolean=True)],
        [*(observation(one, "2024-01-01", f"{one}1".replace("_", "-"), valueCodeableConcept=concept("10828004",
           "http://snomed.info/sct")) for one in APL),
         *(observation(one, "2024-05-01", f"{one}2".replace("_", "-"), valueCodeableConcept=concept("10828004",
           "http://snomed.info/sct")) for one in APL)],
        [observation("tsh", "2024-05-01", status="registered")],
    ],
    ids=KINDS,
)  # fmt: skip
def test_kinds_of_values(shelf: Shelf, resources: list[Resource]) -> None:
    found = mapped(shelf, bundle(*resources))
    assert found.intake.patient.values or found.intake.results
    same(shelf, found)


def test_pregnancies(shelf: Shelf) -> None:
    def row(id_: str, when: str, **parts: Any) -> Resource:
        own = [{"code": concept(key), "valueCodeableConcept": concept(code, "https://decidua.example/fhir/CodeSystem/choices")}
               for key, code in parts.items()]  # fmt: skip
        return observation("pregnancy", when, id_, component=own)

    found = mapped(shelf, bundle(
        row("a", "2021-03-01", outcome="clinical-loss", confirmed="ultrasound"), row("b", "2022-04-01", outcome="loss"),
        observation("pregnancies_complete", valueBoolean=True),
    ))  # fmt: skip
    fields = same(shelf, found)
    assert fields["pregnancy.1.outcome"] == "clinical-loss"
    assert fields["pregnancies_complete"] == "yes"


def test_a_number_within_two_bounds_is_named_and_left_out(shelf: Shelf) -> None:
    woman = {"resourceType": "Patient", "id": "p", "gender": "female", "birthDate": "1990"}
    found = mapped(shelf, bundle(patient=woman))
    fields, left_out = form_of(shelf.knowledge, found)
    assert (fields, left_out) == ((), ("age",))


def test_every_value_names_its_resource(shelf: Shelf) -> None:
    found = mapped(shelf, bundle(
        observation("tsh", "2024-05-01", "tsh-new", **quantity("2.75", "m[IU]/L")),
        observation("tsh", "2024-01-01", "tsh-old", **quantity("1.5", "m[IU]/L")),
        observation("losses", NOW, "losses-1", valueInteger=4),
    ))  # fmt: skip
    fields = dict(form_of(shelf.knowledge, found)[0])
    rows = {fields[f"result.{row}.date"]: fields[f"source.result.{row}.value"] for row in (1, 2)}
    assert rows["2024-05-01"].startswith("Observation/tsh-new, 2024-05-01")
    assert rows["2024-01-01"].startswith("Observation/tsh-old, 2024-01-01")
    assert fields["source.fact.losses"].startswith("Observation/losses-1")


NOW = AS_OF.isoformat()
