"""Sheets for the tests: the examples, each consulted once, and what may be printed by each source of a line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from decidua.answers import Answers
from decidua.consult import Consultation, consult
from decidua.evidence.absolute import absolute
from decidua.evidence.estimates import arm_counts
from decidua.guidelines import read_knowledge
from decidua.intake import read_patient_file
from decidua.language import Lang, Model
from decidua.reports.sheet import CARE, Numbers, Sheet, build_sheet, read_numbers
from decidua.reports.sheet.models import Line

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted(path.stem for path in (ROOT / "examples").iterdir() if path.suffix in (".yaml", ".json"))
_FIGURE = re.compile(r"\d+(?:[.,·]\d+)*")


@dataclass(frozen=True)
class Bench:
    answers: Answers
    numbers: Numbers

    @property
    def therapies(self) -> list[str]:
        return [option.id for option in self.answers.knowledge.options.values() if option.kind == "treatment"]


@cache
def bench() -> Bench:
    knowledge = read_knowledge()
    return Bench(Answers(knowledge), read_numbers(knowledge.content))


@cache
def consulted(example: str) -> Consultation:
    """The example, met with supportive care and every therapy."""
    knowledge = bench().answers.knowledge
    path = next((ROOT / "examples").glob(f"{example}.*"))
    intake = read_patient_file(str(path), vocabulary=knowledge.vocabulary, stated=knowledge.stated, as_of=None)
    return consult(bench().answers, intake.patient, (CARE, *bench().therapies))


def sheet_of(example: str, *picks: str, lang: Lang = "en") -> Sheet:
    return build_sheet(consulted(example), picks, lang, bench().numbers)


def lines(part: object) -> Iterator[Line]:
    """Every line of a sheet, in order."""
    if isinstance(part, Line):
        yield part
    elif isinstance(part, Model):
        for name in type(part).model_fields:
            yield from lines(getattr(part, name))
    elif isinstance(part, tuple):
        for one in part:
            yield from lines(one)


def text_of(sheet: Sheet) -> str:
    return "\n".join(line.text for line in lines(sheet))


def figures(text: str) -> set[str]:
    return set(_FIGURE.findall(text))


@cache
def printable(source: str) -> frozenset[str]:
    """The figures that a source allows on a sheet, worked out here anew from the content."""
    knowledge, numbers = bench().answers.knowledge, bench().numbers
    if source in knowledge.chances:
        chance = knowledge.chances[source]
        births = round(float(str(chance.per_100)))
        return frozenset(figures(chance.says.en) | {str(births), str(100 - births)})
    if source in knowledge.guidelines:
        return frozenset({str(knowledge.guidelines[source].year)})
    if source in numbers.estimates.estimates:
        return frozenset(_of_estimate(source))
    if source in numbers.estimates.harms:
        return frozenset(_of_harm(source))
    return frozenset(figures(" ".join(_texts(source))))


def _of_estimate(source: str) -> set[str]:
    estimates = bench().numbers.estimates
    estimate = estimates.estimates[source]
    if estimate.counts:
        a, n1, c, n2 = estimate.counts
        return {f"{100 * a / n1:.0f}", f"{100 * c / n2:.0f}", str(n1 + n2)}
    own = next(one for one in estimates.baselines.values() if source in one.said.own)
    assert estimate.effect
    assert own.risk
    return {f"{100 * absolute(estimate.effect, own.risk).risk:.0f}", f"{100 * own.risk:.0f}"}


def _of_harm(source: str) -> set[str]:
    numbers = bench().numbers
    harm = numbers.estimates.harms[source]
    found = figures(harm.label.en)
    for arm in (arm_counts(numbers.evidence, harm.treated), arm_counts(numbers.evidence, harm.control)):
        if harm.randomised and arm.events is not None and arm.total:
            found |= {str(arm.events), str(arm.total), f"{100 * arm.events / arm.total:.0f}"}
    return found


def _texts(source: str) -> Iterator[str]:
    """Labels and sentences of content by id; strength and certainty are words, and have no figures."""
    knowledge = bench().answers.knowledge
    for shelf in (knowledge.vocabulary.facts, knowledge.named, knowledge.options):
        if source in shelf:
            yield shelf[source].label.en
    for option in knowledge.options.values():
        for item in (*option.safety, *option.legal, *option.other_indications):
            if item.id == source:
                yield item.says.en
                yield item.correction.en if item.correction else ""
