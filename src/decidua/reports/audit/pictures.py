"""What an audit shows as pictures; every number in them stands in a table of the report as well."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from decidua.language import Lang, say
from decidua.reports.audit import models as m
from decidua.reports.pictures.stacked import Bar, Kind, Panel, StackedPlot

SIGNS: Sequence[tuple[m.Screen, str]] = (("for", "●"), ("against", "✕"), ("weak", "◐"), ("silent", "–"), ("open", "?"))
BREADTHS: Sequence[tuple[m.Breadth, str, str]] = (
    ("all", "for", "●"), ("some", "some", "◕"), ("one", "weak", "◔"), ("open-for", "open", "?●"),
    ("open", "later", "?"), ("none", "silent", "○"),
)  # fmt: skip
DONE: Sequence[tuple[str, str, str]] = (("yes", "done", "✓"), ("no", "silent", "✗"), ("unknown", "open", "?"))


def by_screen(cell: m.CellView) -> dict[m.Screen, float]:
    """Shares of all women by group of answers; what is hidden is in none."""
    found = {screen: 0.0 for screen, _ in SIGNS}
    for line in cell.answers:
        found[line.screen] += line.women.share or 0.0
    return found


def answers_picture(report: m.AuditReport, *, tests: bool) -> StackedPlot | None:
    """A bar for each guideline on each option of which at least one guideline says something."""
    chosen = [option for option in report.options if option.test == tests and _spoken(option)]
    if not chosen:
        return None
    bars = [bar for option in chosen for bar in _option_bars(option)]
    return _plot(report, "audited.picture-options", _said(bars), [Panel(kinds=_screens(report.language))], bars)


def _spoken(option: m.OptionView) -> bool:
    return any(line.screen != "silent" for cell in option.cells for line in cell.answers)


def _option_bars(option: m.OptionView) -> Iterator[Bar]:
    yield Bar(label=option.label)
    for cell in option.cells:
        yield Bar(label=cell.name, parts=(tuple(by_screen(cell).values()),))


def agreement_picture(report: m.AuditReport, *, tests: bool) -> StackedPlot | None:
    chosen = [option for option in report.options if option.agreement and option.test == tests and _spoken(option)]
    if not chosen:
        return None
    labels = {one: say(report.language, f"audited.breadth-{one}") for one, _, _ in BREADTHS}
    present = {line.breadth for option in chosen for line in (option.agreement.lines if option.agreement else ())}
    used = [one for one in BREADTHS if one[0] in present]
    kinds = tuple(Kind(colour=colour, sign=sign, label=labels[one]) for one, colour, sign in used)
    bars = []
    for option in chosen:
        shares = {line.breadth: line.women.share or 0.0 for line in option.agreement.lines} if option.agreement else {}
        bars.append(Bar(label=option.label, parts=(tuple(shares.get(one, 0.0) for one, _, _ in used),)))
    return _plot(report, "audited.picture-agreement", _said(bars), [Panel(kinds=kinds)], bars)


def attrition_picture(report: m.AuditReport, cell: m.CellView, one: m.AttritionView) -> StackedPlot:
    lang = report.language
    kinds = (
        Kind(colour="done", sign="✓", label=say(lang, "audited.step-yes")),
        Kind(colour="open", sign="?", label=say(lang, "audited.step-unknown")),
        Kind(colour="silent", sign="✗", label=say(lang, "audited.step-no")),
    )
    bars = [
        Bar(label=f"{at}. {step.criterion}", parts=((step.yes.share or 0.0, step.unknown.share or 0.0,
                                                     step.no.share or 0.0),))
        for at, step in enumerate(one.steps, start=1)
    ]  # fmt: skip
    title = say(lang, "audited.picture-attrition", guideline=cell.name)
    return StackedPlot(lang=lang, title=title, description=f"{title}. {_said(bars)}", panels=(Panel(kinds=kinds),),
                       bars=tuple(bars), hidden=say(lang, "audited.picture-hidden"))  # fmt: skip


def groups_picture(report: m.AuditReport, option: m.OptionView, cell: m.CellView, group: str) -> StackedPlot:
    """Answers at each value, and done beside them."""
    lang = report.language
    by = next(one for one in cell.by if one.group == group)
    beside = {row.value: row for one in option.done_by if one.group == group for row in one.rows}
    done = tuple(Kind(colour=c, sign=s, label=say(lang, f"audited.done-{one}")) for one, c, s in DONE)
    bars = [
        Bar(label=value_name(row.value, lang), after="" if row.women.n is None else f"{row.women.n:,}",
            parts=(_screen_parts(cell, row), tuple(share.share or 0.0 for share in beside[row.value].shares)))
        for row in by.rows
    ]  # fmt: skip
    title = say(lang, "audited.picture-groups", guideline=cell.name, option=option.label, group=group)
    panels = (
        Panel(title=say(lang, "audited.answer"), kinds=_screens(lang), share=2.0),
        Panel(title=say(lang, "audited.done"), kinds=done),
    )
    return StackedPlot(lang=lang, title=title, description=f"{title}. {_said(bars)}", panels=panels, bars=tuple(bars),
                       hidden=say(lang, "audited.picture-hidden"))  # fmt: skip


def _screen_parts(cell: m.CellView, row: m.ValueRow) -> tuple[float, ...]:
    found = {screen: 0.0 for screen, _ in SIGNS}
    for line, share in zip(cell.answers, row.shares, strict=True):
        found[line.screen] += share.share or 0.0
    return tuple(found.values())


def costly_picture(report: m.AuditReport) -> StackedPlot | None:
    """Facts, then readings; the longest bar is the costliest of all."""
    parts = (("audited.costly-facts", report.costly_facts), ("audited.costly-readings", report.costly_readings))
    most = max((one.answers for _, costs in parts for one in costs), default=0)
    if not most:
        return None
    bars: list[Bar] = []
    for key, costs in parts:
        bars += [Bar(label=say(report.language, key)), *(_cost(one, most) for one in costs)] if costs else []
    kinds = (Kind(colour="open", sign="?", label=say(report.language, "audited.costly-answers")),)
    said = "; ".join(f"{one.label}: {one.answers:,}" for _, costs in parts for one in costs)
    return _plot(report, "audited.picture-costly", said, [Panel(kinds=kinds, whole=False)], bars)


def _cost(one: m.CostView, most: int) -> Bar:
    return Bar(label=one.label, parts=((one.answers / most,),), after=f"{one.answers:,}")


def value_name(value: str | None, lang: Lang) -> str:
    return say(lang, "audited.value-unknown") if value is None else value


def _screens(lang: Lang) -> tuple[Kind, ...]:
    return tuple(Kind(colour=screen, sign=sign, label=say(lang, f"group.{screen}")) for screen, sign in SIGNS)


def _plot(
    report: m.AuditReport, key: str, said: str, panels: Sequence[Panel], bars: Sequence[Bar]
) -> StackedPlot:  # fmt: skip
    lang = report.language
    watermark = (report.about.watermark,) if report.about.watermark else ()
    return StackedPlot(
        lang=lang, title=say(lang, key), description=f"{say(lang, key)}. {said}", panels=tuple(panels),
        bars=tuple(bars), hidden=say(lang, "audited.picture-hidden"), lines=watermark,
    )  # fmt: skip


def _said(bars: Sequence[Bar]) -> str:
    """Every bar in words."""
    return "; ".join(
        f"{bar.label}: {', '.join(f'{100 * part:.0f} %' for parts in bar.parts if parts for part in parts)}"
        for bar in bars
        if bar.parts
    )
