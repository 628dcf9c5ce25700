"""How the page is looked at: which rows and columns, which cells are open. It says nothing of the patient."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from decidua.guidelines import Guideline, Knowledge

SHOWN = ("all", "differ", "open")
CellId = tuple[str, str]
"""(guideline, option)"""


@dataclass(frozen=True)
class Looking:
    """`show`: all rows, those on which guidelines differ, those with an open answer. `kind`: of disagreement."""

    show: str = "all"
    kind: str = ""
    without: tuple[str, ...] = ()
    all_left_out: bool = False
    """Every guideline was to be left out, and so none is: `without` is empty, and the page says so."""
    opened: tuple[CellId, ...] = ()
    touched: CellId | None = None
    """The cell that this request opens or closes."""

    @property
    def filtered(self) -> bool:
        return self.show != "all" or bool(self.kind)

    def columns(self, guidelines: Mapping[str, Guideline]) -> tuple[str, ...]:
        """The guidelines that are shown, by year."""
        left = [id_ for id_ in guidelines if id_ not in self.without]
        return tuple(sorted(left, key=lambda id_: guidelines[id_].year))


def looking(knowledge: Knowledge, fields: Sequence[tuple[str, str]]) -> Looking:
    """From the fields of a form; whatever names nothing is passed over."""
    single = dict(fields)
    without = tuple(text for name, text in fields if name == "without" and text in knowledge.guidelines)
    none_left = set(without) == set(knowledge.guidelines)
    opened = [cell for name, text in fields if name == "opened" and (cell := _cell(knowledge, text))]
    more, less = (_cell(knowledge, single.get(name, "")) for name in ("open", "close"))
    opened = [cell for cell in dict.fromkeys([*opened, *([more] if more else [])]) if cell != less]
    return Looking(
        show=single.get("show", "all") if single.get("show") in SHOWN else "all",
        kind=single.get("kind", ""),
        without=() if none_left else without,
        all_left_out=none_left,
        opened=tuple(opened),
        touched=more or less,
    )


def _cell(knowledge: Knowledge, text: str) -> CellId | None:
    guideline, _, option = text.partition("/")
    return (guideline, option) if guideline in knowledge.guidelines and option in knowledge.options else None
