"""`decidua consult PATIENT`: what each guideline says for one patient."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from decidua.cli.settings import known, language, open_knowledge, packages, reply_file, terminal

if TYPE_CHECKING:
    from decidua.guidelines import Knowledge
    from decidua.intake import Intake
    from decidua.language import Lang
    from decidua.reports.models import Report


@click.command()
@click.argument("patient", type=click.Path(path_type=str), metavar="PATIENT")
@click.option("--option", "options", multiple=True, metavar="ID", help="Only this option, in full; may be repeated.")
@click.option("--guideline", "guidelines", multiple=True, metavar="ID", help="Only this guideline; may be repeated.")
@click.option("--why", is_flag=True, help="With statements and the trace of every criterion.")
@click.option("--format", "shape", type=click.Choice(["text", "json", "html"]), default="text", show_default=True)
@click.option(
    "--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Date for dated results; default: the file's, else today."
)
@reply_file
@language
@packages
def command(
    patient: str, options: tuple[str, ...], guidelines: tuple[str, ...], why: bool, shape: str,
    as_of: datetime | None, reply: Path | None, lang: Lang, packages: tuple[Path, ...],
) -> None:  # fmt: skip
    """What each guideline says for the patient in PATIENT (YAML or JSON; - reads standard input).

    Every fact that the file does not give is unknown. Nothing is written but to standard output.
    """
    from decidua.intake import read_patient_file

    knowledge = open_knowledge(packages, reply)
    chosen = known("option", options, knowledge.options), known("guideline", guidelines, knowledge.guidelines)
    intake = read_patient_file(
        patient, vocabulary=knowledge.vocabulary, stated=knowledge.stated, as_of=as_of.date() if as_of else None
    )
    _print(_report(knowledge, intake, chosen, lang, shape, why), shape, options, why)


def _report(
    knowledge: Knowledge, intake: Intake, chosen: tuple[tuple[str, ...], tuple[str, ...]], lang: Lang, shape: str,
    why: bool,
) -> Report:  # fmt: skip
    from decidua.answers import Answers
    from decidua.consult import consult
    from decidua.errors import PatientConflictError
    from decidua.language import say
    from decidua.reports.build import build_report

    options, guidelines = chosen
    try:
        consultation = consult(Answers(knowledge), intake.patient, options, guidelines)
    except PatientConflictError as error:
        place = intake.places.get(str(error.parts.get("name")))
        raise error.at(place) if place else error from None
    warnings = [say(lang, key, **parts) for key, parts in intake.warnings]
    full = shape != "text"
    return build_report(
        consultation,
        lang,
        title=intake.title,
        warnings=warnings,
        why=why or full,
        deciding=full or bool(options) or why,
    )


def _print(report: Report, shape: str, options: Sequence[str], why: bool) -> None:
    if shape == "json":
        click.echo(report.model_dump_json(indent=2))
    elif shape == "html":
        from decidua.reports.html import render_html

        click.echo(render_html(report))
    else:
        from decidua.reports.text import print_report

        print_report(report, terminal(), options=options, why=why)
