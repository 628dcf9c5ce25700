"""What stands around the options: other reasons for a medicine, the law, and what is not known of her."""

from __future__ import annotations

from collections.abc import Sequence

from decidua.consult import Consultation, LegalState
from decidua.guidelines import Option
from decidua.language import Text
from decidua.reports.sheet.guidelines import listed_facts, missing
from decidua.reports.sheet.models import Line
from decidua.reports.sheet.tongue import Tongue, joined
from decidua.reports.wording import country_names


def other_reasons(consultation: Consultation, option: str, tongue: Tongue) -> tuple[Line, ...]:
    """Other reasons for the option that she surely has, each once; an answer on pregnancy loss says nothing of them."""
    cells = [consultation.cell(guideline, option) for guideline in consultation.guidelines]
    found = {one.id: one for cell in cells for one in cell.other_indications}
    if not found:
        return ()
    says = joined(*(tongue.content(one.says, one.id) for one in found.values()))
    return (tongue.statement("sheet.say.other-reason", says=says),)


def law(consultation: Consultation, picks: Sequence[str], tongue: Tongue) -> tuple[Line, ...]:
    """What the content says on law and approval, by her country; options of which nothing is printed in one line.

    That a use is off-label is said nowhere from memory: it stands here only if the content says it.
    """
    knowledge = consultation.knowledge
    states = {pick: consultation.cell(consultation.guidelines[0], pick).legal for pick in picks}
    silent = [knowledge.options[pick] for pick, found in states.items() if not found]
    lines = [_legal(knowledge.options[pick], state, tongue) for pick, found in states.items() for state in found]
    if silent and not lines:
        return (tongue.statement("sheet.say.law-none-all"),)
    if silent:
        names = tongue.listed(tongue.content(option.label, option.id) for option in silent)
        lines.append(tongue.statement("sheet.say.law-none", options=names))
    return tuple(lines)


def option_name(option: Option, tongue: Tongue) -> Line:
    return tongue.name(option.label, option.id)


def unknown(consultation: Consultation, options: Sequence[str], tongue: Tongue, labels: int) -> tuple[Line, ...]:
    """`labels`: how many of the missing facts are named; that there are more is said."""
    cells = [cell for cell in consultation.cells if cell.option in options]
    facts = missing(consultation, cells)
    lines = [tongue.frame("sheet.unknown-result")]
    if facts:
        key = "sheet.unknown-her-more" if len(facts) > labels else "sheet.unknown-her"
        lines.append(tongue.frame(key, facts=listed_facts(consultation.knowledge, facts[:labels], tongue)))
    if any(cell.readings for cell in cells):
        lines.append(tongue.frame("sheet.unknown-readings"))
    return tuple(lines)


def _legal(option: Option, state: LegalState, tongue: Tongue) -> Line:
    legal, name = state.legal, tongue.content(option.label, option.id)
    says = tongue.content(legal.says, legal.id)
    if legal.correction:
        correction = tongue.content(legal.correction, legal.id)
        says = joined(says, tongue.statement("sheet.say.law-correction", says=correction))
    names = Text(en=country_names(legal.countries, "en"), ko=country_names(legal.countries, "ko"))
    countries = tongue.content(names, legal.id)
    if state.country == "here":
        return tongue.statement("sheet.say.law-here", option=name, says=says)
    if state.country == "elsewhere":
        return tongue.statement("sheet.say.law-elsewhere", sources=[legal.id], option=name, countries=countries)
    return tongue.statement("sheet.say.law-unknown", option=name, countries=countries, says=says)
