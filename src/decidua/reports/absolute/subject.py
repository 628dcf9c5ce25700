"""What `decidua absolute` is asked about: an option, one row, or an effect that the user gives."""

from __future__ import annotations

from collections.abc import Iterable

from decidua.evidence import read_evidence, read_verdicts
from decidua.evidence.estimates import read_estimates
from decidua.evidence.randomised import refusals
from decidua.guidelines import Knowledge
from decidua.language import Lang, say
from decidua.reports.absolute import models as m
from decidua.reports.absolute.build import Baselines, GivenBaseline, GivenEffect, Shown, Views
from decidua.reports.absolute.harms import harm_view

ALWAYS = ("notes-baseline", "notes-certainty")
PRINTED = (*ALWAYS, "notes-pictures")


def open_shown(knowledge: Knowledge) -> Shown:
    """Raises ContentError for tables or comparisons that are wrong."""
    evidence = read_evidence(knowledge.content)
    return Shown(knowledge, evidence, read_verdicts(), read_estimates(knowledge.content, evidence))


def of_option(shown: Shown, option: str, given: GivenBaseline | str | None, lang: Lang) -> m.AbsoluteView:
    """Every estimate about the option, and every harm; `given`: a risk, or the id of the only baseline to use."""
    views = Views(shown, lang)
    estimates = [views.estimate(one, _baselines(shown, given)) for one in shown.estimates.about(option)]
    harms = [harm_view(shown, views.phrases, harm) for harm in shown.estimates.harms_of(option)]
    return views.whole(
        views.phrases.option(option), estimates, harms, _safety(shown, [option], lang), ("notes-alone", *PRINTED)
    )


def of_row(shown: Shown, id_: str, given: GivenBaseline | str | None, lang: Lang) -> m.AbsoluteView:
    """One printed row, all its estimates; with the harms of its option beside it."""
    views = Views(shown, lang)
    found = [one for key, one in shown.estimates.estimates.items() if key == id_ or key.startswith(f"{id_}/")]
    options = dict.fromkeys(option for one in found for option in one.said.options)
    harms = dict.fromkeys(harm.id for option in options for harm in shown.estimates.harms_of(option))
    return views.whole(
        id_, [views.estimate(one, _baselines(shown, given)) for one in found],
        [harm_view(shown, views.phrases, shown.estimates.harms[harm]) for harm in harms],
        _safety(shown, options, lang), PRINTED,
    )  # fmt: skip


def of_given(shown: Shown, effect: GivenEffect, given: GivenBaseline | str, lang: Lang) -> m.AbsoluteView:
    """The user's own effect. Raises Impossible if the numbers do not go together."""
    views = Views(shown, lang)
    view = views.given(effect, _baselines(shown, given))
    return views.whole(view.title, [view], (), (), ("given-note", *ALWAYS))


def overview(shown: Shown, lang: Lang) -> list[str]:
    """A line for each option that an estimate or a harm is about."""
    views, lines = Views(shown, lang), []
    for option in shown.estimates.options:
        about = shown.estimates.about(option)
        allowed = sum(not refusals(one, shown.verdicts) for one in about)
        lines.append(
            say(
                lang, "absolute.overview-line", option=f"{option} ({views.phrases.option(option)})", allowed=allowed,
                total=len(about), harms=len(shown.estimates.harms_of(option)),
            )
        )  # fmt: skip
    return lines


def _safety(shown: Shown, options: Iterable[str], lang: Lang) -> list[str]:
    """What the source says of harms in words, of each option once."""
    known = [shown.knowledge.options[id_] for id_ in options if id_ in shown.knowledge.options]
    return [one.says[lang] for option in known for one in option.safety]


def _baselines(shown: Shown, given: GivenBaseline | str | None) -> Baselines:
    if isinstance(given, str):
        return (shown.estimates.baselines[given],)
    return shown.baselines() if given is None else given
