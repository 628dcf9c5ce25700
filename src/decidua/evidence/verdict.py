"""The search: which candidate methods reproduce a printed number, and how much a hit means."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from decidua.evidence.methods.candidate import Candidate, Outcome, sure
from decidua.evidence.printed import Printed, rounded, same, truncated
from decidua.evidence.questions import Question

Word = Literal["exact", "rounding", "mismatch", "not-recomputable"]
Note = Literal["", "truncated", "input-rounding", "crude", "crude-outside", "other-method", "no-method"]
GRADES = {"exact": 2, "rounding": 1, "mismatch": 0}
NEAR = 0.25
"""Chance is counted among the numbers within a quarter of the print, or ten last digits, whichever is wider."""


@dataclass(frozen=True)
class Verdict:
    """`value`: recomputed by `method`. `tried`, `matching`: candidates; `chance`: that one of so many different values
    hits a number spread evenly around the print (None: there is nothing to hit, as in p<0.001)."""

    claim: str
    ref: str
    printed: str
    word: Word
    note: Note = ""
    value: float | None = None
    method: str | None = None
    detail: str = ""
    tried: int = 0
    matching: tuple[str, ...] = ()
    chance: float | None = None


def judge(question: Question, candidates: Sequence[Candidate]) -> list[Verdict]:
    """One verdict for each printed number, by the candidate that reproduces most of the question's numbers."""
    counted = [one for one in candidates if not one.mix_up or _score(question, one)[0] == len(question.printed)]
    best = max(counted, key=lambda one: _score(question, one), default=None)
    if question.print_is != "crude":
        best = next(iter(candidates), None)
    return [_verdict(question, part, candidates, counted, best) for part in question.printed]


def grade(printed: Printed, outcome: Outcome, at_best: str = "exact") -> tuple[Word, Note]:
    """How far a recomputed number agrees with the print."""
    if not math.isfinite(outcome.value):
        return "mismatch", ""
    if outcome.relation not in (None, printed.relation):
        return "mismatch", ""
    if outcome.relation is None and printed.relation != "=":
        return _bound(printed, outcome)
    if same(rounded(outcome.value, printed.decimals), printed.value, printed.decimals):
        return ("exact", "") if at_best == "exact" else ("rounding", "truncated")
    if outcome.low < printed.high and outcome.high > printed.low and outcome.low < outcome.high:
        return "rounding", "input-rounding"
    if same(truncated(outcome.value, printed.decimals), printed.value, printed.decimals):
        return "rounding", "truncated"
    return "mismatch", ""


def _bound(printed: Printed, outcome: Outcome) -> tuple[Word, Note]:
    """A print such as p<0.001."""
    below = printed.relation in ("<", "<=")
    if (outcome.value < printed.value) if below else (outcome.value > printed.value):
        return "exact", ""
    open_ = (outcome.low < printed.value) if below else (outcome.high > printed.value)
    return ("rounding", "input-rounding") if open_ else ("mismatch", "")


def _score(question: Question, candidate: Candidate) -> tuple[int, int, float]:
    """Numbers reproduced, then exactly, then (for a single number) nearness."""
    grades = [GRADES[grade(question.printed[part], candidate.values[part], candidate.at_best)[0]]
              for part in question.printed if part in candidate.values]  # fmt: skip
    near = 0.0
    if len(question.printed) == 1:
        [(part, printed)] = question.printed.items()
        near = -abs(candidate.values[part].value - printed.value) if not sum(grades) else 0.0
    return sum(one > 0 for one in grades), sum(grades), near


def _verdict(
    question: Question, part: str, candidates: Sequence[Candidate], counted: Sequence[Candidate], best: Candidate | None
) -> Verdict:
    printed, claim, ref = question.printed[part], question.claim(part), question.refs[part]
    having = [one for one in candidates if part in one.values]
    if best is None or not having:
        return Verdict(claim, ref, _shown(printed), "not-recomputable", "no-method")
    chosen = best if part in best.values else having[0]
    word, note = grade(printed, chosen.values[part], chosen.at_best)
    serious = [one for one in counted if part in one.values]
    matching = [one for one in serious if grade(printed, one.values[part], one.at_best)[0] != "mismatch"]
    if word == "mismatch" and matching:
        note = "other-method"
    if question.print_is != "crude":
        word, note = _crude(question, part, chosen, word)
    names = tuple(dict.fromkeys(one.method for one in matching))
    value, chance = chosen.values[part].value, chance_of(printed, [one.values[part] for one in having])
    return Verdict(
        claim, ref, _shown(printed), word, note, _kept(value), chosen.method, chosen.detail, len(having), names, chance
    )


def _crude(question: Question, part: str, chosen: Candidate, word: Word) -> tuple[Word, Note]:
    """A pooled or adjusted print does not follow from totals; but a crude value outside its interval contradicts it."""
    if word == "exact":
        return word, "crude"
    limits = question.printed.get("lower"), question.printed.get("upper")
    if part == "estimate" and limits[0] and limits[1]:
        value = chosen.values[part].value
        if not limits[0].low <= value <= limits[1].high:
            return "mismatch", "crude-outside"
    return "not-recomputable", "crude"


def chance_of(printed: Printed, values: Sequence[float | Outcome]) -> float | None:
    """Different prints near this one that the candidates would admit, over the numbers that could stand there.

    A value from rounded inputs admits every print in its range, as `grade` does. Relations are not counted.
    """
    as_prints = any(isinstance(one, Outcome) and one.relation for one in values)
    if printed.relation != "=" and not as_prints:
        return None
    reach = max(10 * printed.unit, NEAR * abs(printed.value))
    near: set[int] = set()
    for one in values:
        near |= _admitted(printed, one if isinstance(one, Outcome) else sure(one), reach)
    possible = 2 * reach / printed.unit + 1
    return round(min(len(near) / possible, 1.0), 4)


def _admitted(printed: Printed, outcome: Outcome, reach: float) -> set[int]:
    """The prints within reach that an outcome agrees with, in units of the last digit."""
    found: set[int] = set()
    if math.isfinite(outcome.value) and abs(outcome.value - printed.value) <= reach:
        found.add(round(rounded(outcome.value, printed.decimals) / printed.unit))
    if math.isfinite(outcome.low) and math.isfinite(outcome.high) and outcome.low < outcome.high:
        low, high = max(outcome.low, printed.value - reach), min(outcome.high, printed.value + reach)
        if low < high:
            found |= set(range(math.floor(low / printed.unit + 0.5), math.ceil(high / printed.unit - 0.5) + 1))
    return found


def _shown(printed: Printed) -> str:
    return printed.text if printed.relation == "=" else f"{printed.relation}{printed.text}"


def _kept(value: float) -> float | None:
    """Six significant digits: the same on every machine."""
    return float(f"{value:.6g}") if math.isfinite(value) else None
