"""Units and codes: UCUM grammar for the vocabulary, a closed list for doses, the check digit of LOINC."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product

from decidua.check.problem import Problem, at
from decidua.facts import Vocabulary
from decidua.guidelines import Knowledge

METRIC = ("g", "L", "l", "m", "mol", "U", "[IU]", "s", "eq", "osm", "kat")
PLAIN = (
    "a",
    "mo",
    "wk",
    "d",
    "h",
    "min",
    "%",
    "Cel",
    "mm[Hg]",
    "[lb_av]",
    "[oz_av]",
    "[in_i]",
    "[ft_i]",
    "10*3",
    "10*6",
    "10*9",
)
PREFIXES = ("", "k", "d", "c", "m", "u", "n", "p", "f")
ATOMS = {prefix + atom for prefix, atom in product(PREFIXES, METRIC)} | set(PLAIN)
ANNOTATION = re.compile(r"\{[\x21-\x7a]+\}")

DOSES = (
    "mg", "mg/kg", "mg/d", "mg/wk", "g", "g/kg", "ug", "ug/kg", "[IU]", "[IU]/kg", "[IU]/d", "mL", "mL/kg",
    "10*6",
)  # fmt: skip
"""Units in which a regimen may give a dose, beside those of the vocabulary; `10*6{cells}` counts as `10*6`."""


def code_problems(knowledge: Knowledge) -> Iterator[Problem]:
    yield from _units(knowledge)
    yield from _doses(knowledge)
    yield from _loinc(knowledge)


def is_ucum(code: str) -> bool:
    """Whether a code is a product or quotient of known UCUM atoms; `{…}` is a count with a name."""
    bare = ANNOTATION.sub("", code)
    if not bare:
        return bool(ANNOTATION.fullmatch(code))
    parts = [part for part in re.split(r"[./]", bare) if part]
    return all(part in ATOMS or re.sub(r"-?[1-9]$", "", part) in ATOMS for part in parts)


def _units(knowledge: Knowledge) -> Iterator[Problem]:
    items = knowledge.content.items["facts"]
    for fact in knowledge.vocabulary.facts.values():
        for index, unit in enumerate(fact.units):
            if not is_ucum(unit.code):
                message = f"has the unit '{unit.code}', which is no UCUM code; write one, such as mg/dL or m[IU]/L."
                yield at(items[fact.id], ["units", index, "code"], message)


def _doses(knowledge: Knowledge) -> Iterator[Problem]:
    accepted = {*DOSES, *vocabulary_units(knowledge.vocabulary)}
    for statement in knowledge.statements.values():
        item = knowledge.content.items["statements"][statement.id]
        for index, regimen in enumerate(statement.regimens):
            if regimen.unit is not None and ANNOTATION.sub("", regimen.unit) not in accepted:
                message = f"doses in '{regimen.unit}'; allowed are {', '.join(DOSES)} and the units of facts."
                yield at(item, ["regimens", index, "unit"], message)


def vocabulary_units(vocabulary: Vocabulary) -> set[str]:
    return {unit.code for fact in vocabulary.facts.values() for unit in fact.units}


def _loinc(knowledge: Knowledge) -> Iterator[Problem]:
    items = knowledge.content.items["facts"]
    for fact in knowledge.vocabulary.facts.values():
        for index, code in enumerate(fact.codes):
            if code.system == "LOINC" and not loinc_valid(code.code):
                message = f"has the LOINC code '{code.code}', whose check digit is wrong; look it up again."
                yield at(items[fact.id], ["codes", index, "code"], message)


def loinc_valid(code: str) -> bool:
    """Mod 10 (Luhn) over the digits before the hyphen, as LOINC prescribes (LOINC Users' Guide, appendix C)."""
    if not re.fullmatch(r"\d{1,7}-\d", code):
        return False
    number, digit = code.split("-")
    doubled = [int(d) * 2 if i % 2 == 0 else int(d) for i, d in enumerate(reversed(number))]
    return -sum(d // 10 + d % 10 for d in doubled) % 10 == int(digit)
