"""HL7's validator as HAPI FHIR carries it, called as the program that it is."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

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
    artefacts: Iterable[Mapping[str, object]], plan: str, bundles: Iterable[Mapping[str, object]], scratch: Path
) -> list[list[list[str]]]:
    """For each bundle and each action of the plan its title, then the titles of the actions in it that apply."""
    files = (scratch / "artefacts.ndjson", scratch / "bundles.ndjson")
    for file, resources in zip(files, (artefacts, bundles), strict=True):
        file.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in resources), "utf-8")
    command = ["java", "-Xmx2g", "-cp", "target/classes:target/lib/*", "Apply", str(files[0]), plan, str(files[1])]
    done = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert "\n! " not in f"\n{done.stdout}", done.stdout[:2000]
    return [[line.split("\t") for line in part.splitlines()] for part in done.stdout.strip("\n").split("\n\n")]
