"""A FHIR R4 bundle, read: the same steps as for a patient file, and an account of every resource."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from decidua.facts import Vocabulary
from decidua.intake.fhir import resources as r
from decidua.intake.fhir.bundle import LIMIT, TEST_DATA, Located, entries, located
from decidua.intake.fhir.codes import Codes
from decidua.intake.fhir.conditions import hear_allergy, hear_condition, hear_procedure
from decidua.intake.fhir.heard import Hearing
from decidua.intake.fhir.medicines import hear_medicine
from decidua.intake.fhir.notes import Note, Notes, Places
from decidua.intake.fhir.observations import hear
from decidua.intake.fhir.person import hear_patient
from decidua.intake.fhir.pregnancy_rows import is_own, pregnancies
from decidua.intake.fhir.settle import settle
from decidua.intake.fhir.subject import Subject
from decidua.intake.fhir.tables import tables
from decidua.intake.problems import Warned
from decidua.intake.source import read_bytes
from decidua.intake.steps import Intake, Told, known

READERS: Mapping[str, Callable[[Hearing, Located], None]] = {
    "Observation": hear,
    "Condition": hear_condition,
    "Procedure": hear_procedure,
    "AllergyIntolerance": hear_allergy,
    "MedicationRequest": hear_medicine,
    "MedicationStatement": hear_medicine,
    "MedicationAdministration": hear_medicine,
}
WARNED = 12
"""Resources that do not count which a report names; the account of the mapping has all of them."""


@dataclass(frozen=True)
class Mapped:
    """One patient as read from FHIR, and what became of every resource."""

    intake: Intake
    notes: tuple[Note, ...]
    asked_as_of: bool
    """Whether the as-of date was asked for; else it is today."""
    patient: str | None = None
    """The id of the patient, or the one name that all references give."""


def read_fhir_file(
    path: str | Path, *, vocabulary: Vocabulary, stated: Collection[str] = (), as_of: date | None = None,
    patient: str | None = None,
) -> Mapped:  # fmt: skip
    """The patient of a bundle in a file, or on standard input for `-`. Raises PatientError and its kinds."""
    data, name = read_bytes(path, LIMIT)
    return read_fhir([data], name=name, vocabulary=vocabulary, stated=stated, as_of=as_of, patient=patient)


def read_fhir(
    pages: Sequence[bytes], *, name: str, vocabulary: Vocabulary, stated: Collection[str] = (),
    as_of: date | None = None, patient: str | None = None,
) -> Mapped:  # fmt: skip
    """The patient in the pages of one answer; a file is one page.

    name: what errors call it. stated: ids of the named criteria that may be given as yes or no. as_of: today if
    None. patient: the id of the Patient to read where there are several.

    Raises PatientSyntaxError where it is no bundle, PatientError for two patients, PatientConflictError where facts
    contradict each other. A value that cannot be read costs only itself, and is in the notes.
    """
    notes = Notes()
    read = located(entries(pages, name), notes)
    subject = Subject(read, patient, name)
    today = as_of or date.today()
    table = tables()
    codes = Codes(vocabulary, stated, table)
    hearing = Hearing(vocabulary, codes, table, today, subject.references, notes)
    gender = _hear_all(hearing, read, subject)
    told, problems = _told(hearing, read, name)
    intake = known(told, vocabulary, problems)
    tagged: list[Warned] = [("fhir.test-data", {})] if any(TEST_DATA in page for page in pages) else []
    warnings = (*tagged, *_warnings(notes, gender), *intake.warnings)
    return Mapped(replace(intake, warnings=warnings), tuple(notes.all), bool(as_of), subject.name)


def _hear_all(hearing: Hearing, read: Sequence[Located], subject: Subject) -> str | None:
    gender = None
    for one in read:
        if one.kind == "Patient":
            if one is subject.patient:
                gender = hear_patient(hearing, one)
            else:
                hearing.notes.unused(one.place, one.kind, "fhir.other-patient")
        elif one.kind == "Medication":
            hearing.notes.read(one.place, one.kind, "fhir.medication")
        elif (other := subject.other(one)) is not None:
            hearing.notes.unused(one.place, one.kind, "fhir.of-another", other=other)
        elif one.kind == "DiagnosticReport":
            _hear_report(hearing, one)
        else:
            READERS[one.kind](hearing, one)
    return gender


def _hear_report(hearing: Hearing, one: Located) -> None:
    """A report leads to its results, which are read by themselves, by their own status."""
    report = one.resource
    assert isinstance(report, r.DiagnosticReport)
    results = report.result or []
    missing = [result.reference or "-" for result in results if hearing.references.find(result, one) is None]
    if missing:
        hearing.notes.unmapped(one.place, one.kind, "fhir.report-missing", missing=", ".join(missing))
    elif not results:
        hearing.notes.unmapped(one.place, one.kind, "fhir.report-empty")
    else:
        hearing.notes.read(one.place, one.kind, "fhir.report", count=len(results))


def _told(hearing: Hearing, read: Sequence[Located], name: str) -> tuple[Told, Places]:
    problems = Places(name)
    given, results = settle(hearing, problems)
    own = [one for one in read if one.kind == "Observation" and is_own(hearing, one)]
    rows, complete = pregnancies(hearing, own)
    line = problems.number("Observation")
    last = max((result.line for result in results), default=line)
    told = Told(given, hearing.as_of, None, rows, complete, True, line, results, True, last)
    return told, problems


def _warnings(notes: Notes, gender: str | None) -> list[Warned]:
    """What a reader of the report has to know of the mapping; `at` is the place of a sentence."""
    unused = [note for note in notes.all if note.outcome == "not-used"]
    found: list[Warned] = [] if gender is None else [("fhir.gender", {"gender": gender})]
    found += [(note.key, {**note.parts, "at": note.place}) for note in unused[:WARNED]]
    if len(unused) > WARNED:
        found.append(("fhir.more-unused", {"count": len(unused) - WARNED}))
    unmapped = sum(note.outcome == "not-mapped" for note in notes.all)
    if unmapped:
        found.append(("fhir.unmapped", {"count": unmapped}))
    memory = {note.fact for note in notes.all if note.outcome == "used" and note.code and note.code.status == "memory"}
    if memory:
        found.append(("fhir.memory", {"facts": ", ".join(sorted(str(fact) for fact in memory))}))
    return found
