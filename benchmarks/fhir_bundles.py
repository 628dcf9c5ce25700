"""Made-up bundles of 25 resources and some 15 kB each, in the shape in which hospital systems send them.

Pinned: the same seed gives the same bytes. Every bundle has a Patient, laboratory results, counts of past
pregnancies, diagnoses, medicines, a report, and types that say nothing of a fact (Encounter, Immunization, Claim …).
The values are drawn without regard to any real distribution: nothing may be concluded from them.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import msgspec

Resource = dict[str, Any]
AS_OF = date(2026, 11, 1)
LOINC, SCT, UCUM = "http://loinc.org", "http://snomed.info/sct", "http://unitsofmeasure.org"
CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
FLAGS = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
ATC = "http://www.whocc.no/atc"
BASE = "https://ehr.example/fhir"
NUMBERS = (
    ("3016-3", "Thyrotropin [Units/volume] in Serum or Plasma", 0.2, 8.0, 2, "m[IU]/L"),
    ("2842-3", "Prolactin [Mass/volume] in Serum or Plasma", 2.0, 60.0, 1, "ng/mL"),
    ("4548-4", "Hemoglobin A1c/Hemoglobin.total in Blood", 4.2, 8.0, 1, "%"),
    ("62292-8", "25-Hydroxyvitamin D3+25-Hydroxyvitamin D2 [Mass/volume] in Serum or Plasma", 6.0, 60.0, 1, "ng/mL"),
    ("29463-7", "Body weight", 44.0, 110.0, 1, "kg"),
    ("8302-2", "Body height", 148.0, 182.0, 0, "cm"),
    ("718-7", "Hemoglobin [Mass/volume] in Blood", 8.0, 16.0, 1, "g/dL"),
    ("2160-0", "Creatinine [Mass/volume] in Serum or Plasma", 0.4, 1.4, 2, "mg/dL"),
)
SIGNS = (
    ("3281-3", "Lupus anticoagulant neutralization platelet [Presence] in Platelet poor plasma"),
    ("3181-5", "Cardiolipin IgG Ab [Units/volume] in Serum"),
    ("3182-3", "Cardiolipin IgM Ab [Units/volume] in Serum"),
    ("44448-9", "Beta 2 glycoprotein 1 IgG Ab [Units/volume] in Serum"),
    ("44449-7", "Beta 2 glycoprotein 1 IgM Ab [Units/volume] in Serum"),
    ("5196-1", "Hepatitis B virus surface Ag [Presence] in Serum"),
)
COUNTS = (("11612-9", "[#] Abortions", 2, 6), ("11636-8", "[#] Births.live", 0, 2))
PROBLEMS = (
    ("55464009", "Systemic lupus erythematosus"),
    ("69896004", "Rheumatoid arthritis"),
    ("38341003", "Hypertension"),
)
DRUGS = (("B01AC06", "acetylsalicylic acid"), ("B01AB05", "enoxaparin"), ("A11CC05", "colecalciferol"))


def bundles(count: int, seed: int = 1) -> Iterator[bytes]:
    """`count` bundles as JSON."""
    draw = random.Random(seed)
    for number in range(count):
        yield msgspec.json.encode(_Bundle(draw, f"p{number}").made())


class _Bundle:
    def __init__(self, draw: random.Random, id_: str) -> None:
        self.draw, self.id, self.count = draw, id_, 0

    def made(self) -> Resource:
        draw = self.draw
        found = [self._patient(), self._encounter(), self._claim(), self._immunization()]
        found += [self._number(*row) for row in NUMBERS]
        found += [self._sign(*row) for row in SIGNS]
        found += [self._counted(*row) for row in COUNTS]
        found += [self._problem(*draw.choice(PROBLEMS)), self._drug(*draw.choice(DRUGS)), self._procedure()]
        found += [self._report(found), self._plan()]
        entries = [{"fullUrl": f"{BASE}/{one['resourceType']}/{one['id']}", "resource": one} for one in found]
        return {"resourceType": "Bundle", "id": self.id, "type": "collection", "entry": entries}

    def _resource(self, kind: str, **elements: object) -> Resource:
        self.count += 1
        name = f"{self.id}-{self.count}"
        meta = {"profile": [f"http://hl7.org/fhir/us/core/StructureDefinition/us-core-{kind.lower()}"]}
        return {"resourceType": kind, "id": name, "meta": meta, **elements}

    def _about(self, kind: str, **elements: object) -> Resource:
        return self._resource(kind, **{**elements, "subject": {"reference": f"Patient/{self.id}"}})

    def _day(self) -> str:
        return (AS_OF - timedelta(days=self.draw.randrange(1, 700))).isoformat()

    def _patient(self) -> Resource:
        born = date(1982, 1, 1) + timedelta(days=self.draw.randrange(6500))
        one = self._resource(
            "Patient", identifier=[{"system": "http://ehr.example/mrn", "value": f"made-up-{self.id}"}],
            name=[{"family": "Example", "given": ["Made Up"]}], gender="female", birthDate=born.isoformat(),
            address=[{"use": "home", "city": "Seoul", "country": "KR"}],
        )  # fmt: skip
        return {**one, "id": self.id}

    def _lab(self, code: str, name: str, **value: object) -> Resource:
        minute = self.draw.randrange(480, 1020)
        return self._about(
            "Observation",
            status=self.draw.choice(("final", "final", "final", "amended")),
            category=[{"coding": [{"system": CATEGORY, "code": "laboratory", "display": "Laboratory"}]}],
            code={"coding": [{"system": LOINC, "code": code, "display": name}]},
            encounter={"reference": f"Encounter/{self.id}-1"},
            effectiveDateTime=f"{self._day()}T{minute // 60:02}:{minute % 60:02}:00+09:00",
            **value,
        )

    def _number(self, code: str, name: str, low: float, high: float, digits: int, unit: str) -> Resource:
        value = round(self.draw.uniform(low, high), digits)
        quantity = {"value": value if digits else int(value), "unit": unit, "system": UCUM, "code": unit}
        return self._lab(code, name, valueQuantity=quantity)

    def _sign(self, code: str, name: str) -> Resource:
        flag, answer = self.draw.choice((("NEG", "260385009"), ("NEG", "260385009"), ("POS", "10828004")))
        if self.draw.random() < 0.5:
            return self._lab(code, name, interpretation=[{"coding": [{"system": FLAGS, "code": flag}]}])
        return self._lab(code, name, valueCodeableConcept={"coding": [{"system": SCT, "code": answer}]})

    def _counted(self, code: str, name: str, low: int, high: int) -> Resource:
        return self._lab(code, name, valueInteger=self.draw.randint(low, high))

    def _problem(self, code: str, name: str) -> Resource:
        status = "http://terminology.hl7.org/CodeSystem/condition"
        return self._about(
            "Condition",
            clinicalStatus={"coding": [{"system": f"{status}-clinical", "code": "active"}]},
            verificationStatus={"coding": [{"system": f"{status}-ver-status", "code": "confirmed"}]},
            code={"coding": [{"system": SCT, "code": code, "display": name}], "text": name},
            onsetDateTime=self._day(),
            recordedDate=self._day(),
        )

    def _drug(self, code: str, name: str) -> Resource:
        medicine = {"coding": [{"system": ATC, "code": code, "display": name}], "text": name}
        return self._about("MedicationRequest", status="active", intent="order", medicationCodeableConcept=medicine,
                           authoredOn=self._day(), requester={"reference": "Practitioner/1"})  # fmt: skip

    def _procedure(self) -> Resource:
        code = {"coding": [{"system": SCT, "code": "40701008", "display": "Echocardiography"}]}
        return self._about("Procedure", status="completed", code=code, performedDateTime=self._day())

    def _report(self, found: list[Resource]) -> Resource:
        results = [{"reference": f"Observation/{one['id']}"} for one in found if one["resourceType"] == "Observation"]
        code = {"coding": [{"system": LOINC, "code": "11502-2", "display": "Laboratory report"}]}
        return self._about("DiagnosticReport", status="final", code=code, result=results[:6])

    def _encounter(self) -> Resource:
        kind = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB", "display": "ambulatory"}
        return self._about("Encounter", status="finished", **{"class": kind})

    def _claim(self) -> Resource:
        coverage = [{"sequence": 1, "focal": True, "coverage": {"reference": f"Coverage/{self.id}"}}]
        return self._resource(
            "Claim", status="active", type={"text": "outpatient"}, use="claim",
            patient={"reference": f"Patient/{self.id}"}, created=self._day(),
            provider={"reference": "Organization/1"}, priority={"text": "normal"}, insurance=coverage,
        )  # fmt: skip

    def _immunization(self) -> Resource:
        who = {"reference": f"Patient/{self.id}"}
        return self._resource("Immunization", status="completed", vaccineCode={"text": "influenza"}, patient=who,
                              occurrenceDateTime=self._day())  # fmt: skip

    def _plan(self) -> Resource:
        note = [{"text": "made up <b>text</b> that nobody reads"}]
        return self._about("CarePlan", status="active", intent="plan", note=note)
