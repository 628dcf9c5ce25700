"""Whole bundles: whose they are, what is wrong with them, public styles, and that nothing is dropped in silence."""

from __future__ import annotations

import json
import time
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decidua.errors import DeciduaError, PatientConflictError, PatientError, PatientSyntaxError
from decidua.facts import Range
from decidua.intake.fhir.bundle import LIMIT
from decidua.language import LANGUAGES, say
from intake.fhir_reading import (
    BUNDLES,
    WOMAN,
    ReadFhir,
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
from intake.test_fuzz import SOON

BROKEN: list[tuple[str, bytes, str]] = [
    ("truncated", bundle(observation("tsh"))[:-40], "cut off"),
    ("empty", b"", "cut off"),
    ("xml", b'\xef\xbb\xbf <?xml version="1.0"?><Bundle xmlns="http://hl7.org/fhir"/>', "this is XML"),
    ("not json", b"resourceType: Bundle", "not readable as JSON"),
    ("ndjson", b'{"resourceType":"Patient"}\n{"resourceType":"Observation"}', "NDJSON"),
    ("other type", b'{"resourceType":"Observation","id":"x"}', "type 'Observation'"),
    ("no type", b"{}", "no resourceType"),
    ("a list", b"[]", "not shaped like a FHIR Bundle"),
    ("entry is an object", b'{"resourceType":"Bundle","entry":{}}', "not shaped like a FHIR Bundle"),
    ("history", b'{"resourceType":"Bundle","type":"history"}', "kind history"),
    ("utf-16", '{"resourceType":"Bundle"}'.encode("utf-16"), "UTF-16"),
    ("binary", b'{"resourceType":"Bu\0ndle"}', "NUL"),
    ("latin-1", '{"resourceType":"Bundle","x":"\xe9"}'.encode("latin-1"), "UTF-8"),
    (
        "deep in an unread element",
        b'{"resourceType":"Bundle","x":' + b"[" * 100_000,
        "too deep",
    ),
    ("deep and open", b'{"entry":' * 100_000, "too deep|not shaped"),
    (
        "many",
        b'{"resourceType":"Bundle","entry":[' + b'{"resource":{}},' * 300_000 + b"{}]}",
        "more than 250000 resources",
    ),
    ("large", b" " * (LIMIT + 1), "larger than 64000000 bytes"),
]


@pytest.mark.parametrize(("data", "sentence"), [row[1:] for row in BROKEN], ids=[row[0] for row in BROKEN])
def test_what_is_no_bundle(read_bundle: ReadFhir, data: bytes, sentence: str) -> None:
    with pytest.raises(PatientSyntaxError, match=sentence) as caught:
        read_bundle(data)
    for lang in LANGUAGES:
        assert len(caught.value.message(lang).splitlines()) == 1
        assert len(caught.value.message(lang)) < 300


def test_a_wrong_element_costs_its_resource_only(read_bundle: ReadFhir) -> None:
    entries = [
        {"resource": {**observation("sle", id_="wrong"), "valueQuantity": {"value": "SECRET"}}},
        {"resource": {"resourceType": ["Observation"], "id": "list"}},
        {"resource": "Patient"},
        {"resource": {"resourceType": "Observation", "contained": [{"resourceType": "Condition", "code": 3}]}},
        {"resource": {"resourceType": "Evil<script>\x1b[31m", "id": "../../etc"}},
        {"fullUrl": "urn:uuid:1"},
        {"resource": observation("tsh", **quantity(2, "m[IU]/L"))},
    ]
    mapped = read_bundle(json.dumps({"resourceType": "Bundle", "entry": entries}).encode())
    assert values(mapped) == {"tsh": 2}
    assert [key for _, key in notes(mapped, "not-mapped")].count("fhir.element") == 4
    said = "".join(say("en", one.key, **one.parts) + one.place for one in mapped.notes)
    assert "SECRET" not in said
    assert "\x1b" not in said
    deep = {"resourceType": "Observation", "id": "deep"}
    text = json.dumps({"resourceType": "Bundle", "entry": [{"resource": deep}]})
    nested = text.replace('"id": "deep"', '"id": "deep", "component": ' + '[{"component":' * 200 + "[]" + "}]" * 200)
    assert values(read_bundle(nested.encode())) == {}


def test_two_patients(read_bundle: ReadFhir) -> None:
    other = {**WOMAN, "id": "q", "birthDate": "1990-01-01"}
    mine, hers = observation("tsh", **quantity(2, "m[IU]/L")), observation("sle", valueBoolean=True)
    hers["subject"] = {"reference": "Patient/q"}
    with pytest.raises(PatientError, match=r"2 patients in it .Patient/p, Patient/q.; choose one with --patient"):
        read_bundle(other, mine, hers)
    assert values(read_bundle(other, mine, hers, patient="p")) == {"tsh": 2}
    mapped = read_bundle(other, mine, hers, patient="q")
    assert values(mapped) == {"sle": True, "age": 34}
    assert ("Observation/tsh", "fhir.of-another") in notes(mapped, "not-used")
    with pytest.raises(PatientError, match="no Patient with the id 'z'"):
        read_bundle(other, mine, hers, patient="z")
    nobody = {key: part for key, part in mine.items() if key != "subject"}
    assert "tsh" not in values(read_bundle(other, nobody, patient="p"))  # whose it is is not known
    assert "tsh" in values(read_bundle(nobody))
    with pytest.raises(PatientError, match="2 patients"):
        read_bundle(bundle(mine, hers, patient=None))
    assert values(read_bundle(bundle(mine, patient=None))) == {"tsh": 2}


def test_a_resource_that_comes_twice(read_bundle: ReadFhir) -> None:
    one = observation("tsh", **quantity(2, "m[IU]/L"))
    assert values(read_bundle(one, one)) == {"tsh": 2}
    mapped = read_bundle(one, {**one, **quantity(3, "m[IU]/L")})
    assert values(mapped) == {}
    assert note(mapped, "Observation/tsh").key == "fhir.two-versions"


def test_reports_lead_to_results(read_bundle: ReadFhir) -> None:
    held = {**observation("tsh", **quantity(2, "m[IU]/L")), "id": "in"}
    del held["subject"]
    report = about("DiagnosticReport", {}, status="final", contained=[held])
    mapped = read_bundle({**report, "result": [{"reference": "#in"}]})
    assert values(mapped) == {"tsh": 2}
    gone = read_bundle({**report, "result": [{"reference": "#in"}, {"reference": "Observation/none"}]})
    assert note(gone, "DiagnosticReport/diagnosticreport-1").parts["missing"] == "Observation/none"


def test_facts_that_contradict_each_other_are_an_error_with_places(read_bundle: ReadFhir) -> None:
    yes = about("Condition", concept("thrombotic_aps"), **status())
    with pytest.raises(PatientConflictError, match=r"b\.json: (Condition/condition-1|Observation/aps): .*contradict"):
        read_bundle(yes, observation("aps", valueBoolean=False))


def test_as_of_is_today_unless_asked(read_bundle: ReadFhir) -> None:
    asked, today = read_bundle(WOMAN), read_bundle(WOMAN, as_of=None)
    assert (asked.asked_as_of, today.asked_as_of, today.intake.as_of) == (True, False, date.today())


def test_warnings_name_the_place_and_the_codes_from_memory(read_bundle: ReadFhir) -> None:
    many = [observation("tsh", id_=f"o{n}", status="cancelled", valueInteger=n) for n in range(20)]
    sle = about("Condition", concept("55464009", "http://snomed.info/sct"), **status())
    warned = read_bundle(*many, sle).intake.warnings
    assert warned[0] == ("fhir.status", {"status": "cancelled", "at": "Observation/o0"})
    assert ("fhir.more-unused", {"count": 8}) in warned
    assert ("fhir.memory", {"facts": "sle"}) in warned


AS_OF = date(2026, 11, 1)
STYLES: dict[str, dict[str, object]] = {
    "us-core": {
        "age": 36, "country": "US", "aps": True, "on_aspirin": True, "lupus_anticoagulant": "positive",
        "anticardiolipin_igg": "negative", "apl_persistent": True, "stage": "pregnant", "tsh": Decimal("2.7"),
        "vitamin_d": Range(None, Decimal("7.999999")), "weight": Decimal("63.5029318"),
    },
    "ips": {
        "age": Range(Decimal(37), Decimal(38)), "country": "DE", "sle": True, "on_hydroxychloroquine": True,
        "allergy_egg_soy_peanut": True, "live_births": Range(Decimal(1), None), "clinical_losses": 3,
        "losses": Range(Decimal(3), None), "ana_titre": 160,
    },
    "kr-core": {
        "age": 36, "country": "KR", "sle": True, "on_corticosteroid": True, "tsh": Decimal("1.94"),
        "vitamin_d": Decimal("18.4"), "peripheral_nk": "raised", "bmi": Decimal("21.8"),
    },
}  # fmt: skip


@pytest.mark.parametrize("style", STYLES)
def test_public_styles(read_bundle: ReadFhir, style: str) -> None:
    data = (BUNDLES / f"{style}.json").read_bytes()
    mapped = read_bundle(data, as_of=AS_OF)
    assert values(mapped) == STYLES[style]
    resources = {f"{one['resource']['resourceType']}/{one['resource']['id']}" for one in json.loads(data)["entry"]}
    assert {one.place.split(".")[0] for one in mapped.notes} == resources


def test_a_large_bundle_is_read_soon(read_bundle: ReadFhir) -> None:
    filler = {"resourceType": "Basic", "text": {"div": "<div>" + "x" * 4000 + "</div>"}}
    rows = [observation("tsh", f"20{n % 24:02d}-01-01", f"o{n}", **quantity(2, "m[IU]/L")) for n in range(12_000)]
    data = bundle(*rows, *[{**filler, "id": f"b{n}"} for n in range(11_000)])
    assert 45_000_000 < len(data) < LIMIT
    started = time.process_time()
    mapped = read_bundle(data)
    assert time.process_time() - started < 10
    assert values(mapped) == {"tsh": 2}
    assert len(notes(mapped, "not-mapped")) == 11_000


def check(read_bundle: ReadFhir, data: bytes) -> None:
    """A sentence in both languages for whatever was wrong, and nothing but a DeciduaError."""
    try:
        mapped = read_bundle(data)
    except DeciduaError as error:
        sentences = [error.message(lang) for lang in LANGUAGES]
    else:
        said = [*((one.key, one.parts) for one in mapped.notes), *mapped.intake.warnings]
        sentences = [say(lang, key, **parts) for key, parts in said for lang in LANGUAGES]
    assert all(sentences)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
WORDS = st.sampled_from(
    ["Patient/p", "final", "2024-05-01", "2024", "9999-12-31", "0000-00-00", "active", "order", "confirmed", "#", "#x",
     "tsh", "sle", "age", "stage", "m[IU]/L", "<", "http://loinc.org", "3016-3", "p", "1e400", "NaN", "{", "%s", "{0}"]
)  # fmt: skip
ANY = JSON | WORDS | st.sampled_from([concept("tsh"), concept("sle"), {"reference": "#"}, {"value": 1, "code": "1"}])
KINDS = ["Patient", "Observation", "Condition", "Procedure", "AllergyIntolerance", "MedicationRequest",
         "MedicationStatement", "MedicationAdministration", "Medication", "DiagnosticReport", "Basic"]  # fmt: skip
ELEMENTS = ["id", "status", "code", "subject", "patient", "valueQuantity", "valueInteger", "valueRange", "valueRatio",
            "effectiveDateTime", "effectivePeriod", "component", "contained", "birthDate", "address", "intent",
            "medicationReference", "medicationCodeableConcept", "verificationStatus", "clinicalStatus", "result",
            "interpretation", "dataAbsentReason", "focus", "authoredOn", "valueCodeableConcept"]  # fmt: skip
RESOURCES = st.builds(
    lambda kind, elements: {"resourceType": kind, **elements},
    st.sampled_from(KINDS),
    st.dictionaries(st.sampled_from(ELEMENTS), ANY | st.lists(ANY, max_size=2), max_size=8),
)


@SOON
@given(found=JSON)
def test_any_json(read_bundle: ReadFhir, found: object) -> None:
    check(read_bundle, json.dumps(found).encode("utf-8", "surrogatepass"))
    check(read_bundle, json.dumps({"resourceType": "Bundle", "entry": found}).encode("utf-8", "surrogatepass"))


@SOON
@given(resources=st.lists(RESOURCES, max_size=5))
def test_any_resources(read_bundle: ReadFhir, resources: list[dict[str, object]]) -> None:
    check(read_bundle, bundle(*resources))


@SOON
@given(style=st.sampled_from(sorted(STYLES)), place=st.floats(0, 1), value=ANY)
def test_a_damaged_element(read_bundle: ReadFhir, style: str, place: float, value: object) -> None:
    """Anything in the place of anything in a real bundle."""
    root = json.loads((BUNDLES / f"{style}.json").read_bytes())
    slots: list[tuple[object, object]] = []
    stack = [root]
    while stack:
        node = stack.pop()
        for key, child in node.items() if isinstance(node, dict) else enumerate(node):
            slots.append((node, key))
            if isinstance(child, dict | list):
                stack.append(child)
    node, key = slots[int(place * (len(slots) - 1))]
    node[key] = value  # type: ignore[index]
    check(read_bundle, json.dumps(root).encode("utf-8", "surrogatepass"))


@SOON
@given(style=st.sampled_from(sorted(STYLES)), cut=st.floats(0, 1), byte=st.binary(max_size=2))
def test_a_damaged_text(read_bundle: ReadFhir, style: str, cut: float, byte: bytes) -> None:
    data = (BUNDLES / f"{style}.json").read_bytes()
    at = int(cut * len(data))
    check(read_bundle, data[:at] + byte + data[at + len(byte) :])
    check(read_bundle, data[:at])
