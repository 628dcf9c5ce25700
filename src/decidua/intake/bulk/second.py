"""The second reading of a bulk export: the lines of the patients whom only the one-patient reader can read.

Their lines are gathered in memory as long as they are few; more are read in several rounds, or, where a folder for
files in between is given, put there by patient and removed again.
"""

from __future__ import annotations

import re
import tempfile
import zlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

import msgspec

from decidua.intake.bulk.account import Place
from decidua.intake.bulk.batch import Given
from decidua.intake.bulk.export import _HEAD, named
from decidua.intake.bulk.lines import Part, lines
from decidua.intake.fhir import resources as r

ROUND = 400_000_000
"""Bytes of lines that are held at a time."""
FOLDS = 64
"""Files in between, each with the lines of some of the patients."""
_MEDICATION = re.compile(rb'"Medication/([^"/]{1,64})"')


def odd_bundles(
    parts: Sequence[Part], names: Mapping[str, Place], scratch: Path | None
) -> Iterator[Given]:  # fmt: skip
    """A bundle for each of the named patients, made of her lines."""
    if not names:
        return
    medications: dict[bytes, bytes] = {}
    if scratch is None:
        waiting = set(names)
        while waiting:
            found, left = _held(parts, waiting)
            if not medications and any(_MEDICATION.search(data) for own in found.values() for data in own):
                medications = _medications(parts)
            for name, own in found.items():
                yield _bundle(name, own, medications, names[name])
            waiting = left
        return
    with tempfile.TemporaryDirectory(dir=scratch, prefix="decidua-") as folder:
        medications = _medications(parts)
        for file in _folded(parts, names, Path(folder)):
            own_lines: dict[str, list[bytes]] = defaultdict(list)
            for data in file.read_bytes().splitlines():
                own_lines[_name(data) or ""].append(data)
            for name, own in own_lines.items():
                yield _bundle(name, own, medications, names[name])


def _name(data: bytes) -> str | None:
    try:
        head = _HEAD.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    if head.resourceType == "Patient":
        return head.id
    return named(head.subject or head.patient) if head.resourceType in r.TYPES else None


def _every(parts: Iterable[Part]) -> Iterator[bytes]:
    for part in parts:
        if not part.is_bundle:
            for line in lines(part):
                if line.data:
                    yield line.data.strip()


def _held(parts: Sequence[Part], names: Collection[str]) -> tuple[dict[str, list[bytes]], set[str]]:
    """The lines of as many of these patients as there is room for, and the others."""
    found: dict[str, list[bytes]] = defaultdict(list)
    left: set[str] = set()
    size = 0
    for data in _every(parts):
        name = _name(data)
        if name is None or name not in names or name in left:
            continue
        found[name].append(data)
        size += len(data)
        while size > ROUND and len(found) > 1:
            last = next(reversed(found))
            size -= sum(map(len, found.pop(last)))
            left.add(last)
    return found, left


def _folded(parts: Sequence[Part], names: Collection[str], folder: Path) -> Iterator[Path]:
    files = [folder / f"{number:02}.ndjson" for number in range(FOLDS)]
    with ExitStack() as stack:
        streams = [stack.enter_context(file.open("wb")) for file in files]
        for data in _every(parts):
            name = _name(data)
            if name is not None and name in names:
                streams[zlib.crc32(name.encode()) % FOLDS].write(data.replace(b"\n", b" ") + b"\n")
    yield from files


def _medications(parts: Sequence[Part]) -> dict[bytes, bytes]:
    """Every Medication by its id, as resources of patients may name it."""
    found: dict[bytes, bytes] = {}
    for data in _every(parts):
        if b'"Medication"' in data:
            try:
                head = _HEAD.decode(data)
            except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
                continue
            if head.resourceType == "Medication" and head.id:
                found[head.id.encode()] = data
    return found


def _bundle(name: str, own: Sequence[bytes], medications: Mapping[bytes, bytes], place: Place) -> Given:
    wanted = dict.fromkeys(id_ for data in own for id_ in _MEDICATION.findall(data))
    every = [*own, *(medications[id_] for id_ in wanted if id_ in medications)]
    entries = b",".join(b'{"resource":' + data + b"}" for data in every)
    bundle = b'{"resourceType":"Bundle","type":"collection","entry":[' + entries + b"]}"
    return Given(bundle, place, name)
