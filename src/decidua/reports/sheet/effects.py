"""Benefits and harms of an option, alike: randomised numbers that hold, and what is told without numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence

from decidua.consult import Consultation
from decidua.evidence.comparisons import Harm
from decidua.evidence.estimates import arm_counts
from decidua.evidence.randomised import barring, harm_refs, mismatches
from decidua.guidelines import Knowledge, Option, Statement
from decidua.reports.sheet.guidelines import certainties, guideline_name
from decidua.reports.sheet.models import Line
from decidua.reports.sheet.numbers import Numbers, Pair, of_these, pairs
from decidua.reports.sheet.tongue import Tongue, joined

_FIGURE = re.compile(r"\d")


def benefits(consultation: Consultation, numbers: Numbers, option: Option, tongue: Tongue) -> tuple[Line, ...]:
    """Every number that may be shown, none picked; or that there is none, and why."""
    found, reasons = pairs(numbers, consultation, option.id)
    if not found:
        return (_none(option, reasons, tongue),)
    groups: dict[tuple[str, str], list[Pair]] = {}
    for pair in found:
        outcome = pair.estimate.outcome
        assert outcome is not None  # pairs() keeps those with one
        groups.setdefault((outcome.id, pair.estimate.said.women or "not-printed"), []).append(pair)
    lines = [_compared(group, women, tongue) for (_, women), group in groups.items()]
    return (*lines, _certainty(consultation.knowledge, numbers, option, found, tongue))


def harms(numbers: Numbers, option: Option, tongue: Tongue) -> tuple[Line, ...]:
    """Counted harms with their denominators; named harms without a number that may be shown; harms told in words."""
    known = numbers.estimates.harms_of(option.id)
    lines = {harm.id: _counted(numbers, harm, tongue) for harm in known}
    counted = [line for line in lines.values() if line]
    named = [tongue.content(harm.label, harm.id) for harm in known if lines[harm.id] is None]
    if named:
        counted.append(tongue.statement("sheet.say.harms-named", harms=tongue.listed(named)))
    in_words = [tongue.content(item.says, item.id) for item in option.safety if not _figures(item.says.en)]
    if not known and any(_figures(item.says.en) for item in option.safety):
        in_words.append(tongue.statement("sheet.say.harms-left-out"))
    return (*in_words, *counted) or (tongue.statement("sheet.say.no-harms"),)


def _none(option: Option, reasons: Sequence[str], tongue: Tongue) -> Line:
    if not reasons:
        return tongue.statement("sheet.say.no-benefits", sources=[option.id])
    why = tongue.listed(tongue.statement(f"sheet.say.why.{reason}") for reason in reasons)
    return tongue.statement("sheet.say.no-benefits-because", sources=[option.id], reasons=why)


def _compared(group: Sequence[Pair], women: str, tongue: Tongue) -> Line:
    """One study, or all that count the same beside each other, in the order of the source."""
    outcome = group[0].estimate.outcome
    assert outcome is not None
    reviews = len(group) > 1 and any(pair.estimate.row.review for pair in group)
    listed = tongue.listed((_pair(pair, reviews, tongue) for pair in group), "sheet.list-long")
    return tongue.statement(
        "sheet.say.effects-of-reviews" if reviews else "sheet.say.effects",
        sources=[pair.estimate.id for pair in group], pairs=listed, outcome=tongue.content(outcome.label, outcome.id),
        women=tongue.statement(f"sheet.say.women.{women}"),
    )  # fmt: skip


def _pair(pair: Pair, short: bool, tongue: Tongue) -> Line:
    if short:
        return tongue.statement("sheet.say.pair-short", treated=pair.treated, control=pair.control)
    if pair.counts is None:
        return tongue.statement("sheet.say.pair-of-ratio", treated=pair.treated, control=pair.control)
    women = pair.counts[1] + pair.counts[3]
    return tongue.statement("sheet.say.pair", treated=pair.treated, control=pair.control, women=women)


def _certainty(
    knowledge: Knowledge, numbers: Numbers, option: Option, shown: Sequence[Pair], tongue: Tongue
) -> Line:  # fmt: skip
    """What the statements that rest on these tables print as their certainty, if they are about the women of every
    number shown; or that none is printed for them."""
    lines = []
    for guideline in knowledge.guidelines:
        said = [one for one in knowledge.said(guideline, option.id) if _bears_on(knowledge, numbers, one, shown)]
        lines += certainties(guideline_name(knowledge, guideline), said, tongue)
    return joined(*lines) if lines else tongue.statement("sheet.say.no-certainty")


def _bears_on(knowledge: Knowledge, numbers: Numbers, statement: Statement, shown: Sequence[Pair]) -> bool:
    tables = set(numbers.evidence.rests_on(statement.id))
    return any(pair.estimate.table in tables for pair in shown) and all(
        of_these(knowledge, statement.id, pair.estimate.said.women) for pair in shown
    )


def _counted(numbers: Numbers, harm: Harm, tongue: Tongue) -> Line | None:
    """A harm with both counts, if the groups are the randomised ones and nothing about the numbers is in doubt."""
    if harm.randomised is not True or mismatches(harm_refs(harm), numbers.verdicts) or any(barring(harm.weighed)):
        return None
    treated, control = (arm_counts(numbers.evidence, arm) for arm in (harm.treated, harm.control))
    if treated.events is None or control.events is None or not treated.total or not control.total:
        return None
    return tongue.statement(
        "sheet.say.harm", sources=[harm.id], harm=tongue.content(harm.label, harm.id), a=treated.events,
        n1=treated.total, c=control.events, n2=control.total, treated=round(100 * treated.events / treated.total),
        control=round(100 * control.events / control.total),
    )  # fmt: skip


def _figures(text: str) -> bool:
    return bool(_FIGURE.search(text))
