"""What stands behind a signature: the answer in words, from what was known and nothing else of the patient."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

import click

from decidua.cli.settings import known, terminal

if TYPE_CHECKING:
    from decidua.guidelines import Knowledge
    from decidua.intake.cohort import FactsTable
    from decidua.language import Lang


def explain_signature(
    knowledge: Knowledge, table: FactsTable, chosen: tuple[tuple[str, ...], tuple[str, ...]], given: str, lang: Lang,
    shape: str,
) -> None:  # fmt: skip
    """`chosen`: guidelines and options as when the signature was written. Raises UsageError for one that cannot be."""
    from decidua.answers import Answers
    from decidua.audit import signatures
    from decidua.audit.plan import Plan
    from decidua.consult import consult
    from decidua.errors import UsageError
    from decidua.facts import Patient
    from decidua.reports.build import build_report

    guideline, option, number = _parts(knowledge, given)
    answers = Answers(knowledge)
    plan = Plan(answers, table.frame.collect_schema().names(), *chosen)
    column = plan.columns.get((guideline, option))
    if column is None or number >= prod(column.codes().values()):
        raise UsageError("error.audit-signature", given=given)
    patient = Patient(signatures.known(plan, guideline, option, number), as_of=table.about.as_of)
    report = build_report(consult(answers, patient, (option,), (guideline,)), lang, why=True, deciding=True)
    if shape == "json":
        click.echo(report.model_dump_json(indent=2))
    elif shape == "html":
        from decidua.reports.html import render_html

        click.echo(render_html(report))
    else:
        from decidua.reports.text import print_report

        print_report(report, terminal(), options=(option,), why=True)


def _parts(knowledge: Knowledge, given: str) -> tuple[str, str, int]:
    from decidua.errors import UsageError

    parts = given.split("/")
    if len(parts) != 3 or not (parts[2].isascii() and parts[2].isdigit()) or int(parts[2][:30]) >= 1 << 64:
        raise UsageError("error.audit-signature", given=given[:80])
    known("guideline", parts[:1], knowledge.guidelines)
    known("option", parts[1:2], knowledge.options)
    return parts[0], parts[1], int(parts[2])
