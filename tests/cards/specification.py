"""CDS Hooks 2.0 as a JSON schema (`specification.json`, written from the text of the specification)."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

FILE = Path(__file__).with_name("specification.json")


@cache
def validator(part: str) -> Draft202012Validator:
    schema = {"$ref": f"#/$defs/{part}", "$defs": json.loads(FILE.read_text("utf-8"))["$defs"]}
    return Draft202012Validator(schema, format_checker=FormatChecker())


def faults(part: str, given: Any) -> list[str]:
    """What is wrong with a discovery, request, response, card or feedback; empty: it is as the text asks."""
    return [f"{one.json_path}: {one.message}" for one in validator(part).iter_errors(given)]
