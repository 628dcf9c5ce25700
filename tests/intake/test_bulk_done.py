"""What was done, from FHIR: by the codes of `data/audit/codes.yaml`; silence is not recorded, never a no."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from decidua.guidelines import Knowledge
from decidua.intake.bulk import read_bulk
from decidua.intake.cohort import FactsTable
from decidua.intake.fhir import tables
from intake.bulk_reading import settings
from intake.fhir_reading import LOINC, Resource, about, bundle, concept, observation, quantity
from intake.reading import AS_OF

ATC = "http://www.whocc.no/atc"
DAY = "2024-05-01"


def medicine(kind: str, code: str, state: str, **more: object) -> Resource:
    one = {**about(kind, {}), "status": state, "medicationCodeableConcept": concept(code, ATC), **more}
    return {key: value for key, value in one.items() if key != "code"}


def table(knowledge: Knowledge, folder: Path, *own: Resource) -> FactsTable:
    (folder / "b.json").write_bytes(bundle(*own))
    return read_bulk(folder, settings(knowledge, AS_OF))


def done(knowledge: Knowledge, folder: Path, option: str, *own: Resource) -> tuple[object, object]:
    """Whether an option was done, and when first; None where it is not recorded."""
    frame = table(knowledge, folder, *own).frame.collect()
    cells = (frame[name][0] if name in frame.columns else None for name in (f"done.{option}", f"date.{option}"))
    return next(cells), next(cells)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (medicine("MedicationRequest", "J06BA02", "completed", intent="order", authoredOn=DAY), (True, DAY)),
        (medicine("MedicationRequest", "J06BA02", "active", intent="proposal", authoredOn=DAY), (None, None)),
        (medicine("MedicationRequest", "J06BA02", "cancelled", intent="order", authoredOn=DAY), (None, None)),
        (medicine("MedicationRequest", "J06BA02", "active", intent="order", doNotPerform=True), (None, None)),
        (medicine("MedicationStatement", "J06BA02", "stopped", effectivePeriod={"start": DAY}), (True, DAY)),
        (medicine("MedicationStatement", "J06BA02", "not-taken", effectiveDateTime=DAY), (None, None)),
        (medicine("MedicationAdministration", "J06BA02", "completed", effectiveDateTime="2024-05"), (True, None)),
        (medicine("MedicationAdministration", "J06BA02", "completed", effectiveDateTime="2025-05-01"), (None, None)),
        (medicine("MedicationStatement", "J06BA02", "entered-in-error"), (None, None)),
        (medicine("MedicationStatement", "J06BA", "active"), (None, None)),
    ],
)
def test_medicines(knowledge: Knowledge, tmp_path: Path, given: Resource, expected: tuple[object, object]) -> None:
    """Without a resource nothing is recorded, and another drug of a class is not this one."""
    day = date.fromisoformat(str(expected[1])) if expected[1] else None
    assert done(knowledge, tmp_path, "ivig", given) == (expected[0], day)


def test_a_test_was_done_if_it_has_a_result(knowledge: Knowledge, tmp_path: Path) -> None:
    tsh = {**observation("x", DAY, **quantity(2, "m[IU]/L")), "code": concept("3016-3", LOINC)}
    assert done(knowledge, tmp_path, "test:tsh", tsh) == (True, date(2024, 5, 1))
    assert done(knowledge, tmp_path, "test:tsh", {**tsh, "status": "cancelled"}) == (None, None)
    absent = {key: value for key, value in tsh.items() if key != "valueQuantity"}
    absent["dataAbsentReason"] = {"coding": [{"code": "not-performed"}]}
    assert done(knowledge, tmp_path, "test:tsh", absent) == (None, None)


def test_a_panel_was_done_only_with_all_of_its_parts(knowledge: Knowledge, tmp_path: Path) -> None:
    def measured(*codes: str) -> list[Resource]:
        return [{**observation(f"o{code}", DAY, valueString="x"), "code": concept(code, LOINC)} for code in codes]

    every = ("3281-3", "3181-5", "3182-3", "44448-9", "44449-7")
    assert done(knowledge, tmp_path, "test:antiphospholipid", *measured(*every)) == (True, date(2024, 5, 1))
    assert done(knowledge, tmp_path, "test:antiphospholipid", *measured(*every[:4])) == (None, None)


@pytest.mark.parametrize(("state", "expected"), [("completed", True), ("not-done", False), ("preparation", None)])
def test_options_by_their_own_code(knowledge: Knowledge, tmp_path: Path, state: str, expected: object) -> None:
    """A procedure that is recorded as not done is the only no."""
    one = {**about("Procedure", concept("ivig", tables().options)), "status": state, "performedDateTime": DAY}
    assert done(knowledge, tmp_path, "ivig", one)[0] is expected


def test_yes_and_no_together_are_not_known(knowledge: Knowledge, tmp_path: Path) -> None:
    yes = {**about("Procedure", concept("ivig", tables().options)), "status": "completed"}
    assert done(knowledge, tmp_path, "ivig", yes, {**yes, "id": "other", "status": "not-done"})[0] is None


def test_a_product_of_two_drugs_is_none_of_them(knowledge: Knowledge, tmp_path: Path) -> None:
    both = medicine("MedicationStatement", "B01AC06", "active")
    both["medicationCodeableConcept"]["coding"] += concept("B01AB05", ATC)["coding"]
    assert done(knowledge, tmp_path, "aspirin", both) == (None, None)
    assert done(knowledge, tmp_path, "heparin", both) == (None, None)


def test_a_patient_of_the_second_reader_has_done_the_same(knowledge: Knowledge, tmp_path: Path) -> None:
    """Also what is contained, or named elsewhere; not what is about somebody else."""
    held = {"resourceType": "Medication", "id": "m", "code": concept("J06BA02", ATC)}
    one = medicine("MedicationStatement", "-", "active", effectiveDateTime=DAY, contained=[held])
    one = {**one, "medicationReference": {"reference": "#m"}}
    del one["medicationCodeableConcept"]
    assert done(knowledge, tmp_path, "ivig", one) == (True, date(2024, 5, 1))
    assert done(knowledge, tmp_path, "ivig", {**one, "subject": {"reference": "Patient/other"}}) == (None, None)


def test_that_the_purpose_is_not_said_is_told(knowledge: Knowledge, tmp_path: Path) -> None:
    found = table(knowledge, tmp_path, medicine("MedicationStatement", "J06BA02", "active"))
    assert [problem.key for problem in found.description.problems] == ["cohort.purpose", "cohort.any-time"]
    assert all(problem.note for problem in found.description.problems)
