"""The report as tidy tables: one row is one count, with its total, its share and where it comes from.

Written as CSV and Parquet into a new folder that is there whole or not at all. `n` is empty where it is hidden.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from decidua.language import say
from decidua.reports.audit import models as m
from decidua.reports.formulas import safe

Cell = str | int | float | bool | None
COUNT = ("n", "hidden", "of", "share", "low", "high")
FROM = ("software", "content", "reviewed", "as_of", "synthetic", "intended_use")
DONE = ("yes", "no", "unknown")


@dataclass(frozen=True)
class Table:
    """`keys`: columns of what is counted; each row has them, then those of COUNT."""

    name: str
    keys: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def tables(report: m.AuditReport) -> list[Table]:
    """All counts of the report. A group without a name is the whole cohort; a value without one is not known."""
    made = [
        ("groups", ("group", "value"), _groups(report)),
        ("definitions", ("guideline", "group", "value", "met"), _definitions(report)),
        ("done", ("option", "group", "value", "done"), _done(report)),
        ("answers", ("guideline", "option", "group", "value", "answer", "answer_group"), _answers(report)),
        ("answers_done", ("guideline", "option", "answer", "done"), _answers_done(report)),
        ("concordance", ("guideline", "option", "statements", "group", "value", "verdict"), _concordance(report)),
        ("agreement", ("option", "group", "value", "for_it"), _agreement(report)),
        ("agreement_done", ("option", "for_it", "done"), _agreement_done(report)),
        ("opposed", ("option",), _opposed(report)),
        ("unknown_facts", ("guideline", "option", "fact", "what"), _unknowns(report)),
        ("readings", ("guideline", "option", "reading"), _readings(report)),
        ("attrition", ("guideline", "option", "statement", "step", "criterion", "outcome"), _attrition(report)),
    ]
    return [Table(name, keys, tuple(rows)) for name, keys, rows in made]


def _count(one: m.Count) -> tuple[Cell, ...]:
    if isinstance(one, m.Share):
        return one.n, one.hidden, one.of, one.share, one.low, one.high
    return one.n, one.hidden, None, None, None, None


def _by(
    keys: tuple[Cell, ...], names: Sequence[str], shares: Sequence[m.Share], by: Sequence[m.ByGroup]
) -> Iterator[tuple[Cell, ...]]:
    for name, share in zip(names, shares, strict=True):
        yield *keys, "", "", name, *_count(share)
    for block in by:
        for row in block.rows:
            for name, share in zip(names, row.shares, strict=True):
                yield *keys, block.group, row.value, name, *_count(share)


def _groups(report: m.AuditReport) -> Iterator[tuple[Cell, ...]]:
    yield "", "", *_count(m.Count(n=report.about.women))
    for group in report.groups:
        for value in group.values:
            yield group.group, value.value, *_count(value.women)


def _definitions(report: m.AuditReport) -> Iterator[tuple[Cell, ...]]:
    for one in report.definitions:
        yield from _by((one.guideline,), one.columns, one.shares, one.by)


def _done(report: m.AuditReport) -> Iterator[tuple[Cell, ...]]:
    for option in report.options:
        yield from _by((option.option,), DONE, _three(option.done), option.done_by)


def _three(done: m.Done) -> tuple[m.Share, ...]:
    return done.yes, done.no, done.unknown


def _cells(report: m.AuditReport) -> Iterator[tuple[str, str, m.CellView]]:
    for option in report.options:
        for cell in option.cells:
            yield cell.guideline, option.option, cell


def _answers(report: m.AuditReport) -> Iterator[tuple[Cell, ...]]:
    for guideline, option, cell in _cells(report):
        screens = {line.answer: line.screen for line in cell.answers}
        names, shares = list(screens), [line.women for line in cell.answers]
        for row in _by((guideline, option), names, shares, cell.by):
            yield *row[:5], screens[str(row[4])], *row[5:]


def _answers_done(report: m.AuditReport) -> Iterator[tuple[Cell, ...]]:
    for guideline, option, cell in _cells(report):
        for line in cell.answers:
            yield from _beside((guideline, option, line.answer), line.done)


def _beside(keys: tuple[Cell, ...], done: m.Done | None) -> Iterator[tuple[Cell, ...]]:
    hidden = m.Count(n=None, hidden=True)
    for name, share in zip(DONE, _three(done) if done else (hidden,) * 3, strict=True):
        yield *keys, name, *_count(share)


def _concordance(report: m.AuditReport) -> Iterator[tuple[Cell, ...]]:
    for guideline, option, cell in _cells(report):
        for one in cell.concordance:
            yield from _by((guideline, option, " ".join(one.statements)), one.columns, one.shares, one.by)


def _agreement(report: m.AuditReport) -> Iterator[tuple[Cell, ...]]:
    for option in report.options:
        if option.agreement:
            lines = option.agreement.lines
            names, shares = [line.breadth for line in lines], [line.women for line in lines]
            yield from _by((option.option,), names, shares, option.agreement.by)


def _agreement_done(report: m.AuditReport) -> Iterator[tuple[Cell, ...]]:
    for option in report.options:
        for line in option.agreement.lines if option.agreement else ():
            yield from _beside((option.option, line.breadth), line.done)


def _opposed(report: m.AuditReport) -> Iterator[tuple[Cell, ...]]:
    for option in report.options:
        if option.agreement:
            yield option.option, *_count(option.agreement.opposed)


def _unknowns(report: m.AuditReport) -> Iterator[tuple[Cell, ...]]:
    for guideline, option, cell in _cells(report):
        for one in cell.unknowns:
            yield guideline, option, one.fact, "open", *_count(one.women)
            yield guideline, option, one.fact, "alone", *_count(one.alone)


def _readings(report: m.AuditReport) -> Iterator[tuple[Cell, ...]]:
    for guideline, option, cell in _cells(report):
        for one in cell.readings:
            yield guideline, option, one.reading, *_count(one.women)


def _attrition(report: m.AuditReport) -> Iterator[tuple[Cell, ...]]:
    for guideline, option, cell in _cells(report):
        for one in cell.attrition:
            for at, step in enumerate(one.steps, start=1):
                for outcome in DONE:
                    share: m.Share = getattr(step, outcome)
                    yield guideline, option, one.statement, at, step.criterion, outcome, *_count(share)


# ---- files ------------------------------------------------------------------------------------------------------


def provenance(report: m.AuditReport) -> tuple[Cell, ...]:
    about = report.about
    reviewed = f"{about.reviewed} of {about.statements}"
    return about.software, about.content, reviewed, about.as_of or "", about.synthetic, about.intended_use


def csv_text(report: m.AuditReport, table: Table) -> str:
    """UTF-8 with its mark, so that spreadsheets read Korean; texts that would run as formulas are disarmed."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([*table.keys, *COUNT, *FROM])
    behind = provenance(report)
    writer.writerows([safe(_plain(cell)) for cell in (*row, *behind)] for row in table.rows)
    return "\ufeff" + out.getvalue()


def _plain(cell: Cell) -> Cell:
    return "" if cell is None else str(cell).lower() if isinstance(cell, bool) else cell


def read_me(report: m.AuditReport) -> str:
    about, lang = report.about, report.language
    lines = [say(lang, "audited.tables-readme"), about.use, about.intended_use, *report.notes]
    lines += [about.watermark] if about.watermark else []
    lines.append(say(lang, "audited.as-of", day=about.as_of) if about.as_of else say(lang, "audited.as-of-none"))
    return "\n\n".join(lines) + "\n"


def files_of(report: m.AuditReport) -> Iterator[tuple[str, bytes]]:
    """Every table as CSV and Parquet, the report as JSON, and a text that says what they are."""
    yield "README.txt", read_me(report).encode()
    yield "report.json", (report.model_dump_json(indent=2) + "\n").encode()
    for table in tables(report):
        yield f"{table.name}.csv", csv_text(report, table).encode()
        yield f"{table.name}.parquet", _parquet(report, table)


def write_tables(report: m.AuditReport, folder: Path, *, force: bool = False) -> None:
    """Raises UsageError where the folder cannot be written, and then nothing is left of it, or where it exists.

    `force` replaces one that holds such tables and nothing else.
    """
    from decidua.intake.cohort.new_folder import new_folder

    own = [f"{table.name}.{ending}" for table in tables(report) for ending in ("csv", "parquet")]
    with new_folder(folder, ["README.txt", "report.json", *own], force) as part:
        for name, content in files_of(report):
            (part / name).write_bytes(content)


def archive(report: m.AuditReport) -> bytes:
    """The same as one ZIP, made in memory."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, content in files_of(report):
            zipped.writestr(zipfile.ZipInfo(f"audit/{name}"), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _parquet(report: m.AuditReport, table: Table) -> bytes:
    import polars as pl

    types = {"n": pl.Int64, "hidden": pl.Boolean, "of": pl.Int64, "share": pl.Float64, "low": pl.Float64,
             "high": pl.Float64, "step": pl.Int64}  # fmt: skip
    schema = {name: types.get(name, pl.String) for name in (*table.keys, *COUNT)}
    behind = dict(zip(FROM, provenance(report), strict=True))
    frame = pl.DataFrame(table.rows, schema=schema, orient="row")
    frame = frame.with_columns(pl.lit(cell).alias(name) for name, cell in behind.items())
    out = io.BytesIO()
    frame.write_parquet(out, compression="zstd", metadata={"decidua": report.about.model_dump_json()})
    return out.getvalue()
