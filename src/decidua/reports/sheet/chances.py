"""The chance of a live birth without the drug that was studied: first on the sheet, as counts out of 100, both ways.

Only numbers of randomised trials: a chance is shown if a trial is among the sources that it cites. Models, cohorts and
subgroups that were not read in the trial itself fit her as well, and are named as left out.
"""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

from decidua.consult import Consultation
from decidua.guidelines.model import Chance
from decidua.reports.sheet.models import ChanceBlock, Line
from decidua.reports.sheet.tongue import Tongue, joined


def chance_blocks(consultation: Consultation, tongue: Tongue) -> tuple[ChanceBlock, ...]:
    """Every chance from a randomised trial that fits her, in the order of the content."""
    return tuple(_block(chance, tongue) for chance in _randomised(consultation))


def chances_note(consultation: Consultation, tongue: Tongue, hidden: tuple[ChanceBlock, ...]) -> Line:
    """What must stand beside the numbers: their limits, and what was left out."""
    shown = _randomised(consultation)
    lines = [tongue.frame("sheet.chances-note" if shown else "sheet.chances-none")]
    if hidden:
        low, high = min(block.births for block in hidden), max(block.births for block in hidden)
        key = "sheet.say.chances-range" if low < high else "sheet.say.chances-range-one"
        lines.append(tongue.statement(key, sources=[block.id for block in hidden], low=low, high=high))
    if len(shown) < len(consultation.chances):
        lines.append(tongue.frame("sheet.chances-others"))
    return joined(*lines)


def _randomised(consultation: Consultation) -> list[Chance]:
    sources = consultation.knowledge.sources
    return [
        chance
        for chance in consultation.chances
        if isinstance(chance.per_100, Decimal) and any(sources[cite.source].kind == "trial" for cite in chance.cites)
    ]


def _block(chance: Chance, tongue: Tongue) -> ChanceBlock:
    assert isinstance(chance.per_100, Decimal)
    births = int(chance.per_100.quantize(Decimal(1), ROUND_HALF_EVEN))
    says = tongue.statement("sheet.say.chance", sources=[chance.id], births=births, others=100 - births)
    who = tongue.content(chance.says, chance.id)
    return ChanceBlock(id=chance.id, births=births, others=100 - births, says=says, who=who)
