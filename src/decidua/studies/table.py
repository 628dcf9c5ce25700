"""Studies as read: numbers by column, the line of each, further columns as text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from decidua.synthesis.arrays import Bools, Floats

COUNTS = ("ai", "n1i", "ci", "n2i")
MEANS = ("m1i", "sd1i", "n1i", "m2i", "sd2i", "n2i")
REPORTED = ("estimate", "lower", "upper")
KINDS: Mapping[str, tuple[str, ...]] = {"counts": COUNTS, "means": MEANS, "reported": REPORTED}


@dataclass(frozen=True)
class StudyTable:
    """`numbers`: (studies,) by column; `given`: False where a needed cell is empty. `lines`: places in the file.

    `texts`: further columns as they stand. `measure`, `method`, `model`: what the file itself asks for (RevMan).
    """

    file: str
    kind: str
    names: tuple[str, ...]
    lines: tuple[int, ...]
    numbers: Mapping[str, Floats]
    given: Bools
    texts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    title: str | None = None
    measure: str | None = None
    method: str | None = None
    model: str | None = None

    def where(self, study: int) -> str:
        return f"{self.file}:{self.lines[study]}"
