"""An order is begun: a card speaks only where a guideline does not stand behind it, or something stands in its way.

    reason of the order          spoken of
    recurrent pregnancy loss     yes
    none recorded                if she is in scope, and no other indication for the option is known of her
    another, or not readable     no

It speaks where a guideline can only be against it or decline for lack of evidence, where a precaution that a source
prints fails, and where a law of her country bars it. A combination is spoken of, and its parts are not,
when all of them are ordered or taken: a statement on it never answers for a part, nor the reverse.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from decidua.answers import Answers
from decidua.consult import Cell, Consultation, consult
from decidua.consult.patient import admit
from decidua.facts import Patient
from decidua.fhir.cards.frame import Setting, card, society
from decidua.fhir.cards.models import Card
from decidua.fhir.cards.naming import topic_of_option
from decidua.fhir.cards.order_detail import order_detail
from decidua.fhir.cards.order_words import answers_words, failing, legal_here
from decidua.fhir.cards.orders import Draft, order_tables
from decidua.fhir.cards.patient_view import in_scope
from decidua.guidelines import Knowledge
from decidua.language import say

AGAINST = frozenset({"against"})
DECLINES = frozenset({"against", "insufficient", "research-only"})
MOST = 8
"""Cards of one call."""


@dataclass(frozen=True)
class Asked:
    """An option that is ordered. `for_loss`: the order says that recurrent pregnancy loss is its reason."""

    option: str
    for_loss: bool
    memory: bool


def order_select(answers: Answers, patient: Patient, drafts: Sequence[Draft], setting: Setting) -> tuple[Card, ...]:
    """`answers`: of this call alone. Raises PatientConflictError where her facts contradict each other."""
    knowledge = answers.knowledge
    asked = asked_of(knowledge, patient, drafts)
    within = in_scope(knowledge, admit(knowledge, patient))
    asked = [one for one in asked if one.for_loss or within]
    if not asked:
        return ()
    met = consult(answers, patient, [one.option for one in asked])
    found = (_card(met, one, setting) for one in asked)
    return tuple(one for one in found if one is not None)[:MOST]


def asked_of(knowledge: Knowledge, patient: Patient, drafts: Sequence[Draft]) -> list[Asked]:
    """Each option that is selected, once. Where the other parts of a combination are ordered or taken too, the
    combination stands in the place of its part: what is said of a drug alone is not about her then."""
    counted = [draft for draft in drafts if draft.reason != "other"]
    together = {option for draft in counted for option in draft.options} | _taken(patient)
    whole = {
        part: option.id for option in knowledge.options.values()
        if option.combines and together.issuperset(option.combines) for part in option.combines
    }  # fmt: skip
    found: dict[str, list[Draft]] = {}
    for draft in (draft for draft in counted if draft.selected):
        for option in draft.options:
            found.setdefault(whole.get(option, option), []).append(draft)
    return [
        Asked(option, any(one.reason == "pregnancy-loss" for one in own), all(one.memory for one in own))
        for option, own in found.items()
    ]


def _taken(patient: Patient) -> set[str]:
    """Options that she is on already."""
    facts = order_tables().options.items()
    return {option for option, named in facts if any(patient.values.get(fact) is True for fact in named)}


def _card(met: Consultation, asked: Asked, setting: Setting) -> Card | None:
    cells = [met.cell(guideline, asked.option) for guideline in met.guidelines]
    declining = [cell for cell in cells if set(cell.standing.possible) <= DECLINES]
    fails, barred = failing(cells), legal_here(cells)
    if not (declining or fails or barred) or (not asked.for_loss and cells[0].other_indications):
        return None
    meant = met.knowledge.options[asked.option]
    label = meant.label[setting.lang]
    heavy = bool(fails or barred) or any(set(cell.standing.possible) <= AGAINST for cell in declining)
    return card(
        met.knowledge, setting, topic=topic_of_option(asked.option, label),
        summaries=list(_summaries(met.knowledge, setting, label, cells, bool(fails), bool(barred))),
        detail=order_detail(met.knowledge, setting, cells, memory=asked.memory),
        indicator="warning" if heavy else "info", page=_page(setting, asked.option),
    )  # fmt: skip


def _summaries(
    knowledge: Knowledge, setting: Setting, label: str, cells: Sequence[Cell], fails: bool, barred: bool
) -> Iterator[str]:
    """What stands in the way first; then each guideline's answer, then who declines, then that one does."""
    lang = setting.lang
    if barred:
        yield say(lang, "cds.order-law", option=label)
    if fails:
        yield say(lang, "cds.order-failing", option=label)
    yield say(lang, "cds.order", option=label, answers=answers_words(knowledge, cells, lang))
    declining = [society(knowledge, cell.guideline) for cell in cells if set(cell.standing.possible) <= DECLINES]
    yield say(lang, "cds.order-declined", option=label, names=", ".join(declining))
    yield say(lang, "cds.order-short", option=label)


def _page(setting: Setting, option: str) -> str:
    kind, id_ = ("tests", option.removeprefix("test:")) if option.startswith("test:") else ("therapies", option)
    return f"/{setting.lang}/{kind}/{quote(id_)}"
