"""Whose the resources of a bundle are: hers, or the bundle is odd and the one-patient reader decides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from decidua.intake.fhir import resources as r
from decidua.intake.fhir.bundle import target

_REFERENCE = msgspec.json.Decoder(r.Reference)
LONGEST = 64
"""Letters of an id that the one-patient reader tells apart."""


def apart(ids: Sequence[str | None]) -> bool:
    """Whether no two of these ids are one, and each is told apart as it stands."""
    if None in ids or "" in ids:
        return False
    if len(set(ids)) != len(ids):
        return False
    text = "".join(ids)  # type: ignore[arg-type]
    plain = text.isascii() and text.isprintable() and " " not in text
    return plain and max(map(len, ids), default=0) <= LONGEST  # type: ignore[arg-type]


def named_apart(resources: Sequence[Any]) -> bool:
    """The same for one bundle, by type and id; what has no id is no other's namesake."""
    ids = [f"{type(one).__name__}/{one.id}" for one in resources if one.id]
    return apart(ids)


def hers(subjects: Sequence[Any], id_: str | None, url: str | None, entries: Sequence[Any]) -> bool:
    """Whether all name her, or nobody, by a name that nothing else in the bundle has."""
    if not id_:
        return False
    rest = subjects
    while rest:
        raw = rest[0]
        if raw and not _names(raw, id_, url, entries):
            return False
        if rest.count(raw) == len(rest):  # the usual case: all say it in the same letters
            return True
        rest = [one for one in rest if one != raw]
    return True


def _names(raw: Any, id_: str, url: str | None, entries: Sequence[Any]) -> bool:
    own, text = f"Patient/{id_}", _text(raw)
    if text is None or text == "":
        return text == ""
    urls = [entry.fullUrl for entry in entries]
    if text == own:
        return urls.count(text) == (url == text)
    return text == url and ":" in text and urls.count(text) == 1


def _text(raw: Any) -> str | None:
    """What a reference names, nothing where it names nobody; None where it is no reference."""
    try:
        return target(_REFERENCE.decode(raw)) or ""
    except msgspec.MsgspecError:
        return None
