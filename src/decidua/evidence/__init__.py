"""Evidence: the source's study tables as data, its printed numbers as claims, and how each can be recomputed."""

from __future__ import annotations

from decidua.evidence.model import Declared, Method, Row, Table
from decidua.evidence.read import Evidence, Place, read_evidence
from decidua.evidence.stored import counts, read_verdicts, write_verdicts
from decidua.evidence.verdict import Verdict

__all__ = [
    "Declared", "Evidence", "Method", "Place", "Row", "Table", "Verdict", "counts", "read_evidence", "read_verdicts",
    "write_verdicts",
]  # fmt: skip
