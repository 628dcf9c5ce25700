"""One patient met with every guideline: definitions, tests, therapies, disagreements, what to ask."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from decidua.answers import FOR, Answers
from decidua.consult.asks import Asks, asks
from decidua.consult.cells import Cell, meet
from decidua.consult.definitions import DefinitionState, definition
from decidua.consult.disagreements import Disagreement, disagreements
from decidua.consult.met import Criteria, Met
from decidua.consult.patient import admit
from decidua.facts import Patient
from decidua.guidelines import Knowledge
from decidua.guidelines.model import Chance

Done = Literal["done", "not-done", "no-record"]


@dataclass(frozen=True)
class Consultation:
    """Everything that is said about one patient; `cells` are in order of options, then guidelines."""

    knowledge: Knowledge
    answers: Answers
    patient: Patient
    guidelines: tuple[str, ...]
    options: tuple[str, ...]
    definitions: tuple[DefinitionState, ...]
    cells: tuple[Cell, ...]
    done: tuple[tuple[str, Done], ...]
    disagreements: tuple[Disagreement, ...]
    asks: Asks
    alone: tuple[tuple[str, tuple[str, ...]], ...]
    """Guideline → immune therapies of which two or more are answered for: each stands alone."""
    chances: tuple[Chance, ...]
    """Sourced chances of a live birth without drugs that fit her."""

    def cell(self, guideline: str, option: str) -> Cell:
        return self._by_id[guideline, option]

    @cached_property
    def _by_id(self) -> Mapping[tuple[str, str], Cell]:
        return {(cell.guideline, cell.option): cell for cell in self.cells}


def consult(
    answers: Answers, patient: Patient, options: Sequence[str] = (), guidelines: Sequence[str] = ()
) -> Consultation:
    """`options`, `guidelines`: which to show; empty: all. Raises PatientConflictError."""
    knowledge = answers.knowledge
    patient = measured(knowledge, admit(knowledge, patient))
    values, met = patient.values, knowledge.kept(Criteria).meet(patient.values)
    shown = tuple(options) or tuple(order(knowledge))
    societies = tuple(guidelines) or tuple(sorted(knowledge.guidelines, key=lambda g: knowledge.guidelines[g].year))
    cells = tuple(meet(answers, guideline, option, met) for option in shown for guideline in societies)
    return Consultation(
        knowledge, answers, patient, societies, shown,
        tuple(definition(knowledge, guideline, values) for guideline in societies),
        cells,
        tuple((option, test_state(knowledge, option, patient)) for option in shown if option.startswith("test:")),
        disagreements(answers, cells, values), asks(knowledge, cells, values), _alone(knowledge, cells),
        tuple(chance for chance in knowledge.chances.values() if _fits(chance, met)),
    )  # fmt: skip


def order(knowledge: Knowledge) -> list[str]:
    """Supportive care first, then therapies, then tests, each by rank."""
    kinds = ("care", "treatment", "test")
    placed = sorted(knowledge.options.values(), key=lambda option: (kinds.index(option.kind), option.rank))
    return [option.id for option in placed]


def measured(knowledge: Knowledge, patient: Patient) -> Patient:
    """A test whose result is known was done, also where nobody said so."""
    facts = {
        option.done_fact: True
        for option in knowledge.options.values()
        if option.done_fact and option.done_fact not in patient.values
        if test_state(knowledge, option.id, patient) == "done"
    }
    origins = {**patient.origins, **dict.fromkeys(facts, "derived")}
    return replace(patient, values={**patient.values, **facts}, origins=origins)


def test_state(knowledge: Knowledge, option: str, patient: Patient) -> Done:
    """Done if said so or if a result is known; not done only if said so; else there is no record."""
    meant = knowledge.options[option]
    said = patient.values.get(meant.done_fact or "")
    if said is True or any(fact in patient.values and not _inferred(patient, fact) for fact in meant.decides):
        return "done"
    return "not-done" if said is False else "no-record"


def _fits(chance: Chance, met: Met) -> bool:
    """Whether the study surely was of women like her, as far as its conditions go, and did not leave her out."""
    return met.holds[chance.id] is True and met.holds.get(f"{chance.id}.unless") is not True


def _inferred(patient: Patient, fact: str) -> bool:
    """Whether the value only follows from other facts or a stated name: then nobody gave a result."""
    return patient.origins.get(fact, "latest") not in ("latest", "persistent", "derived", "pregnancies")


def _alone(knowledge: Knowledge, cells: Sequence[Cell]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    found: dict[str, list[str]] = {}
    for cell in cells:
        surely_for = set(cell.standing.possible) <= set(FOR)  # how strongly may still be open
        if knowledge.options[cell.option].immune and surely_for:
            found.setdefault(cell.guideline, []).append(cell.option)
    return tuple((guideline, tuple(options)) for guideline, options in found.items() if len(options) > 1)
