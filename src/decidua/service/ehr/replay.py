"""Tokens that were used: none counts twice, whichever process of the service it comes to.

With one process they are kept in memory. With several, in a file that the command makes in a folder of its own and
removes when it ends. What is kept is a digest of issuer and token id, and when the token ends by itself.
"""

from __future__ import annotations

import sqlite3
import time
from hashlib import sha256
from pathlib import Path

TIDY = 500
"""Tokens after which those that have ended are thrown away."""


class Replay:
    def __init__(self, file: Path | None = None) -> None:
        self.store = sqlite3.connect(file or ":memory:", isolation_level=None, timeout=2, check_same_thread=False)
        self.store.execute("PRAGMA journal_mode = WAL")
        self.store.execute("PRAGMA synchronous = OFF")
        self.store.execute("CREATE TABLE IF NOT EXISTS used (token BLOB PRIMARY KEY, ends REAL) WITHOUT ROWID")
        self.since = 0

    def first_use(self, issuer: str, id_: str, ends: float) -> bool:
        """Whether the token was not used before; from now on it was. `ends`: seconds since 1970."""
        self._tidy()
        token = sha256(f"{len(issuer)}:{issuer}{id_}".encode()).digest()
        return self.store.execute("INSERT OR IGNORE INTO used VALUES (?, ?)", (token, ends)).rowcount == 1

    def close(self) -> None:
        self.store.close()

    def _tidy(self) -> None:
        self.since += 1
        if self.since >= TIDY:
            self.since = 0
            self.store.execute("DELETE FROM used WHERE ends < ?", (time.time(),))
