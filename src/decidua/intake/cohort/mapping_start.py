"""The start of a mapping file for a source: its columns as they are understood, the rest to be filled in."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

from decidua.errors import CohortError
from decidua.intake.cohort.headings import PATIENT, Names, Target, plain, targets
from decidua.intake.cohort.mapping import ColumnMapping
from decidua.intake.cohort.open_source import open_source
from decidua.intake.cohort.tally import Tally
from decidua.language import Lang, say

_PLAIN = re.compile(r"[A-Za-z가-힣_][\w가-힣]*")


def mapping_start(path: Path, names: Names, lang: Lang) -> str:
    """YAML that `read_mapping` reads once its column of patients is named. Raises CohortError."""
    headings = open_source(path).names
    patient = next((name for name in headings if plain(name) in PATIENT), None)
    lines = [f"# {say(lang, 'start.head', file=path.name)}"]
    lines.append(f"patient: {_key(patient)}" if patient else f"# patient: ?   # {say(lang, 'start.patient')}")
    lines.append(f"# care: ?   # {say(lang, 'start.care')}")
    columns = [line for name in headings if name != patient for line in _column(name, headings, names, lang)]
    said = any(not line.lstrip().startswith("#") for line in columns)
    lines += ["columns:" if said else "columns: {}", *columns, *_rest(lang)]
    return "\n".join(lines) + "\n"


def _column(name: str, headings: tuple[str, ...], names: Names, lang: Lang) -> Iterator[str]:
    if not name or headings.count(name) > 1:
        yield f"  # {_key(name or '?')}: ?   # {say(lang, 'start.twice')}"
        return
    found = _understood(name, names)
    if found is None:
        near = names.nearest(name) or "-"
        yield f"  # {_key(name)}: ?   # {say(lang, 'start.unknown', near=near)}"
    elif found.kind in ("fact", "stated"):
        fact = found.fact
        several = fact is not None and len(fact.units) > 1 and found.unit is None
        units = ", ".join(unit.label for unit in fact.units) if several and fact else ""
        unit = f", unit: {json.dumps(found.unit.label, ensure_ascii=False)}" if found.unit else ""
        value = f"{{fact: {found.name}{unit}}}" if unit else found.name
        yield f"  {_key(name)}: {value}" + (f"   # {say(lang, 'start.unit', units=units)}" if several else "")


def _understood(name: str, names: Names) -> Target | None:
    try:
        found = targets(["patient", name], names, ColumnMapping(), Tally(), "")
    except CohortError:
        return None
    return next((target for target in found if target.at == 1), None)


def _key(name: str) -> str:
    return name if _PLAIN.fullmatch(name) else json.dumps(name, ensure_ascii=False)


def _rest(lang: Lang) -> Iterator[str]:
    for key in ("ignore", "groups", "done"):
        yield f"# {key}: …   # {say(lang, f'start.{key}')}"
