"""One line of the summary of findings, with everything behind it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from string import ascii_lowercase

from decidua.appraisal.grade import SYMBOLS, AppraisedOutcome, Body, Certainty, Check, Flag, Outcome
from decidua.appraisal.grade.model import PrintedLabel
from decidua.appraisal.grade.per_thousand import PerThousand
from decidua.appraisal.grade.scale import CRITICAL, DOMAINS, IMPORTANT, UP
from decidua.appraisal.grade.values import Words, in_language
from decidua.language import Lang, say
from decidua.provenance import Citation
from decidua.reports.grade import models as m
from decidua.reports.grade.words import domains, level, per_1000, plain, signed, tell

GRADE_LABELS = ("high", "moderate", "low", "very low", "높음", "중등도", "낮음", "매우 낮음")


class OutcomeBuilder:
    """Holds the language, the names of the outcomes, and the letters of footnotes, which go on through the table."""

    def __init__(self, names: Mapping[str, str], lang: Lang) -> None:
        self.names, self.lang = names, lang
        self.letters = _letters()

    def say(self, key: str, /, **parts: object) -> str:
        return say(self.lang, key, **parts)

    def words(self, given: Words | None) -> str | None:
        return None if given is None else in_language(given, self.lang)

    def footnotes(self, outcome: Outcome) -> Iterator[m.FootnoteView]:
        """One for every domain that was rated down or up."""
        for domain, levels in outcome.domains.judged().items():
            given = outcome.domains.of(domain)
            if levels and given:
                mark = next(self.letters)
                yield m.FootnoteView(mark=mark, words=self.say(
                    "grade.footnote", mark=mark, outcome=self.names[outcome.id], levels=signed(levels),
                    domain=self.say(f"grade.domain-{domain}"), reason=in_language(given.reason, self.lang),
                ))  # fmt: skip

    def outcome(self, one: AppraisedOutcome, footnotes: tuple[str, ...]) -> m.OutcomeView:
        outcome, body = one.outcome, one.body
        importance = outcome.importance.value if outcome.importance else None
        absolute, why = self.absolute(one.absolute)
        return m.OutcomeView(
            id=outcome.id, name=self.names[outcome.id], kind=outcome.kind,
            kind_words=self.say(f"grade.kind-{outcome.kind}"), importance=importance,
            importance_words=self.importance(outcome), design=outcome.design, start=self.start(outcome),
            source=self.source(body), participants=body.participants if body else None,
            studies=body.studies if body else None, participants_words=self.people(body),
            relative=self.relative(body), relative_words=self.relative_words(outcome, body), absolute=absolute,
            no_absolute=why, certainty=self.certainty(one.certainty),
            comment=self.words(outcome.comment) or self.say("grade.not-given"), footnotes=footnotes,
            judgements=tuple(self.judgement(outcome, name) for name in DOMAINS),
            checks=tuple(self.check(check) for check in one.checks), flags=self.flags(one.flags),
            printed=self.printed(outcome.printed_certainty), notes=self.notes(body),
            conventions=dict(body.conventions) if body else {},
        )  # fmt: skip

    def importance(self, outcome: Outcome) -> str:
        given = outcome.importance
        if given is None:
            return self.say("grade.importance-unset")
        band = "critical" if given.value >= CRITICAL else "important" if given.value >= IMPORTANT else "limited"
        return self.say(f"grade.importance-{band}", value=given.value, by=in_language(given.set_by, self.lang))

    def start(self, outcome: Outcome) -> str:
        if outcome.start is None:
            return self.say("grade.start-open")
        return self.say(f"grade.start-{outcome.start.level}", because=in_language(outcome.start.because, self.lang))

    def source(self, body: Body | None) -> str | None:
        if body is None:
            return None
        mark = self.say("grade.mark-computed" if body.computed else "grade.mark-printed")
        return self.say("grade.from", source=body.source, mark=mark)

    def people(self, body: Body | None) -> str:
        if body is None or (body.participants is None and body.studies is None):
            return self.say("grade.people-none")
        if body.studies is None:
            return self.say("grade.people-only", participants=body.participants)
        studies = self.say("grade.study-one") if body.studies == 1 else self.say("grade.studies", count=body.studies)
        if body.participants is None:
            return self.say("grade.people-studies", studies=studies)
        return self.say("grade.people", participants=body.participants, studies=studies)

    def relative(self, body: Body | None) -> m.EffectView | None:
        if body is None:
            return None
        parts = {name: plain(getattr(body, name), self.lang) for name in ("estimate", "lower", "upper")}
        words = self.say("grade.effect", measure=body.measure, **parts)
        return m.EffectView(
            measure=body.measure, estimate=body.estimate, lower=body.lower, upper=body.upper, level=body.level,
            words=words,
        )  # fmt: skip

    def relative_words(self, outcome: Outcome, body: Body | None) -> str:
        if found := self.relative(body):
            return found.words
        because = outcome.body.none_because if outcome.body else None
        return self.say("grade.no-effect", why=self.words(because) or self.say("grade.no-body"))

    def absolute(self, found: object) -> tuple[m.AbsoluteView | None, str | None]:
        if not isinstance(found, PerThousand):
            return None, tell(found, self.lang)  # type: ignore[arg-type]  # then it is the reason
        parts = {name: per_1000(getattr(found, name), self.lang) for name in ("difference", "lower", "upper")}
        return m.AbsoluteView(**vars(found), words=self.say("grade.difference", **parts)), None

    def judgement(self, outcome: Outcome, domain: str) -> m.JudgementView:
        given, judged = outcome.domains.of(domain), outcome.domains.judged().get(domain)
        return m.JudgementView(
            domain=domain, label=self.say(f"grade.domain-{domain}"), judgement=judged,
            words=self.judged(outcome, domain, judged), reason=self.words(given.reason) if given else None,
        )  # fmt: skip

    def judged(self, outcome: Outcome, domain: str, judged: int | None) -> str:
        if judged is None:
            never = domain in UP and outcome.design == "randomised"
            return self.say("grade.not-applicable" if never else "grade.not-judged")
        if judged == 0:
            return self.say("grade.judged-0-up" if domain in UP else "grade.judged-0")
        return self.say("grade.judged-down" if judged < 0 else "grade.judged-up", levels=signed(judged))

    def check(self, check: Check) -> m.CheckView:
        agreement = {None: "grade.open-agreement", True: "grade.agrees", False: "grade.differs"}[check.agrees]
        return m.CheckView(
            domain=check.domain, label=self.say(f"grade.check-{check.id}"), id=check.id,
            found=tell(check.found, self.lang) if check.found else None, against=tell(check.against, self.lang),
            suggests=check.suggests, suggestion=self.say(f"grade.suggests-{check.suggests}"), agrees=check.agrees,
            agreement=self.say(agreement),
        )  # fmt: skip

    def flags(self, found: Sequence[Flag]) -> tuple[m.FlagView, ...]:
        return tuple(m.FlagView(id=flag.id, words=tell(flag.said, self.lang)) for flag in found)

    def notes(self, body: Body | None) -> tuple[str, ...]:
        if body is None:
            return ()
        beside = (self.say("grade.beside", claims=", ".join(body.beside)),) if body.beside else ()
        rows = (self.say("grade.unrecorded", rows=", ".join(body.unrecorded)),) if body.unrecorded else ()
        return (*body.notes, *beside, *rows)

    def certainty(self, found: Certainty | None) -> m.CertaintyView:
        if found is None:
            words = self.say("grade.certainty-no-body")
            return m.CertaintyView(stated=None, lowest=None, highest=None, symbols="", words=words)
        symbols = SYMBOLS[found.stated] if found.stated else ""
        return m.CertaintyView(
            stated=found.stated, lowest=found.lowest, highest=found.highest, symbols=symbols,
            words=self.certainty_words(found), open=found.open,
        )  # fmt: skip

    def certainty_words(self, found: Certainty) -> str:
        if found.stated:
            return self.say("grade.certainty", symbols=SYMBOLS[found.stated], level=level(found.stated, self.lang))
        lowest, highest = level(found.lowest, self.lang), level(found.highest, self.lang)
        return self.say(
            f"grade.certainty-{_kind(found)}", lowest=lowest, highest=highest, open=domains(found.open, self.lang)
        )  # fmt: skip

    def printed(self, given: PrintedLabel | None) -> m.PrintedView | None:
        if given is None:
            return None
        of = self.words(given.of)
        said = self.say("grade.printed-of" if of else "grade.printed", text=given.text, of=of)
        named = given.text.strip().lower() in GRADE_LABELS
        standing = self.say("grade.printed-named-level" if named else "grade.printed-not-level")
        cites = tuple(_cited(cite) for cite in given.cites)
        return m.PrintedView(text=given.text, of=of, cites=cites, words=f"{said}. {standing}")


def _letters() -> Iterator[str]:
    """a … z, then a1 …"""
    for turn in count():
        yield from (letter + (str(turn) if turn else "") for letter in ascii_lowercase)


def _kind(found: Certainty) -> str:
    if found.lowest == "very-low":
        return "any" if found.highest == "high" else "at-most"
    return "at-least" if found.highest == "high" else "between"


def _cited(cite: Citation) -> str:
    lines = ", ".join(map(str, cite.lines))
    return f"{cite.source}, {cite.place}" + (f", l. {lines}" if lines else "")
