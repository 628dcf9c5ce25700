"""Values of facts: read from what a person writes, kept in the canonical unit, shown as they were given."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation

from decidua.errors import PatientError
from decidua.facts.vocabulary import Fact, Unit
from decidua.language import LANGUAGES, Lang, say, words


@dataclass(frozen=True)
class Range:
    """A number known only within bounds (inclusive; None: open on that side)."""

    low: Decimal | None = None
    high: Decimal | None = None


Value = bool | str | Decimal | Range


@dataclass(frozen=True)
class Patient:
    """What is known of one patient; every fact that is not in `values` is unknown."""

    values: Mapping[str, Value] = field(default_factory=dict)
    given: Mapping[str, str] = field(default_factory=dict)
    """The words in which a value was given, for showing it back."""
    origins: Mapping[str, str] = field(default_factory=dict)
    """Where a value comes from when it was not given directly (`derived`, the id of a constraint)."""
    as_of: date | None = None

    def known(self, fact: str) -> bool:
        return fact in self.values and not isinstance(self.values[fact], Range)


_NUMBER = re.compile(r"([<>]=?|≥|≤)? ?([+-]?\d+(?:[.,]\d+)?) ?([^\d].*)?")
_THOUSANDS = re.compile(r"(?<!\d)[1-9]\d{0,2},\d{3}(?!\d)")
"""`1,280` is 1280 to one reader and 1.28 to another; `0,125` and `1,5` have one meaning."""
LONGEST = 60
"""Characters of a number with its unit; longer text is no number."""
_WEEKS = re.compile(r"(\d{1,2}) ?(?:\+|w|주) ?([0-6]) ?(?:d|일)?")
_TITRE = re.compile(r"([<>]=?|≥|≤)? ?1 ?[:/] ?(\d+)")


def read_value(fact: Fact, raw: object) -> Value | None:
    """The value of `fact` in its canonical unit; None where `raw` says that it is not known. Raises PatientError."""
    if raw is None or (isinstance(raw, str) and raw.strip().lower() in ("unknown", "not known", "?", "모름", "")):
        return None
    if isinstance(raw, Mapping) and fact.numeric:
        raw = _joined(fact, raw)
    if fact.type == "boolean":
        return _boolean(fact, raw)
    if fact.type == "choice":
        return _choice(fact, raw)
    return _number(fact, raw)


def _boolean(fact: Fact, raw: object) -> bool:
    if isinstance(raw, bool):
        return raw
    word = raw.strip().lower() if isinstance(raw, str) else ""
    if word in ("yes", "true", "present", "예", "있음", "시행"):
        return True
    if word in ("no", "false", "absent", "아니오", "아니요", "없음", "미시행"):
        return False
    raise PatientError("error.boolean", fact=fact.id, given=raw)


def _choice(fact: Fact, raw: object) -> str:
    word = ("yes" if raw else "no") if isinstance(raw, bool) else str(raw).strip()
    for choice in fact.choices:
        if word.lower().replace("_", "-").replace(" ", "-") == choice.lower():
            return choice
    shown = {show_value(fact, choice, lang).lower(): choice for choice in fact.choices for lang in LANGUAGES}
    if word.lower() in shown:
        return shown[word.lower()]
    raise PatientError("error.choice", fact=fact.id, given=raw, allowed=", ".join(fact.choices))


def _joined(fact: Fact, raw: Mapping[object, object]) -> str:
    if set(raw) - {"value", "unit"} or "value" not in raw:
        raise PatientError("error.number", fact=fact.id, given=dict(raw), allowed=_units(fact))
    return f"{raw['value']} {raw.get('unit', '')}"


def _number(fact: Fact, raw: object) -> Value:
    if isinstance(raw, bool) or not isinstance(raw, int | float | str | Decimal):
        raise _no_number(fact, raw)
    text = " ".join(str(raw).split())
    if _THOUSANDS.search(text):
        raise PatientError("error.comma", fact=fact.id, given=raw)
    if fact.format == "gestational-age" and (weeks := _WEEKS.fullmatch(text)):
        return _within(fact, Decimal(int(weeks[1]) * 7 + int(weeks[2])), text)
    if fact.format == "titre" and (titre := _TITRE.fullmatch(text)):
        return _signed(fact, titre[1], Decimal(titre[2]), text)
    match = _NUMBER.fullmatch(text) if len(text) <= LONGEST else None
    if not match:
        raise _no_number(fact, raw)
    sign, digits, unit_text = match.groups()
    unit = _unit(fact, unit_text or "", raw)
    try:
        value = canonical(fact, Decimal(digits.replace(",", ".")), unit)
    except InvalidOperation:
        raise _no_number(fact, raw) from None
    return _signed(fact, sign, value, text)


def _no_number(fact: Fact, raw: object) -> PatientError:
    key = "error.number" if fact.units else "error.count"
    return PatientError(key, fact=fact.id, given=raw, allowed=_units(fact))


def _signed(fact: Fact, sign: str | None, value: Decimal, text: str) -> Value:
    return _within(fact, value, text) if sign is None else _bounded(fact, sign, value, text)


def _unit(fact: Fact, text: str, raw: object) -> Unit | None:
    if not fact.units:
        if text:
            raise PatientError("error.no-unit", fact=fact.id, given=raw)
        return None
    if not text:
        if len(fact.units) == 1:
            return fact.units[0]
        raise PatientError("error.unit-missing", fact=fact.id, given=raw, allowed=_units(fact))
    for unit in fact.units:
        if text.lower() in _spellings(unit):
            return unit
    raise PatientError("error.unit", fact=fact.id, given=text, allowed=_units(fact))


_SPOKEN: Mapping[str, tuple[str, ...]] = {
    "a": ("y", "year", "years", "세"),
    "d": ("day", "days", "일"),
    "wk": ("w", "week", "weeks", "주"),
    "[lb_av]": ("lbs", "pounds"),
    "[in_i]": ("inch", "inches"),
    "%": ("percent", "퍼센트"),
    "kg/m2": ("kg/m²",),
    "m[IU]/L": ("miu/l", "mu/l"),
    "u[IU]/mL": ("uiu/ml", "µiu/ml", "μiu/ml"),
}


def _spellings(unit: Unit) -> tuple[str, ...]:
    return (unit.code.lower(), unit.label.lower(), *_SPOKEN.get(unit.code, ()))


def unit_named(fact: Fact, text: str) -> Unit | None:
    """The unit of a fact that a heading or a mapping names."""
    return next((unit for unit in fact.units if text.strip().lower() in _spellings(unit)), None)


def apart(fact: Fact, text: str) -> tuple[str, Unit] | None:
    """Number and unit of `36 세` or `24 ng/mL`; None where the text has no unit of the fact."""
    match = _NUMBER.fullmatch(text) if len(text) <= LONGEST else None
    written = match[3] if match else None
    for unit in fact.units if written else ():
        if written and written.lower() in _spellings(unit):
            return text.removesuffix(written).rstrip(), unit
    return None


def canonical(fact: Fact, value: Decimal, unit: Unit | None) -> Decimal:
    """`value` in the fact's first unit; beside a cut-off that the source pairs, on the side that the pair says."""
    if unit is None or unit is fact.units[0]:
        return value
    converted = unit.to_canonical(value)
    for pair in fact.pairs:
        if pair.other_unit == unit.code:
            converted = _beside(pair.value, (value > pair.other) - (value < pair.other), converted)
    return converted


def _beside(cut: Decimal, side: int, converted: Decimal) -> Decimal:
    if side == 0:
        return cut
    nudge = Decimal("0.000001")
    return max(converted, cut + nudge) if side > 0 else min(converted, cut - nudge)


def _within(fact: Fact, value: Decimal, text: str) -> Decimal:
    if fact.type == "integer" and value != value.to_integral_value():
        raise PatientError("error.integer", fact=fact.id, given=text)
    low, high = fact.possible or (None, None)
    if low is not None and high is not None and not low <= value <= high:
        raise PatientError("error.impossible", fact=fact.id, **in_both(fact, text), **bounds(fact, low, high))
    return value


def _bounded(fact: Fact, sign: str, value: Decimal, text: str) -> Range:
    step = Decimal(1) if fact.type == "integer" else Decimal("0.000001")
    edge = {">": value + step, "<": value - step}.get(sign, value)
    _within(fact, value, text)
    _within(fact, edge, text)  # "< 0" of a count, or more than the most that can be, leaves no number
    return Range(edge, None) if sign in (">=", "≥", ">") else Range(None, edge)


def unlikely(fact: Fact, value: Value) -> bool:
    """Whether a possible number lies outside what is usual, so that a slip of the pen is worth asking about."""
    return isinstance(value, Decimal) and fact.likely is not None and not fact.likely[0] <= value <= fact.likely[1]


def _units(fact: Fact) -> str:
    return ", ".join(unit.label for unit in fact.units) or "-"


def in_both(fact: Fact, text: str) -> dict[str, str]:
    """What was given, for a message in either language: its unit as people say it there."""
    found = apart(fact, text)
    korean = f"{found[0]} {words('ko').get(f'unit.{found[1].code}', found[1].label)}" if found else text
    return {"given": text, "given_ko": korean}


def bounds(fact: Fact, low: Decimal, high: Decimal) -> dict[str, str]:
    """The numbers that can be, or are usual, for a message in either language."""
    return {"span": _span(fact, low, high, "en"), "span_ko": _span(fact, low, high, "ko")}


def _span(fact: Fact, low: Decimal, high: Decimal, lang: Lang) -> str:
    if fact.format == "gestational-age":
        first, last = (say(lang, "value.gestation", weeks=int(d) // 7, days=int(d) % 7) for d in (low, high))
        return say(lang, "value.gestations", low=first, high=last)
    return _tidy(say(lang, "value.between", low=plain(low), high=plain(high), unit=_spoken(fact, lang)))


def show_value(fact: Fact, value: Value, lang: Lang) -> str:
    """A value in words, with its unit."""
    if isinstance(value, bool):
        return say(lang, "value.yes" if value else "value.no")
    if isinstance(value, str):
        return fact.labels[value][lang] if value in fact.labels else words(lang).get(f"choice.{value}", value)
    if isinstance(value, Range):
        return _show_range(fact, value, lang)
    if fact.format == "gestational-age":
        return f"{int(value) // 7}+{int(value) % 7}"
    if fact.format == "titre":
        return f"1:{plain(value)}"
    return f"{plain(value)} {_spoken(fact, lang)}".strip()


def _show_range(fact: Fact, value: Range, lang: Lang) -> str:
    unit = _spoken(fact, lang)
    if value.low is not None and value.high is not None:
        return _tidy(say(lang, "value.between", low=plain(value.low), high=plain(value.high), unit=unit))
    if value.low is not None:
        return _tidy(say(lang, "value.at-least", low=plain(value.low), unit=unit))
    return _tidy(say(lang, "value.at-most", high=plain(value.high or Decimal(0)), unit=unit))


def _tidy(text: str) -> str:
    """No double blank where a number has no unit."""
    return " ".join(text.split())


def _spoken(fact: Fact, lang: Lang) -> str:
    """The canonical unit as people say it."""
    return words(lang).get(f"unit.{fact.unit.code}", fact.unit.label) if fact.unit else ""


def plain(value: Decimal) -> str:
    """A number without trailing zeros or exponent, at most four decimals."""
    rounded = round(value, 4)
    return format(rounded.normalize() if rounded % 1 else rounded.to_integral_value(), "f")
