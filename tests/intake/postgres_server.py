"""A PostgreSQL server for some tests: Debian's, in a folder of its own, reached by a socket in that folder only."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PATIENCE = 60
"""Seconds that the server has to come up."""


def binaries() -> Path | None:
    """The folder with `initdb` and `postgres`, on the path or where Debian keeps them."""
    found = shutil.which("initdb")
    places = [Path(found).resolve().parent] if found else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((place for place in places if (place / "initdb").exists() and (place / "postgres").exists()), None)


@contextmanager
def server(programs: Path) -> Iterator[str]:
    """The address of a running server; it is stopped, and its folder removed, at the end."""
    folder = Path(tempfile.mkdtemp(prefix="decidua-pg-"))
    who = {"user": "postgres", "group": "postgres"} if os.geteuid() == 0 else {}
    try:
        if who:
            shutil.chown(folder, "postgres", "postgres")
        data = folder / "data"
        made = [
            str(programs / "initdb"),
            "-D",
            str(data),
            "-U",
            "tester",
            "-A",
            "trust",
            "--no-locale",
            "-E",
            "UTF8",
            "-N",
        ]
        subprocess.run(made, check=True, capture_output=True, cwd=folder, **who)  # type: ignore[call-overload]
        started = [str(programs / "postgres"), "-D", str(data), "-k", str(folder), "-c", "listen_addresses=", "-F"]
        process = subprocess.Popen(  # type: ignore[call-overload]
            started, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder, **who
        )
        try:
            yield _ready(f"postgresql://tester@/postgres?host={folder}")
        finally:
            process.send_signal(signal.SIGINT)  # at once, even with open connections
            process.wait(PATIENCE)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _ready(address: str) -> str:
    import psycopg

    end = time.monotonic() + PATIENCE
    while True:
        try:
            psycopg.connect(address, connect_timeout=5).close()
            return address
        except psycopg.OperationalError:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)
