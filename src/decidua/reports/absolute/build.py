"""Printed effects in absolute terms, at every baseline that fits; refusals are values, with their reasons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from decidua import __version__
from decidua.evidence import Evidence, Verdict
from decidua.evidence.absolute import Absolute, Good, Impossible, Needed, Relative, absolute, carried, needed
from decidua.evidence.estimates import Estimate, Estimates, KnownBaseline
from decidua.evidence.randomised import Reason, baseline_refusals, refusals, start_unprinted, whose
from decidua.guidelines import Knowledge
from decidua.language import Lang, say
from decidua.provenance import Citation
from decidua.reports.absolute import models as m
from decidua.reports.absolute.pictures import benefit_picture
from decidua.reports.absolute.words import Phrases
from decidua.reports.models import CitationView
from decidua.reports.reproduction import use_line


@dataclass(frozen=True)
class GivenBaseline:
    """A risk that the user gives; a proportion."""

    risk: float


@dataclass(frozen=True)
class GivenEffect:
    """An effect that the user gives, stated to be of a randomised comparison. `outcome`: an id, if it is said."""

    effect: Relative
    outcome: str | None


@dataclass(frozen=True)
class Shown:
    """What views are made from: the content, its tables with their verdicts, and what the rows compare."""

    knowledge: Knowledge
    evidence: Evidence
    verdicts: Mapping[str, Verdict]
    estimates: Estimates

    def baselines(self) -> tuple[KnownBaseline, ...]:
        return tuple(self.estimates.baselines.values())


Baselines = Sequence[KnownBaseline] | GivenBaseline


class Views:
    """Builds the views of one language."""

    def __init__(self, shown: Shown, lang: Lang) -> None:
        self.shown = shown
        self.lang = lang
        self.phrases = Phrases(lang, shown.knowledge)

    def whole(
        self, subject: str, estimates: Iterable[m.EstimateView], harms: Iterable[m.HarmView], safety: Iterable[str],
        notes: Iterable[str],
    ) -> m.AbsoluteView:  # fmt: skip
        content = self.shown.knowledge.content
        return m.AbsoluteView(
            software=f"decidua {__version__}", language=self.lang, content=content.hash,
            use=use_line(content, self.lang), subject=subject, estimates=tuple(estimates), harms=tuple(harms),
            safety=tuple(safety), notes=tuple(say(self.lang, f"absolute.{key}") for key in notes),
        )  # fmt: skip

    # ---- estimates -----------------------------------------------------------------------------------------------

    def estimate(self, one: Estimate, baselines: Baselines) -> m.EstimateView:
        """A printed estimate: refused with all reasons, or carried to every baseline that fits."""
        refused = refusals(one, self.shown.verdicts)
        results: list[m.ResultView] = []
        not_carried: list[m.BaselineRefusal] = []
        if not refused and one.effect is not None:
            results, not_carried = self._carried(one, one.effect, baselines)
        return self._view(one, refused, results, not_carried)

    def given(self, given: GivenEffect, baselines: Baselines) -> m.EstimateView:
        """The user's own effect. Raises Impossible if it fits none of the baselines."""
        outcome = self.shown.estimates.outcomes.get(given.outcome or "")
        good = outcome.good if outcome else None
        label = outcome.label[self.lang] if outcome else say(self.lang, "absolute.outcome-given")
        results = []
        for baseline in (baselines,) if isinstance(baselines, GivenBaseline) else baselines:
            worked = absolute(given.effect, _risk(baseline))
            view = self._baseline(baseline, label, None)
            numbers = self._result(given.effect, worked, view, "given", label, good)
            results.append(
                numbers.model_copy(update={"picture": benefit_picture(self.phrases, numbers, outcome, None)})
            )
        return m.EstimateView(
            id=None, table=None, title=say(self.lang, "absolute.given-title", effect=self.phrases.effect(given.effect)),
            row=None, lines=(), outcome=given.outcome, outcome_label=label, good=good, against=None, women=None,
            design=say(self.lang, "absolute.design-given"), effect=self._effect(given.effect, None),
            notes=(say(self.lang, "absolute.given-note"),), cites=(), refused=(), results=tuple(results),
        )  # fmt: skip

    def _carried(
        self, one: Estimate, effect: Relative, baselines: Baselines
    ) -> tuple[list[m.ResultView], list[m.BaselineRefusal]]:
        """Pictures for women of the same kind; where it is not printed who they were, only for one chosen baseline."""
        results, not_carried = [], []
        every = (baselines,) if isinstance(baselines, GivenBaseline) else baselines
        chosen = len(every) == 1
        fits = ("own", "same", "given", *(("unprinted",) if chosen else ()))
        outcome = one.outcome
        label, good = (outcome.label[self.lang], outcome.good) if outcome else ("", None)
        for baseline in every:
            reasons = () if isinstance(baseline, GivenBaseline) else baseline_refusals(one, baseline, chosen=chosen)
            view = self._baseline(baseline, label, one.said.against)
            if not reasons:
                try:
                    worked = absolute(effect, _risk(baseline))
                except Impossible as impossible:
                    reasons = (Reason(impossible.key, impossible.parts),)
                else:
                    numbers = self._result(effect, worked, view, _fit(one, baseline), label, good)
                    numbers = numbers.model_copy(update={"says": (*numbers.says, *self._start(one, baseline))})
                    drawn = benefit_picture(self.phrases, numbers, outcome, one) if numbers.fit in fits else None
                    results.append(numbers.model_copy(update={"picture": drawn}))
                    continue
            not_carried.append(
                m.BaselineRefusal(baseline=view.id or "", label=view.label, reasons=self._reasons(reasons))
            )
        return sorted(results, key=lambda result: result.fit != "own"), not_carried

    def _start(self, one: Estimate, baseline: KnownBaseline | GivenBaseline) -> tuple[str, ...]:
        """A risk from trying and one from a positive test are not the same; where the print leaves it open, say so."""
        known = isinstance(baseline, GivenBaseline) or not start_unprinted(one, baseline)
        return () if known else (self.phrases.say("start-unprinted"),)

    def _view(
        self, one: Estimate, refused: Sequence[Reason], results: Sequence[m.ResultView],
        not_carried: Sequence[m.BaselineRefusal],
    ) -> m.EstimateView:  # fmt: skip
        said, lang = one.said, self.lang
        table = self.shown.evidence.tables[one.table]
        design = say(lang, f"absolute.design-{said.design}")
        printed = said.printed and say(lang, "absolute.design-words", design=design, printed=said.printed)
        cites = (*table.cites, *said.cites, *said.measure_cites)
        repairs = [repair.note for repair in one.row.repairs.values()]
        return m.EstimateView(
            id=one.id, table=one.table, title=table.title[lang], row=self.phrases.row(one), lines=one.row.lines,
            outcome=one.outcome.id if one.outcome else None,
            outcome_label=one.outcome.label[lang] if one.outcome else None,
            good=one.outcome.good if one.outcome else None, against=self.phrases.against(said.against),
            women=say(lang, f"absolute.women-{said.women}") if said.women else None, design=printed or design,
            effect=self._effect(one.effect, one) if one.effect else None,
            notes=tuple(note[lang] for note in (one.row.note, said.note, *repairs) if note),
            cites=self._cites(cites), refused=self._reasons(refused), results=tuple(results),
            not_carried=tuple(not_carried),
        )  # fmt: skip

    def _effect(self, effect: Relative, one: Estimate | None) -> m.EffectView:
        return m.EffectView(
            measure=effect.measure, estimate=effect.estimate, lower=effect.lower, upper=effect.upper,
            from_counts=one is not None and one.from_counts, says=self.phrases.effect(effect, one),
        )  # fmt: skip

    def _reasons(self, reasons: Iterable[Reason]) -> tuple[m.ReasonView, ...]:
        return tuple(
            m.ReasonView(kind=one.key, says=self.phrases.reason(one), discrepancy=one.discrepancy) for one in reasons
        )

    def _cites(self, cites: Iterable[Citation]) -> tuple[CitationView, ...]:
        return tuple(CitationView(source=one.source, place=one.place, lines=one.lines) for one in cites)

    # ---- one effect at one baseline --------------------------------------------------------------------------------

    def _baseline(self, baseline: KnownBaseline | GivenBaseline, outcome: str, against: str | None) -> m.BaselineView:
        if isinstance(baseline, GivenBaseline):
            return m.BaselineView(
                id=None, label=self.phrases.given_baseline(outcome, against), per_1000=_thousand(baseline.risk),
                counts=None, counted=None, limits=None, mark=None,
            )  # fmt: skip
        said = baseline.said
        return m.BaselineView(
            id=said.id, label=said.label[self.lang],
            per_1000=None if baseline.risk is None else _thousand(baseline.risk), counts=baseline.counts,
            counted=said.counted[self.lang], limits=baseline.limits[self.lang], mark=baseline.mark,
            cites=self._cites(baseline.cites),
        )  # fmt: skip

    def _result(
        self, effect: Relative, worked: Absolute, baseline: m.BaselineView, fit: m.Fit, outcome: str, good: Good | None
    ) -> m.ResultView:
        low, high = worked.differences
        limits = tuple(None if one is None else self._needed(needed(one, good)) for one in (low, high))
        whole = needed(worked.difference, good)
        beyond = [
            (limit, carried(effect.measure, limit, worked.baseline))
            for limit, risk in ((effect.lower, worked.lower), (effect.upper, worked.upper))
            if risk is None
        ]
        return m.ResultView(
            baseline=baseline, fit=fit, without=_thousand(worked.baseline), with_=_thousand(worked.risk),
            lower=None if worked.lower is None else _thousand(worked.lower),
            upper=None if worked.upper is None else _thousand(worked.upper),
            difference=_thousand(worked.difference),
            differences=(None if low is None else _thousand(low), None if high is None else _thousand(high)),
            needed=self._needed(whole), needed_limits=(limits[0], limits[1]), crosses=effect.crosses or effect.reaches,
            says=tuple(self.phrases.result(effect, worked, whole, good, outcome, beyond)), picture=None,
        )  # fmt: skip

    def _needed(self, one: Needed) -> m.NeededView:
        finite = one.number != float("inf")
        towards = None if one.benefit is None else "benefit" if one.benefit else "harm"
        return m.NeededView(number=int(one.number) if finite else None, towards=towards, says=self.phrases.needed(one))


def _risk(baseline: KnownBaseline | GivenBaseline) -> float:
    """Raises Impossible for a baseline that is no single number."""
    if baseline.risk is None:
        raise Impossible("baseline-range")
    return baseline.risk


def _fit(one: Estimate, baseline: KnownBaseline | GivenBaseline) -> m.Fit:
    return "given" if isinstance(baseline, GivenBaseline) else whose(one, baseline)


def _thousand(risk: float) -> float:
    return round(1000 * risk, 4)
