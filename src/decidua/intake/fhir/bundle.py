"""From the bytes of one or more bundles to resources with their places, and references between them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import msgspec

from decidua.errors import PatientSyntaxError
from decidua.intake.fhir import resources as r
from decidua.intake.fhir.notes import Notes
from decidua.intake.problems import clean, quoted
from decidua.intake.source import UTF8_MARK, decoded

LIMIT = 64_000_000
"""Bytes of one bundle, or of all pages of one patient."""
MOST = 250_000
"""Resources of one patient."""
REFUSED = ("history", "batch-response", "transaction-response", "subscription-notification")
"""Kinds of bundle that hold more than one version of a resource, or none."""
TEST_DATA = b'"HTEST"'
"""HL7's code for test health data, a tag of resources; `decidua synthesize` sets it on each of them."""
_NAME = 64


@dataclass(frozen=True, slots=True)
class Located:
    """One resource and where it stands; `parent` is the one that contains it."""

    kind: str
    place: str
    resource: r.Resource
    url: str | None = None
    parent: Located | None = None


def entries(pages: Sequence[bytes], name: str) -> Iterator[tuple[r.Entry, str]]:
    """Every entry of every page, with a place for one that has no id. Raises PatientSyntaxError."""
    count = 0
    for page in pages:
        for entry in open_bundle(page, name).entry or []:
            yield entry, f"entry[{count}]"
            count += 1
            if count > MOST:
                raise PatientSyntaxError("fhir.many", where=name, limit=MOST)


def open_bundle(data: bytes, name: str) -> r.Bundle:
    """One bundle, its entries undecoded. Raises PatientSyntaxError with one sentence."""
    text = decoded(data, name, LIMIT).lstrip("\ufeff \t\r\n")
    if text.startswith("<"):
        raise PatientSyntaxError("fhir.xml", where=name)
    try:
        bundle = r.BUNDLE.decode(data.removeprefix(UTF8_MARK))
    except RecursionError:
        raise PatientSyntaxError("fhir.deep", where=name) from None
    except msgspec.ValidationError as error:
        raise PatientSyntaxError("fhir.shape", where=name, problem=_problem(error)) from None
    except msgspec.DecodeError as error:
        raise _not_json(error, name) from None
    _check_kind(bundle, name)
    return bundle


def _not_json(error: msgspec.DecodeError, name: str) -> PatientSyntaxError:
    said = str(error)
    if "truncated" in said:
        return PatientSyntaxError("fhir.truncated", where=name)
    if "trailing" in said:
        return PatientSyntaxError("fhir.trailing", where=name)
    return PatientSyntaxError("fhir.json", where=name, problem=_problem(error))


def _problem(error: Exception) -> str:
    """msgspec's own words: a type and a path, never a value."""
    return quoted(str(error))


def _check_kind(bundle: r.Bundle, name: str) -> None:
    if bundle.resourceType is None:
        raise PatientSyntaxError("fhir.no-type", where=name)
    if bundle.resourceType != "Bundle":
        raise PatientSyntaxError("fhir.not-bundle", where=name, given=quoted(bundle.resourceType))
    if bundle.type in REFUSED:
        raise PatientSyntaxError("fhir.bundle-kind", where=name, given=bundle.type)


def located(found: Iterable[tuple[r.Entry, str]], notes: Notes) -> list[Located]:
    """Every resource that can be read; what cannot goes to `notes`."""
    read: list[Located] = []
    for entry, fallback in found:
        if bytes(entry.resource):
            one = _located(entry.resource, entry.fullUrl, fallback, None, notes)
            read += [one, *_contained(one, notes)] if one else []
    return _once(read, notes)


def _located(raw: msgspec.Raw, url: str | None, fallback: str, parent: Located | None, notes: Notes) -> Located | None:
    kind, place = "?", fallback
    try:
        head = r.HEAD.decode(raw)
        kind = _short(head.resourceType)
        place = _place(kind, head.id, fallback, parent)
        resource = r.decode(kind, raw)
    except RecursionError:
        notes.unmapped(place, kind, "fhir.deep")
        return None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        notes.unmapped(place, kind, "fhir.element", problem=_problem(error))
        return None
    if resource is None:
        notes.unmapped(place, kind, "fhir.type-not-read", given=kind)
        return None
    return Located(kind, place, resource, url, parent)


def _short(text: str | None) -> str:
    return clean(text)[:_NAME] if text else "?"


def _place(kind: str, id_: str | None, fallback: str, parent: Located | None) -> str:
    if parent is not None:
        return f"{parent.place}#{_short(id_)}"
    return f"{kind}/{_short(id_)}" if id_ else f"{fallback} {kind}"


def _contained(parent: Located, notes: Notes) -> list[Located]:
    raws = parent.resource.contained or []
    found = (_located(raw, None, f"{parent.place}#{n}", parent, notes) for n, raw in enumerate(raws))
    return [one for one in found if one is not None]


def _once(read: Sequence[Located], notes: Notes) -> list[Located]:
    """Pages and includes may repeat a resource; two versions of one contradict each other, and neither counts."""
    first: dict[str, Located] = {}
    differ: set[str] = set()
    for one in read:
        key = one.place if one.resource.id else f"{one.place} {len(first)}"
        before = first.setdefault(key, one)
        if before is not one and before.resource != one.resource:
            differ.add(key)
    for key in sorted(differ):
        notes.unused(key, first[key].kind, "fhir.two-versions")
    gone = {id(first[key]) for key in differ}
    return [one for one in first.values() if id(one) not in gone and id(one.parent) not in gone]


class References:
    """Looks up what a reference means inside the bundle; nothing is fetched, and cycles cannot matter."""

    def __init__(self, read: Iterable[Located]) -> None:
        self._by: dict[str, Located] = {}
        for one in read:
            if one.parent is not None:
                self._by.setdefault(one.place, one)
                continue
            self._by.setdefault(f"{one.kind}/{one.resource.id}", one)
            if one.url:
                self._by.setdefault(one.url, one)

    def find(self, reference: r.Reference | None, source: Located) -> Located | None:
        text = target(reference)
        if text is None:
            return None
        if text.startswith("#"):
            holder = source.parent or source
            return holder if text == "#" else self._by.get(f"{holder.place}{text}")
        found = self._by.get(text)
        if found is None and "://" in text:
            found = self._by.get("/".join(text.rsplit("/", 2)[1:]))
            return found if found is not None and found.url is None else None
        return found


def target(reference: r.Reference | None) -> str | None:
    """The text of a reference without a version."""
    text = reference.reference if reference else None
    return text.split("/_history/")[0].strip() or None if text else None
