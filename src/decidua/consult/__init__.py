"""Consult: one patient met with every guideline."""

from decidua.consult.around import LegalState, PrecautionState
from decidua.consult.asks import Ask, AskAuthors, Asks, AskTest
from decidua.consult.cells import Cell, deciding_sets, meet
from decidua.consult.consultation import Consultation, consult, order
from decidua.consult.definitions import DefinitionState
from decidua.consult.disagreements import Disagreement, kind_labels
from decidua.consult.findings import Finding, explain, find
from decidua.consult.regimens import Worked

__all__ = [
    "Ask", "AskAuthors", "AskTest", "Asks", "Cell", "Consultation", "DefinitionState", "Disagreement", "Finding",
    "LegalState", "PrecautionState", "Worked", "consult", "deciding_sets", "explain", "find", "kind_labels",
    "meet", "order",
]  # fmt: skip
