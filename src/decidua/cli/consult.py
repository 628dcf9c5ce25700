"""`decidua consult PATIENT`: what each guideline says for one patient."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from decidua.cli.settings import known, language, open_knowledge, packages, reply_file, show, terminal

if TYPE_CHECKING:
    from decidua.guidelines import Knowledge
    from decidua.intake import Intake
    from decidua.intake.fhir import Mapped
    from decidua.language import Lang
    from decidua.reports.models import Report


@click.command()
@click.argument("file", type=click.Path(path_type=str), metavar="PATIENT", required=False)
@click.option("--fhir", "bundle", type=click.Path(path_type=str), metavar="FILE", help="A FHIR R4 Bundle (JSON).")
@click.option("--fhir-server", "server", metavar="URL", help="A FHIR R4 server; with --patient ID.")
@click.option("--patient", metavar="ID", help="The Patient's id, with --fhir or --fhir-server.")
@click.option("--explain-mapping", "explain", is_flag=True, help="How the bundle was read, instead of the report.")
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
    file: str | None, bundle: str | None, server: str | None, patient: str | None, explain: bool,
    options: tuple[str, ...], guidelines: tuple[str, ...], why: bool, shape: str,
    as_of: datetime | None, reply: Path | None, lang: Lang, packages: tuple[Path, ...],
) -> None:  # fmt: skip
    """What each guideline says for the patient in PATIENT (YAML or JSON; - reads standard input), or in FHIR.

    Every fact that is not given is unknown. Nothing is written but to standard output. Only --fhir-server opens a
    connection, to that server; a token is read from DECIDUA_FHIR_TOKEN.
    """
    _one_source(file, bundle, server, patient, explain, shape)
    knowledge = open_knowledge(packages, reply)
    chosen = known("option", options, knowledge.options), known("guideline", guidelines, knowledge.guidelines)
    day = as_of.date() if as_of else None
    if file is not None:
        from decidua.intake import read_patient_file

        intake = read_patient_file(file, vocabulary=knowledge.vocabulary, stated=knowledge.stated, as_of=day)
    else:
        mapped = _mapped(knowledge, bundle, server, patient, day)
        if explain:
            _explain(mapped, knowledge, lang, shape)
            return
        intake = mapped.intake
    _print(_report(knowledge, intake, chosen, lang, shape, why), shape, options, why)


def _one_source(
    file: str | None, bundle: str | None, server: str | None, patient: str | None, explain: bool, shape: str
) -> None:
    from decidua.errors import UsageError

    if sum(source is not None for source in (file, bundle, server)) != 1:
        raise UsageError("fhir.one-source")
    if server is not None and patient is None:
        raise UsageError("server.needs-patient")
    if file is not None and (patient is not None or explain):
        raise UsageError("fhir.options", option="--explain-mapping" if explain else "--patient")
    if explain and shape == "html":
        raise UsageError("fhir.explain-html")


def _mapped(
    knowledge: Knowledge, bundle: str | None, server: str | None, patient: str | None, day: date | None
) -> Mapped:
    from dataclasses import replace

    from decidua.intake.fhir import Note, read_fhir, read_fhir_file

    vocabulary, stated = knowledge.vocabulary, knowledge.stated
    if bundle is not None:
        return read_fhir_file(bundle, vocabulary=vocabulary, stated=stated, as_of=day, patient=patient)
    from decidua.fhir.server import fetch

    fetched = fetch(str(server), str(patient))
    mapped = read_fhir(
        fetched.pages, name=str(server), vocabulary=vocabulary, stated=stated, as_of=day, patient=patient
    )
    if not fetched.missing:
        return mapped
    gap = {"kinds": ", ".join(fetched.missing)}
    warnings = (("server.partial", gap), *mapped.intake.warnings)
    note = Note(str(server), "?", "not-mapped", "server.partial", gap)
    return replace(mapped, intake=replace(mapped.intake, warnings=warnings), notes=(note, *mapped.notes))


def _explain(mapped: Mapped, knowledge: Knowledge, lang: Lang, shape: str) -> None:
    from decidua.reports.mapping import mapping_lines, mapping_report

    report = mapping_report(mapped, knowledge.vocabulary, lang)
    if shape == "json":
        click.echo(report.model_dump_json(indent=2))
    else:
        show(mapping_lines(report))


def _report(
    knowledge: Knowledge, intake: Intake, chosen: tuple[tuple[str, ...], tuple[str, ...]], lang: Lang, shape: str,
    why: bool,
) -> Report:  # fmt: skip
    from decidua.answers import Answers
    from decidua.consult import consult
    from decidua.errors import PatientConflictError
    from decidua.reports.build import build_report

    options, guidelines = chosen
    try:
        consultation = consult(Answers(knowledge), intake.patient, options, guidelines)
    except PatientConflictError as error:
        place = intake.places.get(str(error.parts.get("name")))
        raise error.at(place) if place else error from None
    warnings = [_warned(lang, key, parts) for key, parts in intake.warnings]
    full = shape != "text"
    return build_report(
        consultation,
        lang,
        title=intake.title,
        warnings=warnings,
        why=why or full,
        deciding=full or bool(options) or why,
    )


def _warned(lang: Lang, key: str, parts: Mapping[str, object]) -> str:
    """A sentence; one on a resource begins with its place."""
    from decidua.language import say

    sentence = say(lang, key, **parts)
    return f"{parts['at']}: {sentence}" if "at" in parts else sentence


def _print(report: Report, shape: str, options: Sequence[str], why: bool) -> None:
    if shape == "json":
        click.echo(report.model_dump_json(indent=2))
    elif shape == "html":
        from decidua.reports.html import render_html

        click.echo(render_html(report))
    else:
        from decidua.reports.text import print_report

        print_report(report, terminal(), options=options, why=why)
