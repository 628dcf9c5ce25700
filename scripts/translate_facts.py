"""Write `facts_functions.json`: what the public CQL translator makes of `facts_functions.cql` (see scripts/engines)."""

from __future__ import annotations

import json
import subprocess
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
FUNCTIONS = ROOT / "src/decidua/fhir/facts_functions.cql"
ENGINES = ROOT / "tests/standards/engines"
HEAD = "library \"Functions\" version '0'\nusing FHIR version '4.0.1'\ncontext Patient\n"
PLACES = ("localId", "locator", "annotation", "signature")


def bare(node: object) -> object:
    """Without what only says where in the text a node stands."""
    if isinstance(node, dict):
        return {key: bare(value) for key, value in node.items() if key not in PLACES}
    return [bare(part) for part in node] if isinstance(node, list) else node


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "Functions.cql"
        file.write_text(HEAD + FUNCTIONS.read_text("utf-8"), "utf-8")
        subprocess.run(["node", "translate.mjs", folder, str(file)], cwd=ENGINES, check=True)
        library = json.loads((Path(folder) / "Functions.json").read_text("utf-8"))["library"]
    made = bare([one for one in library["statements"]["def"] if one["name"] != "Patient"])
    FUNCTIONS.with_suffix(".json").write_text(json.dumps(made, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
