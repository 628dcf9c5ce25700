"""The content, opened once."""

from __future__ import annotations

import pytest

from decidua.guidelines import read_knowledge
from decidua.web.shelf import Shelf, open_shelf


@pytest.fixture(scope="session")
def shelf() -> Shelf:
    return open_shelf(read_knowledge(()))
