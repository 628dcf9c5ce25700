"""From the value of an observation to the value of a fact. Text is never read; a number keeps its unit and sign."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from decimal import Decimal

from decidua.errors import PatientError
from decidua.facts import Fact, Range, Value, read_value
from decidua.intake.fhir import resources as r
from decidua.intake.fhir.codes import spelled
from decidua.intake.fhir.tables import Meaning, Tables

UCUM = "http://unitsofmeasure.org"
COMPARATORS = (None, "<", "<=", ">=", ">")
DIGITS = 24
"""Decimal places or zeros of a number beyond which it is no measurement."""
_NOTE = re.compile(r"\{[^{}]*\}")

Read = tuple[Value, str]
"""A value and the words in which it was given."""
LABORATORY: dict[frozenset[str], dict[Meaning, str]] = {
    frozenset({"positive", "negative"}): {
        "positive": "positive", "negative": "negative", "high": "positive", "normal": "negative",
    },
    frozenset({"raised", "not-raised"}): {"high": "raised", "normal": "not-raised", "low": "not-raised"},
}  # fmt: skip
"""Choices that are the laboratory's own judgement: what its answers and interpretations mean for them."""
YES: dict[Meaning, bool] = {"yes": True, "positive": True, "no": False, "negative": False}


def answer(fact: Fact, part: r.Answered, tables: Tables) -> Read:
    """The value of a fact in an observation or component. Raises PatientError where there is none that counts."""
    there = [name for name in r.VALUES if getattr(part, name) is not None]
    if len(there) > 1 or (there and part.dataAbsentReason is not None):
        raise PatientError("fhir.two-values", fact=fact.id)
    kind = there[0] if there else None
    if fact.numeric:
        return _number(fact, part, kind)
    if fact.type == "boolean":
        return _boolean(fact, part, kind, tables)
    return _choice(fact, part, kind, tables)


def _number(fact: Fact, part: r.Answered, kind: str | None) -> Read:
    if part.valueQuantity is not None:
        return quantity(fact, part.valueQuantity)
    if part.valueInteger is not None:
        return quantity(fact, r.Quantity(Decimal(part.valueInteger)))
    if part.valueRatio is not None:
        return _ratio(fact, part.valueRatio)
    if part.valueRange is not None:
        return _range(fact, part.valueRange)
    raise _kind(fact, kind)


def _kind(fact: Fact, kind: str | None) -> PatientError:
    if kind is None:
        return PatientError("fhir.no-value", fact=fact.id)
    return PatientError("fhir.text" if kind == "valueString" else "fhir.value-kind", fact=fact.id, kind=kind)


def quantity(fact: Fact, given: r.Quantity) -> Read:
    """A number with its comparator, in the fact's canonical unit. Raises PatientError."""
    if given.value is None:
        raise PatientError("fhir.no-value", fact=fact.id)
    if given.comparator not in COMPARATORS:
        raise PatientError("fhir.comparator", fact=fact.id, given=given.comparator)
    number, sign = _digits(fact, given.value), given.comparator or ""
    text = " ".join(part for part in (f"{sign}{number}", _unit(fact, given)) if part)
    return _known(fact, text), text


def _digits(fact: Fact, value: Decimal) -> str:
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int) or abs(exponent) > DIGITS or len(value.as_tuple().digits) > DIGITS:
        raise PatientError("fhir.number", fact=fact.id)
    return format(value, "f")


def _known(fact: Fact, text: str) -> Value:
    value = read_value(fact, text)
    if value is None:
        raise PatientError("fhir.no-value", fact=fact.id)
    return value


def _unit(fact: Fact, given: r.Quantity) -> str:
    """The unit's code as the fact spells it; UCUM codes are taken exactly, plain words as in a patient file."""
    if given.code is not None:
        if given.system not in (UCUM, None):
            raise PatientError("fhir.unit-system", fact=fact.id, given=given.system)
        return _code(fact, given.code)
    if given.unit is None or _counts(fact, given.unit):
        return _code(fact, "1")
    return given.unit


def _code(fact: Fact, code: str) -> str:
    bare = _NOTE.sub("", code) or "1"
    for unit in fact.units:
        if code == unit.code or (bare != "1" and bare == _NOTE.sub("", unit.code)):
            return unit.code
    if _counts(fact, code):
        return fact.units[0].code if fact.units else ""
    if bare == "1" and fact.units:
        raise PatientError("error.unit-missing", fact=fact.id, given=code, allowed=_codes(fact))
    raise PatientError("error.unit", fact=fact.id, given=code, allowed=_codes(fact))


def _counts(fact: Fact, code: str) -> bool:
    """Whether both are without dimension: `1` and `{…}` say only what is counted."""
    plain = not fact.units or not _NOTE.sub("", fact.units[0].code)
    return plain and _NOTE.sub("", code) in ("", "1")


def _codes(fact: Fact) -> str:
    return ", ".join(unit.code for unit in fact.units) or "1"


def _ratio(fact: Fact, given: r.Ratio) -> Read:
    """A titre as 1:160, or the ratio of two numbers."""
    top, bottom = given.numerator, given.denominator
    if top is None or bottom is None or top.value is None or bottom.value is None or top.comparator:
        raise PatientError("fhir.ratio", fact=fact.id)
    if fact.format == "titre" and top.value == 1 and bottom.comparator in COMPARATORS:
        _code(fact, top.code or "1")
        text = f"{bottom.comparator or ''}1:{_digits(fact, bottom.value.normalize())}"
        return _known(fact, text), text
    same = (top.system, top.code or top.unit) == (bottom.system, bottom.code or bottom.unit)
    if not (fact.units and fact.units[0].code == "{ratio}" and same and bottom.value and not bottom.comparator):
        raise PatientError("fhir.ratio", fact=fact.id)
    value = round(Decimal(_digits(fact, top.value)) / Decimal(_digits(fact, bottom.value)), 9).normalize()
    return quantity(fact, r.Quantity(value))[0], f"{_digits(fact, top.value)}/{_digits(fact, bottom.value)}"


def _range(fact: Fact, given: r.Interval) -> Read:
    ends = [quantity(fact, end) if end is not None else None for end in (given.low, given.high)]
    low, high = (end[0] if end else None for end in ends)
    if isinstance(low, Range) or isinstance(high, Range) or (low is None and high is None):
        raise PatientError("fhir.range", fact=fact.id)
    if isinstance(low, Decimal) and isinstance(high, Decimal) and low > high:
        raise PatientError("fhir.range", fact=fact.id)
    words = "–".join(end[1] if end else "" for end in ends)
    if low == high and isinstance(low, Decimal):
        return low, words
    return Range(*(end if isinstance(end, Decimal) else None for end in (low, high))), words


def _boolean(fact: Fact, part: r.Answered, kind: str | None, tables: Tables) -> Read:
    if part.valueBoolean is not None:
        return part.valueBoolean, "true" if part.valueBoolean else "false"
    if part.valueCodeableConcept is None:
        raise _kind(fact, kind)
    meant = {YES[meaning] for meaning in meanings(part.valueCodeableConcept, tables.answers) if meaning in YES}
    return _one(fact, meant, part.valueCodeableConcept)


def _choice(fact: Fact, part: r.Answered, kind: str | None, tables: Tables) -> Read:
    judged = LABORATORY.get(frozenset(fact.choices), {})
    concept = part.valueCodeableConcept
    meant = _chosen(fact, concept, tables) | {judged[m] for m in meanings(concept, tables.answers) if m in judged}
    if fact.id == "stage":
        said = meanings(concept, tables.answers)
        if "not-pregnant" in said:
            raise PatientError("fhir.not-pregnant", fact=fact.id)
        meant |= {"pregnant"} if "pregnant" in said else set()
    flags = part.interpretation or [] if judged else []
    judgements = {judged[m] for flag in flags for m in meanings(flag, tables.interpretations) if m in judged}
    if concept is not None and not meant:
        raise PatientError("fhir.answer", fact=fact.id, given=spelled(concept))
    if not meant | judgements:
        key = "fhir.no-judgement" if judged and kind in ("valueQuantity", "valueRatio", "valueInteger", None) else None
        raise PatientError(key, fact=fact.id) if key else _kind(fact, kind)
    return _one(fact, meant | judgements, concept or (flags[0] if flags else None))


def _chosen(fact: Fact, concept: r.Concept | None, tables: Tables) -> set[str]:
    """Choices in the project's own system."""
    codings = concept.codings if concept else []
    return {coding.code for coding in codings if coding.code in fact.choices and coding.system == tables.choices}


def meanings(concept: r.Concept | None, known: Mapping[str, Mapping[str, Meaning]]) -> set[Meaning]:
    """What the codings of a concept mean; codes that are not known mean nothing."""
    codings = concept.codings if concept else ()
    found = (known.get(coding.system or "", {}).get(coding.code or "") for coding in codings)
    return {meaning for meaning in found if meaning is not None}


def _one(fact: Fact, meant: Collection[bool | str], concept: r.Concept | None) -> Read:
    if len(meant) > 1:
        raise PatientError("fhir.two-answers", fact=fact.id, given=spelled(concept))
    if not meant:
        raise PatientError("fhir.answer", fact=fact.id, given=spelled(concept))
    value = next(iter(meant))
    return value, ("true" if value else "false") if isinstance(value, bool) else value
