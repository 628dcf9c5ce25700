"""One running service for the tests of this folder, and a client that speaks to it."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from service.running import live


@pytest.fixture(scope="session")
def base() -> Iterator[str]:
    with live() as address:
        yield address


@pytest.fixture
def client(base: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=base, timeout=60) as speaking:
        yield speaking
