"""Fifty users at once: no error, and memory stays what it is.

Twenty seconds here; `DECIDUA_LOAD_SECONDS=120` for the two minutes of a release.
"""

from __future__ import annotations

import os
from pathlib import Path

import own_loop
import pytest

from service.crowd import crowd
from service.test_serve import children_of, serving

SECONDS = float(os.environ.get("DECIDUA_LOAD_SECONDS", "20"))
USERS = 50
GROWTH = 40
"""Megabytes that the second half may add to the first: allocators keep some pages; a leak of a report is 0.6 each."""


@pytest.mark.slow
def test_fifty_users() -> None:
    with serving() as (base, running):
        own_loop.run(crowd(base, USERS, 5))
        first = own_loop.run(crowd(base, USERS, SECONDS / 2))
        middle = memory_of(running.pid)
        second = own_loop.run(crowd(base, USERS, SECONDS / 2))
        end = memory_of(running.pid)
    for seen in (first, second):
        assert seen.failures == []
        assert set(seen.statuses) == {200}
        print(
            f"{sum(seen.statuses.values())} answers, median {seen.quantile(0.5):.2f} s, "
            f"slowest of a hundred {seen.quantile(0.99):.2f} s; {middle:.0f} then {end:.0f} MB"
        )
    assert end - middle < GROWTH


def memory_of(process: int) -> float:
    """Megabytes that the service and its worker hold in memory."""
    pages = sum(int(Path(f"/proc/{one}/statm").read_text().split()[1]) for one in (process, *children_of(process)))
    return pages * os.sysconf("SC_PAGESIZE") / 1e6
