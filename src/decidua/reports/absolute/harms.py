"""Harms beside benefits: drawn at the same size where both groups and a denominator are printed, else in words."""

from __future__ import annotations

from decidua.evidence.comparisons import Harm
from decidua.evidence.estimates import ArmCounts, arm_counts
from decidua.evidence.randomised import barring, harm_refs, mismatches, recomputed
from decidua.reports.absolute import models as m
from decidua.reports.absolute.build import Shown
from decidua.reports.absolute.pictures import harm_picture
from decidua.reports.absolute.words import Phrases
from decidua.reports.models import CitationView


def harm_view(shown: Shown, phrases: Phrases, harm: Harm) -> m.HarmView:
    treated, control = arm_counts(shown.evidence, harm.treated), arm_counts(shown.evidence, harm.control)
    why_not = _why_not(harm, treated, control)
    wrong = mismatches(harm_refs(harm), shown.verdicts)
    return m.HarmView(
        id=harm.id, label=harm.label[phrases.lang], says=harm.says[phrases.lang], per=harm.per,
        randomised=harm.randomised, treated=_arm(treated), control=_arm(control),
        mismatches=tuple(
            phrases.say("harm-mismatch", place=one.ref, printed=one.printed, value=recomputed(one)) for one in wrong
        ),
        mark=harm.mark,
        cites=tuple(CitationView(source=one.source, place=one.place, lines=one.lines) for one in harm.cites),
        picture=None if why_not else harm_picture(phrases, harm, treated, control),
        why_not=why_not and phrases.say(f"harm-{why_not}"),
    )  # fmt: skip


def _why_not(harm: Harm, treated: ArmCounts, control: ArmCounts) -> str | None:
    if any(barring(harm.weighed)):
        return "barred"
    if harm.per is None:
        return "no-denominator"
    known = all(arm.events is not None and arm.total for arm in (treated, control))
    return None if known else "no-arms"


def _arm(arm: ArmCounts) -> m.HarmArmView:
    return m.HarmArmView(events=arm.events, total=arm.total, percent=arm.percent)
