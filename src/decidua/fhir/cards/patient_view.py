"""A chart is opened: at most one card, and only for a woman in scope.

In scope is who surely meets the definition of at least one guideline. Where that is not known there is no card: most
charts that are opened are of other patients, of whom nothing is recorded, and a card for each would be noise.
"""

from __future__ import annotations

from collections.abc import Mapping

from decidua.consult import DefinitionState
from decidua.consult.definitions import definition
from decidua.consult.patient import admit
from decidua.facts import Patient
from decidua.fhir.cards.counts import Counts
from decidua.fhir.cards.frame import Setting, by_year, card, markdown, society
from decidua.fhir.cards.models import Card
from decidua.fhir.cards.naming import scope_topic
from decidua.guidelines import Knowledge
from decidua.language import say


def patient_view(knowledge: Knowledge, patient: Patient, setting: Setting) -> tuple[Card, ...]:
    """Raises PatientConflictError where her facts contradict each other."""
    patient = admit(knowledge, patient)
    states = [definition(knowledge, guideline, patient.values) for guideline in by_year(knowledge)]
    met = [society(knowledge, state.guideline) for state in states if state.met == "met"]
    if not met:
        return ()
    return (_card(knowledge, setting, states, knowledge.kept(Counts).of(patient.values), met),)


def in_scope(knowledge: Knowledge, patient: Patient) -> bool:
    """Whether she surely meets the definition of a guideline."""
    return any(definition(knowledge, one, patient.values).met == "met" for one in knowledge.guidelines)


def _card(
    knowledge: Knowledge, setting: Setting, states: list[DefinitionState], counts: Mapping[str, Mapping[str, int]],
    met: list[str],
) -> Card:  # fmt: skip
    lang = setting.lang
    lines = [say(lang, "cds.scope-detail"), "\n".join(_line(knowledge, setting, one, counts) for one in states)]
    return card(
        knowledge, setting, topic=scope_topic(lang),
        summaries=[say(lang, "cds.scope", names=", ".join(met)), say(lang, "cds.scope-short", count=len(met))],
        detail=lines, indicator="info", page=f"/{lang}/compare",
    )  # fmt: skip


def _line(
    knowledge: Knowledge, setting: Setting, state: DefinitionState, counts: Mapping[str, Mapping[str, int]]
) -> str:
    found = counts[state.guideline]
    parts = {group: found.get(group, 0) for group in ("for", "against", "weak", "silent", "open")}
    name = markdown(society(knowledge, state.guideline))
    words = say(setting.lang, f"cds.definition-{state.met}")
    return say(setting.lang, "cds.scope-line", name=name, definition=words, **{f"n_{k}": n for k, n in parts.items()})
