"""The pinned values come from the documented script: where R and metafor are installed, it yields them again."""

from __future__ import annotations

import json
import math
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.synthesis.reference import PINNED

SCRIPT = PINNED.parent / "regenerate.R"
NEEDED = "metafor metadat jsonlite"
SAME = 1e-9
"""Relative; another BLAS may round the last digits otherwise."""


def _missing() -> str | None:
    if not shutil.which("Rscript"):
        return "Rscript is not installed; the pinned values stand (apt-get install r-cran-metafor r-cran-metadat)"
    probe = f'q(status = !all(sapply(strsplit("{NEEDED}", " ")[[1]], requireNamespace, quietly = TRUE)))'
    if subprocess.run(["Rscript", "-e", probe], capture_output=True, check=False).returncode:
        return f"R lacks one of {NEEDED}; the pinned values stand"
    return None


@pytest.mark.slow
def test_r_yields_the_pinned_values_again(tmp_path: Path) -> None:
    if reason := _missing():
        print(reason)
        pytest.skip(reason)
    subprocess.run(["Rscript", str(SCRIPT), str(tmp_path)], check=True, capture_output=True, timeout=600)
    pinned, again = (json.loads((folder / PINNED.name).read_text("utf-8")) for folder in (PINNED.parent, tmp_path))
    if again["versions"] != pinned["versions"]:
        pytest.skip(f"pinned with {pinned['versions']}, here are {again['versions']}")
    assert list(_differences(pinned["results"], again["results"], "")) == []


def _differences(a: Any, b: Any, at: str) -> list[str]:
    if isinstance(a, dict) and isinstance(b, dict) and a.keys() == b.keys():
        return [found for key in a for found in _differences(a[key], b[key], f"{at}/{key}")]
    if isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        return [found for i, pair in enumerate(zip(a, b, strict=True)) for found in _differences(*pair, f"{at}/{i}")]
    if isinstance(a, int | float) and isinstance(b, int | float):
        return [] if math.isclose(a, b, rel_tol=SAME, abs_tol=SAME) else [f"{at}: {a} {b}"]
    return [] if a == b else [f"{at}: {a} {b}"]
