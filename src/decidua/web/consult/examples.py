"""The shipped examples, by name: an address may name one, and never carries anything of a patient."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path

import decidua
from decidua.guidelines import Knowledge
from decidua.intake.nodes import read_table
from decidua.intake.problems import Problems
from decidua.intake.scalars import text_of
from decidua.web.patient_form.case_file import read_case
from decidua.web.patient_form.fields import Fields
from decidua.web.refused import Refused

KINDS = (".yaml", ".json")


@cache
def examples() -> dict[str, bytes]:
    """Name without ending → the file. In the wheel they lie beside this package, in a checkout at its root."""
    root = Path(decidua.__file__).parents[2]
    checkout = [root / "examples"] if (root / "src" / "decidua" / "__init__.py").is_file() else []
    places = (Path(str(files("decidua.web"))) / "examples", *checkout)
    folder = next((place for place in places if place.is_dir()), None)
    if folder is None:
        return {}
    return {path.stem: path.read_bytes() for path in sorted(folder.iterdir()) if path.suffix in KINDS}


def example_fields(knowledge: Knowledge, name: str) -> Fields:
    """Raises Refused 404 for a name that is not shipped."""
    if name not in examples():
        raise Refused(404, "web.no-example")
    return read_case(knowledge, examples()[name], name)


@cache
def example_titles() -> tuple[tuple[str, str], ...]:
    """Name and heading of each, in order."""
    return tuple((name, _title(name, data)) for name, data in examples().items())


def _title(name: str, data: bytes) -> str:
    entries = read_table(data.decode("utf-8"), Problems(name)).entries
    return next((text_of(entry.value, name) for entry in entries if entry.key == "title"), None) or name
