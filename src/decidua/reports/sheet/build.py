"""A consultation and a few options into one sheet; what gives way where the page is full, in a stated order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

from decidua import __version__
from decidua.answers import Answers
from decidua.consult import Consultation, consult
from decidua.errors import UsageError
from decidua.facts import Patient
from decidua.guidelines import Knowledge
from decidua.language import Lang
from decidua.reports.sheet.around import law, option_name, other_reasons, unknown
from decidua.reports.sheet.chances import chance_blocks, chances_note
from decidua.reports.sheet.effects import benefits, harms
from decidua.reports.sheet.guidelines import guideline_blocks
from decidua.reports.sheet.models import Given, Line, OptionBlock, Sheet
from decidua.reports.sheet.numbers import Numbers
from decidua.reports.sheet.room import fits
from decidua.reports.sheet.tongue import Part, Tongue

CARE = "supportive-care"
MOST = 3
"""Therapies on one sheet, beside supportive care, if they fit: two nearly always do, three mostly do not."""
SELF = "sheet"
"""The source of the figures that the sheet tells of itself: version, hash, counts, date."""
QUESTIONS = (1, 2, 3, 4, 5, 6)
SHORT_QUESTIONS = (2, 3, 4)
GIVES_WAY: tuple[Given, ...] = get_args(Given)


def sheet_for(answers: Answers, patient: Patient, picks: Sequence[str], lang: Lang, numbers: Numbers) -> Sheet:
    """Consults on what the sheet speaks of, and builds it. Raises UsageError, PatientConflictError."""
    _choice(answers.knowledge, picks)
    return build_sheet(consult(answers, patient, (CARE, *picks)), picks, lang, numbers)


def build_sheet(consultation: Consultation, picks: Sequence[str], lang: Lang, numbers: Numbers) -> Sheet:
    """The fullest sheet that fits on one A4 page. Raises UsageError for picks that make no sheet or do not fit.

    The consultation must have met `supportive-care` and the picks.
    """
    _choice(consultation.knowledge, picks)
    for given in range(len(GIVES_WAY) + 1):
        sheet = _Builder(consultation, picks, lang, numbers, GIVES_WAY[:given]).sheet()
        if fits(sheet):
            return sheet
    raise UsageError("error.sheet-room", count=len(picks))


def _choice(knowledge: Knowledge, picks: Sequence[str]) -> None:
    """Raises UsageError unless there are one to three different therapies."""
    for pick in picks:
        if pick not in knowledge.options or knowledge.options[pick].kind != "treatment":
            raise UsageError("error.sheet-therapy", given=pick)
    if not 1 <= len(set(picks)) == len(picks) <= MOST:
        raise UsageError("error.sheet-picks", count=len(picks), most=MOST)


class _Builder:
    def __init__(
        self, consultation: Consultation, picks: Sequence[str], lang: Lang, numbers: Numbers, left_out: Sequence[Given]
    ) -> None:
        self.c, self.picks, self.lang, self.left_out = consultation, picks, lang, tuple(left_out)
        self.numbers = numbers
        self.k, self.t = consultation.knowledge, Tongue(lang)

    def sheet(self) -> Sheet:
        t, frame = self.t, self.t.frame
        blocks = chance_blocks(self.c, t)
        shown = blocks[:1] if "further-chances" in self.left_out else blocks
        return Sheet(
            language=self.lang,
            title=frame("sheet.title"),
            lead=frame("sheet.lead"),
            english=frame("sheet.english") if self.lang == "ko" else None,
            chances_title=frame("sheet.chances-title"),
            chances=shown,
            chances_note=chances_note(self.c, t, blocks[len(shown) :]),
            options_title=frame("sheet.options-title"),
            heads=(frame("sheet.head-benefits"), frame("sheet.head-harms")),
            effects_lead=frame("sheet.effects-lead"),
            options=(self.option(CARE), *map(self.option, self.picks)),
            together=frame("sheet.together") if len(self.picks) > 1 else None,
            unknown_title=frame("sheet.unknown-title"),
            unknown=unknown(self.c, (CARE, *self.picks), t, 4 if "unknown" in self.left_out else 8),
            law_title=frame("sheet.law-title"),
            law=law(self.c, self.picks, t),
            keep_title=frame("sheet.keep-title"),
            keep=t.statement("sheet.say.keep"),
            questions_title=frame("sheet.questions-title"),
            questions=tuple(
                frame(f"sheet.question.{n}") for n in (SHORT_QUESTIONS if "questions" in self.left_out else QUESTIONS)
            ),
            own_question=frame("sheet.question.own"),
            name=frame("sheet.name"),
            counsellor=frame("sheet.counsellor"),
            date=frame("sheet.date"),
            foot=self.foot(),
            left_out=self.left_out,
        )

    def option(self, id_: str) -> OptionBlock:
        meant, care = self.k.options[id_], id_ == CARE
        above = care and bool(chance_blocks(self.c, self.t))
        return OptionBlock(
            option=id_,
            care=care,
            name=option_name(meant, self.t),
            note=self.t.frame("sheet.care-numbers") if above else None,
            other_reasons=other_reasons(self.c, id_, self.t),
            guidelines=guideline_blocks(self.c, id_, self.t, self.left_out),
            benefits=() if care else benefits(self.c, self.numbers, meant, self.t),
            harms=() if care else harms(self.numbers, meant, self.t),
        )

    def foot(self) -> Line:
        """What every output carries: for what it is, where the words come from, version, content, review, date."""
        statements, as_of = self.k.statements.values(), self.c.patient.as_of
        parts: dict[str, Part] = {
            "version": __version__, "hash": self.k.content.hash, "total": len(statements),
            "reviewed": sum(s.review.level == "clinician" for s in statements),
            "basis": self.t.frame("sheet.basis"),
        }  # fmt: skip
        if as_of is None:
            return self.t.frame("sheet.foot-undated", sources=[SELF], **parts)
        return self.t.frame("sheet.foot", sources=[SELF], date=as_of.isoformat(), **parts)
