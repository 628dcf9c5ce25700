"""The JSON Schema of a patient, from the vocabulary: every fact, the parts of the file, nothing else.

What a schema cannot say is checked when the patient is read: ranges of numbers with units (422), values that
contradict each other (409). A fact that is left out, null or "unknown" is unknown.
"""

from __future__ import annotations

import re
from typing import Any

from decidua.facts import Fact
from decidua.guidelines import Knowledge
from decidua.intake.pregnancies import CONCEPTIONS, CONFIRMED, KARYOTYPES, OUTCOMES

Schema = dict[str, Any]
LABEL = "label:"
UNKNOWN = ["unknown", None]
BOOLEAN: Schema = {"enum": [True, False, "yes", "no", *UNKNOWN]}
SPAN = r"((>=|<=|>|<|≥|≤) ?)?"
DATE: Schema = {"type": ["string", "null"], "format": "date"}
TEXT: Schema = {"type": ["string", "null"], "maxLength": 200}


def patient_schema(knowledge: Knowledge) -> Schema:
    """Of a whole patient file. A description `label:…` stands for the label of that fact or criterion."""
    vocabulary = knowledge.vocabulary
    facts = {id_: fact_schema(fact) for id_, fact in vocabulary.facts.items()}
    stated = {
        name: {**BOOLEAN, "description": f"{LABEL}{name}"}
        for name in ("unexplained", *sorted(knowledge.stated))
        if name in knowledge.named
    }
    if any(name.startswith("unexplained@") for name in knowledge.stated):
        stated["unexplained"] = BOOLEAN
    parts: Schema = {
        "title": TEXT, "as_of": DATE, "pregnancies": _list(_pregnancy()), "pregnancies_complete": BOOLEAN,
        "results": _list(_result()),
    }  # fmt: skip
    return {"type": "object", "properties": parts | facts | stated, "additionalProperties": False}


def fact_schema(fact: Fact) -> Schema:
    return {"description": f"{LABEL}{fact.id}", **_values(fact)}


def _values(fact: Fact) -> Schema:
    if fact.type == "boolean":
        return BOOLEAN
    if fact.type == "choice":
        return {"enum": [*dict.fromkeys((*fact.choices, *UNKNOWN))]}
    if fact.format == "gestational-age":
        return {"type": ["string", "null"], "pattern": r"^[0-9]{1,2}\+[0-6]$"}
    if fact.units and fact.format != "titre":
        units = "|".join(re.escape(unit.label) for unit in fact.units)
        return {"type": ["string", "null"], "pattern": rf"^{SPAN}[0-9]{{1,6}}(\.[0-9]{{1,4}})? ({units})$"}
    if fact.format == "titre":
        return {"type": ["string", "null"], "pattern": "^1:[1-9][0-9]{0,4}$"}
    low, high = fact.possible or (0, 1000)
    number = "integer" if fact.type == "integer" else "number"
    counted = {"type": [number, "null"], "minimum": float(low), "maximum": float(high)}
    return {"anyOf": [counted, {"type": "string", "pattern": f"^{SPAN}[0-9]{{1,3}}$"}]}


def _list(row: Schema) -> Schema:
    return {"type": ["array", "null"], "items": row, "maxItems": 200}


def _pregnancy() -> Schema:
    """Rows of the table of pregnancies, oldest first."""
    enums = {"outcome": OUTCOMES, "confirmed": CONFIRMED, "karyotype": KARYOTYPES, "conception": CONCEPTIONS}
    cells: Schema = {
        "order": {"type": "integer", "minimum": 1}, "year": {"type": "integer", "minimum": 1930}, "date": DATE,
        "weeks": TEXT, "partner": TEXT, "treatment_start": TEXT,
        "treatment": {"anyOf": [TEXT, {"type": "array", "items": {"type": "string"}}]},
    } | {key: {"enum": [*choices, None]} for key, choices in enums.items()}  # fmt: skip
    return {"type": "object", "properties": cells, "additionalProperties": False}


def _result() -> Schema:
    """Dated results: a fact, its date, its value."""
    cells = {"fact": TEXT, "test": TEXT, "date": DATE, "value": {"type": ["string", "number", "null"]}, "method": TEXT}
    return {"type": "object", "properties": cells, "required": ["date", "value"], "additionalProperties": False}
