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
    distinct: set[str] = set(ids)  # type: ignore[arg-type]
    if len(distinct) != len(ids):
        return False
    text = "".join(distinct)
    return text.isascii() and text.isprintable() and " " not in text and max(map(len, distinct), default=0) <= LONGEST


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
    try:
        text = target(_REFERENCE.decode(raw))
    except msgspec.MsgspecError:
        return False
    if text is None:
        return True
    urls = [entry.fullUrl for entry in entries]
    if text == f"Patient/{id_}":
        return urls.count(text) == (url == text)
    return text == url and ":" in text and urls.count(text) == 1
