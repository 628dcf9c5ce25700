"""`decidua docket [GUIDELINE]`: what only a guideline's authors can settle, as numbered questions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from decidua.cli.settings import known, language, open_knowledge, packages, reply_file, show

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from decidua.check import Question
    from decidua.guidelines import Knowledge
    from decidua.language import Lang


@click.command()
@click.argument("guideline", metavar="[GUIDELINE]", required=False)
@click.option("--format", "shape", type=click.Choice(["text", "json"]), default="text", show_default=True)
@reply_file
@language
@packages
def command(guideline: str | None, shape: str, reply: Path | None, lang: Lang, packages: tuple[Path, ...]) -> None:
    """Every open reading, missing cut-off or dose, unreachable subgroup and unprinted strength, one question each.

    A reply is a YAML file, `settled: {READING: ALTERNATIVE}`, `by:` and `date:`; with --reply its readings are closed.
    """
    from decidua.check import docket

    knowledge = open_knowledge(packages, reply)
    if guideline:
        known("guideline", [guideline], knowledge.guidelines)
    questions = docket(knowledge, guideline)
    if shape == "json":
        click.echo(json.dumps([_as_data(knowledge, q, lang) for q in questions], ensure_ascii=False, indent=2))
    else:
        show(_lines(knowledge, questions, lang))


def _as_data(knowledge: Knowledge, question: Question, lang: Lang) -> dict[str, Any]:
    places = [{"source": c.source, "place": c.place, "lines": list(c.lines)} for c in question.places]
    flip = question.flip
    return {
        "number": question.number,
        "id": question.id,
        "kind": question.kind,
        "guideline": question.guideline,
        "question": question.text[lang],
        "alternatives": {slug: text[lang] for slug, text in question.alternatives},
        "places": places,
        "flip": flip
        and {
            "option": flip.option,
            "patient": [list(pair) for pair in flip.patient.words(knowledge, lang)],
            "answers": dict(flip.answers),
        },
    }


def _lines(knowledge: Knowledge, questions: Sequence[Question], lang: Lang) -> Iterable[object]:
    from rich.text import Text

    from decidua.language import say
    from decidua.reports.browse import places

    for question in questions:
        yield Text(f"{question.number}. {question.text[lang]}", style="bold")
        yield Text(f"   {question.id} · {say(lang, f'docket.kind-{question.kind}')} · [{places(question.places)}]")
        for slug, text in question.alternatives:
            yield Text(f"   {slug}: {text[lang]}")
        if question.flip:
            flip = question.flip
            patient = "; ".join(f"{label}: {value}" for label, value in flip.patient.words(knowledge, lang))
            answers = "; ".join(f"{slug} → {say(lang, f'answer.{answer}')}" for slug, answer in flip.answers)
            option = knowledge.options[flip.option].label[lang]
            yield Text(f"   {say(lang, 'docket.flip', option=option, patient=patient)}: {answers}")
        yield Text()
    yield Text(say(lang, "docket.count", count=len(questions)))
