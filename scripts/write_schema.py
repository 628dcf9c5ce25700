"""Writes docs/schema: the JSON schemas of the output contracts, of consult and of audit.

python scripts/write_schema.py          # write
python scripts/write_schema.py --check  # exit 1 if the file is not what would be written
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from pydantic import BaseModel

from decidua.reports.audit.models import AuditReport
from decidua.reports.models import Report

FOLDER = Path(__file__).parent.parent / "docs" / "schema"
CONTRACTS: dict[str, type[BaseModel]] = {"report.schema.json": Report, "audit.schema.json": AuditReport}
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema_text(name: str = "report.schema.json") -> str:
    """The schema as it stands in the file. Every key is always written, so every key is required."""
    schema = {"$schema": DIALECT, "$id": name, **CONTRACTS[name].model_json_schema(mode="serialization")}
    for part in (schema, *schema["$defs"].values()):
        if "properties" in part:
            part["required"] = list(part["properties"])
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def main() -> int:
    wrong = 0
    for name in CONTRACTS:
        path, text = FOLDER / name, schema_text(name)
        if "--check" not in sys.argv[1:]:
            FOLDER.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        elif not path.is_file() or path.read_text(encoding="utf-8") != text:
            print(f"{path}: not what the models say; run `python scripts/write_schema.py`.", file=sys.stderr)
            wrong = 1
    return wrong


if __name__ == "__main__":
    sys.exit(main())
