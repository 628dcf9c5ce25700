"""Observations: values, units, status, dates, what hides what."""

from __future__ import annotations

from decimal import Decimal

import pytest

from decidua.errors import PatientConflictError
from decidua.facts import Range
from intake.fhir_reading import (
    FLAGS,
    LOINC,
    NOW,
    SCT,
    ReadFhir,
    Resource,
    about,
    bundle,
    concept,
    note,
    notes,
    observation,
    quantity,
    status,
    values,
)

OWN_CHOICE = "https://decidua.example/fhir/CodeSystem/choices"


def flag(*codes: str) -> Resource:
    return {"interpretation": [concept(code, FLAGS) for code in codes]}


def coded(code: str, system: str = SCT) -> Resource:
    return {"valueCodeableConcept": concept(code, system)}


ACCEPTED: list[tuple[str, Resource, object]] = [
    ("tsh", quantity(2.5, "m[IU]/L"), Decimal("2.5")),
    ("tsh", quantity(2.5, "u[IU]/mL"), Decimal("2.5")),  # arbitrary units: by our own exact factor
    ("tsh", {"valueQuantity": {"value": 2.5, "unit": "uIU/mL"}}, Decimal("2.5")),
    ("vitamin_d", quantity(75, "nmol/L"), Decimal(30)),  # the source's pair, exactly
    ("vitamin_d", quantity(30, "ng/mL{25OHD}"), Decimal(30)),  # an annotation changes no unit
    ("vitamin_d", quantity(8, "ng/mL", comparator="<"), Range(None, Decimal("7.999999"))),
    ("vitamin_d", quantity(100, "ng/mL", comparator=">="), Range(Decimal(100), None)),
    ("losses", {"valueInteger": 3}, Decimal(3)),
    ("losses", quantity(3, "{#}"), Decimal(3)),
    ("losses", quantity(3, "1"), Decimal(3)),
    ("losses", quantity(2, "1", comparator=">"), Range(Decimal(3), None)),
    ("losses", {"valueRange": {"low": {"value": 2}, "high": {"value": 4}}}, Range(Decimal(2), Decimal(4))),
    ("gestation", quantity(6, "wk"), Decimal(42)),
    ("gestation", quantity(44, "d"), Decimal(44)),
    ("ana_titre", {"valueRatio": {"numerator": {"value": 1}, "denominator": {"value": 160}}}, Decimal(160)),
    ("ana_titre", quantity(160, "{titer}"), Decimal(160)),
    ("ana_titre", quantity(160, "1"), Decimal(160)),
    ("th1_th2_ifng_il4", {"valueRatio": {"numerator": {"value": 31}, "denominator": {"value": 2}}}, Decimal("15.5")),
    ("sle", {"valueBoolean": True}, True),
    ("sle", coded("373067005"), False),
    ("sle", coded("LA33-6", LOINC), True),
    ("ana", coded("10828004"), "positive"),
    ("ana", coded("LA6577-6", LOINC), "negative"),
    ("ana", flag("POS"), "positive"),
    ("ana", {**flag("N"), **quantity(3, "[arb'U]/mL")}, "negative"),
    ("ana", {**flag("POS"), "valueString": "positive, 1:320"}, "positive"),
    ("peripheral_nk", {**flag("H"), **quantity(21, "%")}, "raised"),
    ("peripheral_nk", {**flag("N"), **quantity(9, "%")}, "not-raised"),
    ("peripheral_nk", coded("raised", OWN_CHOICE), "raised"),
    ("stage", coded("77386006"), "pregnant"),
    ("stage", coded("LA15173-0", LOINC), "pregnant"),
    ("stage", coded("trying", OWN_CHOICE), "trying"),
]


@pytest.mark.parametrize(("fact", "given", "value"), ACCEPTED, ids=[f"{row[0]}-{n}" for n, row in enumerate(ACCEPTED)])
def test_values(read_bundle: ReadFhir, fact: str, given: Resource, value: object) -> None:
    assert values(read_bundle(observation(fact, **given)))[fact] == value


REFUSED: list[tuple[str, Resource, str]] = [
    ("tsh", quantity(2.5, "mg/dL"), "error.unit"),
    ("tsh", quantity(2.5, "M[IU]/L"), "error.unit"),  # UCUM is case-sensitive: a mega-unit
    ("tsh", {"valueQuantity": {"value": 2.5}}, "error.unit-missing"),
    ("tsh", {"valueQuantity": {"value": 2.5, "system": "http://x.example", "code": "m[IU]/L"}}, "fhir.unit-system"),
    ("prolactin", quantity(318, "m[IU]/L"), "error.unit"),
    ("prolactin", {"valueQuantity": {"value": 20}}, "error.unit-missing"),  # one unit only, and yet not assumed
    ("tsh", quantity(2.5, "m[IU]/L", comparator="ad"), "fhir.comparator"),
    ("tsh", quantity(900, "m[IU]/L"), "error.impossible"),
    ("losses", quantity(2.5, "1"), "error.integer"),
    ("gestation", quantity(6.5, "wk"), "error.integer"),
    ("tsh", {"valueQuantity": {"value": "NaN", "code": "m[IU]/L"}}, "fhir.number"),
    ("tsh", {"valueString": "2.5 mIU/L"}, "fhir.text"),
    ("ana", {"valueString": "positive"}, "fhir.text"),
    ("ana", quantity(3, "[arb'U]/mL"), "fhir.no-judgement"),
    ("ana", {**flag("A"), **quantity(3, "[arb'U]/mL")}, "fhir.no-judgement"),
    ("ana", {**flag("IND")}, "fhir.no-judgement"),
    ("ana", {**flag("NEG"), **coded("10828004")}, "fhir.two-answers"),
    ("ana", coded("42425007"), "fhir.answer"),  # equivocal
    ("peripheral_nk", flag("POS"), "fhir.no-judgement"),  # positive is not raised
    ("unk_method", {**flag("POS"), "valueString": "flow"}, "fhir.text"),
    ("sle", flag("POS"), "fhir.no-value"),
    ("sle", {"valueInteger": 1}, "fhir.value-kind"),
    ("sle", {"valueBoolean": True, "valueString": "x"}, "fhir.two-values"),
    ("ana_titre", {"valueRatio": {"numerator": {"value": 2}, "denominator": {"value": 160}}}, "fhir.ratio"),
    ("tsh", {"valueRatio": {"numerator": {"value": 1}, "denominator": {"value": 2}}}, "fhir.ratio"),
    ("losses", {"valueRange": {"low": {"value": 4}, "high": {"value": 2}}}, "fhir.range"),
    ("stage", coded("60001007"), "fhir.not-pregnant"),
    ("tsh", {}, "fhir.no-value"),
    ("tsh", {"dataAbsentReason": concept("unknown", "x")}, "fhir.absent"),
]


@pytest.mark.parametrize(("fact", "given", "key"), REFUSED, ids=[f"{row[0]}-{n}" for n, row in enumerate(REFUSED)])
def test_what_cannot_be_read_is_said_and_the_rest_goes_on(
    read_bundle: ReadFhir, fact: str, given: Resource, key: str
) -> None:
    mapped = read_bundle(observation(fact, **given), observation("diabetes", valueBoolean=True))
    assert fact not in values(mapped)
    assert values(mapped)["diabetes"] is True
    assert (f"Observation/{fact.replace('_', '-')}", key) in notes(mapped, "not-used")


def old(fact: str, **given: object) -> Resource:
    return observation(fact, "2024-01-01", f"{fact}-old".replace("_", "-"), **given)


OLD = old("tsh", **quantity(2, "m[IU]/L"))


@pytest.mark.parametrize("what", ["final", "amended", "corrected"])
def test_status_that_counts(read_bundle: ReadFhir, what: str) -> None:
    assert values(read_bundle(OLD, observation("tsh", status=what, **quantity(5, "m[IU]/L"))))["tsh"] == 5


@pytest.mark.parametrize("what", ["preliminary", "registered", "unknown"])
def test_a_pending_result_hides_the_older_one(read_bundle: ReadFhir, what: str) -> None:
    """`+@1 ?@2` is unknown in the table of `latest`: what was measured last is not known."""
    mapped = read_bundle(OLD, observation("tsh", status=what, **quantity(5, "m[IU]/L")))
    assert "tsh" not in values(mapped)
    assert note(mapped, "Observation/tsh").key == "fhir.pending"


@pytest.mark.parametrize("what", ["cancelled", "entered-in-error", None, "done"])
def test_status_that_says_nothing(read_bundle: ReadFhir, what: str | None) -> None:
    mapped = read_bundle(OLD, observation("tsh", status=what, **quantity(5, "m[IU]/L")))
    assert values(mapped)["tsh"] == 2
    assert note(mapped, "Observation/tsh").key in ("fhir.status", "fhir.entered-in-error")


def test_an_unreadable_result_hides_the_older_one(read_bundle: ReadFhir) -> None:
    assert "tsh" not in values(read_bundle(OLD, observation("tsh", **quantity(5, "mg/dL"))))


@pytest.mark.parametrize(("reason", "there"), [("not-performed", True), ("masked", False), ("error", False)])
def test_absent_reasons(read_bundle: ReadFhir, reason: str, there: bool) -> None:
    mapped = read_bundle(OLD, observation("tsh", dataAbsentReason=concept(reason, "x")))
    assert ("tsh" in values(mapped)) is there


def test_a_later_date_is_refused_and_the_older_result_stands(read_bundle: ReadFhir) -> None:
    mapped = read_bundle(OLD, observation("tsh", "2024-06-02", **quantity(5, "m[IU]/L")))
    assert values(mapped)["tsh"] == 2
    assert note(mapped, "Observation/tsh").key == "fhir.later"


def test_undated_results(read_bundle: ReadFhir) -> None:
    undated = observation("tsh", None, **quantity(5, "m[IU]/L"))
    assert values(read_bundle(undated))["tsh"] == 5
    year = observation("tsh", "2024", **quantity(5, "m[IU]/L"))
    assert values(read_bundle(year))["tsh"] == 5
    mapped = read_bundle(OLD, undated)
    assert values(mapped)["tsh"] == 2
    assert note(mapped, "Observation/tsh").key == "fhir.undated"
    twice = read_bundle(undated, {**year, "id": "other", "valueQuantity": quantity(6, "m[IU]/L")["valueQuantity"]})
    assert "tsh" not in values(twice)
    assert {key for _, key in notes(twice, "not-used")} == {"fhir.contradiction"}


@pytest.mark.parametrize("when", ["2024-13-01", "2024-02-30", "yesterday", "24-01-01", "2024-05-31 10:00"])
def test_dates_that_are_none(read_bundle: ReadFhir, when: str) -> None:
    assert note(read_bundle(observation("tsh", when, **quantity(5, "m[IU]/L"))), "Observation/tsh").key == "fhir.date"


def test_the_day_is_the_day_as_written(read_bundle: ReadFhir) -> None:
    one = observation("tsh", f"{NOW}T23:59:59+09:00", **quantity(5, "m[IU]/L"))
    assert read_bundle(one).intake.results[0].on.isoformat() == NOW


def test_persistence_by_dated_results(read_bundle: ReadFhir) -> None:
    def la(day: str, id_: str) -> Resource:
        return observation("lupus_anticoagulant", day, id_, code=concept("3281-3", LOINC), **coded("10828004"))

    assert values(read_bundle(la("2024-01-01", "a"), la("2024-03-25", "b")))["apl_persistent"] is True
    assert "apl_persistent" not in values(read_bundle(la("2024-01-01", "a"), la("2024-03-24", "b")))
    assert "apl_persistent" not in values(read_bundle(la("2024-01", "a"), la("2024-05-01", "b")))


def test_components_and_members(read_bundle: ReadFhir) -> None:
    panel = observation("x", code=concept("panel", "http://lab.example"), component=[
        {"code": concept("tsh"), **quantity(2, "m[IU]/L")},
        {"code": concept("hba1c"), **quantity(5.4, "mmol/mol")},
        {"code": concept("what", LOINC), "valueInteger": 1},
    ])  # fmt: skip
    loop = observation("ana", code=concept("group", "http://lab.example"), hasMember=[{"reference": "Observation/x"}])
    mapped = read_bundle(panel, {**loop, "id": "loop", "hasMember": [{"reference": "Observation/loop"}]}, loop)
    assert values(mapped)["tsh"] == 2
    assert note(mapped, "Observation/x.component[1]").key == "error.unit"
    assert note(mapped, "Observation/x.component[2]").key == "fhir.no-fact"


def thyroid(code: str, sign: str, day: str = NOW) -> Resource:
    return observation("x", day, f"{code}-{day}", code=concept(code, LOINC), **flag(sign))


TPO, TG = "8099-4", "8098-6"


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([(TPO, "POS", NOW)], "positive"),
        ([(TPO, "NEG", NOW)], None),
        ([(TPO, "NEG", NOW), (TG, "NEG", NOW)], "negative"),
        ([(TPO, "POS", "2024-01-01"), (TG, "NEG", NOW)], "positive"),  # a newer negative of the other part
        ([(TPO, "POS", "2024-01-01"), (TPO, "NEG", NOW)], None),
        ([(TPO, "POS", NOW), (TG, "NEG", NOW)], "positive"),  # one day, and no contradiction
    ],
)
def test_two_antibodies_make_one_fact(
    read_bundle: ReadFhir, rows: list[tuple[str, str, str]], expected: str | None
) -> None:
    mapped = read_bundle(*(thyroid(*row) for row in rows))
    assert values(mapped).get("antithyroid_antibodies") == expected
    assert {note.place for note in mapped.notes} == {f"Observation/{code}-{day}" for code, _, day in rows}


def test_counts_of_another_day_can_only_have_grown(read_bundle: ReadFhir) -> None:
    assert values(read_bundle(observation("losses", "2024-05-20", valueInteger=2)))["losses"] == 2
    assert values(read_bundle(observation("losses", "2023-05-20", valueInteger=2)))["losses"] == Range(Decimal(2), None)
    assert values(read_bundle(observation("losses", None, valueInteger=2)))["losses"] == Range(Decimal(2), None)
    assert "losses" not in values(read_bundle(observation("losses", "2023-05-20", **quantity(2, "1", comparator="<="))))


def test_what_speaks_of_now_passes(read_bundle: ReadFhir) -> None:
    pregnant = coded("77386006")
    assert values(read_bundle(observation("stage", "2024-05-04", **pregnant)))["stage"] == "pregnant"
    mapped = read_bundle(observation("stage", "2024-05-03", **pregnant))
    assert "stage" not in values(mapped)
    assert note(mapped, "Observation/stage").key == "fhir.not-now"
    assert "stage" not in values(read_bundle(observation("stage", None, **pregnant)))
    assert "on_heparin" not in values(read_bundle(observation("on_heparin", "2023-01-01", valueBoolean=False)))


def test_weeks_of_gestation_go_on(read_bundle: ReadFhir) -> None:
    known = values(read_bundle(observation("gestation", "2024-05-25", **quantity(6, "wk"))))
    assert (known["gestation"], known["stage"]) == (49, "pregnant")


def test_a_newer_not_pregnant_ends_the_weeks(read_bundle: ReadFhir) -> None:
    weeks = observation("gestation", "2024-05-25", **quantity(6, "wk"))
    for day in ("2024-05-25", "2024-05-30"):
        assert not {"gestation", "stage"} & set(
            values(read_bundle(weeks, observation("stage", day, **coded("60001007"))))
        )


def test_a_newer_stage_ends_the_weeks_and_one_of_the_same_day_contradicts_them(read_bundle: ReadFhir) -> None:
    weeks = observation("gestation", "2024-05-25", **quantity(6, "wk"))
    trying = observation("stage", "2024-05-30", **coded("trying", OWN_CHOICE))
    assert values(read_bundle(weeks, trying)) == {"stage": "trying"}
    with pytest.raises(PatientConflictError, match="pregnant"):
        read_bundle(weeks, {**trying, "effectiveDateTime": "2024-05-25"})


def test_an_age_of_another_day(read_bundle: ReadFhir) -> None:
    one = observation("age", "2022-02-01", **quantity(34, "a"))
    assert values(read_bundle(one))["age"] == Range(Decimal(36), Decimal(37))
    born = bundle(one, patient={"resourceType": "Patient", "id": "p", "gender": "female", "birthDate": "1988-01-01"})
    assert values(read_bundle(born))["age"] == 36


def test_an_old_body_mass_index_yields_to_weight_and_height(read_bundle: ReadFhir) -> None:
    rows = [observation("weight", **quantity(60, "kg")), observation("height", **quantity(165, "cm"))]
    mapped = read_bundle(*rows, observation("bmi", "2020-01-01", **quantity(31, "kg/m2")))
    assert values(mapped)["bmi"] == Decimal("22.0")
    assert note(mapped, "Observation/bmi").key == "fhir.superseded"


def test_other_people_and_modifiers(read_bundle: ReadFhir) -> None:
    for more, key in [
        ({"subject": {"reference": "Patient/partner"}}, "fhir.of-another"),
        ({"subject": {"reference": "Group/1"}}, "fhir.of-another"),
        ({"focus": [{"reference": "RelatedPerson/donor"}]}, "fhir.focus"),
        ({"modifierExtension": [{"url": "http://x.example/not"}]}, "fhir.modifier"),
        ({"implicitRules": "http://x.example/rules"}, "fhir.modifier"),
    ]:
        mapped = read_bundle(observation("sle", valueBoolean=True, **more))
        assert "sle" not in values(mapped)
        assert note(mapped, "Observation/sle").key == key


def test_one_fact_two_answers_is_unknown_and_both_are_named(read_bundle: ReadFhir) -> None:
    mapped = read_bundle(
        observation("sle", valueBoolean=False), about("Condition", concept("55464009", SCT), **status())
    )
    assert "sle" not in values(mapped)
    said = [one.parts["places"] for one in mapped.notes if one.key == "fhir.contradiction"]
    assert said == ["Condition/condition-1, Observation/sle"] * 2


def test_stated_names(read_bundle: ReadFhir) -> None:
    known = values(read_bundle(observation("unexplained", valueBoolean=True)))
    assert (known["unexplained@asri-2025"], known["unexplained@eshre-2022"]) == (True, True)
    assert values(read_bundle(observation("persistent_apl", valueBoolean=False)))["persistent_apl"] is False
