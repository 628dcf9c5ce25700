"""`decidua audit PATH…`: a cohort against every guideline, as counts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from decidua.cli.progress import rows_bar
from decidua.cli.settings import known, language, open_knowledge, packages, reply_file, show
from decidua.cli.writing import is_file, plain, refuse_existing

if TYPE_CHECKING:
    from decidua.audit.models import Audit
    from decidua.audit.opening import Wanted
    from decidua.guidelines import Knowledge
    from decidua.intake.cohort import FactsTable
    from decidua.language import Lang
    from decidua.reports.audit.models import AuditReport

PATH = click.Path(path_type=Path)
FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


def _names(_: click.Context, __: click.Parameter, value: str | None) -> tuple[str, ...]:
    return tuple(name.strip() for name in (value or "").split(",") if name.strip())


@click.command()
@click.argument("paths", metavar="PATH…", nargs=-1)
@click.option("--map", "mapping", type=FILE, metavar="FILE", help="A mapping file (YAML) for columns and values.")
@click.option("--events", multiple=True, metavar="PATH", help="What was done, as long tables; may be repeated.")
@click.option("--fhir", multiple=True, metavar="PATH", help="FHIR R4 bundles or a bulk export; may be repeated.")
@click.option("--omop", metavar="SOURCE", help="OMOP 5.4: a folder of Parquet, a DuckDB file, postgresql://…")
@click.option("--omop-schema", metavar="NAME", help="The schema of the tables.")
@click.option("--omop-cohort", type=int, metavar="ID", help="Only the subjects of this cohort definition.")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="The day on which the women are looked at.")
@click.option("--by", callback=_names, metavar="A,B", help="Groups, such as centre,year: `group.` columns.")
@click.option("--guideline", "guidelines", multiple=True, metavar="ID", help="Only this guideline; may be repeated.")
@click.option("--option", "options", multiple=True, metavar="ID", help="Only this option; may be repeated.")
@click.option("--describe", is_flag=True, help="What was understood of the input, instead of an audit.")
@click.option("--explain", metavar="G/O/N", help="In words, the answer of guideline G on option O behind signature N "
              "of --answers; with the same PATH, --guideline and --option as for that file.")  # fmt: skip
@click.option("--strict", is_flag=True, help="Anything that is refused refuses all.")
@click.option("--facts", type=PATH, metavar="FILE", help="Keep the facts as Parquet, for a further audit.")
@click.option("--answers", type=PATH, metavar="FILE", help="Answers of each patient, as Parquet or CSV.")
@click.option("--tables", "tables", type=PATH, metavar="DIR", help="Tidy tables as CSV and Parquet in a new folder.")
@click.option("--out", type=PATH, metavar="FILE", help="The report in a new file; .html and .json by their ending.")
@click.option("--format", "shape", type=click.Choice(["text", "json", "html"]), help="Default: text, or by --out.")
@click.option("--force", is_flag=True, help="Replace results that are there; never what is read.")
@click.option("--min-cell", "least", type=click.IntRange(0), default=5, show_default=True,
              help="Smaller counts are hidden, and what would tell them; 0 or 1 hides nothing.")  # fmt: skip
@click.option("--engine", type=click.Choice(["polars", "spark"]), default="polars", show_default=True,
              help="Spark reads facts files: other input needs --facts or --scratch with it.")  # fmt: skip
@click.option("--master", default="local[*]", show_default=True, help="Where Spark runs, with --engine spark.")
@click.option("--scratch", type=click.Path(path_type=Path, exists=True, file_okay=False), metavar="DIR",
              help="The only place for files in between; without it there are none.")  # fmt: skip
@reply_file
@language
@packages
def command(
    paths: tuple[str, ...], mapping: Path | None, events: tuple[str, ...], fhir: tuple[str, ...], omop: str | None,
    omop_schema: str | None, omop_cohort: int | None, as_of: datetime | None, by: tuple[str, ...],
    guidelines: tuple[str, ...], options: tuple[str, ...], describe: bool, explain: str | None,
    strict: bool, facts: Path | None, answers: Path | None, tables: Path | None, out: Path | None, shape: str | None,
    force: bool, least: int, engine: str, master: str, scratch: Path | None, reply: Path | None, lang: Lang,
    packages: tuple[Path, ...],
) -> None:  # fmt: skip
    """Audit the cohort in PATH…: CSV, Parquet, Arrow; files, globs, folders.

    Who meets each definition, for whom each guideline says what, what was done beside it, where guidelines part, what
    keeps answers open. It describes care and does not judge it. Unknown is never no. No report names a patient.
    """
    _require_columns()
    outputs = [file for file in (facts, answers, tables, out) if file is not None and is_file(file)]
    for file in outputs:
        refuse_existing(file, force=force, folder=file is tables)
    _refuse_inputs(outputs, ())
    from decidua.audit.opening import Wanted

    shape = shape or _by_ending(out)
    day = as_of.date() if as_of else None
    spill = _spill(scratch, facts) if paths else None
    wanted = Wanted(paths, events, fhir, omop, omop_schema, omop_cohort, mapping, day, strict, scratch, spill, _cores())
    knowledge = open_knowledge(packages, reply)
    chosen = known("guideline", guidelines, knowledge.guidelines), known("option", options, knowledge.options)
    if engine == "spark" and not describe and explain is None:
        _require_spark(wanted, facts, master)
    table = _opened(knowledge, wanted, lang)
    _refuse_inputs(outputs, [*table.description.files, *events, *(str(one) for one in (mapping, omop) if one)])
    if describe:
        _describe(table, lang, shape)
        return
    asked = Asked(by, chosen[0], chosen[1], engine, master, least, answers, force)
    if explain is not None:
        from decidua.cli.explaining import explain_signature

        explain_signature(knowledge, table, (asked.guidelines, asked.options), explain, lang, shape)
        return
    if facts is not None:
        table = _kept(table, facts, force)
    with _for_engine(table, asked.engine, facts, scratch) as ready:
        report = _report(knowledge, ready, asked, lang)
    if tables is not None:
        from decidua.reports.audit.tables import write_tables

        write_tables(report, tables, force=force)
    _print(report, shape, out, force)


@dataclass(frozen=True)
class Asked:
    """How the cohort is audited and what may be told of it."""

    by: tuple[str, ...]
    guidelines: tuple[str, ...]
    options: tuple[str, ...]
    engine: str
    master: str
    least: int
    answers: Path | None = None
    force: bool = False


def _spill(scratch: Path | None, facts: Path | None) -> Path | None:
    """A folder in the scratch folder, or hidden beside the facts, that is gone when the command ends."""
    from tempfile import TemporaryDirectory

    from decidua.errors import UsageError

    parent = scratch or (facts.parent if facts is not None else None)
    if parent is None:
        return None
    try:
        return Path(click.get_current_context().with_resource(TemporaryDirectory(dir=parent, prefix=".decidua-")))
    except OSError as error:
        raise UsageError("error.cannot-write", given=parent, reason=error.strerror or type(error).__name__) from None


def _kept(table: FactsTable, facts: Path, force: bool) -> FactsTable:
    """The same table, read from now on from the facts that were kept of it."""
    from decidua.intake.cohort import read_facts, write_facts

    write_facts(table, facts, force=force)
    return replace(read_facts(facts), about=table.about, description=table.description)


def _refuse_inputs(outputs: Sequence[Path], inputs: Iterable[str | Path]) -> None:
    """Raises UsageError where a result would replace what is read, or another result."""
    from decidua.errors import UsageError

    read, seen = {Path(one).resolve() for one in inputs}, set[Path]()
    for file in outputs:
        if file.resolve() in read or file.resolve() in seen:
            raise UsageError("error.output-input" if file.resolve() in read else "error.output-twice", given=file)
        seen.add(file.resolve())


def _require_columns() -> None:
    from importlib.util import find_spec

    from decidua.errors import UsageError

    if not find_spec("polars"):
        raise UsageError("error.audit-extra")


def _require_spark(wanted: Wanted, facts: Path | None, master: str) -> None:
    """Before a long cohort is read for nothing."""
    from decidua.audit.opening import is_facts
    from decidua.audit.spark_session import require
    from decidua.errors import CohortError

    if facts is None and wanted.scratch is None and not is_facts(wanted):
        raise CohortError("audit.spark-files")
    require(master)


def _for_engine(
    table: FactsTable, engine: str, facts: Path | None, scratch: Path | None
) -> AbstractContextManager[FactsTable]:
    from decidua.audit.opening import as_facts_files

    return as_facts_files(table, facts, scratch) if engine == "spark" else nullcontext(table)


def _cores() -> int:
    import os

    return min(os.cpu_count() or 1, 8)


def _by_ending(out: Path | None) -> str:
    """html or json where the file's name says so; else text."""
    ending = out.suffix.lower() if out is not None else ""
    return {".html": "html", ".htm": "html", ".json": "json"}.get(ending, "text")


def _opened(knowledge: Knowledge, wanted: Wanted, lang: Lang) -> FactsTable:
    from decidua.audit.opening import open_cohort
    from decidua.errors import UsageError
    from decidua.language import say

    if sum((bool(wanted.paths), bool(wanted.fhir), wanted.omop is not None)) != 1:
        raise UsageError("error.audit-nothing")
    with rows_bar(say(lang, "audited.reading"), None) as progress:
        return open_cohort(knowledge, wanted, progress)


def _describe(table: FactsTable, lang: Lang, shape: str) -> None:
    """Refused cells are shown to the user's own terminal only, never in JSON."""
    from decidua.intake.cohort import describe
    from decidua.reports.audit.described import described_lines
    from decidua.reports.audit.received import input_view

    description = describe(table)
    if shape == "json":
        click.echo(input_view(description, lang, 1).model_dump_json(indent=2))
    else:
        show(described_lines(description, lang))


def _report(knowledge: Knowledge, table: FactsTable, asked: Asked, lang: Lang) -> AuditReport:
    import polars as pl

    from decidua.answers import Answers
    from decidua.audit.run import run
    from decidua.language import say
    from decidua.reports.audit.build import build_audit_report

    total = table.description.patients or int(table.frame.select(pl.len()).collect().item())
    with rows_bar(say(lang, "audited.auditing"), total) as progress:
        audit = run(
            Answers(knowledge), table, engine=asked.engine, guidelines=asked.guidelines, options=asked.options,
            groups=asked.by, progress=progress, patients=asked.answers, force=asked.force,
            master=asked.master,
        )  # fmt: skip
    _told(audit, lang)
    description = table.description if table.description.columns else None
    return build_audit_report(audit, knowledge, lang, least=asked.least, description=description)


def _told(audit: Audit, lang: Lang) -> None:
    """How long it took, on standard error; no report holds it."""
    from decidua.language import say

    rate = audit.about.rows / audit.seconds if audit.seconds else 0
    said = say(
        lang, "audited.elapsed", rows=f"{audit.about.rows:,}", seconds=f"{audit.seconds:.1f}", rate=f"{rate:,.0f}"
    )
    click.echo(said, err=True)


def _print(report: AuditReport, shape: str, out: Path | None, force: bool) -> None:
    if shape == "text" and not is_file(out):
        show(_lines(report))
    elif out is None or not is_file(out):
        click.echo(_written(report, shape), nl=False)
    else:
        from decidua.intake.cohort import new_file

        written = _written(report, shape)
        with new_file(out, force=force) as part:
            part.write_bytes(written)


def _written(report: AuditReport, shape: str) -> bytes:
    if shape == "json":
        return (report.model_dump_json(indent=2) + "\n").encode()
    if shape == "html":
        from decidua.reports.audit.html import audit_html

        return audit_html(report).encode()
    return plain(_lines(report))


def _lines(report: AuditReport) -> Iterator[object]:
    from decidua.reports.audit.text import audit_text

    return audit_text(report)
