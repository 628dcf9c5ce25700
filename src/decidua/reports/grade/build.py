"""From an appraisal to its report: the contract filled with words and shown numbers."""

from __future__ import annotations

from collections.abc import Sequence

from decidua import __version__
from decidua.appraisal.grade import SYMBOLS, Appraised, Overall
from decidua.appraisal.grade.model import Appraisal
from decidua.appraisal.grade.scale import DECISION, SITUATIONS
from decidua.appraisal.grade.values import Words, in_language
from decidua.language import Lang, say
from decidua.reports.grade import models as m
from decidua.reports.grade.outcome import OutcomeBuilder
from decidua.reports.grade.words import level

RULES = (
    "GRADE guidelines 6 (imprecision): Guyatt et al., J Clin Epidemiol 2011;64:1283 (abstract read)",
    "GRADE guidelines 7 (inconsistency): Guyatt et al., J Clin Epidemiol 2011;64:1294 (abstract read)",
    "GRADE guidelines 9 (rating up): Guyatt et al., J Clin Epidemiol 2011;64:1311 (abstract read)",
    "GRADE guidelines 15 (from evidence to recommendation): Andrews et al., J Clin Epidemiol 2013;66:726 (not read; "
    "its five exceptional situations from BMJ Open 2017;7:e018593, table 1)",
    "GRADE guidelines 18 (start levels, ROBINS-I): Schünemann et al., J Clin Epidemiol 2019;111:105, table 1 (read)",
    "GRADE Guidance 34 (imprecision): Zeng et al., J Clin Epidemiol 2022;150:216 (abstract read)",
    "Cochrane Handbook, 10.10.2 (I², Q), 13.3.5.4 (funnel asymmetry), 12.5.4 of version 5.1 (absolute effects)",
    "Evidence to decision: Alonso-Coello et al., BMJ 2016;353:i2016 (summary read)",
)


def build_grade_report(found: Appraised, file: str, lang: Lang) -> m.GradeReport:
    return _Builder(found, lang).report(file)


class _Builder:
    """Holds what every part needs: the appraisal, the language, and the builder of the lines."""

    def __init__(self, found: Appraised, lang: Lang) -> None:
        self.found, self.lang = found, lang
        self.names = {one.outcome.id: in_language(one.outcome.name, lang) for one in found.outcomes}
        self.lines = OutcomeBuilder(self.names, lang)

    def say(self, key: str, /, **parts: object) -> str:
        return say(self.lang, key, **parts)

    def words(self, given: Words | None) -> str | None:
        return None if given is None else in_language(given, self.lang)

    def report(self, file: str) -> m.GradeReport:
        given = self.found.appraisal
        outcomes, footnotes = self.outcomes()
        return m.GradeReport(
            software=f"decidua {__version__}", language=self.lang, intended_use=self.say("grade.use"), file=file,
            title=in_language(given.title, self.lang), note=self.words(given.note), warnings=self.warnings(),
            judged_by=in_language(given.judged_by.role, self.lang), judged_on=given.judged_by.date.isoformat(),
            review=self.review(given), question=self.question(given), outcomes=outcomes, footnotes=footnotes,
            overall=self.overall(self.found.overall), flags=self.lines.flags(self.found.flags),
            printed=self.lines.printed(given.printed_certainty), recommendation=self.recommendation(given),
            decision=self.decision(given), sources=RULES,
        )  # fmt: skip

    # ---- head ---------------------------------------------------------------------------------------------------

    def warnings(self) -> tuple[str, ...]:
        given = self.found.appraisal
        keys = {"grade.synthetic": given.synthetic, "grade.unreviewed": given.review.level == "none"}
        return tuple(self.say(key) for key, true in keys.items() if true)

    def review(self, given: Appraisal) -> str:
        said = self.say(f"grade.review-{given.review.level}")
        if given.review.role is None and given.review.date is None:
            return said
        nothing = self.say("grade.none")
        role, date = given.review.role or nothing, given.review.date or nothing
        return self.say("grade.review-by", review=said, role=role, date=date)

    def question(self, given: Appraisal) -> m.QuestionView:
        asked = given.question
        return m.QuestionView(
            population=in_language(asked.population, self.lang),
            intervention=in_language(asked.intervention, self.lang),
            comparison=in_language(asked.comparison, self.lang), setting=self.words(asked.setting),
        )  # fmt: skip

    def outcomes(self) -> tuple[tuple[m.OutcomeView, ...], tuple[m.FootnoteView, ...]]:
        views, footnotes = [], []
        for one in self.found.outcomes:
            own = list(self.lines.footnotes(one.outcome)) if one.certainty else []
            footnotes += own
            views.append(self.lines.outcome(one, tuple(note.mark for note in own)))
        return tuple(views), tuple(footnotes)

    # ---- overall -----------------------------------------------------------------------------------------------------

    def overall(self, found: Overall) -> m.CertaintyView:
        certainty = found.certainty
        return m.CertaintyView(
            stated=found.stated, lowest=certainty.lowest if certainty else None,
            highest=certainty.highest if certainty else None,
            symbols=SYMBOLS[found.stated] if found.stated else "", words=self.overall_words(found),
            open=(*found.unset, *found.open),
        )  # fmt: skip

    def overall_words(self, found: Overall) -> str:
        certainty = found.certainty
        if found.unset:
            said = self.say("grade.overall-unset", unset=self.named(found.unset))
            if certainty is None or certainty.highest == "high":
                return said
            return f"{said} {self.say('grade.overall-bound', highest=level(certainty.highest, self.lang))}"
        if certainty is None:
            return self.say("grade.overall-none")
        if certainty.stated:
            return self.say(
                "grade.overall-stated", symbols=SYMBOLS[certainty.stated], level=level(certainty.stated, self.lang),
                decisive=self.named(found.decisive),
            )  # fmt: skip
        key = "grade.overall-any" if certainty.highest == "high" else "grade.overall-at-most"
        return self.say(key, highest=level(certainty.highest, self.lang), open=self.named(found.open))

    def named(self, outcomes: Sequence[str]) -> str:
        return ", ".join(self.names[id_] for id_ in outcomes)

    # ---- beside -------------------------------------------------------------------------------------------------

    def recommendation(self, given: Appraisal) -> m.RecommendationView | None:
        advice = given.recommendation
        if advice is None:
            return None
        parts = {name: self.say(f"grade.{name}-{getattr(advice, name)}") for name in ("strength", "direction")}
        named, exceptional = advice.exceptional, None
        if named:
            situation = self.say(f"grade.situation-{named.situation}")
            reason = in_language(named.reason, self.lang)
            exceptional = self.say("grade.exceptional", situation=situation, reason=reason)
        elif any(flag.id == "strong-on-low" for flag in self.found.flags):
            every = "; ".join(self.say(f"grade.situation-{name}") for name in SITUATIONS)
            exceptional = self.say("grade.situations", situations=every)
        return m.RecommendationView(
            words=self.say("grade.recommended", **parts), printed=self.words(advice.printed), exceptional=exceptional
        )  # fmt: skip

    def decision(self, given: Appraisal) -> tuple[m.CriterionView, ...]:
        """All criteria once one is given; none where none is."""
        if not given.decision:
            return ()
        views = []
        for id_ in DECISION:
            one = given.decision.get(id_)
            judgement, reason, evidence = (
                (self.words(one.judgement), self.words(one.reason), self.words(one.evidence)) if one else (None,) * 3
            )
            views.append(m.CriterionView(
                id=id_, label=self.say(f"grade.criterion-{id_}"), judgement=judgement, reason=reason, evidence=evidence,
            ))  # fmt: skip
        return tuple(views)
