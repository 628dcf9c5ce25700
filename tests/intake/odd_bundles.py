# ruff: noqa: E501
"""Charts as they come: several results of one fact on several days, half of them odd in some way, one patient each.

Nothing here is expected to be read well; two readers are expected to make the same of it.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from decidua.facts import Fact, Vocabulary
from decidua.intake.fhir import tables
from decidua.intake.results import ANALYTES
from intake.fhir_reading import FLAGS, LOINC, SCT, UCUM, Resource, concept

FAVOURITES = (
    *ANALYTES, "apl_persistent", "antithyroid_antibodies", "weight", "height", "bmi", "stage", "gestation", "age",
    "losses", "clinical_losses", "biochemical_losses", "consecutive_losses", "live_births", "country", "on_heparin",
    "aps", "thrombosis", "thrombotic_aps", "uterine_anomaly", "uterine_anomaly_corrected", "ana_titre", "tsh",
    "vitamin_d", "allergy_heparin", "th1_th2_ifng_il4",
)  # fmt: skip
UNITS = (
    "ng/mL",
    "nmol/L",
    "m[IU]/L",
    "u[IU]/mL",
    "uIU/mL",
    "kg",
    "[lb_av]",
    "cm",
    "%",
    "{titer}",
    "1",
    "{#}",
    "d",
    "wk",
)
STATUSES = ("final",) * 12 + ("amended", "corrected", "preliminary", "registered", "cancelled", "entered-in-error",
                              "unknown", "nonsense", None)  # fmt: skip


class Charts:
    """Draws bundles; `oddness` is the chance of a change to each resource."""

    def __init__(self, vocabulary: Vocabulary, seed: int, as_of: date, oddness: float = 0.15) -> None:
        self.vocabulary, self.draw, self.as_of, self.oddness = vocabulary, random.Random(seed), as_of, oddness
        self.count = 0

    def bundle(self) -> Resource:
        draw = self.draw
        self.count = 0
        self.urls = draw.random() < 0.4
        every = list(self.vocabulary.facts)
        facts = [draw.choice(FAVOURITES if draw.random() < 0.6 else every) for _ in range(draw.randrange(1, 12))]
        resources = [one for fact in facts for one in self._about(self.vocabulary.facts[fact])]
        resources = [self._spoilt(one) if draw.random() < self.oddness else one for one in resources]
        resources += [{"resourceType": draw.choice(("Encounter", "Claim", "Specimen")), "id": "x"}]
        draw.shuffle(resources)
        found: Resource = {"resourceType": "Bundle", "type": "collection",
                           "entry": [self._entry(one) for one in (self._woman(), *resources)]}  # fmt: skip
        draw.shuffle(found["entry"])
        return self._broken(found) if draw.random() < 0.1 else found

    def _woman(self) -> Resource:
        draw = self.draw
        woman: Resource = {"resourceType": "Patient", "id": "p", "gender": "female"}
        if draw.random() < 0.5:
            woman["birthDate"] = draw.choice(("1990-05-17", "1990", "1988-02", "2030-01-01", "x", "1850-01-01"))
        if draw.random() < 0.4:
            uses = [{"country": draw.choice(("KR", "US", "Korea")), **draw.choice(({}, {"use": "old"}, {"use": "home"}))}
                    for _ in range(draw.randrange(1, 3))]  # fmt: skip
            woman["address"] = uses
        return woman

    def _entry(self, one: Resource) -> Resource:
        if not self.urls:
            return {"resource": one}
        kind, id_ = one.get("resourceType"), one.get("id")
        return {"fullUrl": "urn:uuid:p" if kind == "Patient" else f"urn:uuid:{kind}-{id_}", "resource": one}

    def _about(self, fact: Fact) -> list[Resource]:
        form = self.draw.random()
        if fact.type == "boolean" and form < 0.6:
            return [self._asserted(fact) for _ in range(self.draw.choice((1, 1, 2)))]
        if form > 0.95:
            return [self._panel(fact)]
        return [self._observation(fact) for _ in range(self.draw.choice((1, 1, 2, 3)))]

    def _base(self, kind: str) -> Resource:
        self.count += 1
        who = "patient" if kind == "AllergyIntolerance" else "subject"
        names = ["urn:uuid:p"] if self.urls and self.draw.random() < 0.5 else ["Patient/p"]
        return {"resourceType": kind, "id": f"r{self.count}", who: {"reference": self.draw.choice(names)}}

    def _observation(self, fact: Fact) -> Resource:
        one = {**self._base("Observation"), "code": self._code(fact), **self._when("effectiveDateTime")}
        status = self.draw.choice(STATUSES)
        return {**one, **({"status": status} if status else {}), **self._value(fact)}

    def _panel(self, fact: Fact) -> Resource:
        parts = [{"code": self._code(self.vocabulary.facts[name]), **self._value(self.vocabulary.facts[name])}
                 for name in (fact.id, self.draw.choice(FAVOURITES))]  # fmt: skip
        panel = {"coding": [{"system": LOINC, "code": "85354-9"}]}
        one = self._base("Observation")
        return {**one, "status": "final", "code": panel, "component": parts, **self._when("effectiveDateTime")}

    def _asserted(self, fact: Fact) -> Resource:
        draw = self.draw
        if fact.id.startswith("on_"):
            return self._medicine(fact)
        if fact.id.startswith("done_") and draw.random() < 0.7:
            status = draw.choice(("completed", "in-progress", "entered-in-error"))
            return {
                **self._base("Procedure"),
                "status": status,
                "code": self._code(fact),
                **self._when("performedDateTime"),
            }
        kind = "AllergyIntolerance" if fact.id.startswith("allergy_") and draw.random() < 0.8 else "Condition"
        verified = draw.choice(("confirmed", "confirmed", "refuted", "unconfirmed", "entered-in-error", None))
        clinical = draw.choice(("active", "active", "resolved", "inactive", None))
        said = {"verificationStatus": verified, "clinicalStatus": clinical}
        one = {
            **self._base(kind),
            "code": self._code(fact),
            **self._when("onsetDateTime"),
            **self._when("recordedDate"),
        }
        one |= {key: {"coding": [{"code": code}]} for key, code in said.items() if code}
        return one | (self._when("abatementDateTime") if draw.random() < 0.2 and kind == "Condition" else {})

    def _medicine(self, fact: Fact) -> Resource:
        draw = self.draw
        kind = draw.choice(("MedicationRequest", "MedicationStatement", "MedicationAdministration"))
        one = {**self._base(kind), "status": draw.choice(("active", "active", "in-progress", "stopped", "completed"))}
        one["medicationCodeableConcept"] = self._code(fact)
        if kind == "MedicationRequest":
            return one | {"intent": draw.choice(("order", "order", "plan", "proposal")), **self._when("authoredOn")}
        if draw.random() < 0.5:
            return one | self._when("effectiveDateTime")
        return one | {"effectivePeriod": {"start": self._day(), **draw.choice(({}, {"end": self._day()}))}}

    def _code(self, fact: Fact) -> Resource:
        known = [code for code in fact.codes if code.system in tables().systems]
        if not known or self.draw.random() < 0.3:
            return concept(fact.id)
        code = self.draw.choice(known)
        coding = {"system": tables().systems[code.system], "code": code.code, "display": code.display}
        more = [{"system": "http://h.example", "code": "L1"}] if self.draw.random() < 0.2 else []
        return {"coding": [*more, coding]}

    def _day(self) -> str:
        draw = self.draw
        past = draw.choice((0, 0, 3, 20, 27, 28, 29, 83, 84, 85, 200, 200, 400, draw.randrange(900), -3))
        return (self.as_of - timedelta(days=past)).isoformat()

    def _when(self, field: str) -> Resource:
        day, form = self._day(), self.draw.random()
        if form < 0.1:
            return {}
        forms = (day, day, f"{day}T10:00:00Z", f"{day}T23:30:00.123+09:00", day[:7], day[:4])
        text = (
            self.draw.choice(forms)
            if form < 0.9
            else self.draw.choice((*forms, "yesterday", "2026-13-01", f"{day} 10:00"))
        )
        return {field: text}

    def _value(self, fact: Fact) -> Resource:
        draw = self.draw
        if draw.random() < 0.05:
            reason = draw.choice(("unknown", "not-performed"))
            return {"dataAbsentReason": {"coding": [{"code": reason}]}}
        if fact.numeric:
            return self._number(fact)
        if fact.type == "boolean":
            code = draw.choice(("373066001", "373067005", "10828004", "260385009"))
            return draw.choice(({"valueBoolean": draw.random() < 0.5}, {"valueCodeableConcept": concept(code, SCT)}))
        choice = draw.choice(fact.choices)
        judged = {"interpretation": [concept(draw.choice(("POS", "NEG", "H", "N", "L", "A")), FLAGS)]}
        pregnant = {
            "valueCodeableConcept": concept(draw.choice(("77386006", "60001007", "10828004", "260385009")), SCT)
        }
        return draw.choice((
            {"valueCodeableConcept": concept(choice, tables().choices)}, judged, {**judged, **self._number(fact)}, pregnant,
            {"valueString": choice},
        ))  # fmt: skip

    def _number(self, fact: Fact) -> Resource:
        draw = self.draw
        low, high = fact.likely or fact.possible or (0, 40)
        value: Any = draw.randint(int(low), max(int(low), min(int(high), int(low) + 40)))
        if fact.type != "integer" and draw.random() < 0.5:
            value = round(value + draw.random(), draw.randrange(4))
        units = [unit.code for unit in fact.units] or ["1"]
        unit = draw.choice(units if draw.random() < 0.9 else UNITS)
        quantity: Resource = {"value": value, "system": UCUM, "code": unit, "unit": unit}
        if draw.random() < 0.12:
            quantity["comparator"] = draw.choice(("<", "<=", ">", ">=", "ad"))
        if draw.random() < 0.1:
            quantity = {key: quantity[key] for key in draw.choice((("value",), ("value", "unit"), ("value", "code")))}
        form = draw.random()
        if form < 0.1:
            return {"valueRange": {"low": quantity, "high": {**quantity, "value": value + 2}}}
        if form < 0.2:
            return {"valueRatio": {"numerator": {"value": 1}, "denominator": {"value": int(value)}}}
        return {"valueInteger": int(value)} if form < 0.3 else {"valueQuantity": quantity}

    def _spoilt(self, one: Resource) -> Resource:
        draw, who = self.draw, "patient" if one["resourceType"] == "AllergyIntolerance" else "subject"
        changes: tuple[Callable[[], Resource], ...] = (
            lambda: {**one, "modifierExtension": [{"url": "http://x"}]},
            lambda: {**one, "implicitRules": "http://x"},
            lambda: {**one, "contained": [{"resourceType": "Medication", "id": "m", "code": concept("on_aspirin")}]},
            lambda: {**one, who: {"reference": draw.choice(("Patient/other", "#p", "Patient/p/_history/2", " Patient/p ",
                                                            "https://ehr.example/fhir/Patient/p", "Group/g"))}},
            lambda: {key: value for key, value in one.items() if key != who},
            lambda: {**one, who: {"display": "she"}},
            lambda: {**one, "focus": [{"reference": "Patient/fetus"}]},
            lambda: {**one, "id": draw.choice(("r1", "p", "x", "r1 ", "ü", "z" * 70))},
            lambda: {key: value for key, value in one.items() if key != "id"},
            lambda: {**one, "code": "wrong"},
            lambda: {**one, "status": 5},
            lambda: {**one, "valueBoolean": True, "valueInteger": 3},
            lambda: {**one, "valueQuantity": {"value": "7"}},
            lambda: {**one, "effectivePeriod": {"start": self._day()}, "effectiveDateTime": None},
            lambda: {**one, "effectiveInstant": f"{self._day()}T08:00:00Z", "effectiveDateTime": ""},
            lambda: {**one, "code": {"coding": [concept("tsh")["coding"][0], concept("losses")["coding"][0]]}},
            lambda: {**one, "code": concept(draw.choice(("unexplained", "pregnancy", "pregnancies_complete", "persistent_apl"))),
                     "valueBoolean": True},
            lambda: {**one, "dosageInstruction": [{"timing": {"repeat": {"boundsPeriod": {"end": self._day()}}}}]},
            lambda: {**one, "medicationCodeableConcept": None, "medicationReference": {"reference": "Medication/m"}},
            lambda: {**one, "hasMember": [{"reference": "Observation/r1"}]},
            lambda: {**one, "text": {"div": "<div><script>alert(1)</script> 유산 </div>"}},
        )  # fmt: skip
        return draw.choice(changes)()

    def _broken(self, found: Resource) -> Resource:
        draw, entry = self.draw, found["entry"]
        changes: tuple[Callable[[], Resource], ...] = (
            lambda: {**found, "entry": [*entry, {"resource": {"resourceType": "Patient", "id": "second"}}]},
            lambda: {**found, "entry": [one for one in entry if one["resource"]["resourceType"] != "Patient"]},
            lambda: {**found, "entry": [*entry, entry[0]]},
            lambda: {**found, "entry": [*entry, {"fullUrl": "Patient/p", "resource": {"resourceType": "Medication"}}]},
            lambda: {**found, "entry": [*entry, {"fullUrl": "urn:uuid:p", "resource": {"resourceType": "Medication"}}]},
            lambda: {**found, "entry": [*entry, {"resource": {"resourceType": "Nonsense", "id": "n"}}]},
            lambda: {**found, "entry": [*entry, {"resource": None}, {}, {"resource": {"id": "no-type"}}]},
            lambda: {**found, "type": "history"},
            lambda: {**found, "entry": []},
        )
        return draw.choice(changes)()
