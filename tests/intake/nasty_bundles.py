"""Bundles whose text is spoilt in ways that JSON and FHIR allow, or do not: for readers that look at raw bytes.

Every bundle is of a patient of her own, and her neighbours' names are at hand: bundles of one batch are looked at
together, and none may lend another what it lacks.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

from intake.fhir_reading import Resource, about, concept, observation, quantity, status

DATES = ("2024-05-01", "2024-05", "2024", "2024-05-01T10:00:00Z", "2024-05-01\n", "\n2024-05-01", "2024-05-01\n2024",
         "2024-05-01T10:00\n", "٢٠٢٤-05-01", "2024-05-01T１０:00", "2024-05-01\x7f", " 2024-05-01 ", "2024-13-01",
         "2024-02-30", "2024-05-01T", "1899-12-31", "2200-01-01", "9999-12-31", "0000-00-00", "2024-05-0:",
         "2024/05/01", "2024-05-01T10:00:00.123456789+09:00", "2024-05-01T" + "9" * 40, "2024-05-01T" + "9" * 41,
         "", None, "2024-19-39", "2024-05-01t10:00", "2023-11-05", "2023-11-06",
         "2024-05-01T10:00 Z", "2024-05-01T1 ", "2024-05-01T\t1")  # fmt: skip
"""Dates as the two readers must take them alike."""


class Nasty:
    """Draws bundles; the number of each is in the id of its patient."""

    def __init__(self, seed: int) -> None:
        self.draw, self.number = random.Random(seed), 0

    def bundle(self) -> bytes:
        draw, self.number = self.draw, self.number + 1
        self.id = f"p{self.number}"
        resources = [self._of_her(one) for one in self._resources()]
        for _ in range(draw.choice((0, 0, 1, 1, 2))):
            at = draw.randrange(len(resources))
            resources[at] = draw.choice(self._changes())(resources[at])
        woman: Resource = {"resourceType": "Patient", "id": self.id, "birthDate": draw.choice(("1990-01-01", "1990"))}
        entries: list[Any] = [{"resource": one} for one in (woman, *resources)]
        if draw.random() < 0.3:
            draw.shuffle(entries)
        if draw.random() < 0.25:
            entries = draw.choice(self._entries())(entries)
        return self._text({"resourceType": "Bundle", "type": "collection", "entry": entries})

    def _resources(self) -> list[Resource]:
        draw = self.draw
        code = concept("lupus_anticoagulant")
        some = [
            observation("tsh", "2024-05-01", "a", **quantity(draw.choice((1, 2.5, 2.50, 7)), "m[IU]/L")),
            observation("losses", "2024-03-01T10:00:00+09:00", "b", valueInteger=draw.randrange(2, 5)),
            observation("lupus_anticoagulant", "2023-01-01", "c", valueCodeableConcept=concept("positive"), code=code),
            {**about("Condition", concept("thrombosis")), **status(), "recordedDate": "2024-01-01"},
            {**about("MedicationRequest", concept("x")), "status": "active", "intent": "order",
             "medicationCodeableConcept": concept("on_heparin"), "authoredOn": "2024-06-01"},
            {**about("AllergyIntolerance", concept("allergy_heparin")), **status()},
            {"resourceType": "Encounter", "id": "e", "status": "finished", "subject": {"reference": "Patient/p"}},
            {"resourceType": "Medication", "id": "m", "code": concept("on_aspirin")},
            {"resourceType": "Specimen", "id": "s", "subject": {"reference": "Patient/p"}},
        ]  # fmt: skip
        return draw.sample(some, draw.randrange(2, len(some) + 1))

    def _of_her(self, one: Resource, id_: str | None = None) -> Resource:
        who = "patient" if one["resourceType"] == "AllergyIntolerance" else "subject"
        if one["resourceType"] == "Medication":
            return one
        return {**one, who: {"reference": f"Patient/{id_ or self.id}"}}

    def _changes(self) -> tuple[Callable[[Resource], Resource], ...]:
        draw = self.draw
        other = f"p{self.number + draw.choice((-1, 1))}"
        date = draw.choice(("effectiveDateTime", "onsetDateTime", "recordedDate", "abatementDateTime", "authoredOn"))
        subjects: tuple[Any, ...] = (
            None, "", 1, 11, [], {}, f"Patient/{self.id}", {"reference": None}, {"reference": ""}, {"display": "x"},
            {"reference": f"Patient/{self.id}", "display": "}{"}, {"reference": f"Patient/{other}"},
            {"reference": f"Patient/{self.id}", "reference ": "x"}, {"reference": 5},
            {"reference": f" Patient/{self.id}"},
            {"extension": [{"valueReference": {"reference": f"Patient/{self.id}"}}]},
            {"reference": f"https://x.example/Patient/{self.id}"}, {"reference": "urn:uuid:1"},
        )  # fmt: skip
        ids = (None, "", "a", "b", self.id, "x" * 64, "x" * 65, "ü", "a b", "a\n", 'a"b', "a\\b", 7)
        return (
            lambda one: {**one, "subject": draw.choice(subjects)},
            lambda one: {**one, "subject": draw.choice(subjects)},
            lambda one: self._of_her(one, other),
            lambda one: {name: value for name, value in one.items() if name not in ("subject", "patient")},
            lambda one: {**one, "id": draw.choice(ids)},
            lambda one: {**one, date: draw.choice(DATES)},
            lambda one: {**one, date: draw.choice(DATES)},
            lambda one: dict(draw.sample(list(one.items()), len(one))),
            lambda one: {**one, "code": {**concept("tsh"), "subject": {"reference": f"Patient/{other}"}, "id": "a"}},
            lambda one: {**one, "note": [{"id": "a", "subject": {"reference": f"Patient/{other}"}}]},
            lambda one: {**one, "meta": {"effectiveDateTime": "1999-01-01", "status": "draft"}},
            lambda one: {**one, "valueString": draw.choice(("final", '""', "\0", "x\0y"))},
            lambda one: {**one, "implicitRules": draw.choice(("", "x", None))},
            lambda one: {**one, "status": draw.choice(("Observation", "", None, "fi\0nal", ["final"]))},
            lambda one: {**one, "valueQuantity": {"value": 3, "code": "1", "comparator": draw.choice(("<", None))}},
            lambda one: {**one, "dataAbsentReason": concept("unknown")},
            lambda one: {**one, "period": draw.choice(({"start": "2024-05-01"}, {"start": "x"}, "x", None))},
        )  # fmt: skip

    def _entries(self) -> tuple[Callable[[list[Any]], list[Any]], ...]:
        draw, own = self.draw, f"Patient/{self.id}"
        at = draw.randrange(2)
        url = draw.choice((own, "", None, f"Patient/{self.id}x", f"x\n{own}", f"{own}\n", "urn:uuid:1", "Patient/", 5))
        return (
            lambda every: [*every[:at], {**every[at], "fullUrl": url}, *every[at + 1 :]],
            lambda every: [{**one, "fullUrl": url} for one in every],
            lambda every: [*every, {"fullUrl": url}, {"resource": None}],
            lambda every: [*every, every[at]],
            lambda every: [one for one in every if one["resource"]["resourceType"] != "Patient"],
            lambda every: [*every, {"resource": {"resourceType": "Patient", "id": "q"}}],
            lambda every: every[:1],
        )

    def _text(self, bundle: Resource) -> bytes:
        """Written in one of the ways of JSON, with keys that come twice and letters that are escaped."""
        draw = self.draw
        form: dict[str, Any] = draw.choice(({"separators": (",", ":")}, {}, {"indent": 1}, {"ensure_ascii": False}))
        text = json.dumps(bundle, **form)
        changes: tuple[tuple[str, str], ...] = (
            ("Patient/", "Patient\\/"), ("Patient/", "\\u0050atient/"), ('"subject"', '"sub\\u006aect"'),
            ('"reference"', '"referenc\\u0065"'), ("final", "fin\\u0061l"), ('"id"', '"\\u0069d"'),
            ("2024-", "2024\\u002d"), ('"subject":', '"subject":{"reference":"Patient/p0"},"subject":'),
            ('"status":', '"status":"draft","status":'), ('"code":', '"code":null,"code":'),
            ('"id":', '"id":"zz","id":'), ('"resourceType":', '"resourceType":"Observation","resourceType":'),
            ('"effectiveDateTime":', '"effectiveDateTime":"1999-01-01","effectiveDateTime":'),
            ('"subject":', '"subject" \t:\r\n'), ('"reference":', '"reference" : '), ("final", "final\\u0000"),
            ('"status"', '"\\u0000":1,"status"'),
        )  # fmt: skip
        for before, after in draw.sample(changes, draw.choice((0, 0, 0, 1, 1, 2))):
            parts = text.split(before)
            at = draw.randrange(len(parts))
            every = draw.random() < 0.3
            text = (
                after.join(parts)
                if every
                else before.join(parts[:at]) + (after if at else "") + before.join(parts[at:])
            )
        data = text.encode("utf-8", "surrogatepass")
        return data.replace(b"final", b"fin\0al", 1) if draw.random() < 0.02 else data
