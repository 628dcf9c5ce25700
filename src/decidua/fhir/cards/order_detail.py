"""The detail of a card on an order, as Markdown: each guideline's answer with its words, precautions, law."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from decidua.consult import Cell
from decidua.fhir.cards.frame import Setting, markdown, society
from decidua.guidelines import Knowledge, Statement
from decidua.guidelines.model import Printed
from decidua.language import Lang, say
from decidua.reports.wording import country_names


def order_detail(knowledge: Knowledge, setting: Setting, cells: Sequence[Cell], *, memory: bool) -> list[str]:
    """Paragraphs and lists. All words are of the content: no value of the patient is repeated."""
    lang = setting.lang
    others = {one.id: one for cell in cells for one in cell.other_indications}
    return [
        *(say(lang, "option.other-indication", says=markdown(one.says[lang])) for one in others.values()),
        say(lang, "cds.order-about"),
        "\n".join(line for cell in cells for line in _cell(knowledge, cell, lang)),
        *_listed(lang, "option.before", list(_before(cells, lang))),
        *_listed(lang, "option.legal", list(_law(cells, lang))),
        *([say(lang, "cds.code-from-memory")] if memory else []),
    ]


def _cell(knowledge: Knowledge, cell: Cell, lang: Lang) -> Iterator[str]:
    name, answer = markdown(society(knowledge, cell.guideline)), say(lang, f"answer.{cell.answer}")
    possible = ", ".join(say(lang, f"answer.{one}") for one in cell.standing.possible)
    key = "cds.order-line" if cell.standing.settled else "cds.order-line-open"
    yield say(lang, key, name=name, answer=answer, possible=possible)
    yield from (f"  - {_statement(statement, lang)}" for statement in cell.speaking)


def _statement(statement: Statement, lang: Lang) -> str:
    return say(
        lang, "cds.statement", says=markdown(statement.says[lang]),
        strength=_printed(statement.strength, lang), certainty=_printed(statement.certainty, lang),
        mark=say(lang, f"mark.{statement.mark_shown}"), review=say(lang, f"review.{statement.review.level}"),
    )  # fmt: skip


def _printed(given: Printed, lang: Lang) -> str:
    if given.printed is None:
        return say(lang, "cds.not-printed")
    of = f" ({say(lang, 'option.of', what=given.of[lang])})" if given.of else ""
    return markdown(f"{given.printed}{of}")


def _before(cells: Sequence[Cell], lang: Lang) -> Iterator[str]:
    found = {one.precaution.id: one for cell in cells for one in cell.before}
    for one in sorted(found.values(), key=lambda one: one.state != "failing"):
        yield say(lang, "cds.item", state=say(lang, f"check.{one.state}"), says=markdown(one.precaution.says[lang]))


def _law(cells: Sequence[Cell], lang: Lang) -> Iterator[str]:
    for one in cells[0].legal if cells else ():
        state = say(lang, f"country.{one.country}")
        where = say(lang, "html.countries", countries=country_names(one.legal.countries, lang), state=state)
        says = one.legal.correction or one.legal.says
        yield say(lang, "cds.item", state=markdown(where), says=markdown(says[lang]))


def _listed(lang: Lang, heading: str, items: Sequence[str]) -> list[str]:
    return ["\n".join([f"**{say(lang, heading)}**", "", *items])] if items else []
