"""An appraisal as text: the summary of findings first, then what stands behind each line of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from rich import box
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from decidua.language import say
from decidua.reports.grade import models as m

FINDINGS = ("outcome", "participants", "relative", "without", "with", "difference", "certainty", "comment")
"""Columns of the summary of findings, by the keys of their names."""
JUDGEMENTS = ("column-domain", "column-judgement", "column-reason")
CHECKS = ("column-check", "column-computed", "column-against", "column-suggests", "column-agrees")


def finding(one: m.OutcomeView, report: m.GradeReport) -> tuple[str, ...]:
    """The cells of one line; without a number per 1000 the last of the three cells says why."""
    nothing = say(report.language, "grade.none")
    risks = (nothing, nothing, one.no_absolute or nothing)
    if found := one.absolute:
        risks = (f"{found.baseline:.0f}", f"{found.risk:.0f}", found.words)
    letters = f" [{', '.join(one.footnotes)}]" if one.footnotes else ""
    certainty = one.certainty.words + letters
    return one.name, one.participants_words, one.relative_words, *risks, certainty, one.comment


def grade_text(report: m.GradeReport) -> Iterable[object]:
    tell = _teller(report)
    yield from _head(report, tell)
    yield Text()
    yield _table([tell(f"grade.column-{key}") for key in FINDINGS], [finding(one, report) for one in report.outcomes])
    yield Text(tell("grade.overall"), style="bold")
    yield Text(report.overall.words)
    if report.footnotes:
        yield Text(tell("grade.footnotes"), style="bold")
    for note in report.footnotes:
        yield Text(note.words)
    yield from _flags(report, tell)
    if report.printed:
        yield from _titled(tell("grade.printed-title"), _printed(report.printed))
    yield from _decision(report, tell)
    for one in report.outcomes:
        yield from _behind(one, tell)
    yield Text()
    yield Text(tell("grade.sources"), style="bold")
    for source in report.sources:
        yield Text(source, style="dim")


Tell = Callable[..., str]


def _teller(report: m.GradeReport) -> Tell:
    return lambda key, **parts: say(report.language, key, **parts)


def _head(report: m.GradeReport, tell: Tell) -> Iterator[object]:
    yield Text(report.title, style="bold")
    for warning in report.warnings:
        yield Text(f"! {warning}")
    yield Text(f"{report.software} · {report.intended_use}", style="dim")
    yield Text(tell("grade.judged-by", role=report.judged_by, date=report.judged_on, review=report.review))
    for name, said in question_rows(report):
        yield Text(f"{name}: {said}")
    if report.note:
        yield Text(report.note)


def question_rows(report: m.GradeReport) -> Iterator[tuple[str, str]]:
    for name in ("population", "intervention", "comparison", "setting"):
        said = getattr(report.question, name)
        if said is not None:
            yield say(report.language, f"grade.{name}"), said


def _titled(title: str, lines: Iterable[str]) -> Iterator[object]:
    yield Text()
    yield Text(title, style="bold")
    for line in lines:
        yield Text(line)


def _printed(given: m.PrintedView) -> Iterator[str]:
    yield given.words
    yield from given.cites


def all_flags(report: m.GradeReport) -> list[str]:
    """Those of the question, then those of each outcome with its name."""
    own = [flag.words for flag in report.flags]
    return own + [
        say(report.language, "grade.flags-outcome", outcome=one.name, words=flag.words)
        for one in report.outcomes
        for flag in one.flags
    ]


def _flags(report: m.GradeReport, tell: Tell) -> Iterator[object]:
    found = all_flags(report)
    yield from _titled(tell("grade.flags"), [f"! {words}" for words in found] or [tell("grade.no-flags")])


def _decision(report: m.GradeReport, tell: Tell) -> Iterator[object]:
    if advice := report.recommendation:
        said = (advice.words, advice.printed, advice.exceptional)
        yield from _titled(tell("grade.recommendation"), [line for line in said if line])
    else:
        yield from _titled(tell("grade.no-recommendation"), ())
    if not report.decision:
        yield Text(tell("grade.no-decision"), style="bold")
        return
    columns = [tell(f"grade.column-{key}") for key in ("criterion", "judgement", "reason", "evidence")]
    yield from _titled(tell("grade.decision"), ())
    yield _table(columns, criterion_rows(report))


def criterion_rows(report: m.GradeReport) -> list[tuple[str, ...]]:
    gap, nothing = say(report.language, "grade.not-given"), say(report.language, "grade.none")
    return [(c.label, c.judgement or gap, c.reason or nothing, c.evidence or nothing) for c in report.decision]


def _behind(one: m.OutcomeView, tell: Tell) -> Iterator[object]:
    yield Text()
    yield Text(tell("grade.behind", outcome=one.name), style="bold")
    yield Text(f"{one.kind_words} · {one.importance_words}")
    yield Text(one.start)
    if one.source:
        yield Text(f"{tell('grade.column-source')}: {one.source}")
    if one.printed:
        yield Text(one.printed.words)
    if rows := judgement_rows(one, tell):
        yield from _titled(tell("grade.judgements"), ())
        yield _table([tell(f"grade.{key}") for key in JUDGEMENTS], rows)
    if one.checks:
        yield from _titled(tell("grade.checks"), ())
        yield _table([tell(f"grade.{key}") for key in CHECKS], check_rows(one, tell))
    for note in one.notes:
        yield Text(f"! {note}")
    for name, said in one.conventions.items():
        yield Padding(Text(f"{name}: {said}", style="dim"), (0, 0, 0, 2))


def judgement_rows(one: m.OutcomeView, tell: Tell) -> list[tuple[str, ...]]:
    """None where there is neither evidence nor a judgement."""
    if one.relative is None and all(j.reason is None for j in one.judgements):
        return []
    return [(j.label, j.words, j.reason or tell("grade.none")) for j in one.judgements]


def check_rows(one: m.OutcomeView, tell: Tell) -> list[tuple[str, ...]]:
    nothing = tell("grade.none")
    return [(c.label, c.found or nothing, c.against, c.suggestion, c.agreement) for c in one.checks]


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_lines=False, padding=(0, 1, 0, 0), pad_edge=False, expand=True)
    for column in columns:
        table.add_column(Text(column), overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    return table
