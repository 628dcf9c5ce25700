"""Writes docs/schema/report.schema.json: the JSON schema of the one output contract, `decidua.reports.models.Report`.

python scripts/write_schema.py          # write
python scripts/write_schema.py --check  # exit 1 if the file is not what would be written
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from decidua.reports.models import Report

PATH = Path(__file__).parent.parent / "docs" / "schema" / "report.schema.json"
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema_text() -> str:
    """The schema as it stands in the file. Every key is always written, so every key is required."""
    schema = {"$schema": DIALECT, "$id": PATH.name, **Report.model_json_schema(mode="serialization")}
    for part in (schema, *schema["$defs"].values()):
        if "properties" in part:
            part["required"] = list(part["properties"])
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def main() -> int:
    text = schema_text()
    if "--check" not in sys.argv[1:]:
        PATH.parent.mkdir(parents=True, exist_ok=True)
        PATH.write_text(text, encoding="utf-8")
        return 0
    if PATH.is_file() and PATH.read_text(encoding="utf-8") == text:
        return 0
    print(f"{PATH}: not what the models say; run `python scripts/write_schema.py`.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
