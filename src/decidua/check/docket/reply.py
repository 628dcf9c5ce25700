"""The authors' reply: readings that they settle, laid over the content."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from decidua.check.problem import Problem, near
from decidua.content import Content, Item, line_of
from decidua.guidelines import Knowledge, assemble

SHAPE = "write `settled: {<reading id>: <alternative>}`, `by:` and `date:` (YYYY-MM-DD)"
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class Settlement:
    """`knowledge` with the readings settled; None if anything in the reply is wrong (then `problems` say what)."""

    problems: tuple[Problem, ...]
    knowledge: Knowledge | None
    settled: Mapping[str, str]
    by: str = ""
    date: str = ""


def apply_reply(knowledge: Knowledge, reply: Mapping[str, Any] | Path) -> Settlement:
    """Close readings by the authors' reply, a mapping or a YAML file. All of it is taken, or nothing."""
    file = reply if isinstance(reply, Path) else None
    data: Any
    try:
        data = yaml.load(file.read_bytes(), Loader=yaml.CSafeLoader) if file else reply
    except yaml.YAMLError as error:
        return Settlement(
            (_problem(file, (), "reply", f"is not readable as YAML: {' '.join(str(error).split())}."),),
            None,
            {},
        )
    wrong = _wrong(knowledge, data, file)
    if wrong:
        return Settlement(tuple(wrong), None, {})
    settled = {str(id_): str(slug) for id_, slug in data["settled"].items()}
    content = _overlaid(knowledge.content, settled, str(data["by"]), str(data["date"]))
    return Settlement((), assemble(content), settled, str(data["by"]), str(data["date"]))


def _problem(file: Path | None, path: tuple[str, ...], item: str, message: str) -> Problem:
    line = line_of(file, path) if file and path else 1
    return Problem(str(file or "reply"), line, item, "error", message)


def _wrong(knowledge: Knowledge, data: Any, file: Path | None) -> list[Problem]:
    if not isinstance(data, Mapping) or not isinstance(data.get("settled"), Mapping) or not data["settled"]:
        return [_problem(file, (), "reply", f"names no readings; {SHAPE}.")]
    found = [
        _problem(file, (str(key),), str(key), f"is not part of a reply; {SHAPE}.")
        for key in data
        if key not in ("settled", "by", "date")
    ]
    if not str(data.get("by") or "").strip():
        found.append(_problem(file, ("by",), "by", f"does not say who replied; {SHAPE}."))
    if not _is_date(data.get("date")):
        found.append(_problem(file, ("date",), "date", f"is '{data.get('date')}', not a date; {SHAPE}."))
    for id_, slug in data["settled"].items():
        message = _unsettleable(knowledge, str(id_), str(slug))
        found += [_problem(file, ("settled", str(id_)), str(id_), message)] if message else []
    return found


def _is_date(value: object) -> bool:
    if isinstance(value, date):
        return True
    if not isinstance(value, str) or not DATE.fullmatch(value):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _unsettleable(knowledge: Knowledge, id_: str, slug: str) -> str | None:
    reading = knowledge.readings.get(id_)
    if reading is None:
        return f"is no reading{near(id_, knowledge.readings)}; take the id from the docket."
    if slug not in reading.alternatives:
        return f"cannot be settled as '{slug}'; its alternatives are {', '.join(reading.alternatives)}."
    if reading.settled not in (None, slug):
        return f"is settled already as '{reading.settled}', not '{slug}'; change the content if that was wrong."
    return None


def _overlaid(content: Content, settled: Mapping[str, str], by: str, on: str) -> Content:
    """The content with `settled` written into the readings; its hash says so."""
    readings = dict(content.items["readings"])
    for id_, slug in settled.items():
        item = readings[id_]
        readings[id_] = Item(item.kind, {**item.data, "settled": slug}, item.file, item.index)
    reply = json.dumps([sorted(settled.items()), by, on], ensure_ascii=False)
    digest = hashlib.sha256(f"{content.hash}\0{reply}".encode()).hexdigest()[:16]
    return replace(content, items={**content.items, "readings": readings}, hash=digest)
