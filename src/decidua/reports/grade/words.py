"""The words of an appraisal: what a check or a flag says, with its numbers as they are shown."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from decidua.appraisal.grade.check import Said
from decidua.appraisal.grade.values import in_language
from decidua.evidence.randomised import Reason
from decidua.language import Lang, Text, say

LEVELS = ("claimed", "lowest", "highest")
DOMAIN_LISTS = ("domains", "lowered", "open")
COUNTS = ("participants", "needed", "events", "studies", "fewest", "apart", "pairs")


def tell(said: Said, lang: Lang) -> str:
    key, parts = said
    numbers = per_1000 if "per-1000" in key else plain
    return say(lang, key, **{name: _shown(name, value, numbers, lang) for name, value in parts.items()})


def plain(value: float, lang: Lang) -> str:  # noqa: ARG001
    """Three digits or so: what a table shows of an effect."""
    size = abs(value)
    if size >= 10 or size == 0:
        return f"{value:.0f}" if size >= 100 else f"{value:.3g}"
    return f"{value:.2f}" if size >= 0.1 else f"{value:.2g}"


def per_1000(value: float | None, lang: Lang) -> str:
    """A difference in words: 7 more, 100 fewer. None, or infinite: a limit that is open."""
    if value is None or math.isinf(value):
        return say(lang, "grade.open-limit")
    count = round(abs(value))
    return (
        say(lang, "grade.same") if count == 0 else say(lang, f"grade.{'more' if value > 0 else 'fewer'}", count=count)
    )


def signed(levels: int) -> str:
    return f"−{-levels}" if levels < 0 else f"+{levels}" if levels else "0"


def _shown(name: str, value: Any, numbers: Any, lang: Lang) -> str:
    if value is None:
        return say(lang, "grade.none")
    if name in LEVELS or name in ("domain", "situation"):
        return level(value, lang) if name in LEVELS else say(lang, f"grade.{name}-{value}")
    if name in DOMAIN_LISTS:
        return domains(value, lang)
    if name == "design":
        return say(lang, f"grade.design-{value}")
    if name == "recorded":
        return ", ".join(say(lang, f"grade.design-{one}") for one in value)
    if name == "reasons":
        return " ".join(reason(one, lang) for one in value)
    if name == "bands":
        return ", ".join(say(lang, f"grade.band-{band}") for band in value)
    if name == "why":
        return tell(value, lang)
    if name == "found":
        return "; ".join(tell(one, lang) for one in value if one)
    if isinstance(value, str | Text):
        return in_language(value, lang)
    return _number(name, value, numbers, lang)


def _number(name: str, value: Any, numbers: Any, lang: Lang) -> str:
    if name == "crossed":
        return ", ".join(numbers(one, lang) if numbers is per_1000 else f"{one:g}" for one in value)
    if name == "sizes":
        return ", ".join(f"{one:g}" for one in value)
    if name == "judged":
        return signed(value)
    if name == "change":
        return f"{100 * value:+g} %".replace("-", "−")
    if name == "far":
        return f"{100 * value:g} %"
    if name == "p":
        return "< 0.001" if value < 0.001 else f"{value:.3f}"
    if name == "i2":
        return f"{value:.0f}"
    if name in COUNTS:
        return str(value)
    if name in ("estimate", "lower", "upper"):
        return str(numbers(value, lang))
    return f"{value:.3g}"


def reason(given: Reason, lang: Lang) -> str:
    """Why a row may not be shown in absolute terms, as `decidua absolute` says it."""
    because = given.because[lang] if given.because else ""
    return say(lang, f"absolute.no-{given.key}", because=because, **given.parts)


def level(name: str, lang: Lang) -> str:
    """In capitals, as summaries of findings print it; Korean has none."""
    return say(lang, f"grade.level-{name}").upper()


def domains(names: Sequence[str], lang: Lang) -> str:
    return ", ".join(say(lang, f"grade.domain-{name}") for name in names)
