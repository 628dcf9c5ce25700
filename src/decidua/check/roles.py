"""A first proposal for what a line of the source is; a person reads the source and corrects it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from decidua.guidelines import Knowledge

TABLES = (
    (145, 148), (179, 192), (198, 206), (263, 268), (270, 286), (320, 335), (373, 394), (413, 425), (432, 444),
    (505, 510), (522, 529), (533, 557),
)  # fmt: skip
"""Rows of study tables in the talk (first and last line), whose numbers the evidence encodes later."""

MARKUP = re.compile(r"^(\s*<[^>]+>\s*)+$|^[\s\W_]+$")
SHORT = 40

BY_SECTION = {
    "mechanism": "mechanism", "use": "background", "safety": "safety", "before": "precaution", "legal": "legal",
    "cost": "cost", "evidence": "evidence", "definition_cites": "definition", "items": "method", "regimens": "regimen",
    "background": "background", "chances": "evidence", "other_indications": "background", "places": "background",
}  # fmt: skip
"""Where in the content the citing entry stands → role."""


def proposed(knowledge: Knowledge, number: int, text: str, citing: Mapping[str, str]) -> str:
    """`citing`: ids that cite the line → the section in which each stands."""
    if not text.strip():
        return "blank"
    if MARKUP.match(text):
        return "layout"
    if any(first <= number <= last for first, last in TABLES):
        return "evidence-not-yet-encoded"
    if citing:
        return _by_citing(knowledge, citing)
    return "heading" if len(text.strip()) <= SHORT and not text.rstrip().endswith(".") else "background"


def _by_citing(knowledge: Knowledge, citing: Mapping[str, str]) -> str:
    roles = [_role(knowledge, id_, section) for id_, section in citing.items()]
    return next((role for role in roles if role == "statement"), roles[0])


def _role(knowledge: Knowledge, id_: str, section: str) -> str:
    statement = knowledge.statements.get(id_)
    if statement is not None and section == "statements":
        return "evidence" if statement.kind == "evidence" else "statement"
    return BY_SECTION.get(section, "statement")
