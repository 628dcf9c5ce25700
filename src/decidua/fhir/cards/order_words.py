"""What cells say, gathered over guidelines: answers in few words, failing precautions, law that holds for her."""

from __future__ import annotations

from collections.abc import Sequence

from decidua.consult import Cell, LegalState, PrecautionState
from decidua.fhir.cards.frame import society
from decidua.guidelines import Knowledge
from decidua.language import Lang, say


def answers_words(knowledge: Knowledge, cells: Sequence[Cell], lang: Lang) -> str:
    """`ESHRE 2022: against · ASRI 2025: conditional`; who is silent is left out here and stands in the detail."""
    spoken = [cell for cell in cells if cell.answer not in ("not-in-source", "other-population", "out-of-scope")]
    return " · ".join(f"{society(knowledge, cell.guideline)}: {say(lang, f'answer.{cell.answer}')}" for cell in spoken)


def failing(cells: Sequence[Cell]) -> list[PrecautionState]:
    """Each once, though several guidelines print it."""
    found = {one.precaution.id: one for cell in cells for one in cell.before if one.state == "failing"}
    return list(found.values())


def legal_here(cells: Sequence[Cell]) -> list[LegalState]:
    """Law is of the option and the same in every cell. Where her country is not known, none is taken to hold."""
    return [one for one in cells[0].legal if one.country == "here"] if cells else []
