"""How fast does FHIR become facts and answers? One command: `uv run python -m benchmarks.fhir`.

Pinned bundles of 25 resources (`fhir_bundles.py`), one thread, times of the processor, the best of several rounds in
which every rival has its turn. Rivals that are not installed are left out and named:

    uv run --with orjson --with fhir.resources python -m benchmarks.fhir

The last part needs Node and the public CQL engines (`scripts/engines`): the same exported rules on cql-execution.
"""

from __future__ import annotations

import os

os.environ.setdefault("POLARS_MAX_THREADS", "1")  # figures are for one core

import argparse
import importlib
import json
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import polars as pl
from pydantic import BaseModel

from benchmarks import fhir_cql
from benchmarks.fhir_bundles import AS_OF, bundles
from decidua.answers import Answers
from decidua.audit.run import BATCH, run
from decidua.guidelines import Knowledge, read_knowledge
from decidua.intake.bulk import read_bulk
from decidua.intake.bulk.account import Place
from decidua.intake.bulk.batch import Given, Reader
from decidua.intake.bulk.gathering import plain
from decidua.intake.bulk.shapes import shapes
from decidua.intake.cohort import About, FactsTable, Names, Settings, option_places
from decidua.intake.cohort.events import Done
from decidua.intake.cohort.mapping import ColumnMapping
from decidua.intake.cohort.tally import Tally
from decidua.intake.fhir import read_fhir

ROUNDS = 7
BUNDLES = 4_096
RATE = 20_000
"""Bundles that are to become answers in a second, on one core."""
ROWS = 1 << 20
"""Rows of the facts table that answers are compared on with cql-execution."""
SLOW = 40
"""Bundles for rivals that take milliseconds for one."""


@dataclass
class Work:
    """Something that is done to a number of bundles; `best` is seconds for one of them."""

    name: str
    do: Callable[[], object]
    count: int
    best: float = float("inf")


def race(works: Sequence[Work], rounds: int = ROUNDS) -> None:
    for _ in range(rounds):
        for work in works:
            start = time.process_time()
            work.do()
            work.best = min(work.best, (time.process_time() - start) / work.count)


def show(
    title: str,
    works: Sequence[Work],
    ratios: Mapping[str, float] | None = None,
    rates: Mapping[str, float] | None = None,
) -> None:
    """The first is ours; of each other how many times longer it takes. Targets: ratios to ours, bundles a second."""
    print(f"\n{title}")
    for work in works:
        ratio = work.best / works[0].best
        said = "" if work is works[0] else f"{ratio:8.1f} x"
        said += verdict(ratio, (ratios or {}).get(work.name), " x")
        said += verdict(1 / work.best, (rates or {}).get(work.name), " /s")
        print(f"  {work.name:44} {1 / work.best:10,.0f} /s {work.best * 1e6:9.1f} us {said}")


def verdict(found: float, target: float | None, unit: str) -> str:
    return "" if target is None else f"  target {target:,.0f}{unit} {'met' if found >= target else 'MISSED'}"


class Coding(BaseModel):
    system: str | None = None
    code: str | None = None


class Concept(BaseModel):
    coding: list[Coding] = []


class Quantity(BaseModel):
    value: float | None = None
    unit: str | None = None
    system: str | None = None
    code: str | None = None


class Resource(BaseModel):
    """As little as a reader of facts needs."""

    resourceType: str
    id: str | None = None
    status: str | None = None
    code: Concept | None = None
    effectiveDateTime: str | None = None
    valueQuantity: Quantity | None = None
    valueCodeableConcept: Concept | None = None
    valueInteger: int | None = None


class Entry(BaseModel):
    fullUrl: str | None = None
    resource: Resource


class Bundle(BaseModel):
    resourceType: str
    entry: list[Entry]


def optional(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError:
        print(f"  ({name} is not installed and is left out)")
        return None


def each(parse: Callable[[bytes], object], data: Sequence[bytes]) -> Callable[[], object]:
    """One after another, nothing kept."""

    def work() -> None:
        for one in data:
            parse(one)

    return work


def parsing(data: Sequence[bytes]) -> None:
    count = len(data)
    works = [
        Work("decidua: msgspec, typed, words left raw", each(shapes(wide=False).bundle.decode, data), count),
        Work("msgspec, untyped", each(msgspec.json.decode, data), count),
        Work("json", each(json.loads, data), count),
        Work("pydantic, minimal models", each(Bundle.model_validate_json, data), count),
    ]
    orjson, resources = optional("orjson"), optional("fhir.resources.R4B.bundle")
    if orjson:
        works.append(Work("orjson", each(orjson.loads, data), count))
    if resources:
        few = data[:SLOW]
        works.append(Work("fhir.resources, R4B", each(resources.Bundle.model_validate_json, few), len(few)))
    race(works)
    show("Parsing alone", works, {"orjson": 2, "fhir.resources, R4B": 150})


def settings(knowledge: Knowledge) -> Settings:
    places = option_places(knowledge.content)
    return Settings(Names(knowledge.vocabulary, knowledge.stated, places), ColumnMapping(), places, AS_OF)


def reader(knowledge: Knowledge, *, done: bool = False) -> Reader:
    events = Done(settings(knowledge), Tally()) if done else None
    return Reader(knowledge.vocabulary, knowledge.stated, AS_OF, events)


def by_hand(loads: Callable[[bytes], Any]) -> Callable[[bytes], object]:
    """What one writes in an afternoon: the last value of each code, no units, dates or statuses. It is often wrong."""

    def facts(data: bytes) -> object:
        found = {}
        for entry in loads(data)["entry"]:
            one = entry["resource"]
            if one["resourceType"] in ("Observation", "Condition"):
                value = one.get("valueQuantity", {}).get("value", one.get("valueInteger"))
                found[one["code"]["coding"][0]["code"]] = value
        return found

    return facts


def reading(knowledge: Knowledge, data: Sequence[bytes]) -> None:
    """Bytes to facts."""
    given = [Given(one, Place("b", line)) for line, one in enumerate(data, 1)]
    facts, done = reader(knowledge), reader(knowledge, done=True)

    def alone(one: bytes) -> None:
        read_fhir([one], name="b", vocabulary=knowledge.vocabulary, stated=knowledge.stated, as_of=AS_OF)

    first = time.process_time()
    reader(knowledge).read(given)
    first = (time.process_time() - first) / len(given)
    few = data[:SLOW]
    works = [
        Work("decidua in bulk: all facts as columns", lambda: facts.read(given), len(given)),
        Work("the same, with what was done", lambda: done.read(given), len(given)),
        Work("json and a few lines by hand", each(by_hand(json.loads), data), len(data)),
        Work("decidua, one patient at a time", each(alone, few), len(few)),
    ]
    orjson = optional("orjson")
    if orjson:
        works.append(Work("orjson and a few lines by hand", each(by_hand(orjson.loads), data), len(data)))
    race(works)
    show("Bytes to facts", works)
    print(f"  the first time, while words are learnt: {first * 1e6:.1f} us a bundle")


def stages(knowledge: Knowledge, data: Sequence[bytes]) -> None:
    """Where the time of a bundle goes, each stage with those before it."""
    given = [Given(one, Place("b", line)) for line, one in enumerate(data, 1)]
    found = reader(knowledge)
    found.read(given)
    works = [
        Work("bytes to objects", each(shapes(wide=False).bundle.decode, data), len(data)),
        Work("and words, days, owners", lambda: plain(given, found.listener, found.visits, found.account), len(data)),
        Work("and facts as a table", lambda: found.read(given), len(data)),
    ]
    race(works)
    show("Where the time goes", works)


def answering(knowledge: Knowledge, data: Sequence[bytes], audit: int) -> tuple[float, float]:
    """Bytes to answers of all guidelines and options. Gives seconds for one bundle: of all, and of the answers."""
    given = [Given(one, Place("b", line)) for line, one in enumerate(data, 1)]
    found, answers = reader(knowledge), Answers(knowledge)
    about = About(AS_OF, knowledge.content.hash, closed=True)
    frame = found.read(given).facts
    repeats = max(1, audit // len(given))
    table = FactsTable(pl.concat([frame] * repeats).lazy(), about)
    run(answers, FactsTable(frame.lazy(), about))  # draws the diagrams

    def everything() -> None:
        run(answers, FactsTable(pl.concat([found.read(given).facts for _ in range(repeats)]).lazy(), about))

    works = [
        Work("bytes to counted answers", everything, repeats * len(given)),
        Work("of it: facts to counted answers", lambda: run(answers, table), repeats * len(given)),
    ]
    race(works, 3)
    large = ROWS // len(given)
    rows = FactsTable(pl.concat([frame] * large).lazy(), about)
    works.append(Work(f"facts to counted answers, {large * len(given):,} rows", lambda: run(answers, rows), ROWS))
    race(works[-1:], 1)
    cells = len(knowledge.guidelines) * len(knowledge.options)
    title = f"Bytes to answers, {cells} a patient, {repeats * len(given):,} bundles in one audit"
    show(title, works, rates={works[0].name: RATE})
    return works[0].best, works[2].best


def files(knowledge: Knowledge, count: int) -> None:
    """From a file on disk to a table, whole; by the clock, so that processes show."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "bundles.ndjson")
        with path.open("wb") as out:
            out.writelines(one + b"\n" for one in bundles(count, seed=2))
        size = path.stat().st_size
        print(f"\nA file of {count:,} bundles, {size / 1e6:.0f} MB, by the clock, start and new words included")
        for workers in (1, 2):
            start = time.perf_counter()
            table = read_bulk(path, settings(knowledge), workers=workers)
            took = time.perf_counter() - start
            assert table.description.patients == count
            print(f"  {workers} process{'es' if workers > 1 else '  '} {count / took:10,.0f} bundles/s "
                  f"{size / took / 1e6:6.0f} MB/s")  # fmt: skip


def main(count: int, audit: int) -> None:
    knowledge, data = read_knowledge(), list(bundles(count))
    size = sum(map(len, data)) / count
    print(f"{count:,} bundles of 25 resources, {size:,.0f} bytes each; load of this machine {os.getloadavg()[0]:.1f}")
    parsing(data)
    reading(knowledge, data)
    stages(knowledge, data)
    everything, answers = answering(knowledge, data, audit)
    files(knowledge, 4 * count)
    fhir_cql.compare(knowledge, data, everything, answers)


def positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} given, 1 or more wanted")
    return number


if __name__ == "__main__":
    about = "How fast FHIR becomes facts and answers, beside others, on one core."
    parser = argparse.ArgumentParser("python -m benchmarks.fhir", description=about)
    parser.add_argument("bundles", type=positive, nargs="?", default=BUNDLES, help="drawn (default %(default)s)")
    many = "bundles of one audit, the drawn ones again and again (default %(default)s: what an audit takes at once)"
    parser.add_argument("--audit", type=positive, default=BATCH, help=many)
    asked = parser.parse_args()
    main(asked.bundles, asked.audit)
