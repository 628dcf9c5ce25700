"""Observations: one row for each value that counts, and one without a value where a result is not known.

    status                              what is made of it
    final, amended, corrected           its value; where that cannot be read, a result that is not known
    registered, preliminary, unknown    a result that is not known yet
    cancelled, entered-in-error, none   nothing

A result that is not known is not nothing: it stands after the older ones, so that none of them is taken for the
latest (`intake/reducers.py`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from decidua.errors import PatientError
from decidua.facts import Fact, Range, Value, read_value
from decidua.intake.fhir import resources as r
from decidua.intake.fhir.bundle import Located, target
from decidua.intake.fhir.codes import spelled
from decidua.intake.fhir.heard import Hearing, Row
from decidua.intake.fhir.pregnancy_rows import PREGNANCY
from decidua.intake.fhir.times import Span, maybe_span, whole_years
from decidua.intake.fhir.values import answer

COUNT = ("final", "amended", "corrected")
PENDING = ("registered", "preliminary", "unknown")
NOT_DONE = ("not-performed", "not-applicable", "unsupported")
"""Reasons for the absence of a value that say that there is no newer result."""
NOT_PREGNANT = "not-pregnant"
"""Words of a row without a value: no stage, and yet enough to end the weeks of a pregnancy."""


def hear(hearing: Hearing, one: Located) -> None:
    """Adds the rows of one observation and its components; notes what does not count."""
    observation = one.resource
    assert isinstance(observation, r.Observation)
    if any(coding.code == PREGNANCY for coding in _own(hearing, observation.code)):
        return
    reason = _not_hers(observation)
    if reason is None and observation.status not in COUNT + PENDING:
        reason = "fhir.entered-in-error" if observation.status == "entered-in-error" else "fhir.status"
    if reason is not None:
        match = next(iter(hearing.codes.matches(observation.code)), None)
        hearing.notes.unused(one.place, one.kind, reason, match, status=observation.status or "-")
        return
    for place, part in _parts(one, observation):
        _hear_part(hearing, one, observation, place, part)


def _own(hearing: Hearing, concept: r.Concept | None) -> list[r.Coding]:
    return [coding for coding in (concept.codings if concept else ()) if coding.system == hearing.tables.own]


def _not_hers(observation: r.Observation) -> str | None:
    """`focus` says that the observation is about something else: a fetus, a donor, a partner."""
    if observation.modifierExtension or observation.implicitRules:
        return "fhir.modifier"
    subject = target(observation.subject)
    return "fhir.focus" if any(target(focus) != subject for focus in observation.focus or ()) else None


def _parts(one: Located, observation: r.Observation) -> Iterator[tuple[str, r.Answered]]:
    """The observation itself unless it only groups others, and its components."""
    parts = observation.component or []
    has_value = any(getattr(observation, name) is not None for name in r.VALUES)
    if has_value or observation.interpretation or observation.dataAbsentReason or not (parts or observation.hasMember):
        yield one.place, observation
    for number, part in enumerate(parts):
        yield f"{one.place}.component[{number}]", part


def _hear_part(hearing: Hearing, one: Located, whole: r.Observation, place: str, part: r.Answered) -> None:
    match = hearing.one_match(one, place, part.code, hearing.named)
    if match is None:
        return
    if isinstance(part, r.Component) and part.modifierExtension:
        hearing.notes.unused(place, one.kind, "fhir.modifier", match)
        return
    try:
        span = _when(whole)
    except PatientError as error:
        hearing.notes.refused(place, one.kind, error, match)
        return
    if hearing.later(span):
        assert span is not None
        hearing.notes.unused(place, one.kind, "fhir.later", match, date=span.first, as_of=hearing.as_of)
        return
    row = Row(match, span.day if span else None, None, "", place, one.kind)
    now = aged(hearing, _valued(hearing, whole, part, row))
    hearing.rows += [now] if now is not None else []


def _when(observation: r.Observation) -> Span | None:
    period = observation.effectivePeriod
    start = period.start or period.end if period else None
    text = observation.effectiveDateTime or observation.effectiveInstant or start
    return maybe_span(text, "effective")


def _valued(hearing: Hearing, whole: r.Observation, part: r.Answered, row: Row) -> Row | None:
    """The row with its value; without one, and a note, where it is pending, absent or cannot be read."""
    fact, notes = hearing.codes.fact(row.fact), hearing.notes
    if whole.status in PENDING:
        notes.unused(row.place, row.kind, "fhir.pending", row.match, status=whole.status)
        return row
    if part.dataAbsentReason is not None and not any(getattr(part, name) is not None for name in r.VALUES):
        codes = [coding.code for coding in part.dataAbsentReason.codings]
        notes.unused(row.place, row.kind, "fhir.absent", row.match, reason=spelled(part.dataAbsentReason))
        return None if any(code in NOT_DONE for code in codes) else row
    try:
        value, words = answer(fact, part, hearing.tables)
    except PatientError as error:
        notes.refused(row.place, row.kind, error, row.match)
        return replace(row, words=NOT_PREGNANT) if error.key == "fhir.not-pregnant" else row
    return replace(row, value=value, words=words)


def aged(hearing: Hearing, row: Row | None) -> Row | None:
    """The row as it speaks of the as-of date: some facts pass, weeks of gestation and age go on, counts grow."""
    if row is None:
        return None
    fact, tables = hearing.codes.fact(row.fact), hearing.tables
    days = (hearing.as_of - row.on).days if row.on else None
    old = days is None or days > tables.now_days
    if tables.speaks_of_now(row.fact):
        if old:
            parts = {"date": row.on or "-", "days": tables.now_days}
            hearing.notes.unused(row.place, row.kind, "fhir.not-now", row.match, **parts)
            return None
        return _shifted(hearing, row, fact, Decimal(days or 0)) if row.fact == "gestation" else row
    if row.fact == "age" and days != 0:
        return _older(hearing, row, fact)
    return _at_least(row) if old and fact.group == "history" and fact.type == "integer" else row


def _shifted(hearing: Hearing, row: Row, fact: Fact, days: Decimal) -> Row | None:
    if row.value is None or not days:
        return row
    low, high = (row.value.low, row.value.high) if isinstance(row.value, Range) else (row.value, row.value)
    ends = [end + days if isinstance(end, Decimal) else None for end in (low, high)]
    return _checked(hearing, row, fact, ends[0], ends[1])


def _older(hearing: Hearing, row: Row, fact: Fact) -> Row | None:
    """An age of another day: so many years more, or one more."""
    if row.on is None or not isinstance(row.value, Decimal):
        hearing.notes.unused(row.place, row.kind, "fhir.age-undated", row.match)
        return None
    years = Decimal(whole_years(row.on, hearing.as_of))
    return _checked(hearing, row, fact, row.value + years, row.value + years + 1)


def _checked(hearing: Hearing, row: Row, fact: Fact, low: Decimal | None, high: Decimal | None) -> Row | None:
    unit = fact.units[0].code if fact.units else ""
    try:
        for end in (low, high):
            if end is not None:
                read_value(fact, f"{end} {unit}".strip())
    except PatientError as error:
        hearing.notes.refused(row.place, row.kind, error, row.match)
        return None
    return replace(row, value=_span(low, high))


def _span(low: Decimal | None, high: Decimal | None) -> Value:
    return low if low is not None and low == high else Range(low, high)


def _at_least(row: Row) -> Row:
    """A count of another day can only have grown since."""
    low = row.value.low if isinstance(row.value, Range) else row.value
    return replace(row, value=Range(low, None) if isinstance(low, Decimal) and low > 0 else None)
