"""A patient's known facts as FHIR Observations, as the exported facts library reads them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from decidua.facts import Fact, Range, Value, Vocabulary
from decidua.fhir.canonical import CHOICES_SYSTEM, FACTS_SYSTEM, UCUM, Resource, codings, concept, fhir_id

WOMAN = "woman"


def bundle(id_: str, vocabulary: Vocabulary, values: Mapping[str, Value], day: str | None = None) -> Resource:
    """A Bundle with a Patient and an Observation for each known fact and stated name; `day` is when they were seen."""
    patient = {"resourceType": "Patient", "id": WOMAN, "gender": "female"}
    resources = [patient, *observations(vocabulary, values, day)]
    entries = [{"fullUrl": f"urn:decidua:{id_}:{one['id']}", "resource": one} for one in resources]
    return {"resourceType": "Bundle", "id": fhir_id(id_), "type": "collection", "entry": entries}


def observations(vocabulary: Vocabulary, values: Mapping[str, Value], day: str | None) -> Iterator[Resource]:
    """In order of names."""
    for name, value in sorted(values.items()):
        fact = vocabulary.facts.get(name)
        coded = codings(fact) if fact else [{"system": FACTS_SYSTEM, "code": name}]
        yield {
            "resourceType": "Observation",
            "id": fhir_id(name.replace("@", ".")),
            "status": "final",
            "code": concept(coded),
            "subject": {"reference": f"Patient/{WOMAN}"},
            **({"effectiveDateTime": day} if day else {}),
            **_value(fact, value),
        }


def _value(fact: Fact | None, value: Value) -> Resource:
    if isinstance(value, bool):
        return {"valueBoolean": value}
    assert fact is not None
    if isinstance(value, str):
        return {"valueCodeableConcept": concept([{"system": CHOICES_SYSTEM, "code": value}])}
    if not isinstance(value, Range):
        return {"valueQuantity": _quantity(fact, value)}
    if value.low is not None and value.high is not None:
        return {"valueRange": {"low": _quantity(fact, value.low), "high": _quantity(fact, value.high)}}
    comparator, edge = (">=", value.low) if value.low is not None else ("<=", value.high)
    assert edge is not None
    return {"valueQuantity": {**_quantity(fact, edge), "comparator": comparator}}


def _quantity(fact: Fact, value: Decimal) -> Resource:
    unit = fact.unit
    return {
        "value": plain_number(value),
        "unit": unit.label if unit else "1",
        "system": UCUM,
        "code": unit.code if unit else "1",
    }


def plain_number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)
