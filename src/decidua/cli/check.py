"""`decidua check`: is the content sound? All errors at once, each with file and line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from decidua.cli.settings import packages

if TYPE_CHECKING:
    from decidua.check import Ledger
    from decidua.guidelines import Knowledge

FAILED = 3
source_file = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.command()
@click.option("--coverage", "covers", is_flag=True, help="Is every content line encoded? Fails below 100 %.")
@click.option("--source", type=source_file, help="The source text: its lines are compared with the ledger's hashes.")
@click.option("--write-ledger", is_flag=True, help="Refresh the ledger's hashes and ids from --source; roles are kept.")
@click.option("--write-ids", is_flag=True, help="Add new ids to the list of ids that are permanent.")
@packages
def command(covers: bool, source: Path | None, write_ledger: bool, write_ids: bool, packages: tuple[Path, ...]) -> None:
    """Check the content: schema, citations, languages, units, conflicts, reachability, examples, permanence of ids."""
    from decidua import check

    knowledge, problems = check.inspect(packages)
    if knowledge and write_ids:
        click.echo(f"ids: {check.write_ids(knowledge.content)}")
        problems = check.problems(knowledge)
    for problem in problems:
        click.echo(str(problem))
    failed = knowledge is None or any(problem.severity == "error" for problem in problems)
    if knowledge and (covers or source or write_ledger):
        failed |= _covered(knowledge, source, write_ledger)
    if knowledge:
        click.echo(_summary(knowledge, failed))
    raise SystemExit(FAILED if failed else 0)


def _summary(knowledge: Knowledge, failed: bool) -> str:
    counts = f"{len(knowledge.statements)} statements, {len(knowledge.readings)} readings"
    verdict = "errors" if failed else "no errors"
    return f"content {knowledge.content.hash}: {counts}, {len(knowledge.options)} options: {verdict}"


def _covered(knowledge: Knowledge, source: Path | None, rewrite: bool) -> bool:
    """Whether coverage fails; with --write-ledger the ledger is refreshed first."""
    from decidua import check

    file = knowledge.content.roots[0] / "ledger.tsv"
    ledger = check.read_ledger(file)
    if rewrite:
        if source is None:
            raise click.UsageError("--write-ledger reads the lines from --source FILE; give both.")
        ledger = check.write_ledger(knowledge, source, ledger)
        check.save_ledger(ledger, file)
    found = check.coverage(knowledge, ledger)
    for line, text in found.problems:
        click.echo(f"{file}:{line + 1}: source line {line}: {text}")
    click.echo(f"coverage: {found.covered_lines} of {found.content_lines} content lines, {found.percent:.1f} %")
    if found.tables_to_come:
        click.echo(f"          {found.tables_to_come} of them are rows of study tables, numbers not encoded yet")
    differing = _differing(ledger, source)
    return found.percent < 100 or bool(found.problems) or differing


def _differing(ledger: Ledger, source: Path | None) -> bool:
    from decidua import check

    if source is None:
        return False
    lines = check.verify_source(ledger, source)
    verdict = f"lines {', '.join(map(str, lines[:20]))} differ from" if lines else "every line has the hash of"
    click.echo(f"source: {verdict} the ledger")
    return bool(lines)
