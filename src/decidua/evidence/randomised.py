"""Which printed estimates may be shown in absolute terms, and why the others may not.

Only a pooled randomised estimate, or one randomised trial, whose numbers follow from each other and whose outcome is
not in doubt. Absolute numbers look like a promise to the woman they are shown to; what could be bias must not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from decidua.evidence.comparisons import NOTHING, Arm, Harm, Weighed
from decidua.evidence.estimates import Estimate, KnownBaseline
from decidua.evidence.verdict import Verdict
from decidua.language import Text

KIND_UNKNOWN = (None, "recurrent-loss")
Whose = Literal["own", "same", "unprinted", "other"]
"""The estimate's own controls; women of the same kind; of what kind is not printed; other women."""


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


def baseline_refusals(estimate: Estimate, baseline: KnownBaseline, *, chosen: bool = False) -> tuple[Reason, ...]:
    """Why an allowed estimate is not carried to this baseline. `chosen`: the user named it; then women may differ."""
    reasons = tuple(_baseline_reasons(estimate, baseline))
    other = whose(estimate, baseline) == "other" and not chosen
    return reasons or ((Reason("baseline-other-women", {}),) if other else ())


def whose(estimate: Estimate, baseline: KnownBaseline) -> Whose:
    """By cause only: how many losses, and whether in a row, is not compared. Women selected by a further finding are
    like nobody else's."""
    women, others = estimate.said.women, baseline.said.women
    if estimate.id in baseline.said.own:
        return "own"
    if women in KIND_UNKNOWN or others in KIND_UNKNOWN:
        return "unprinted"
    return "same" if women == others != "unexplained-selected" else "other"


def start_unprinted(estimate: Estimate, baseline: KnownBaseline) -> bool:
    """Whether both count from the same time cannot be told."""
    return whose(estimate, baseline) != "own" and None in (estimate.said.start, baseline.said.start)


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
    said, compared = baseline.said, estimate.said
    if said.outcome is None:
        yield Reason("baseline-outcome-unknown", {})
    elif estimate.outcome is None or said.outcome != estimate.outcome.id:
        yield Reason("baseline-other-outcome", {})
    if baseline.risk is None:
        yield Reason("baseline-range", {})
    if estimate.id in said.own:
        return
    if said.only_own:
        yield Reason("baseline-only-own", {})
    if None not in (said.start, compared.start) and said.start != compared.start:
        yield Reason("baseline-other-start", {})
    if compared.against not in NOTHING:
        yield Reason("baseline-other-comparator", {"against": compared.against or "?"})
    if estimate.measure == "RD":
        yield Reason("baseline-difference", {})
    if compared.women == "wider":
        yield Reason("baseline-wider", {})
