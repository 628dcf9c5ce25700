"""From one scalar or small table of the file to a date, a word, a closed choice, or the value of a fact."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal

from decidua.errors import PatientError
from decidua.facts import Fact, Range, Value, read_value
from decidua.intake.nodes import Scalar, Table, Tree
from decidua.language import LANGUAGES, words

LENGTH = 200
"""Characters that one value may have; the longest legitimate one is a title."""

UNKNOWN = ("", "unknown", "not known", "?", "모름")
TRUE = ("yes", "true", "예", "있음")
FALSE = ("no", "false", "아니오", "아니요", "없음")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")


def text_of(tree: Tree, key: str) -> str | None:
    """The text of a scalar; None for null or a word for unknown. Raises PatientError for anything else."""
    if not isinstance(tree, Scalar):
        raise PatientError("error.one-value", key=key)
    if tree.text is None or tree.text.lower() in UNKNOWN:
        return None
    if len(tree.text) > LENGTH:
        raise PatientError("error.text-long", key=key, limit=LENGTH)
    return tree.text


def truth_of(tree: Tree, key: str) -> bool | None:
    text = text_of(tree, key)
    if text is None:
        return None
    if text.lower() in TRUE + FALSE:
        return text.lower() in TRUE
    raise PatientError("error.boolean", fact=key, given=text)


def date_of(tree: Tree, key: str) -> date | None:
    """YYYY-MM-DD only: `date.fromisoformat` alone would also take 20240105 and week dates."""
    text = text_of(tree, key)
    if text is None:
        return None
    try:
        if _ISO.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise PatientError("error.date", key=key, given=text)


def choice_of(tree: Tree, key: str, choices: Collection[str], *, kind: str) -> str | None:
    """One of `choices`, or its label `<kind>.<choice>` in either language."""
    text = text_of(tree, key)
    if text is None:
        return None
    spelled = text.lower()
    for choice in choices:
        labels = [words(lang).get(f"{kind}.{choice}", choice).lower() for lang in LANGUAGES]
        if spelled in labels or re.sub(r"[ _]", "-", spelled) == choice:
            return choice
    raise PatientError("error.choice", fact=key, given=text, allowed=", ".join(choices))


def value_of(fact: Fact, tree: Tree) -> tuple[Value | None, str]:
    """The value of a fact and the words in which it was given. Raises PatientError."""
    raw = _raw(fact, tree)
    return read_value(fact, raw), _words(raw)


def _raw(fact: Fact, tree: Tree) -> str | Mapping[str, str] | None:
    if not isinstance(tree, Table) or not fact.numeric:
        return text_of(tree, fact.id)
    parts = {entry.key: text_of(entry.value, f"{fact.id}.{entry.key}") for entry in tree.entries}
    if "value" in parts and parts["value"] is None:
        return None
    return {key: text for key, text in parts.items() if text is not None}


def _words(raw: str | Mapping[str, str] | None) -> str:
    return " ".join(raw.values()) if isinstance(raw, Mapping) else raw or ""


def symbols(value: Value, fact: Fact | None = None) -> str:
    """A value without words of either language, for errors that name two of them."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    if isinstance(value, Range):
        return _range_symbols(value)
    if fact and fact.format == "gestational-age":
        return f"{int(value) // 7}+{int(value) % 7}"
    unit = fact.unit.label if fact and fact.unit else ""
    return f"{_number(value)} {unit}".strip()


def _number(value: Decimal) -> str:
    return format(value.normalize(), "f") if value % 1 else str(value.to_integral_value())


def _range_symbols(value: Range) -> str:
    if value.low is not None and value.high is not None:
        return f"{_number(value.low)}–{_number(value.high)}"
    if value.low is not None:
        return f"≥ {_number(value.low)}"
    return f"≤ {_number(value.high or Decimal(0))}"
