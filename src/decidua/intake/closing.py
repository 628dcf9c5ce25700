"""The last steps on what is known: body mass index, constraints, and those that real life may break."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal

from decidua.errors import PatientConflictError
from decidua.facts import Constraint, Range, Value, Vocabulary, close
from decidua.facts.closure import bounds
from decidua.intake.given import Given, warn_unlikely
from decidua.intake.problems import Problems, quoted
from decidua.intake.scalars import symbols

TOLERANCE = Decimal(1)
"""kg/m2 by which a stated body mass index may differ from the computed one: it may be of another day."""


def body_mass_index(weight: Decimal, height: Decimal) -> Decimal:
    """kg and cm → kg/m2, to one decimal."""
    return (weight * 10_000 / (height * height)).quantize(Decimal("0.1"), ROUND_HALF_UP)


def add_bmi(given: Given, vocabulary: Vocabulary, problems: Problems) -> None:
    """From weight and height if both are exact; a stated one is kept unless it differs by more than 1."""
    weight, height, stated = (given.values.get(id_) for id_ in ("weight", "height", "bmi"))
    fact = vocabulary.facts.get("bmi")
    if not isinstance(weight, Decimal) or not isinstance(height, Decimal) or fact is None:
        return
    bmi, line = body_mass_index(weight, height), given.lines["weight"]
    if stated is not None and not _near(bmi, stated):
        words = quoted(given.words.get("bmi", symbols(stated, fact)))
        parts = {"stated": words, "computed": symbols(bmi, fact), "place": problems.where(line)}
        problems.conflict("error.stated-bmi", given.lines["bmi"], **parts)
    elif fact.possible and not fact.possible[0] <= bmi <= fact.possible[1]:
        place = problems.where(given.lines["height"])
        problems.conflict("error.bmi", line, computed=symbols(bmi, fact), place=place)
    elif stated is None:
        given.values["bmi"], given.origins["bmi"], given.lines["bmi"] = bmi, "derived", line
        warn_unlikely(fact, bmi, symbols(bmi, fact), line, problems)


def _near(bmi: Decimal, stated: Value) -> bool:
    low, high = (stated.low, stated.high) if isinstance(stated, Range) else (stated, stated)
    above = not isinstance(low, Decimal) or bmi >= low - TOLERANCE
    return above and (not isinstance(high, Decimal) or bmi <= high + TOLERANCE)


Closed = tuple[dict[str, Value], dict[str, str]]


def closed(given: Given, vocabulary: Vocabulary, problems: Problems) -> Closed:
    """Values closed under the constraints, and for each that they added or narrowed the constraint's id."""
    for constraint in vocabulary.constraints:
        if not constraint.strict:
            _warn_if_broken(constraint, given, problems)
    if problems.contradicted:  # what follows from a contradiction is only noise beside it
        return dict(given.values), {}
    try:
        return close(vocabulary, given.values)
    except PatientConflictError as error:
        problems.add(error, _line(error, given))
        return dict(given.values), {}


def _warn_if_broken(constraint: Constraint, given: Given, problems: Problems) -> None:
    total = str(constraint.at_most)
    high = bounds(given.values.get(total))[1]
    least = sum((bounds(given.values.get(part))[0] for part in constraint.sum), Decimal(0))
    if high is None or least <= high:
        return
    ids = [id_ for id_ in (*constraint.sum, total) if id_ in given.values]
    named = [f"{id_} = {symbols(given.values[id_])}" for id_ in ids]
    says = {"rule_en": constraint.says.en, "rule_ko": constraint.says.ko}
    problems.warn("warn.constraint", given.lines.get(total, 1), facts=", ".join(named), **says)


def _line(error: PatientConflictError, given: Given) -> int:
    """The line of the last named fact that stands in the file; what the closure added stands nowhere."""
    named = re.findall(r"([\w@-]+) = ", str(error.parts.get("facts", "")))
    return max((given.lines[id_] for id_ in named if id_ in given.lines), default=1)
