"""Ratings by AGREE II as text (readable at 80 columns) and as CSV."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Iterator, Sequence

from rich.table import Table
from rich.text import Text

from decidua.language import say
from decidua.reports.agree import models as m


def percent(score: float | None) -> str:
    """As AGREE II prints it: a whole number, halves upwards."""
    return "—" if score is None else f"{math.floor(100 * score + 0.5)} %"


def spread(domain: m.DomainView, report: m.AgreeReport) -> tuple[str, str]:
    """Range and standard deviation of the appraisers' own scores, in words; there is none of one score."""
    if domain.sd is None:
        return "—", "—"
    between = say(report.language, "agree.between", low=percent(domain.lowest), high=percent(domain.highest))
    return between, f"{100 * domain.sd:.1f}"


def worked(domain: m.DomainView, report: m.AgreeReport) -> str:
    """The arithmetic of a score, and what makes appraisers count unequally in it."""
    if domain.score is None:
        return say(report.language, "agree.not-scored")
    parts = {"obtained": domain.obtained, "minimum": domain.minimum, "maximum": domain.maximum}
    if domain.uneven:
        return say(report.language, "agree.how-uneven", items=", ".join(map(str, domain.uneven)), **parts)
    return say(report.language, "agree.how", **parts)


def rating(value: m.Rating, report: m.AgreeReport) -> str:
    if value is None:
        return say(report.language, "agree.unrated")
    return say(report.language, "agree.skipped") if value == "skip" else str(value)


def recommend(view: m.OverallView, report: m.AgreeReport) -> str:
    if view.recommend is None:
        return rating(None, report)
    return say(report.language, f"agree.recommend-{view.recommend}")


DOMAINS = ("agree.domain", "agree.score", "agree.work", "agree.range", "agree.sd")
OVERALL = ("agree.appraiser", "agree.quality", "agree.recommend")
"""Columns of two tables, by the keys of their names."""


def domain_rows(report: m.AgreeReport) -> Iterator[tuple[str, ...]]:
    for domain in report.domains:
        yield domain.label, percent(domain.score), worked(domain, report), *spread(domain, report)


def overall_rows(report: m.AgreeReport) -> Iterator[tuple[str, ...]]:
    for view in report.overall:
        yield view.appraiser, rating(view.quality, report), recommend(view, report)


def item_columns(report: m.AgreeReport) -> tuple[str, ...]:
    return say(report.language, "agree.item"), *report.appraisers, say(report.language, "agree.range")


def item_rows(report: m.AgreeReport) -> Iterator[tuple[str, ...]]:
    for domain in report.domains:
        for item in domain.items:
            ends = say(report.language, "agree.between", low=item.lowest or "—", high=item.highest or "—")
            yield str(item.item), *(rating(value, report) for value in item.ratings), ends


def agree_text(report: m.AgreeReport) -> Iterable[object]:
    lang = report.language
    names = ", ".join(report.appraisers)
    yield Text(say(lang, "agree.title", document=report.document, edition=report.edition), style="bold")
    yield Text(say(lang, "agree.by", count=len(report.appraisers), names=names, date=report.date))
    yield Text(f"{report.software} · {report.intended_use}", style="dim")
    for title, columns, rows in (
        ("agree.domains", [say(lang, key) for key in DOMAINS], domain_rows(report)),
        ("agree.overall", [say(lang, key) for key in OVERALL], overall_rows(report)),
        ("agree.spread", item_columns(report), item_rows(report)),
    ):
        yield Text()
        yield Text(say(lang, title), style="bold")
        yield _grid(columns, rows)
    yield Text()
    for note in report.notes:
        yield Text(f"! {note}")
    yield Text(report.source, style="dim")


def _grid(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_row(*map(Text, columns), style="dim")
    for row in rows:
        table.add_row(*map(Text, row))
    return table


HEADER = ("row", "name", "appraiser", "value", "obtained", "minimum", "maximum", "lowest", "highest", "sd")


def agree_csv(report: m.AgreeReport) -> str:
    """A line for each domain, each appraiser's own score in it, each rating, both overall items; fractions in full."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADER)
    for d in report.domains:
        writer.writerow(["domain", d.domain, "", d.score, d.obtained, d.minimum, d.maximum, d.lowest, d.highest, d.sd])
        for name, score in zip(report.appraisers, d.own, strict=True):
            writer.writerow(["own", d.domain, safe(name), score, *[""] * 6])
        for item in d.items:
            for name, value in zip(report.appraisers, item.ratings, strict=True):
                writer.writerow(["item", item.item, safe(name), value, *[""] * 6])
    for view in report.overall:
        writer.writerow(["overall", "quality", safe(view.appraiser), view.quality, *[""] * 6])
        writer.writerow(["overall", "recommend", safe(view.appraiser), view.recommend, *[""] * 6])
    return out.getvalue()


def safe(text: str) -> str:
    """A name that a spreadsheet would run as a formula is put in quotes."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
