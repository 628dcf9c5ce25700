"""A stated value against a computed one: they must agree, and the sharper one is kept.

stated   computed      kept
-        c             c
3        3             3 (as stated)
3        ≥ 2           3 (as stated)
≥ 3      4             4 (as computed)
≥ 3      2–5           3–5 (as computed)
3        ≥ 4, 2        conflict: both are named
yes      yes           yes (as stated)
yes      no            conflict
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from decidua.facts import Range, Value, Vocabulary
from decidua.intake.given import Given, warn_unlikely
from decidua.intake.problems import Problems, quoted
from decidua.intake.scalars import symbols


def settle(stated: Value | None, computed: Value) -> Value | None:
    """What is known from both; None where they contradict each other."""
    if stated is None:
        return computed
    if isinstance(stated, bool | str) or isinstance(computed, bool | str):
        return stated if stated == computed and type(stated) is type(computed) else None
    return _both(_ends(stated), _ends(computed))


def _ends(value: Decimal | Range) -> tuple[Decimal | None, Decimal | None]:
    return (value.low, value.high) if isinstance(value, Range) else (value, value)


Ends = tuple[Decimal | None, Decimal | None]


def _both(one: Ends, other: Ends) -> Value | None:
    low = max((end for end in (one[0], other[0]) if end is not None), default=None)
    high = min((end for end in (one[1], other[1]) if end is not None), default=None)
    if low is not None and low == high:
        return low
    return None if low is not None and high is not None and low > high else Range(low, high)


def add_computed(
    given: Given,
    computed: Mapping[str, Value],
    vocabulary: Vocabulary,
    problems: Problems,
    *,
    origin: str,
    line: int,
) -> None:
    """Puts computed values beside the stated ones.

    `origin` ends the key of the conflict's sentence; `line` is that of the table that they come from.
    """
    for id_, value in computed.items():
        if id_ not in vocabulary.facts or value == Range(Decimal(0), None):
            continue
        fact, stated = vocabulary.facts[id_], given.values.get(id_)
        kept = settle(stated, value)
        if kept is None:
            parts = {"stated": quoted(given.words.get(id_, "?")), "computed": symbols(value, fact)}
            parts |= {"place": problems.where(line), "fact": id_}
            problems.conflict(f"error.stated-{origin}", given.lines.get(id_, line), **parts)
        elif kept != stated:
            given.values[id_], given.origins[id_] = kept, "derived"
            given.words.pop(id_, None)  # they no longer say what is known
            given.lines.setdefault(id_, line)
            warn_unlikely(fact, kept, symbols(kept, fact), line, problems)
