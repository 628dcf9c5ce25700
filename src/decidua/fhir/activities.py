"""What is recommended or advised against, as ActivityDefinitions.

A dosage has numbers only where dose, unit, route and frequency are all printed, for everybody alike, and no reading on
them is open. Otherwise it is the print in words; a number that the source disputes with itself does not appear at all.
"""

from __future__ import annotations

from decimal import Decimal

from decidua.answers import AGAINST, FOR
from decidua.fhir.canonical import (
    OPTIONS_SYSTEM,
    UCUM,
    Resource,
    both,
    concept,
    fhir_id,
    header,
    spoken,
)
from decidua.fhir.observations import plain_number
from decidua.guidelines import Knowledge, Option, Regimen, Statement
from decidua.language import Lang, Text
from decidua.reports.wording import printed_dose

Span = Decimal | tuple[Decimal, Decimal]


def activity_id(statement: Statement, option: Option) -> str:
    """Unlike the id of its PlanDefinition: engines name what they make after it, and contain both in one resource."""
    own = statement.id if len(statement.options) == 1 else f"{statement.id}.{fhir_id(option.id)}"
    return f"{own}.act"


def activities(knowledge: Knowledge, version: str) -> list[Resource]:
    """For each option of each statement that recommends it or advises against it."""
    return [
        _activity(knowledge, statement, knowledge.options[id_], version)
        for statement in knowledge.statements.values()
        if statement.kind == "recommendation" and statement.answer in (*FOR, *AGAINST)
        for id_ in statement.options
    ]


def _activity(knowledge: Knowledge, statement: Statement, option: Option, version: str) -> Resource:
    society = knowledge.guidelines[statement.guideline].society
    title = spoken("export.activity-title", option=option.label, society=society)
    made = header("ActivityDefinition", activity_id(statement, option), version, title, statement.says)
    kind = _kind(knowledge, option)
    product = statement.regimens[0].drug if len(statement.regimens) == 1 else option.label
    dosage = [_dosage(knowledge, statement, regimen) for regimen in statement.regimens]
    return {
        **made,
        "kind": kind,
        "code": concept([{"system": OPTIONS_SYSTEM, "code": option.id}], option.label.en),
        "intent": "proposal",
        **({"doNotPerform": True} if statement.answer in AGAINST else {}),
        **({"productCodeableConcept": concept(text=product.en)} if kind == "MedicationRequest" else {}),
        **({"dosage": dosage} if dosage else {}),
    }


def _kind(knowledge: Knowledge, option: Option) -> str:
    """A medicine where any source prints how it is given, or a patient may be known to take it; else a service.

    Never nothing: the public engine of `$apply` makes no request of an activity without a kind, nor of a medicine
    without a product.
    """
    given = any(option.id in one.options and one.regimens for one in knowledge.statements.values())
    taken = f"on_{option.id.replace('-', '_')}" in knowledge.vocabulary.facts
    return "MedicationRequest" if option.kind == "treatment" and (given or taken) else "ServiceRequest"


def _dosage(knowledge: Knowledge, statement: Statement, regimen: Regimen) -> Resource:
    disputed = any(reading not in knowledge.settled for reading in regimen.readings)
    made = {**both("text", _words(regimen, disputed))}
    whole = None not in (regimen.dose, regimen.unit, regimen.route, regimen.every)
    if disputed or not whole or regimen.for_ or len(statement.regimens) > 1:
        return made
    return {**made, "timing": _timing(regimen), "route": concept(text=regimen.route), "doseAndRate": [_dose(regimen)]}


def _words(regimen: Regimen, disputed: bool) -> Text:
    """The drug, for whom, and the print; without its numbers where they are disputed."""

    def words(lang: Lang) -> str:
        who = [regimen.for_[lang]] if regimen.for_ else []
        said = spoken("export.open")[lang] if disputed else printed_dose(regimen, lang)
        more = [text[lang] for text in (regimen.start, regimen.stop) if text and not regimen.timing_readings]
        return "; ".join([regimen.drug[lang], *who, said, *more])

    return spoken("export.as-printed", words=Text(en=words("en"), ko=words("ko")))


def _timing(regimen: Regimen) -> Resource:
    low, high = _ends(regimen.every or Decimal(0))
    repeat = {**({"frequency": int(regimen.times)} if regimen.times else {}), "period": plain_number(low)}
    longest = {"periodMax": plain_number(high)} if high != low else {}
    return {"repeat": {**repeat, **longest, "periodUnit": {"d": "d", "wk": "wk"}[regimen.every_unit or "d"]}}


def _dose(regimen: Regimen) -> Resource:
    low, high = _ends(regimen.dose or Decimal(0))
    one, other = (_quantity(value, regimen.unit or "") for value in (low, high))
    return {"doseQuantity": one} if low == high else {"doseRange": {"low": one, "high": other}}


def _quantity(value: Decimal, unit: str) -> Resource:
    return {"value": plain_number(value), "unit": unit, "system": UCUM, "code": unit}


def _ends(span: Span) -> tuple[Decimal, Decimal]:
    return span if isinstance(span, tuple) else (span, span)
