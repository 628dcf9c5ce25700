"""What the icon arrays of a result and of a harm say and show."""

from __future__ import annotations

from decidua.evidence.comparisons import Harm, Outcome
from decidua.evidence.estimates import ArmCounts, Estimate
from decidua.reports.absolute import models as m
from decidua.reports.absolute.words import Phrases
from decidua.reports.pictures.icons import IconPair, IconSide


def benefit_picture(
    phrases: Phrases, result: m.ResultView, outcome: Outcome | None, one: Estimate | None
) -> IconPair | None:
    """None without a named outcome: an array of nothing would say nothing."""
    if outcome is None:
        return None
    has, lacks = outcome.has[phrases.lang], outcome.lacks[phrases.lang]
    if one is None:
        names = phrases.say("side-without-given"), phrases.say("side-with-given")
        title = outcome.label[phrases.lang]
    else:
        option = phrases.option(one.said.options[0]) if one.said.options else one.id
        against = phrases.against(one.said.against) or phrases.say("not-printed")
        names = phrases.say("side-without", against=against), phrases.say("side-with", option=option)
        title = phrases.say("picture-title", outcome=outcome.label[phrases.lang], title=phrases.row(one))
    return IconPair(
        title=title, subtitle=baseline_line(phrases, result),
        left=side(phrases, names[0], result.without / 10, has, lacks),
        right=side(phrases, names[1], result.with_ / 10, has, lacks), lines=result.says,
    )  # fmt: skip


def baseline_line(phrases: Phrases, result: m.ResultView) -> str:
    label = result.baseline.label
    counted = result.baseline.counted
    said = f"{label}; {counted}" if counted else label
    fit = phrases.say(f"fit-{result.fit}")
    return phrases.say("baseline-line", per_100=exact(result.without / 10), label=said, fit=fit)


def harm_picture(phrases: Phrases, harm: Harm, treated: ArmCounts, control: ArmCounts) -> IconPair:
    """Both arms with counts; drawn at the size of benefits."""
    lang = phrases.lang
    has, lacks = harm.has[lang], harm.lacks[lang]
    counts = phrases.say(
        "harm-counts", treated=treated.events, treated_total=treated.total, control=control.events,
        control_total=control.total,
    )  # fmt: skip
    names = phrases.say("side-without-given"), phrases.say("side-with", option=phrases.option(harm.options[0]))
    return IconPair(
        title=phrases.say("harm-title", label=harm.label[lang]),
        subtitle=f"{phrases.say(f'harm-per-{harm.per}')} {counts}",
        left=side(phrases, names[0], share(control), has, lacks),
        right=side(phrases, names[1], share(treated), has, lacks),
        lines=(harm.says[lang], phrases.say("harm-randomised" if harm.randomised else "harm-not-randomised")),
    )  # fmt: skip


def side(phrases: Phrases, name: str, per_100: float, has: str, lacks: str) -> IconSide:
    return IconSide(
        name=name, per_100=per_100, has=phrases.say("of-100", n=exact(per_100), what=has),
        lacks=phrases.say("of-100", n=exact(100 - per_100), what=lacks),
    )  # fmt: skip


def share(arm: ArmCounts) -> float:
    """Percent; only of an arm with counts."""
    assert arm.events is not None
    assert arm.total
    return 100 * arm.events / arm.total


def exact(per_100: float) -> str:
    """One decimal where it is not whole."""
    return f"{per_100:.1f}".removesuffix(".0")
