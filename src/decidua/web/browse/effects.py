"""Absolute effects of an option at sourced baselines, or at a risk that the visitor gives.

A risk may be a patient's: it comes in the body of a request and is answered, never put into an address.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from decidua.errors import DeciduaError, UsageError
from decidua.language import Lang
from decidua.reports.absolute import models as m
from decidua.reports.absolute.build import GivenBaseline, Shown
from decidua.reports.absolute.subject import of_option
from decidua.reports.absolute.text import about, baseline_line

if TYPE_CHECKING:
    from decidua.reports.pictures.icons import IconPair

PERCENT = re.compile(r"\d{1,3}([.,]\d{1,4})?")
FITTING = ("own", "same", "given")


@dataclass(frozen=True)
class Baseline:
    """What was chosen: the id of a sourced one, or a percentage as written; neither: those of the same women."""

    id: str = ""
    percent: str = ""


@dataclass(frozen=True)
class EffectsView:
    """`sourced`: (id, label, percent) of each baseline. `problem`: why what was given cannot be used."""

    view: m.AbsoluteView
    chosen: Baseline
    sourced: tuple[tuple[str, str, str], ...]
    problem: str | None

    @property
    def shown(self) -> tuple[m.EstimateView, ...]:
        return tuple(one for one in self.view.estimates if not one.refused)

    @property
    def refused(self) -> tuple[tuple[tuple[str, ...], tuple[m.EstimateView, ...]], ...]:
        """Grouped by their reasons, which many share."""
        groups: dict[tuple[str, ...], list[m.EstimateView]] = {}
        for one in self.view.estimates:
            if one.refused:
                groups.setdefault(tuple(reason.says for reason in one.refused), []).append(one)
        return tuple((reasons, tuple(every)) for reasons, every in groups.items())

    @property
    def notes(self) -> tuple[str, ...]:
        """Without the one that speaks of the command."""
        return tuple(note for note in self.view.notes if "--" not in note)

    def results(self, one: m.EstimateView) -> tuple[m.ResultView, ...]:
        """At the baseline that was chosen; else at those of the trial's own or the same kind of women, and no other."""
        chosen = self.chosen.id or self.chosen.percent
        return one.results if chosen else tuple(r for r in one.results if r.fit in FITTING)

    def more(self, one: m.EstimateView) -> int:
        """How many baselines of other women, or of women of whom it is not printed, may be chosen beside."""
        return len(one.results) - len(self.results(one))

    def about(self, one: m.EstimateView) -> str:
        return about(one, self.view.language)

    def baseline(self, result: m.ResultView) -> str:
        return baseline_line(result, self.view.language)

    def draw(self, pair: IconPair, name: str) -> Markup:
        """`name`: begins the ids of the drawing. The drawing escapes every text itself."""
        from decidua.reports.pictures.icons import draw_icons

        return Markup(draw_icons([pair], self.view.language).svg(prefix=name))


def effects_view(shown: Shown, option: str, lang: Lang, chosen: Baseline | None = None) -> EffectsView | None:
    """None for an option of which no effect is printed."""
    if option not in shown.estimates.options:
        return None
    asked = chosen or Baseline()
    problem = None
    try:
        view = of_option(shown, option, _given(shown, asked), lang)
    except DeciduaError as error:
        view, problem = of_option(shown, option, None, lang), error.message(lang)
    return EffectsView(view, asked, _sourced(shown, lang), problem)


def _given(shown: Shown, asked: Baseline) -> GivenBaseline | str | None:
    """Raises UsageError for what is no risk and no known baseline."""
    if asked.percent:
        plain = asked.percent.removesuffix("%").strip()
        value = float(plain.replace(",", ".")) if PERCENT.fullmatch(plain) else 0.0
        if not 0 < value < 100:
            raise UsageError("pages.percent-wrong", given=asked.percent[:40])
        return GivenBaseline(value / 100)
    if asked.id and asked.id not in shown.estimates.baselines:
        raise UsageError("pages.baseline-unknown", given=asked.id[:40])
    return asked.id or None


def _sourced(shown: Shown, lang: Lang) -> tuple[tuple[str, str, str], ...]:
    """Those that are a single number."""
    return tuple(
        (id_, one.said.label[lang], f"{100 * one.risk:.1f}".removesuffix(".0"))
        for id_, one in shown.estimates.baselines.items()
        if one.risk is not None
    )


def chosen_baseline(fields: Mapping[str, str]) -> Baseline:
    return Baseline(fields.get("baseline", "").strip(), fields.get("percent", "").strip())
