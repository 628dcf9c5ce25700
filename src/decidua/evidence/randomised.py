"""Which printed estimates may be shown in absolute terms, and why the others may not.

Only a pooled randomised estimate, or one randomised trial, whose numbers follow from each other and whose outcome is
not in doubt. Absolute numbers look like a promise to the woman they are shown to; what could be bias must not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from decidua.evidence.comparisons import NOTHING, Arm, Harm, Weighed
from decidua.evidence.estimates import Estimate, KnownBaseline
from decidua.evidence.verdict import Verdict
from decidua.language import Text


@dataclass(frozen=True)
class Reason:
    """Why not. `key`: a sentence of the words files (`absolute.no-<key>`); `parts`: what stands in its blanks;
    `because`: what the encoder says of it."""

    key: str
    parts: Mapping[str, str]
    because: Text | None = None
    discrepancy: str | None = None


def refusals(estimate: Estimate, verdicts: Mapping[str, Verdict]) -> tuple[Reason, ...]:
    """All reasons at once; empty: it may be shown."""
    return tuple(_reasons(estimate, verdicts))


def baseline_refusals(estimate: Estimate, baseline: KnownBaseline) -> tuple[Reason, ...]:
    """Why an allowed estimate is not carried to this baseline."""
    return tuple(_baseline_reasons(estimate, baseline))


def mismatches(refs: tuple[str, ...], verdicts: Mapping[str, Verdict]) -> tuple[Verdict, ...]:
    """Of printed numbers: those that do not follow from the numbers beside them; a count's own percentage too."""
    wanted = set(refs) | {f"{ref.removesuffix('.events')}.percent" for ref in refs if ref.endswith(".events")}
    return tuple(one for one in verdicts.values() if one.word == "mismatch" and one.ref in wanted)


def recomputed(verdict: Verdict) -> str:
    return "–" if verdict.value is None else f"{verdict.value:g}"


def harm_refs(harm: Harm) -> tuple[str, ...]:
    arms: tuple[Arm | None, ...] = (harm.treated, harm.control)
    return tuple(ref for arm in arms if arm for ref in (arm.events, arm.percent, arm.total) if ref)


def barring(weighed: tuple[Weighed, ...]) -> Iterator[Reason]:
    for one in weighed:
        if one.bars:
            yield Reason("discrepancy", {"discrepancy": one.of}, one.because, one.of)


def _reasons(estimate: Estimate, verdicts: Mapping[str, Verdict]) -> Iterator[Reason]:
    said = estimate.said
    if said.exposure:
        yield Reason("exposure", {})
    if said.design != "randomised":
        yield Reason(f"design-{said.design}", {"printed": said.printed or ""})
    if said.subgroup is not None:
        yield Reason("subgroup", {}, said.subgroup)
    cleared = {one.of for one in said.weighed if not one.bars}
    for wrong in mismatches(estimate.refs, verdicts):
        if wrong.claim.rsplit("/", 1)[0] in cleared:
            continue
        yield Reason("mismatch", {"place": wrong.ref, "printed": wrong.printed, "value": recomputed(wrong)})
    yield from barring(said.weighed)
    if estimate.outcome is None:
        yield Reason("outcome", {})
    if estimate.effect is None:
        yield Reason("measure" if said.effect and estimate.measure is None else "interval", {})


def _baseline_reasons(estimate: Estimate, baseline: KnownBaseline) -> Iterator[Reason]:
    said = baseline.said
    own = estimate.id in said.own
    if said.outcome is None:
        yield Reason("baseline-outcome-unknown", {})
    elif estimate.outcome is None or said.outcome != estimate.outcome.id:
        yield Reason("baseline-other-outcome", {})
    if baseline.risk is None:
        yield Reason("baseline-range", {})
    if not own and estimate.said.against not in NOTHING:
        yield Reason("baseline-other-comparator", {"against": estimate.said.against or "?"})
    if not own and estimate.measure == "RD":
        yield Reason("baseline-difference", {})
    if not own and estimate.said.women == "wider":
        yield Reason("baseline-wider", {})
