"""The consult page filled from a record: every value with its resource, and what of the record does not count."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from fastapi import Request
from fastapi.responses import HTMLResponse

from decidua.intake.fhir import Mapped
from decidua.language import Lang, say
from decidua.reports.wording import Wording
from decidua.web.consult.router import pages_of
from decidua.web.patient_form.from_record import form_of
from decidua.web.shelf import Shelf

OF_PAGE = {"fhir.more-unused": "smart.more-unused", "fhir.unmapped": "smart.unmapped"}
"""Sentences that name an option of the command, and what they are on a page."""


@dataclass(frozen=True)
class Launched:
    """What stands above the form. `server`: its address; `who`: the Patient by its id; `noted`: sentences."""

    server: str
    who: str
    noted: tuple[str, ...]


def launched_page(
    request: Request, shelf: Shelf, lang: Lang, mapped: Mapped, *, server: str, patient: str, missing: Sequence[str]
) -> HTMLResponse:
    """Nothing of it is kept: the page is the only place where it stands."""
    fields, left_out = form_of(shelf.knowledge, mapped)
    wording = Wording(shelf.knowledge, lang)
    noted = [_sentence(wording, key, parts) for key, parts in mapped.intake.warnings]
    if left_out:
        noted.insert(0, say(lang, "smart.left-out", facts=_labels(wording, left_out)))
    if missing:
        noted.insert(0, say(lang, "cds.not-read", kinds=", ".join(missing)))
    launched = Launched(server, f"Patient/{patient}", tuple(noted))
    return pages_of(shelf).whole(request, lang, fields, launched=launched)


def _labels(wording: Wording, ids: Iterable[str]) -> str:
    return ", ".join(wording.label(id_) for id_ in dict.fromkeys(ids))


def _sentence(wording: Wording, key: str, parts: Mapping[str, object]) -> str:
    """With its place before it; facts by their labels where a sentence lists them."""
    place, shown = parts.get("at") or parts.get("where"), dict(parts)
    if key == "fhir.memory":
        shown["facts"] = _labels(wording, str(parts["facts"]).split(", "))
    sentence = say(wording.lang, OF_PAGE.get(key, key), **shown)
    return f"{place}: {sentence}" if place else sentence
