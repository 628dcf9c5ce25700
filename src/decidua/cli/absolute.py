"""`decidua absolute [OPTION|TABLE/ROW]`: printed effects as numbers of a thousand, and why most are not shown so."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from decidua.cli.settings import language, open_knowledge, packages, show
from decidua.cli.writing import is_file, plain, refuse_existing, write

if TYPE_CHECKING:
    from decidua.language import Lang
    from decidua.reports.absolute.build import GivenBaseline, GivenEffect, Shown
    from decidua.reports.absolute.models import AbsoluteView

PERCENT = re.compile(r"(\d+(?:\.\d+)?)\s*%")
NUMBER = r"(-?\d+(?:\.\d+)?)"
EFFECT = re.compile(rf"(OR|RR|HR|RD)[\s:=]*{NUMBER}[\s,;(\[]+{NUMBER}(?:\s*(?:to|,|;|–)\s*|\s+){NUMBER}[\])]?", re.I)
SHAPES = ("text", "json", "csv", "svg", "html")


@click.command()
@click.argument("what", metavar="[OPTION|TABLE/ROW]", required=False)
@click.option("--baseline", metavar="ID|PERCENT", help="Only this sourced baseline, or a risk of your own such as 30%.")
@click.option("--effect", metavar="TEXT", help='An effect of your own: "RR 0.92 0.80 1.05" (RR, OR, HR or RD, limits).')
@click.option("--design", type=click.Choice(["randomised"]), help="Of --effect: state that it is randomised.")
@click.option("--outcome", metavar="ID", help="Of --effect: what it counts, such as live-birth or miscarriage.")
@click.option("--format", "shape", type=click.Choice(SHAPES), default="text", show_default=True)
@click.option(
    "--out", type=click.Path(path_type=Path), metavar="FILE", help="Write to FILE; one that exists is not touched."
)
@language
@packages
def command(
    what: str | None, baseline: str | None, effect: str | None, design: str | None, outcome: str | None, shape: str,
    out: Path | None, lang: Lang, packages: tuple[Path, ...],
) -> None:  # fmt: skip
    """Effects in absolute terms: risks per 1000, numbers needed to treat, icon arrays; harms at the same size.

    Only pooled randomised estimates and randomised trials; every other row is listed with the reason. A baseline is
    sourced, or given by you. Without an argument: the options.
    """
    from decidua.errors import UsageError
    from decidua.evidence.absolute import Impossible
    from decidua.language import say
    from decidua.reports.absolute.subject import of_given, of_option, of_row, open_shown, overview

    refuse_existing(out)
    _check(what, effect, design, outcome)
    shown = open_shown(open_knowledge(packages))
    given = _baseline(shown, baseline)
    if effect is not None:
        if given is None:
            raise UsageError("error.absolute-baseline-sourced")
        try:
            view = of_given(shown, _given(shown, effect, outcome), given, lang)
        except Impossible as impossible:
            why = say(lang, f"absolute.no-{impossible.key}", **impossible.parts)
            raise UsageError("error.absolute-numbers", why=why) from None
    elif what is None:
        show([*overview(shown, lang), say(lang, "absolute.overview")])
        return
    elif what in shown.estimates.options:
        view = of_option(shown, what, given, lang)
    else:
        view = of_row(shown, _row(shown, what), given, lang)
    _write(view, shape, out)


def _check(what: str | None, effect: str | None, design: str | None, outcome: str | None) -> None:
    from decidua.errors import UsageError

    if effect is not None and what is not None:
        raise UsageError("error.absolute-both")
    if effect is not None and design is None:
        raise UsageError("error.absolute-design")
    for name, given in (("design", design), ("outcome", outcome)):
        if effect is None and given is not None:
            raise UsageError("error.absolute-alone", given=name)


def _baseline(shown: Shown, given: str | None) -> GivenBaseline | str | None:
    from difflib import get_close_matches

    from decidua.errors import UsageError
    from decidua.reports.absolute.build import GivenBaseline

    if given is None or given in shown.estimates.baselines:
        return given
    found = PERCENT.fullmatch(given.strip())
    if found is None or not 0 < float(found[1]) < 100:
        names = list(shown.estimates.baselines)
        near = ", ".join(get_close_matches(given, names, 3, 0.3) or names[:3])
        raise UsageError("error.absolute-baseline", given=given, near=near)
    return GivenBaseline(float(found[1]) / 100)


def _given(shown: Shown, text: str, outcome: str | None) -> GivenEffect:
    """Raises UsageError for a text that is no effect, and Impossible for numbers that are none."""
    from decidua.cli.settings import known
    from decidua.errors import UsageError
    from decidua.evidence.absolute import MEASURES, Relative
    from decidua.reports.absolute.build import GivenEffect

    known("outcome", [outcome] if outcome else [], shown.estimates.outcomes)
    found = EFFECT.fullmatch(text.strip())
    if found is None:
        raise UsageError("error.absolute-effect", given=text)
    measure = next(one for one in MEASURES if one == found[1].upper())
    return GivenEffect(Relative(measure, float(found[2]), float(found[3]), float(found[4])), outcome)


def _row(shown: Shown, given: str) -> str:
    from difflib import get_close_matches

    from decidua.errors import UsageError

    rows = {"/".join(id_.split("/")[:2]) for id_ in shown.estimates.estimates}
    if given in rows or given in shown.estimates.estimates:
        return given
    names = [*shown.estimates.options, *sorted(rows)]
    near = ", ".join(get_close_matches(given, names, 3, 0.4)) or ", ".join(names[:5])
    raise UsageError("error.absolute-what", given=given, near=near)


def _write(view: AbsoluteView, shape: str, out: Path | None) -> None:
    from decidua.reports.absolute.page import absolute_html, absolute_svg
    from decidua.reports.absolute.text import absolute_csv, absolute_text

    if shape == "text" and not is_file(out):
        show(absolute_text(view))
    elif shape == "text":
        write(plain(absolute_text(view)), out)
    elif shape == "json":
        write(f"{view.model_dump_json(indent=2)}\n".encode(), out)
    else:
        draw = {"csv": absolute_csv, "svg": absolute_svg, "html": absolute_html}[shape]
        write(draw(view).encode(), out)
