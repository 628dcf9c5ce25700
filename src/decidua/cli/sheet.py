"""`decidua sheet PATIENT`: the counselling sheet, one A4 page, opened by a clinician for a talk."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from decidua.cli.settings import known, language, open_knowledge, packages, reply_file

if TYPE_CHECKING:
    from decidua.guidelines import Knowledge
    from decidua.intake import Intake
    from decidua.language import Lang
    from decidua.reports.sheet import Sheet


@click.command()
@click.argument("patient", type=click.Path(path_type=str), metavar="PATIENT")
@click.option(
    "--option", "picks", multiple=True, metavar="ID", help="A therapy to talk about; up to three, if they fit."
)
@click.option(
    "--i-am-counselling-her", "act", is_flag=True,
    help="Needed each time: a clinician opens the sheet, for a talk with this patient.",
)  # fmt: skip
@click.option("--format", "shape", type=click.Choice(["html", "pdf"]), default="html", show_default=True)
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Default: standard output."
)
@click.option(
    "--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Date for dated results; default: the file's, else today."
)
@reply_file
@language
@packages
def command(
    patient: str, picks: tuple[str, ...], act: bool, shape: str, out: Path | None, as_of: datetime | None,
    reply: Path | None, lang: Lang, packages: tuple[Path, ...],
) -> None:  # fmt: skip
    """A sheet to talk through with the patient in PATIENT (YAML or JSON; - reads standard input).

    One A4 page: her chance without the studied drug, what guidelines say of the chosen therapies, numbers of
    randomised studies, what is not known. It is not for reading alone. Nothing is written but to FILE or standard
    output.
    """
    from decidua.errors import UsageError
    from decidua.intake import read_patient_file

    if not act:
        raise UsageError("error.sheet-act")
    if shape == "pdf" and out is None and sys.stdout.isatty():
        raise UsageError("error.sheet-terminal")
    knowledge = open_knowledge(packages, reply)
    known("option", picks, knowledge.options)
    intake = read_patient_file(
        patient, vocabulary=knowledge.vocabulary, stated=knowledge.stated, as_of=as_of.date() if as_of else None
    )
    _write(_drawn(_sheet(knowledge, intake, picks, lang), shape), out)


def _sheet(knowledge: Knowledge, intake: Intake, picks: tuple[str, ...], lang: Lang) -> Sheet:
    from decidua.answers import Answers
    from decidua.errors import PatientConflictError
    from decidua.reports.sheet import read_numbers, sheet_for

    try:
        return sheet_for(Answers(knowledge), intake.patient, picks, lang, read_numbers(knowledge.content))
    except PatientConflictError as error:
        place = intake.places.get(str(error.parts.get("name")))
        raise error.at(place) if place else error from None


def _drawn(sheet: Sheet, shape: str) -> bytes:
    if shape == "pdf":
        from decidua.reports.sheet.pdf import sheet_pdf

        return sheet_pdf(sheet)
    from decidua.reports.sheet.html import render_sheet

    return render_sheet(sheet).encode("utf-8")


def _write(data: bytes, out: Path | None) -> None:
    from decidua.errors import UsageError

    if out is None:
        sys.stdout.buffer.write(data)
        return
    try:
        out.write_bytes(data)
    except OSError as error:
        raise UsageError("error.cannot-write", given=str(out), reason=error.strerror or "") from None
