"""The truth tables, as data: tests hold every form of a criterion to them, and `markdown()` prints them.

T, F, U: true, false, unknown. Each table was written by hand from the design; none is computed.
`PYTHONPATH=tests python -m semantics.tables` writes docs/truth-tables.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from decidua.criteria.tree import And, AtLeast, Choose, Compare, Comparison, Criterion, Is, Named, Not, OneOf, Or
from decidua.criteria.truth import Truth
from decidua.facts import Range, Value

T, F, U = True, False, None
PAGE = Path(__file__).parents[2] / "docs" / "truth-tables.md"

NOT: list[tuple[Truth, Truth]] = [(T, F), (F, T), (U, U)]

AND: list[tuple[Truth, Truth, Truth]] = [
    (T, T, T), (T, F, F), (T, U, U),
    (F, T, F), (F, F, F), (F, U, F),
    (U, T, U), (U, F, F), (U, U, U),
]  # fmt: skip

OR: list[tuple[Truth, Truth, Truth]] = [
    (T, T, T), (T, F, T), (T, U, T),
    (F, T, T), (F, F, F), (F, U, U),
    (U, T, T), (U, F, U), (U, U, U),
]  # fmt: skip

AT_LEAST: list[tuple[int, int, int, tuple[Truth, Truth, Truth]]] = [
    (3, 0, 0, (T, T, T)),
    (2, 1, 0, (T, T, F)),
    (2, 0, 1, (T, T, U)),
    (1, 2, 0, (T, F, F)),
    (1, 1, 1, (T, U, F)),
    (1, 0, 2, (T, U, U)),
    (0, 3, 0, (F, F, F)),
    (0, 2, 1, (U, F, F)),
    (0, 1, 2, (U, U, F)),
    (0, 0, 3, (U, U, U)),
]
"""Of three parts: how many are true, false, unknown; the truth of at least 1, 2, 3 of them."""

CHOOSE: list[tuple[Truth, Truth, Truth, Truth, Truth]] = [
    (T, T, T, T, T), (T, F, U, T, F), (T, U, U, T, U),
    (F, T, U, F, T), (F, F, F, F, F), (F, U, U, F, U),
    (U, T, U, U, T), (U, F, U, U, F), (U, U, U, U, U),
]  # fmt: skip
"""Truth under one alternative, under the other; while the reading is open, settled to one, settled to the other."""

NAMED: list[tuple[Truth, Truth, Truth]] = [
    (T, T, T), (T, U, T), (F, F, F), (F, U, F), (U, T, T), (U, F, F), (U, U, U),
]  # fmt: skip
"""What is stated, what the definition gives, the truth. Stated against computed is refused before this."""

IS: list[tuple[Value | None, Truth]] = [(True, T), (False, F), (None, U)]

ONE_OF: list[tuple[str | None, Truth, Truth]] = [("low", T, T), ("mid", F, T), ("high", F, F), (None, U, U)]
"""The value of a choice; the truth of `= 'low'` and of `in {'low', 'mid'}`."""

OPS: tuple[Comparison, ...] = ("<", "<=", "=", ">=", ">")
CUT = Decimal(5)


def between(low: int | None, high: int | None) -> Range:
    return Range(None if low is None else Decimal(low), None if high is None else Decimal(high))


COMPARE: list[tuple[str, Value | None, tuple[Truth, Truth, Truth, Truth, Truth]]] = [
    ("4", Decimal(4), (T, T, F, F, F)),
    ("5", Decimal(5), (F, T, T, T, F)),
    ("6", Decimal(6), (F, F, F, T, T)),
    ("unknown", None, (U, U, U, U, U)),
    ("at most 4", between(None, 4), (T, T, F, F, F)),
    ("at most 5", between(None, 5), (U, T, U, U, F)),
    ("at most 6", between(None, 6), (U, U, U, U, U)),
    ("at least 4", between(4, None), (U, U, U, U, U)),
    ("at least 5", between(5, None), (F, U, U, T, U)),
    ("at least 6", between(6, None), (F, F, F, T, T)),
    ("2 to 4", between(2, 4), (T, T, F, F, F)),
    ("2 to 5", between(2, 5), (U, T, U, U, F)),
    ("4 to 6", between(4, 6), (U, U, U, U, U)),
    ("5 to 5", between(5, 5), (F, T, T, T, F)),
    ("5 to 8", between(5, 8), (F, U, U, T, U)),
    ("6 to 8", between(6, 8), (F, F, F, T, T)),
    ("open on both sides", between(None, None), (U, U, U, U, U)),
]
"""What is known of a number; the truth of < 5, <= 5, = 5, >= 5, > 5. Bounds are inclusive."""

Row = tuple[str, Criterion, dict[str, Value], dict[str, Criterion], dict[str, str], Truth]
"""A name, a criterion, what is known, definitions, settled readings, the truth."""


def rows() -> list[Row]:
    """Every line of every table as a criterion with a patient."""
    return [*_logic(), *_counted(), *_readings(), *_leaves()]


def facts(*truths: Truth) -> dict[str, Value]:
    return {id_: true for id_, true in zip("abc", truths, strict=False) if true is not None}


def _logic() -> list[Row]:
    a, b = Is("a"), Is("b")
    found: list[Row] = [(f"not {_t(x)}", Not(a), facts(x), {}, {}, z) for x, z in NOT]
    found += [(f"{_t(x)} and {_t(y)}", And((a, b)), facts(x, y), {}, {}, z) for x, y, z in AND]
    return found + [(f"{_t(x)} or {_t(y)}", Or((a, b)), facts(x, y), {}, {}, z) for x, y, z in OR]


def _counted() -> list[Row]:
    parts = (Is("a"), Is("b"), Is("c"))
    return [
        (
            f"at least {k} of {t}T {f}F {u}U",
            AtLeast(k, parts),
            facts(*[T] * t, *[F] * f, *[U] * u),
            {},
            {},
            truths[k - 1],
        )
        for t, f, u, truths in AT_LEAST
        for k in (1, 2, 3)
    ]


def _readings() -> list[Row]:
    node = Choose("r", (("one", Is("a")), ("other", Is("b"))))
    found: list[Row] = []
    for x, y, *truths in CHOOSE:
        for settled, z in zip(({}, {"r": "one"}, {"r": "other"}), truths, strict=True):
            found.append((f"{_t(x)} or else {_t(y)}, {settled.get('r', 'open')}", node, facts(x, y), {}, settled, z))
    for stated, computed, z in NAMED:
        known = facts(computed) | ({} if stated is None else {"k@g": stated})
        found.append((f"stated {_t(stated)}, computed {_t(computed)}", Named("k@g"), known, {"k@g": Is("a")}, {}, z))
    return found


def _leaves() -> list[Row]:
    found: list[Row] = [(f"is {x}", Is("a"), {} if x is None else {"a": x}, {}, {}, z) for x, z in IS]
    for x, one, two in ONE_OF:
        known: dict[str, Value] = {} if x is None else {"c1": x}
        found.append((f"{x} = low", OneOf("c1", ("low",)), known, {}, {}, one))
        found.append((f"{x} in low, mid", OneOf("c1", ("low", "mid")), known, {}, {}, two))
    for words, value, truths in COMPARE:
        for op, z in zip(OPS, truths, strict=True):
            known = {} if value is None else {"n": value}
            found.append((f"{words} {op} 5", Compare("n", op, CUT, "5"), known, {}, {}, z))
    return found


# ---- the page


def markdown() -> str:
    """docs/truth-tables.md."""
    return (
        "\n\n".join(
            [
                "# Truth tables",
                "T true, F false, U unknown. These tables are the tests' own data (`tests/semantics/tables.py`): the "
                "reference interpreter, compiled Python and Polars columns are held to every line. To write this page "
                "again: `PYTHONPATH=tests python -m semantics.tables`.",
                "## not, and, or",
                "Kleene's strong three-valued logic: an unknown part leaves the whole unknown unless the rest decides.",
                _table(["a", "not a"], [[_t(x), _t(z)] for x, z in NOT]),
                _square("a and b", AND),
                _square("a or b", OR),
                "## at least k of",
                "True where enough parts are true; false where too few could still be true.",
                _table(
                    ["true", "false", "unknown", "at least 1 of 3", "at least 2 of 3", "at least 3 of 3"],
                    [[str(t), str(f), str(u), *map(_t, truths)] for t, f, u, truths in AT_LEAST],
                ),
                "## Readings",
                "A criterion of which the source admits two readings. Open, it is known only where both agree.",
                _table(
                    ["under one", "under the other", "open", "settled to one", "settled to the other"],
                    [list(map(_t, row)) for row in CHOOSE],
                ),
                "## Named criteria",
                "A named criterion is what the user states, else what its definition gives. "
                "Stated against computed is an error that names both.",
                _table(
                    ["stated", "by its definition", "truth"],
                    [list(map(_t, row)) for row in NAMED] + [["T", "F", "error"], ["F", "T", "error"]],
                ),
                "## Facts",
                _table(["yes/no fact", "truth"], [[_yes(x), _t(z)] for x, z in IS]),
                _table(
                    ["choice (low, mid, high)", "= 'low'", "in {'low', 'mid'}"],
                    [[x or "unknown", _t(one), _t(two)] for x, one, two in ONE_OF],
                ),
                "## Comparisons",
                "A number may be known only within bounds, both included. A comparison is known where all numbers in "
                "the bounds agree.",
                _table(
                    ["known", *(f"{op} 5" for op in OPS)], [[words, *map(_t, truths)] for words, _, truths in COMPARE]
                ),
            ]
        )
        + "\n"
    )


def _square(head: str, lines: Sequence[tuple[Truth, Truth, Truth]]) -> str:
    found = {(x, y): z for x, y, z in lines}
    return _table(
        [head, "b T", "b F", "b U"], [[f"a {_t(x)}", *(_t(found[x, y]) for y in (T, F, U))] for x in (T, F, U)]
    )


def _table(head: list[str], lines: Sequence[list[str]]) -> str:
    rule = ["---"] * len(head)
    return "\n".join(f"| {' | '.join(line)} |" for line in (head, rule, *lines))


def _t(x: Truth) -> str:
    return "U" if x is None else "T" if x else "F"


def _yes(x: object) -> str:
    return "unknown" if x is None else "yes" if x else "no"


if __name__ == "__main__":
    PAGE.write_text(markdown(), "utf-8")
