"""Parts of files, each read by one process: bundles to rows, lines of a bulk export to flat numbers."""

from __future__ import annotations

from array import array
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from multiprocessing import get_context

import msgspec
import numpy as np

from decidua.errors import CohortError
from decidua.intake.bulk.account import Account, Place
from decidua.intake.bulk.batch import Batch, Given, Reader
from decidua.intake.bulk.export import Gathered, Gatherer
from decidua.intake.bulk.lines import Line, Part, lines, whole
from decidua.intake.bulk.meanings import Meanings
from decidua.intake.bulk.sayings import Told
from decidua.intake.bulk.shapes import shapes
from decidua.intake.cohort.events import Done
from decidua.intake.cohort.settings import Settings
from decidua.intake.cohort.tally import Tally
from decidua.intake.fhir.bundle import LIMIT

BUNDLES = 4_096
"""Bundles that are settled together."""
BYTES = 200_000_000
"""Bytes of bundles that wait for it at most."""
FILES = 1_024
"""Files of one bundle each that a process reads in one go."""
Group = tuple[Part, ...]


@dataclass
class Found:
    """What one process made of one part: whole patients, and resources of a bulk export."""

    batches: list[Batch] = field(default_factory=list)
    gathered: Gathered | None = None
    told: list[Told] = field(default_factory=list)
    """The sayings of `gathered`, which counts their places here."""
    account: Account = field(default_factory=Account)
    lines: int = 0
    part: Part | None = None
    synthetic: bool = False
    """Whether anything in it is tagged as test data."""


class PartReader:
    """Reads parts, one after another, and remembers what it has learnt of words."""

    def __init__(self, settings: Settings) -> None:
        names = settings.names
        as_of = settings.as_of or date.today()
        self.reader = Reader(names.vocabulary, names.stated, as_of, Done(settings, Tally()))

    def read(self, group: Group) -> Found:
        """One part, or several files of one bundle each."""
        account = self.reader.account = Account()
        found = Found(account=account, part=group[0])
        gatherer = Gatherer(self.reader.listener, account)
        waiting: list[Given] = []
        size = 0
        for place, line in self._lines(group):
            found.lines = found.lines + 1 if group[0].is_bundle else line.number
            found.synthetic = found.synthetic or TEST in line.data
            if line.key:
                account.problem(line.key, places=[place], parts=_limit(line.key))
            elif not line.number or self._is_bundle(line, gatherer, place):
                waiting.append(Given(line.data, place))
                size += len(line.data)
            if len(waiting) >= BUNDLES or size > BYTES:
                found.batches.append(self.reader.read(waiting))
                waiting, size = [], 0
        if waiting:
            found.batches.append(self.reader.read(waiting))
        found.gathered, found.told = packed(gatherer.end(), self.reader.meanings)
        return found

    def _lines(self, group: Group) -> Iterator[tuple[Place, Line]]:
        """A file of one bundle is a line with the number 0."""
        for part in group:
            for line in [whole(part)] if part.is_bundle else lines(part):
                yield Place(part.file, line.number), line

    def _is_bundle(self, line: Line, gatherer: Gatherer, place: Place) -> bool:
        """Whether a line is for the reader of bundles; a resource goes to the gatherer, and what is neither is told."""
        data = line.data
        if data.startswith(_BUNDLE) or not _is_text(data):
            return True
        for forms in (shapes(wide=False), shapes(wide=True)):
            try:
                one = forms.line.decode(data)
            except msgspec.ValidationError:
                continue
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                break
            if type(one).__name__ == "Bundle":
                return True
            gatherer.take(one, forms, place)
            return False
        return not gatherer.odd_line(data, place)


_BUNDLE = b'{"resourceType":"Bundle"'
TEST = b'"HTEST"'
"""HL7's code for test health data, as `decidua synthesize` tags every resource with."""


def _is_text(data: bytes) -> bool:
    """Whether it is UTF-8; the decoder passes over what it does not need without a look."""
    if b"\0" in data:
        return False
    try:
        return data.isascii() or bool(data.decode())
    except UnicodeDecodeError:
        return False


def packed(gathered: Gathered, meanings: Meanings) -> tuple[Gathered, list[Told]]:
    """With the sayings that it needs and no others, numbered anew."""
    saying = np.array(gathered.saying, dtype=np.int64)
    used, back = np.unique(saying, return_inverse=True)
    gathered.saying = array("i", back.tolist())
    place = {number: at for at, number in enumerate(used.tolist())}
    first = gathered.where.first.items()
    gathered.where.first = {
        (kind, place[number] if kind == "saying" else number): places
        for (kind, number), places in first if kind != "saying" or number in place
    }  # fmt: skip
    return gathered, meanings.told(used.tolist())


def _limit(key: str) -> tuple[tuple[str, object], ...]:
    return (("limit", LIMIT),) if key == "bulk.file-large" else ()


_own: PartReader | None = None


def _start(settings: Settings) -> None:
    global _own
    _own = PartReader(settings)


def _read_group(group: Group) -> Found:
    assert _own is not None
    return _own.read(group)


def _groups(every: Sequence[Part]) -> list[Group]:
    """Files of one bundle many at a time, everything else part by part."""
    found: list[Group] = []
    for small, own in groupby(every, key=lambda part: part.is_bundle):
        parts_of = tuple(own)
        step = FILES if small else 1
        found += [parts_of[start : start + step] for start in range(0, len(parts_of), step)]
    return found


def parts_read(every: Sequence[Part], settings: Settings, workers: int) -> Iterator[Found]:
    """In the order of the parts. Raises CohortError where a process ended before its time."""
    groups = _groups(every)
    if workers <= 1 or len(groups) == 1:
        yield from map(PartReader(settings).read, groups)
        return
    pool = ProcessPoolExecutor(workers, get_context("spawn"), initializer=_start, initargs=(settings,))
    waiting: deque[Future[Found]] = deque()
    try:
        for group in groups:
            waiting.append(pool.submit(_read_group, group))
            if len(waiting) > 2 * workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    except BrokenProcessPool:
        raise CohortError("bulk.process-ended", where=every[0].file, workers=workers) from None
    finally:
        pool.shutdown(cancel_futures=True)
