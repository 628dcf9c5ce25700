"""The grammar of table cells: what a printed cell holds, by the kind that its column declares.

| kind | example | parts |
|---|---|---|
| text | uRPL | none |
| count, number, percent | 30,254 · 0.07 · 16.0% | the number itself |
| p | P<0.001 · ≥30 | the number, with its relation |
| events | 66/88 (75.0%) · 29 (82.8) · 46‡ (29%) | events, total, percent |
| effect | RR 1.58 (1.23–2.02, p<0.001) | measure, estimate, lower, upper, p |
| interval | 15·9–52·4 | lower, upper |
| mean-sd | 26.1±4.9 | mean, sd |
| any | one of mean-sd, events, count | theirs |
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Literal, cast, get_args

from decidua.evidence.printed import Printed, Relation

Holds = Literal["text", "count", "number", "percent", "p", "events", "effect", "interval", "mean-sd", "any"]
KINDS: tuple[str, ...] = get_args(Holds)
EMPTY = ("", "-", "—", "Not estimable")
"""Cells that print no number."""

Parts = Mapping[str, Printed | str]
N = r"(-?\d+(?:\.\d+)?)"
EVENTS = re.compile(rf"(\d+)[‡†*]?(?:\s*/\s*(\d+))?(?:\s*\({N}%?\))?")
P = re.compile(rf"[pP]?\s*([<>=≥≤])\s*{N}|^{N}$")
EFFECT = re.compile(rf"{N}%?\D*?{N}%?(?: to |\s*,\s*){N}%?")
MEASURE = re.compile(r"\b(OR|RR|RD)\b")
MEAN = re.compile(rf"{N}\s*±\s*{N}")
INTERVAL = re.compile(rf"{N} to {N}")


class CellError(ValueError):
    """A cell that does not hold what its column declares."""


def parse_cell(text: str, holds: Holds, names: Sequence[str]) -> dict[str, Printed | str]:
    """The parts of a cell, `name.part`; a cell with several groups gives one name to each.

    Raises CellError if the cell prints a number and does not follow the grammar.
    """
    if holds == "text" or text.strip() in EMPTY:
        return {}
    groups = list(_GRAMMAR[holds](plain(text)))
    if len(groups) != len(names):
        raise CellError(f"'{text}' holds {len(groups)} of {holds}; {len(names)} expected ({', '.join(names)})")
    return {
        f"{name}.{part}" if part else name: value
        for name, group in zip(names, groups, strict=True)
        for part, value in group.items()
    }


def plain(text: str) -> str:
    """One decimal point, one minus sign, `to` between the ends of a range, no markup."""
    text = re.sub(r"</?i>|95% CI|CI\s*=?", " ", text).replace("·", ".").replace("−", "-").replace("–", "-")
    return re.sub(r"(\d%?)\s*-\s*(?=\d)", r"\1 to ", re.sub(r"(?<=\d),(?=\d{3}\b)", "", text)).strip()


def number(text: str, relation: str = "=") -> Printed:
    decimals = len(text.split(".")[1]) if "." in text else 0
    relation = {"≥": ">=", "≤": "<="}.get(relation, relation)
    return Printed(text, float(text), decimals, cast(Relation, relation))


def _bare(text: str) -> Iterator[Parts]:
    if not (found := re.fullmatch(rf"{N}%?", text)):
        raise CellError(f"'{text}' is no number")
    yield {"": number(found[1])}


def _p(text: str) -> Iterator[Parts]:
    if not (found := P.search(text)):
        raise CellError(f"'{text}' is no p value")
    yield {"": number(found[2] or found[3], found[1] or "=")}


def _events(text: str) -> Iterator[Parts]:
    for found in EVENTS.finditer(text):
        parts = {"events": found[1], "total": found[2], "percent": found[3]}
        yield {part: number(value) for part, value in parts.items() if value is not None}


def _effect(text: str) -> Iterator[Parts]:
    for found in EFFECT.finditer(text):
        yield {"estimate": number(found[1]), "lower": number(found[2]), "upper": number(found[3])} | _around(text)


def _around(text: str) -> dict[str, Printed | str]:
    """The measure before and the p value behind the numbers of an effect, where printed."""
    measure, p = MEASURE.search(text), re.search(rf"[pP]\s*([<>=])\s*{N}", text)
    found: dict[str, Printed | str] = {"measure": measure[1]} if measure else {}
    return found | ({"p": number(p[2], p[1])} if p else {})


def _interval(text: str) -> Iterator[Parts]:
    for found in INTERVAL.finditer(text):
        yield {"lower": number(found[1]), "upper": number(found[2])}


def _mean_sd(text: str) -> Iterator[Parts]:
    for found in MEAN.finditer(text):
        yield {"mean": number(found[1]), "sd": number(found[2])}


def _any(text: str) -> Iterator[Parts]:
    return _mean_sd(text) if "±" in text else _events(text) if "(" in text else _bare(text)


_GRAMMAR: Mapping[str, Callable[[str], Iterator[Parts]]] = {
    "count": _bare, "number": _bare, "percent": _bare, "p": _p, "events": _events, "effect": _effect,
    "interval": _interval, "mean-sd": _mean_sd, "any": _any,
}  # fmt: skip
