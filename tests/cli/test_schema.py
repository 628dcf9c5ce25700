"""The committed JSON schema is the one that the models generate, and it is itself a valid schema."""

from __future__ import annotations

import json
import runpy

import jsonschema
import pytest

from cli.running import ROOT

SCRIPT = runpy.run_path(str(ROOT / "scripts" / "write_schema.py"))


@pytest.mark.parametrize("name", SCRIPT["CONTRACTS"])
def test_committed_schema_is_the_generated_one(name: str) -> None:
    committed = (ROOT / "docs" / "schema" / name).read_text(encoding="utf-8")
    assert committed == SCRIPT["schema_text"](name), "run `python scripts/write_schema.py`"


@pytest.mark.parametrize("name", SCRIPT["CONTRACTS"])
def test_schema_is_valid_and_closed(name: str) -> None:
    schema = json.loads(SCRIPT["schema_text"](name))
    jsonschema.Draft202012Validator.check_schema(schema)
    objects = [schema, *(part for part in schema["$defs"].values() if part["type"] == "object")]
    assert all(part["additionalProperties"] is False for part in objects)
