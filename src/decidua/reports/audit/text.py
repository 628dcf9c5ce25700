"""The report of an audit for the terminal: the numbers that one looks at first; everything is in the other forms."""

from __future__ import annotations

from collections.abc import Iterator

from rich.table import Table
from rich.text import Text

from decidua.language import say
from decidua.reports.audit import models as m
from decidua.reports.audit.html import AuditPage

COLUMNS: tuple[m.Screen, ...] = ("for", "against", "weak", "silent", "open")


def audit_text(report: m.AuditReport, *, by: bool = False) -> Iterator[object]:
    """`by`: with the sizes of groups."""
    page = AuditPage(report)
    lang = report.language
    yield Text(say(lang, "audited.title"), style="bold")
    if report.about.watermark:
        yield Text(report.about.watermark.upper(), style="bold red")
    yield Text(f"{page.counted()} · {page.as_of()}")
    for group in report.groups if by else ():
        sizes = (f"{page.value(value.value)} {_n(value.women)}" for value in group.values)
        yield Text(f"{say(lang, 'audited.by', group=group.group)}: {', '.join(sizes)}")
    yield Text()
    yield _definitions(report)
    for tests in (False, True):
        if chosen := [option for option in report.options if option.test == tests]:
            yield Text()
            yield _options(report, chosen, say(lang, "audited.tests" if tests else "audited.treatments"))
    yield from _concordance(report)
    yield from _costly(report)
    if report.about.hidden:
        yield Text(say(lang, "audited.hidden-legend", sign=say(lang, "audited.hidden"), least=report.about.least))
    any_time = say(lang, "audited.note-any-time")
    if any_time in report.notes:
        yield Text(any_time)
    yield Text(f"{report.about.use} {report.about.intended_use}", style="dim")


def _n(count: m.Count) -> str:
    return "·" if count.n is None else f"{count.n:,}"


def _share(share: m.Share) -> str:
    return "·" if share.n is None else f"{share.n:,}" if share.share is None else f"{100 * share.share:.1f} %"


def _table(title: str, columns: list[str]) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=None, padding=(0, 1), pad_edge=False)
    for at, column in enumerate(columns):
        table.add_column(column, justify="left" if at == 0 else "right", overflow="fold")
    return table


def _definitions(report: m.AuditReport) -> Table:
    met = {one: label for d in report.definitions for one, label in zip(d.columns, d.labels, strict=True)}
    table = _table(say(report.language, "audited.definitions"), ["", *met.values()])
    for one in report.definitions:
        shares = dict(zip(one.columns, one.shares, strict=True))
        table.add_row(one.name, *(_both(shares[column]) if column in shares else "0" for column in met))
    return table


def _both(share: m.Share) -> str:
    return _n(share) if share.share is None else f"{share.n:,} ({_share(share)})"


def _options(report: m.AuditReport, options: list[m.OptionView], title: str) -> Table:
    lang = report.language
    table = _table(title, [" " * 44, *(say(lang, f"group.{one}") for one in COLUMNS)])
    for option in options:
        done = {"yes": option.done.yes, "no": option.done.no, "unknown": option.done.unknown}
        said = say(lang, "audited.done-line", **{name: _share(share) for name, share in done.items()})
        table.add_row(Text(option.label, style="bold"))
        table.add_row(Text(f"  {said}", style="dim"))
        for cell in option.cells:
            table.add_row(f"  {cell.name}", *(_screen(cell, one) for one in COLUMNS))
    return table


def _screen(cell: m.CellView, screen: m.Screen) -> str:
    """The share of a group of answers; hidden as soon as one of them is."""
    own = [line.women for line in cell.answers if line.screen == screen]
    if any(share.n is None for share in own):
        return "·"
    return f"{100 * sum(share.share or 0 for share in own):.1f} %" if own else "–"


def _concordance(report: m.AuditReport) -> Iterator[object]:
    lang = report.language
    found = [(cell, one, option) for option in report.options for cell in option.cells for one in cell.concordance
             if one.statements]  # fmt: skip
    if not found:
        return
    yield Text()
    verdicts = ("concordant", "discordant", "not-recorded")
    heads = [say(lang, f"audited.verdict-{verdict}") for verdict in verdicts]
    table = _table(say(lang, "audited.concordance-short"), ["", *heads])
    for cell, one, option in found:
        shares = dict(zip(one.columns, one.shares, strict=True))
        table.add_row(f"{cell.name}: {option.label}", *(_both(shares[v]) if v in shares else "0" for v in verdicts))
    yield table


def _costly(report: m.AuditReport) -> Iterator[object]:
    lang = report.language
    for key, costs in (
        ("audited.costly-facts", report.costly_facts),
        ("audited.costly-readings", report.costly_readings),
    ):
        if costs:
            yield Text()
            table = _table(
                f"{say(lang, 'audited.costly')}: {say(lang, key)}", ["", say(lang, "audited.costly-answers")]
            )
            for one in costs[:8]:
                table.add_row(one.label, f"{one.answers:,}")
            yield table
    yield Text()
