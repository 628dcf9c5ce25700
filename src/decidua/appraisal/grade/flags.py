"""Contradictions: a judgement against its numbers, its design or the label that was claimed for it.

A flag asks for a second look. It changes no judgement and no certainty.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from decidua.appraisal.grade.body import Body
from decidua.appraisal.grade.certainty import Certainty, Overall
from decidua.appraisal.grade.check import LOWERING, Check, Said
from decidua.appraisal.grade.model import Appraisal, Outcome
from decidua.appraisal.grade.scale import DOWN, LEVELS, UP, Level


@dataclass(frozen=True)
class Flag:
    """`outcome` None: of the whole question."""

    id: str
    said: Said
    outcome: str | None = None


def _flag(id_: str, outcome: str | None = None, /, **parts: object) -> Flag:
    return Flag(id_, (f"grade.flag-{id_}", parts), outcome)


# ---- of one outcome -------------------------------------------------------------------------------------------------


def outcome_flags(
    outcome: Outcome, body: Body | None, checks: Sequence[Check], certainty: Certainty | None
) -> Iterator[Flag]:
    yield from _of_design(outcome, body)
    judged = outcome.domains.judged()
    for domain in ("imprecision", "inconsistency", "publication_bias"):
        if domain in judged:
            yield from _against_numbers(outcome, domain, judged[domain], [c for c in checks if c.domain == domain])
    yield from _too_large(outcome, checks)
    if body:
        yield from _against_records(outcome, body)
    if outcome.claimed is not None:
        yield from _claimed(outcome.claimed, certainty, outcome.id)


def _of_design(outcome: Outcome, body: Body | None) -> Iterator[Flag]:
    judged, start = outcome.domains.judged(), outcome.start.level if outcome.start else None
    randomised = outcome.design == "randomised"
    if body is None and judged:
        yield _flag("no-body", outcome.id, domains=tuple(judged))
    if start == "high" and outcome.design == "non-randomised":
        yield _flag("start-high", outcome.id)
    if start == "low" and randomised:
        yield _flag("start-low", outcome.id)
    raised = tuple(name for name in UP if judged.get(name, 0) > 0)
    lowered = tuple(name for name in DOWN if judged.get(name, 0) < 0)
    if raised and randomised:
        yield _flag("up-randomised", outcome.id, domains=raised)
    if raised and lowered:
        yield _flag("up-and-down", outcome.id, domains=raised, lowered=lowered)


def _against_records(outcome: Outcome, body: Body) -> Iterator[Flag]:
    """What is recorded of rows of a shipped table stands, whatever the file says of them."""
    if body.mismatched:
        yield _flag("mismatch", outcome.id, claims=", ".join(body.mismatched))
    randomised = outcome.design == "randomised"
    others = tuple(name for name in body.designs if (name == "randomised") != randomised)
    if outcome.design and others and (randomised or others == body.designs):
        yield _flag("design-other", outcome.id, design=outcome.design, recorded=others)
    reasons = tuple(reason for reason in body.refused if reason.key != "mismatch")
    if randomised and reasons:
        yield _flag("refused", outcome.id, reasons=reasons)


def _against_numbers(outcome: Outcome, domain: str, judged: int, checks: Sequence[Check]) -> Iterator[Flag]:
    made = [check for check in checks if check.suggests != "not-checked"]
    lower = [check for check in made if check.suggests in LOWERING]
    absolute = any(check.id == "threshold" for check in made)
    # An absolute interval goes before rules on relative effects; too few people are seen all the same (Guidance 34).
    unseen = [check for check in lower if not (absolute and check.id == "appreciable")]
    if judged == 0 and unseen:
        yield _flag("unseen", outcome.id, domain=domain, found=[check.found for check in unseen])
    if judged < 0 and made and not lower and any(check.suggests == "no-down" for check in made):
        yield _flag("unfounded", outcome.id, domain=domain, judged=judged, found=[check.found for check in made])
    if judged == -1 and any(check.suggests == "down-more" for check in made):
        yield _flag("one-level", outcome.id, found=[check.found for check in made if check.suggests == "down-more"])


def _too_large(outcome: Outcome, checks: Sequence[Check]) -> Iterator[Flag]:
    judged = outcome.domains.judged().get("large_effect", 0)
    for check in checks:
        if check.domain == "large_effect" and check.agrees is False and judged > 0:
            yield _flag("not-large", outcome.id, judged=judged, found=[check.found])


def _claimed(claimed: Level, certainty: Certainty | None, outcome: str | None) -> Iterator[Flag]:
    if certainty is None:
        yield _flag("claimed-without", outcome, claimed=claimed)
    elif not certainty.may_be(claimed):
        id_ = "claimed-other" if certainty.stated is None else "claimed-differs"
        yield _flag(id_, outcome, claimed=claimed, lowest=certainty.lowest, highest=certainty.highest)
    elif certainty.stated is None:
        yield _flag("claimed-open", outcome, claimed=claimed, open=certainty.open)


# ---- of the question ------------------------------------------------------------------------------------------------


def question_flags(appraisal: Appraisal, found: Overall) -> Iterator[Flag]:
    if all(outcome.kind == "benefit" for outcome in appraisal.outcomes):
        yield _flag("no-harm")
    if appraisal.claimed is not None:
        yield from _overall_claimed(appraisal.claimed, found)
    yield from _strong_on_low(appraisal, found)


def _overall_claimed(claimed: Level, found: Overall) -> Iterator[Flag]:
    if found.certainty is None:
        yield _flag("claimed-overall-open", None, claimed=claimed)
        return
    # An outcome of unset importance may be critical, and have any certainty.
    lowest = "very-low" if found.unset else found.certainty.lowest
    possible = Certainty(lowest, found.certainty.highest)
    if not possible.may_be(claimed):
        id_ = "claimed-overall-other" if possible.stated is None else "claimed-overall-differs"
        yield _flag(id_, None, claimed=claimed, lowest=possible.lowest, highest=possible.highest)
    elif found.stated is None:
        yield _flag("claimed-overall-open", None, claimed=claimed)


def _strong_on_low(appraisal: Appraisal, found: Overall) -> Iterator[Flag]:
    advice = appraisal.recommendation
    if advice is None or advice.strength != "strong":
        return
    highest = found.certainty.highest if found.certainty else None
    if highest is not None and LEVELS.index(highest) <= LEVELS.index("low"):
        named = advice.exceptional
        parts = {} if named is None else {"situation": named.situation, "reason": named.reason}
        yield _flag("strong-on-low-named" if named else "strong-on-low", None, highest=highest, **parts)
    elif found.stated is None:
        yield _flag("strong-on-open")
