"""What stands around an answer: its time, what to check before, the law, other indications."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, get_args

from decidua.consult.met import Met
from decidua.facts import Value
from decidua.guidelines import Indication, Option, Precaution, Statement
from decidua.guidelines.model import Legal, Stage, Window

Now = Literal["open", "later", "closed", "unknown", "not-printed", "not-for"]
Check = Literal["done", "missing", "failing", "look"]
STAGES: tuple[str, ...] = get_args(Stage)


@dataclass(frozen=True)
class PrecautionState:
    precaution: Precaution
    state: Check
    """done, missing (not known), failing, or look: nothing in the vocabulary shows it."""


@dataclass(frozen=True)
class LegalState:
    legal: Legal
    country: Literal["here", "elsewhere", "unknown"]


def now(statements: Sequence[Statement], values: Mapping[str, Value]) -> Now:
    """Her stage against the windows of the statements: open if one is open, unknown if one may be."""
    found = [_now(statement.window, values) for statement in statements if statement.window]
    for word in ("open", "unknown", "later", "closed"):
        if word in found:
            return word
    return "not-printed"


def _now(window: Window, values: Mapping[str, Value]) -> Now:
    stage = values.get("stage")
    if not isinstance(stage, str):
        return "unknown"
    if stage not in window.stages:
        later = any(STAGES.index(other) > STAGES.index(stage) for other in window.stages)
        return "later" if later and stage != "postpartum" else "closed"
    if stage == "pregnant" and window.until is not None:
        return "unknown"
    if stage != "pregnant" or window.days is None:
        return "open"
    word = _in_days(window.days, values.get("gestation"))
    return "later" if word == "closed" and "postpartum" in window.stages else word


def _in_days(days: tuple[int, int], gestation: Value | None) -> Now:
    if not isinstance(gestation, Decimal):
        return "unknown"
    return "later" if gestation < days[0] else "closed" if gestation > days[1] else "open"


def before(option: Option, guideline: str, met: Met) -> tuple[PrecautionState, ...]:
    """The precautions that this guideline, or the talk in no guideline's name, prints for the option."""
    printed = [p for p in option.before if not p.guidelines or guideline in p.guidelines]
    return tuple(PrecautionState(p, _check(p, met)) for p in printed)


def _check(precaution: Precaution, met: Met) -> Check:
    if precaution.satisfied is None:
        return "look"
    holds = met.holds[precaution.id]
    return "missing" if holds is None else "done" if holds else "failing"


def law(option: Option, values: Mapping[str, Value]) -> tuple[LegalState, ...]:
    country = values.get("country")

    def state(legal: Legal) -> LegalState:
        here = "unknown" if country in (None, "other") else "here" if country in legal.countries else "elsewhere"
        return LegalState(legal, here)  # type: ignore[arg-type]

    return tuple(map(state, option.legal))


def other_indications(option: Option, met: Met) -> tuple[Indication, ...]:
    """Other reasons for the option that are surely present: an answer about pregnancy loss does not bear on them."""
    return tuple(indication for indication in option.other_indications if met.holds[indication.id])
