"""From a call and her data to cards: in a thread, with answers of this call alone, and nothing of it is kept."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from decidua.errors import PatientError
from decidua.facts import Patient
from decidua.fhir.cards import Card, Setting, drafts, order_select, patient_view
from decidua.guidelines import Knowledge
from decidua.intake.fhir import Codes, read_fhir, tables
from decidua.intake.fhir import resources as r
from decidua.service.cds.call import Call
from decidua.service.cds.record import NAME, Record
from decidua.web.refused import Refused
from decidua.web.shelf import Shelf


def cards_for(shelf: Shelf, call: Call, record: Record, setting: Setting) -> tuple[Card, ...]:
    """Raises Refused 422 where her data contradict each other or are of somebody else; no value is repeated."""
    try:
        patient = _patient(shelf.knowledge, record, call.context.patientId)
        if call.hook == "patient-view":
            return patient_view(shelf.knowledge, patient, setting)
        return _on_orders(shelf, call, record, patient, setting)
    except PatientError as error:
        key = "cds.record-other" if error.key in ("fhir.two-patients", "fhir.no-such-patient") else "cds.record"
        raise Refused(422, key) from None


def _patient(knowledge: Knowledge, record: Record, id_: str) -> Patient:
    return read_fhir(
        record.pages, name=NAME, vocabulary=knowledge.vocabulary, stated=knowledge.stated, patient=id_,
        codes=knowledge.kept(_codes),
    ).intake.patient  # fmt: skip


def _codes(knowledge: Knowledge) -> Codes:
    return Codes(knowledge.vocabulary, knowledge.stated, tables())


def _on_orders(shelf: Shelf, call: Call, record: Record, patient: Patient, setting: Setting) -> tuple[Card, ...]:
    orders = call.context.draftOrders
    raws = [entry.resource for entry in (orders.entry if orders else None) or () if bytes(entry.resource)]
    found = drafts(
        shelf.knowledge, raws, call.context.selections or (), call.context.patientId, _conditions(record.pages)
    )  # fmt: skip
    return order_select(shelf.answers, patient, found, setting) if found else ()


def _conditions(pages: tuple[bytes, ...]) -> Mapping[str, r.Concept]:
    """`Condition/<id>` → code, for orders that name their reason so."""
    found: dict[str, r.Concept] = {}
    for entry in (entry for page in pages for entry in r.BUNDLE.decode(page).entry or ()):
        try:
            one = _CONDITION.decode(entry.resource) if b"Condition" in bytes(entry.resource) else None
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            continue
        if one is not None and one.id and one.resourceType == "Condition" and one.code is not None:
            found[f"Condition/{one.id}"] = one.code
    return found


class _Condition(msgspec.Struct, kw_only=True):
    resourceType: str | None = None
    id: str | None = None
    code: r.Concept | None = None


_CONDITION = msgspec.json.Decoder(_Condition)
