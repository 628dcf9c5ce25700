"""Public engines that run what is exported, called as the programs that they are."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path

from decidua.facts import Range, Value, Vocabulary

HERE = Path(__file__).parent / "engines"


def installed() -> bool:
    return (HERE / "node_modules" / "cql-execution").is_dir()


def parameters(vocabulary: Vocabulary, values: Mapping[str, Value]) -> dict[str, object]:
    """A patient as the parameters of an exported library."""
    given: dict[str, object] = {}
    for name, value in values.items():
        fact = vocabulary.facts.get(name)
        if fact is None or not fact.numeric:
            given[name] = value
        else:
            bounds = value if isinstance(value, Range) else Range(value, value)  # type: ignore[arg-type]
            given |= {f"{name} low": _plain(bounds.low), f"{name} high": _plain(bounds.high)}
    return given


def _plain(number: Decimal | None) -> float | None:
    return None if number is None else float(number)


def run(
    program: str, elm: Path | str, patients: Iterable[Mapping[str, object]], defines: Sequence[object], scratch: Path
) -> list[str]:
    """A line a patient, a letter a define: T, F or - for null. `run_on_fhir.mjs` takes several ELM files, with commas
    between, and a list of defines for each."""
    (scratch / "patients.jsonl").write_text("".join(json.dumps(patient) + "\n" for patient in patients), "utf-8")
    (scratch / "defines.json").write_text(json.dumps(list(defines)), "utf-8")
    command = ["node", program, str(elm), str(scratch / "patients.jsonl"), str(scratch / "defines.json")]
    done = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return [line for line in done.stdout.splitlines() if not line.startswith("kotlin-logging")]
