"""Patient → FHIR R4 bundle, in every form that the reader knows: the opposite direction, for tests only.

Each fact is written in a form drawn at random. Around the facts stand resources that must change nothing: older
results, results of facts that are not known without a value, what was entered in error, what is unconfirmed.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from decidua.facts import Fact, Range, Value, Vocabulary
from decidua.facts.vocabulary import Code
from decidua.intake.fhir import tables
from decidua.intake.results import ANALYTES

Resource = dict[str, Any]
SCT, LOINC, UCUM = "http://snomed.info/sct", "http://loinc.org", "http://unitsofmeasure.org"
FLAGS = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
YES_NO = {
    True: [(SCT, "373066001"), (SCT, "10828004"), (LOINC, "LA33-6"), (LOINC, "LA6576-8")],
    False: [(SCT, "373067005"), (SCT, "260385009"), (LOINC, "LA32-8"), (LOINC, "LA6577-6")],
}
ANSWERS = {
    "positive": [(SCT, "10828004"), (SCT, "260373001"), (LOINC, "LA6576-8")],
    "negative": [(SCT, "260385009"), (SCT, "260415000"), (LOINC, "LA6577-6")],
}
JUDGED = {
    "positive": ["POS", "H", "RR"],
    "negative": ["NEG", "N", "NR"],
    "raised": ["H", "HH"],
    "not-raised": ["N", "L"],
}


class Writer:
    """Writes one patient as of a day."""

    def __init__(self, vocabulary: Vocabulary, draw: random.Random, as_of: date) -> None:
        self.vocabulary, self.draw, self.as_of = vocabulary, draw, as_of
        self.count = 0

    def bundle(self, values: Mapping[str, Value]) -> Resource:
        patient: Resource = {"resourceType": "Patient", "id": "p", "gender": "female"}
        resources: list[Resource] = []
        for id_, value in values.items():
            if not self._on_patient(patient, id_, value):
                resources += self._written(id_, value)
        unknown = [fact for fact in self.vocabulary.facts.values() if fact.id not in values]
        resources += [noise for fact in unknown if self.draw.random() < 0.2 for noise in self._noise(fact)]
        resources += self._panel()
        self.draw.shuffle(resources)
        entries = [{"fullUrl": f"urn:uuid:{one['id']}", "resource": one} for one in [patient, *resources]]
        return {"resourceType": "Bundle", "type": "collection", "entry": entries}

    def _on_patient(self, patient: Resource, id_: str, value: Value) -> bool:
        if id_ == "age" and isinstance(value, Decimal) and value % 1 == 0 and self.draw.random() < 0.7:
            born = self.as_of - timedelta(days=self.draw.randrange(1, 300))
            patient["birthDate"] = born.replace(year=born.year - int(value), day=min(born.day, 28)).isoformat()
            return True
        if id_ == "country" and value != "other" and self.draw.random() < 0.5:
            patient["address"] = [{"country": value}]
            return True
        return False

    def _written(self, id_: str, value: Value) -> Iterator[Resource]:
        fact = self.vocabulary.facts.get(id_)
        if isinstance(value, bool):
            yield self._boolean(fact, id_, value)
            return
        assert fact is not None
        if isinstance(value, str):
            yield self._choice(fact, value)
        else:
            yield self._observation(fact, **self._number(fact, value))
        if self.draw.random() < 0.1 and id_ not in ANALYTES and isinstance(value, Decimal):
            yield {**self._observation(fact, **self._number(fact, value + 1)), "effectiveDateTime": "2010-02-03"}

    def _boolean(self, fact: Fact | None, id_: str, value: bool) -> Resource:
        form = self.draw.randrange(3)
        if fact is None or form == 0:
            return self._resource("Observation", status="final", code=own(id_), valueBoolean=value, **self._dated())
        if form == 1 and id_ not in tables().unions:
            return self._observation(fact, valueCodeableConcept=concept(*self.draw.choice(YES_NO[value])))
        if id_.startswith("on_"):
            if not value:
                return self._observation(fact, valueBoolean=False)
            return self._medicine(fact)
        status = {"verificationStatus": {"coding": [{"code": "confirmed" if value else "refuted"}]}}
        if value and id_.startswith("done_"):
            return self._resource("Procedure", status="completed", code=own(id_))
        kind = "AllergyIntolerance" if id_.startswith("allergy_") else "Condition"
        return self._resource(kind, code=own(id_) if not value else self._code(fact, public=True), **status)

    def _medicine(self, fact: Fact) -> Resource:
        code = self._code(fact, public=True)
        form = self.draw.randrange(4)
        if form == 0:
            return self._resource("MedicationRequest", status="active", intent="order", medicationCodeableConcept=code)
        if form == 1:
            return self._resource("MedicationAdministration", status="in-progress", medicationCodeableConcept=code)
        period = {"effectivePeriod": {"start": "2015-01-01"}}
        if form == 2:
            return self._resource("MedicationStatement", status="active", medicationCodeableConcept=code, **period)
        held = {"contained": [{"resourceType": "Medication", "id": "m", "code": code}]}
        return self._resource("MedicationStatement", status="active", medicationReference={"reference": "#m"}, **held)

    def _choice(self, fact: Fact, value: str) -> Resource:
        forms: list[Resource] = [{"valueCodeableConcept": concept(tables().choices, value)}]
        if value in ANSWERS:
            forms.append({"valueCodeableConcept": concept(*self.draw.choice(ANSWERS[value]))})
        if value in JUDGED and set(fact.choices) <= {"positive", "negative", "raised", "not-raised"}:
            flag = {"interpretation": [concept(FLAGS, self.draw.choice(JUDGED[value]))]}
            forms += [flag, {**flag, "valueQuantity": {"value": 17.5, "system": UCUM, "code": "[arb'U]/mL"}}]
            forms.append({**flag, "valueString": "see comment <b>1:160</b>"})
        if fact.id == "stage" and value == "pregnant":
            forms.append({"valueCodeableConcept": concept(SCT, "77386006")})
        return self._observation(fact, **self.draw.choice(forms))

    def _number(self, fact: Fact, value: Value) -> Resource:
        if isinstance(value, Range):
            return self._bounds(fact, value)
        assert isinstance(value, Decimal)
        if fact.format == "titre" and value % 1 == 0 and value > 0 and self.draw.random() < 0.5:
            return {"valueRatio": {"numerator": {"value": 1}, "denominator": {"value": int(value)}}}
        if not fact.units and self.draw.random() < 0.5:
            return {"valueInteger": int(value)}
        return {"valueQuantity": self._quantity(fact, value)}

    def _bounds(self, fact: Fact, value: Range) -> Resource:
        if value.low is not None and value.high is not None:
            return {"valueRange": {"low": self._quantity(fact, value.low), "high": self._quantity(fact, value.high)}}
        sign, edge = (">", value.low) if value.low is not None else ("<", value.high)
        assert edge is not None
        if fact.type == "integer" and self.draw.random() < 0.5 and (sign == "<" or edge > 0):
            possible = fact.possible or (Decimal(0), Decimal(10**6))
            beside = edge - 1 if sign == ">" else edge + 1
            if possible[0] <= beside <= possible[1]:
                return {"valueQuantity": {**self._quantity(fact, beside), "comparator": sign}}
        return {"valueQuantity": {**self._quantity(fact, edge), "comparator": f"{sign}="}}

    def _quantity(self, fact: Fact, value: Decimal) -> Resource:
        if not fact.units:
            return {"value": value, **self.draw.choice([{}, {"unit": "1", "system": UCUM, "code": "1"},
                                                        {"system": UCUM, "code": "{#}"}])}  # fmt: skip
        same = [unit for unit in fact.units if unit.factor == unit.divisor]
        unit = self.draw.choice(same)
        plain = {"value": value, "unit": unit.label}
        return plain if self.draw.random() < 0.2 else {**plain, "system": UCUM, "code": unit.code}

    def _observation(self, fact: Fact, **value: Any) -> Resource:
        dated = {} if fact.id in ANALYTES else self._dated()
        status = self.draw.choice(["final", "amended", "corrected"])
        public = fact.id not in tables().unions
        return self._resource("Observation", status=status, code=self._code(fact, public=public), **dated, **value)

    def _dated(self) -> Resource:
        day = self.as_of.isoformat()
        forms = [{"effectiveDateTime": day}, {"effectiveDateTime": f"{day}T23:59:59+09:00"},
                 {"effectivePeriod": {"start": day}}, {"effectiveInstant": f"{day}T08:00:00Z"}]  # fmt: skip
        return self.draw.choice(forms)

    def _code(self, fact: Fact, *, public: bool) -> Resource:
        """Ours, or one of the vocabulary's, beside others that mean nothing here."""
        known = [code for code in fact.codes if code.system in tables().systems] if public else []
        codings = own(fact.id)["coding"]
        if known and self.draw.random() < 0.7:
            codings = [coding(self.draw.choice(known))]
        if self.draw.random() < 0.3:
            codings = [{"system": "http://hospital.example/lab", "code": "L-17", "display": "<i>검사</i>"}, *codings]
        return {"coding": codings, "text": fact.label.ko}

    def _noise(self, fact: Fact) -> Iterator[Resource]:
        """What leaves an unknown fact unknown."""
        form = self.draw.randrange(4)
        if form == 0:
            yield self._observation(fact, dataAbsentReason=concept("http://x.example", "unknown"))
        elif form == 1:
            yield {**self._observation(fact, valueInteger=1), "status": self.draw.choice(["preliminary", "cancelled"])}
        elif form == 2:
            yield {**self._observation(fact, valueBoolean=True), "status": "entered-in-error"}
        else:
            yield self._observation(fact, valueString="positive")

    def _panel(self) -> Iterator[Resource]:
        yield self._resource("DiagnosticReport", status="final", result=[{"reference": "Observation/none"}])
        yield {"resourceType": "Encounter", "id": "e", "status": "finished"}

    def _resource(self, kind: str, **elements: Any) -> Resource:
        self.count += 1
        who = "patient" if kind == "AllergyIntolerance" else "subject"
        reference = {"reference": self.draw.choice(["Patient/p", "urn:uuid:p"])}
        return {"resourceType": kind, "id": f"r{self.count}", who: reference, **elements}


def own(id_: str) -> Resource:
    return concept(tables().own, id_)


def concept(system: str, code: str) -> Resource:
    return {"coding": [{"system": system, "code": code}]}


def coding(code: Code) -> Resource:
    return {"system": tables().systems[code.system], "code": code.code, "display": code.display}
