from __future__ import annotations

from pathlib import Path

import pytest

from check.bench import Bench
from decidua.content import package


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    root = tmp_path / "data"
    root.mkdir()
    monkeypatch.setattr(package, "shipped", lambda: root)
    return Bench(root)
