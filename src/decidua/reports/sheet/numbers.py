"""Which printed study numbers may stand on a sheet for her, as counts of 100 women, and why the others may not.

`evidence.randomised` says which estimates hold. A sheet asks for more: the outcome must be a live birth or a
miscarriage, group numbers must be there, and the women of the study must surely be like her, or not be described.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from decidua.consult import Consultation
from decidua.content import Content
from decidua.criteria import Named, truth
from decidua.criteria.tree import Always
from decidua.evidence import Evidence, Verdict, read_evidence, read_verdicts
from decidua.evidence.absolute import Impossible, absolute
from decidua.evidence.estimates import Estimate, Estimates, read_estimates
from decidua.evidence.randomised import KIND_UNKNOWN, baseline_refusals, refusals
from decidua.guidelines import Knowledge

OUTCOMES = ("live-birth", "miscarriage")
"""What the sheet is about; a pregnancy that began is not yet either."""
WOMEN: Mapping[str, str] = {
    "unexplained": "unexplained@asri-2025",
    "thrombophilia": "inherited_thrombophilia@asri-2025",
    "antiphospholipid": "persistent_apl",
}
"""Kind of women in a study → the named criterion that tells whether she is one of them."""
WHY: Mapping[str, str] = {
    "exposure": "design", "design-not-randomised": "design", "design-mixed": "design", "design-quasi": "design",
    "design-not-printed": "design-unsaid", "subgroup": "subgroup", "mismatch": "contradiction",
    "discrepancy": "contradiction",
}  # fmt: skip


@dataclass(frozen=True)
class Numbers:
    """The evidence of a content, as a sheet needs it."""

    evidence: Evidence
    estimates: Estimates
    verdicts: Mapping[str, Verdict]


@dataclass(frozen=True)
class Pair:
    """Women of 100 with the treatment and of 100 without it. `counts`: events and totals as printed, where they are."""

    estimate: Estimate
    treated: int
    control: int
    counts: tuple[int, int, int, int] | None


def read_numbers(content: Content) -> Numbers:
    """Raises ContentError."""
    evidence = read_evidence(content)
    return Numbers(evidence, read_estimates(content, evidence), read_verdicts())


def pairs(numbers: Numbers, consultation: Consultation, option: str) -> tuple[tuple[Pair, ...], tuple[str, ...]]:
    """The pairs that may stand there, and the kinds of reasons for which others may not.

    An estimate of an outcome that is not printed is among the others.
    """
    found, reasons = [], {}
    for estimate in numbers.estimates.about(option):
        if estimate.said.outcome not in (*OUTCOMES, None):
            continue
        why = _why_not(numbers, consultation, estimate)
        pair = None if why else _pair(numbers, estimate)
        if pair:
            found.append(pair)
        else:
            reasons[why or "unprinted"] = True
    return _once(found), tuple(reasons)


def of_these(knowledge: Knowledge, statement: str, women: str | None) -> bool:
    """Whether a statement is about just the women of a study (a kind of `Women`), or about all women.

    A part of them, or women who are more than they, are others: what holds of those need not hold of these.
    """
    population = knowledge.own_populations[statement]
    return population in (Always(True), Named(WOMEN.get(women or "", "")))


def _once(found: Sequence[Pair]) -> tuple[Pair, ...]:
    """One for each printed row and outcome, with its counts: a row may print a ratio and a difference of the same."""
    kept: dict[tuple[str, str, str | None], Pair] = {}
    for pair in found:
        place = (pair.estimate.table, pair.estimate.row.key, pair.estimate.said.outcome)
        if place not in kept or (kept[place].counts is None and pair.counts):
            kept[place] = pair
    return tuple(kept.values())


def _why_not(numbers: Numbers, consultation: Consultation, estimate: Estimate) -> str | None:
    for reason in refusals(estimate, numbers.verdicts):
        return WHY.get(reason.key, "unprinted")
    return None if _like_her(consultation, estimate.said.women) else "women"


def _like_her(consultation: Consultation, women: str | None) -> bool:
    """Surely so, or the print does not say of what kind the women were (which is then said)."""
    if women in KIND_UNKNOWN:
        return True
    knowledge, name = consultation.knowledge, WOMEN.get(women, "")
    if name not in knowledge.names:
        return False
    return truth(knowledge.names[name], consultation.patient.values, knowledge.names, knowledge.settled) is True


def _pair(numbers: Numbers, estimate: Estimate) -> Pair | None:
    """From the counts; without counts from the ratio and the estimate's own control group."""
    if estimate.counts:
        a, n1, c, n2 = estimate.counts
        return Pair(estimate, round(100 * a / n1), round(100 * c / n2), estimate.counts)
    for baseline in numbers.estimates.baselines.values():
        own = estimate.id in baseline.said.own and not baseline_refusals(estimate, baseline)
        if own and estimate.effect and baseline.risk:
            try:
                worked = absolute(estimate.effect, baseline.risk)
            except Impossible:
                return None
            return Pair(estimate, round(100 * worked.risk), round(100 * worked.baseline), None)
    return None
