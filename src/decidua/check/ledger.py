"""The coverage ledger: for every line of the source what it is, its hash, and the items that cite it. No text of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

NAME = "ledger.tsv"
COLUMNS = "line\tsha256\trole\tids"

CONTENT_ROLES = (
    "statement", "evidence", "evidence-not-yet-encoded", "definition", "background", "mechanism", "regimen",
    "safety", "precaution", "legal", "cost", "method",
)  # fmt: skip
OTHER_ROLES = ("heading", "caption", "name", "layout", "blank")
"""`name`: authors, titles, references."""
ROLES = (*CONTENT_ROLES, *OTHER_ROLES)


@dataclass(frozen=True)
class LedgerLine:
    line: int
    sha256: str
    """First 16 hexadecimal digits over the UTF-8 line without its newline."""
    role: str
    ids: tuple[str, ...] = ()

    @property
    def content(self) -> bool:
        return self.role not in OTHER_ROLES


Ledger = tuple[LedgerLine, ...]


def read_ledger(file: Path) -> Ledger:
    """Raises ValueError for a row that is not four columns with a number in front."""
    return tuple(_row(text) for text in file.read_text("utf-8").splitlines()[1:] if text.strip())


def _row(text: str) -> LedgerLine:
    line, sha256, role, ids = (*text.split("\t"), "", "", "")[:4]
    return LedgerLine(int(line), sha256, role, tuple(id_ for id_ in ids.split(",") if id_))


def save_ledger(ledger: Ledger, file: Path) -> None:
    rows = (f"{one.line}\t{one.sha256}\t{one.role}\t{','.join(one.ids)}" for one in ledger)
    file.write_text("\n".join([COLUMNS, *rows]) + "\n", "utf-8")


def source_lines(file: Path) -> list[str]:
    """The lines of a source; only a newline ends one."""
    text = file.read_bytes().decode("utf-8")
    return text.removesuffix("\n").split("\n")


def hash_of(line: str) -> str:
    return hashlib.sha256(line.encode("utf-8")).hexdigest()[:16]
