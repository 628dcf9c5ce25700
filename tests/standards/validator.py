"""HL7's validator as HAPI FHIR carries it, called as the program that it is."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent / "validator"
PACKAGES = HERE / "target" / "packages"


@dataclass(frozen=True)
class Issue:
    """One message of the validator, about one resource."""

    severity: str
    resource: str
    place: str
    key: str
    says: str


def built() -> bool:
    return bool(shutil.which("java")) and (HERE / "target/classes/Validate.class").is_file() and PACKAGES.is_dir()


def validate(release: str, resources: Iterable[Mapping[str, object]], scratch: Path) -> tuple[int, list[Issue]]:
    """How many resources were checked, and what was found. `release`: R4 or R5."""
    file = scratch / f"{release}.ndjson"
    file.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in resources), "utf-8")
    extensions = PACKAGES / f"hl7.fhir.uv.extensions.{release.lower()}" / "package"
    definitions = [str(HERE / "definitions")] if release == "R4" else []
    command = ["java", "-Xmx2g", "-cp", "target/classes:target/lib/*", "Validate", release, str(file)]
    done = subprocess.run(
        [*command, *definitions, str(extensions)], cwd=HERE, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    lines = [line.split("\t", 4) for line in done.stdout.splitlines()]
    issues = [Issue(*line) for line in lines if line[0] != "checked"]
    return sum(line[0] == "checked" for line in lines), issues


def apply(
    artefacts: Iterable[Mapping[str, object]],
    asked: Iterable[tuple[Sequence[str], Mapping[str, object]]],
    scratch: Path,
) -> Iterator[dict[str, Any]]:
    """`asked`: plans and the bundle that each is applied to. The CarePlan of each plan, in that order."""
    pairs = list(asked)
    files = [scratch / name for name in ("artefacts.ndjson", "plans.txt", "bundles.ndjson")]
    lines = (
        [json.dumps(one, ensure_ascii=False) for one in artefacts],
        [",".join(plans) for plans, _ in pairs],
        [json.dumps(bundle, ensure_ascii=False) for _, bundle in pairs],
    )
    for file, rows in zip(files, lines, strict=True):
        file.write_text("".join(f"{row}\n" for row in rows), "utf-8")
    command = ["java", "-Xmx2g", "-cp", "target/classes:target/lib/*", "Apply", *map(str, files)]
    done = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return map(json.loads, done.stdout.splitlines())
