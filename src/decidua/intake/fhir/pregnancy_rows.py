"""Past pregnancies, one observation each, in the project's own codes: FHIR has no shape of its own for a list of them.

The observation has the code `pregnancy`; its components have the keys of a row of a patient file (`outcome`, `weeks`,
`confirmed` …) as codes. They are read as such a row is. `pregnancies_complete` is an observation of yes or no.
"""

from __future__ import annotations

from decidua.intake.fhir import resources as r
from decidua.intake.fhir.bundle import Located
from decidua.intake.fhir.heard import Hearing
from decidua.intake.nodes import Entry, Listing, Scalar, Table
from decidua.intake.pregnancies import Pregnancy, read_pregnancies
from decidua.intake.problems import Problems

PREGNANCY, COMPLETE = "pregnancy", "pregnancies_complete"
KEYS = ("order", "year", "outcome", "weeks", "confirmed", "karyotype", "conception", "partner")
COUNT = ("final", "amended", "corrected")

Rows = tuple[tuple[Pregnancy, ...] | None, bool | None]
"""The rows, or None without a list; and whether it was said to hold every pregnancy."""


def pregnancies(hearing: Hearing, read: list[Located]) -> Rows:
    """The list; where one row of it cannot be read, none counts, because counts of a part would be wrong."""
    own = _in_time([one for one in read if _is(hearing, one, PREGNANCY)])
    said = [one for one in read if _is(hearing, one, COMPLETE) and _counts(hearing, one)]
    answers = {bool(one.resource.valueBoolean) for one in said if isinstance(one.resource, r.Observation)}
    complete = answers.pop() if len(answers) == 1 else None
    tables = [(one, _table(hearing, one, number)) for number, one in enumerate(own, 1) if _counts(hearing, one)]
    if not tables and not (complete and not own):
        return None, complete
    problems = Problems("")
    listing = Listing(tuple(table for _, table in tables), 1)
    rows = read_pregnancies(listing, hearing.vocabulary, hearing.as_of, problems)
    for line, error in problems.errors:
        one = tables[min(max(line, 1), len(tables)) - 1][0]
        hearing.refuse(one, error)
    if problems.count:
        return None, None
    return rows, complete


def _in_time(own: list[Located]) -> list[Located]:
    """By their dates if all have one; a bundle has no order of its own, and `order` goes before both."""
    dates = {one.place: str(getattr(one.resource, "effectiveDateTime", None) or "") for one in own}
    return sorted(own, key=lambda one: dates[one.place]) if all(dates.values()) else own


def is_own(hearing: Hearing, one: Located) -> bool:
    return _is(hearing, one, PREGNANCY) or _is(hearing, one, COMPLETE)


def _is(hearing: Hearing, one: Located, code: str) -> bool:
    concept = one.resource.code if isinstance(one.resource, r.Observation) else None
    return any(c.system == hearing.tables.own and c.code == code for c in (concept.codings if concept else ()))


def _counts(hearing: Hearing, one: Located) -> bool:
    observation = one.resource
    assert isinstance(observation, r.Observation)
    if observation.modifierExtension or observation.status not in COUNT:
        hearing.notes.unused(one.place, one.kind, "fhir.status", status=observation.status or "-")
        return False
    return True


def _table(hearing: Hearing, one: Located, line: int) -> Table:
    """A row as a patient file has it; all of it on one line, whose number is that of the pregnancy."""
    observation = one.resource
    assert isinstance(observation, r.Observation)
    entries = [_when(observation.effectiveDateTime, line)] if observation.effectiveDateTime else []
    for number, part in enumerate(observation.component or ()):
        key = next((c.code for c in (part.code.codings if part.code else ()) if c.system == hearing.tables.own), None)
        text = part.valueString if key == "partner" else _text(hearing, part)
        if key in KEYS and text is not None:
            entries.append(_entry(key, text, line))
        else:
            place = f"{one.place}.component[{number}]"
            hearing.notes.unmapped(place, one.kind, "fhir.pregnancy-part", given=key or "-")
    return Table(tuple(entries), line)


def _when(text: str, line: int) -> Entry:
    return _entry("year" if len(text) == len("2024") else "date", text[: len("2024-05-31")], line)


def _entry(key: str, text: str, line: int) -> Entry:
    return Entry(key, Scalar(text, line), line)


def _text(hearing: Hearing, part: r.Answered) -> str | None:
    if part.valueCodeableConcept is not None:
        codings = part.valueCodeableConcept.codings
        return next((c.code for c in codings if c.system == hearing.tables.choices), None)
    if part.valueQuantity is not None and part.valueQuantity.value is not None and not part.valueQuantity.comparator:
        value = part.valueQuantity.value
        exponent = value.as_tuple().exponent
        small = isinstance(exponent, int) and abs(exponent) < 20
        return f"{value:f} {part.valueQuantity.code or ''}".strip() if small else None
    if part.valueInteger is not None:
        return str(part.valueInteger)
    return None
