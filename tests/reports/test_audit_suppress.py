"""No small count can be worked out from what is shown: checked against somebody who solves for it."""

from __future__ import annotations

import random
from itertools import product

import numpy as np
import pytest

from decidua.reports.audit.shares import wilson
from decidua.reports.audit.suppress import crossed, lone, merged, pooled, small
from reports.audit_attacks import Attack

LEAST = 5
UNKNOWABLE = 10_000.0


@pytest.mark.parametrize(("count", "total", "low", "high"), [
    (81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718),
])  # fmt: skip
def test_wilson_newcombe_1998(count: int, total: int, low: float, high: float) -> None:
    """Newcombe RG. Two-sided confidence intervals for the single proportion. Stat Med 1998;17:857–72, table I."""
    assert wilson(count, total) == pytest.approx((low, high), abs=0.00005)


def test_wilson_is_the_one_that_recomputes_prints() -> None:
    from decidua.evidence.methods.proportions import wilson as other

    for count, total in ((0, 7), (3, 8), (7, 7), (120, 1001)):
        assert wilson(count, total) == pytest.approx(other(count, total), abs=1e-12)
    with pytest.raises(ValueError, match="no share"):
        wilson(1, 0)


def test_a_lone_count_is_hidden_from_both_sides() -> None:
    assert [lone(count, 100, LEAST) for count in (0, 1, 4, 5, 95, 96, 99, 100)] == [
        False, True, True, False, False, True, True, False,
    ]  # fmt: skip


@pytest.mark.parametrize("seed", range(60))
def test_parts_of_one_total(seed: int) -> None:
    draw = random.Random(seed)
    counts = [draw.choice((0, 0, 1, 2, 4, 7, 50)) for _ in range(draw.randint(2, 6))]
    if sum(counts) < LEAST:
        return
    hidden = pooled(counts, LEAST)
    attack = Attack(len(counts))
    attack.told(range(len(counts)), sum(counts))
    all_hidden = len(hidden) == len(counts)
    assert not small(sum(counts[at] for at in hidden), LEAST)
    for at, count in enumerate(counts):
        if at not in hidden:
            attack.told([at], count)
        elif not all_hidden:
            attack.told([at], 1, UNKNOWABLE)
    for at, count in enumerate(counts):
        if small(count, LEAST):
            assert at in hidden
            low, high = attack.bounds([at])
            assert low < high


def test_where_each_part_could_be_told_nothing_is() -> None:
    assert pooled([1, 1, 1, 1, 1, 0], LEAST) == frozenset(range(6))
    assert pooled([3, 40, 57, 0], LEAST) == {0, 1}
    assert pooled([1, 1, 3, 70], LEAST) == {0, 1, 2, 3}
    assert pooled([10, 0, 57], LEAST) == frozenset()


def cube(draw: random.Random) -> np.ndarray:
    """Women by row, column and a third property; sparse and uneven, so that small counts are common, no margin is."""
    while True:
        shape = (draw.randint(2, 3), draw.randint(2, 3), draw.randint(1, 3))
        women = np.zeros(shape, dtype=int)
        for row, column in product(*map(range, shape[:2])):
            for layer in draw.sample(range(shape[2]), draw.randint(1, min(2, shape[2]))):
                women[row, column, layer] = draw.choice((0, 1, 1, 2, 4, 6))
        table = women.sum(axis=2)
        margins = [int(margin) for margin in (*table.sum(axis=0), *table.sum(axis=1))]
        if not any(small(margin, LEAST) for margin in margins) and any(small(int(n), LEAST) for n in table.ravel()):
            return women


@pytest.mark.parametrize("seed", range(300))
def test_a_table_with_everything_beside_it(seed: int) -> None:
    """Rows by columns is shown as `crossed` says; both by the third property are shown whole."""
    women = cube(random.Random(seed))
    table = women.sum(axis=2)
    hidden = crossed(table.tolist(), LEAST, [[layer.tolist() for layer in women.transpose(2, 0, 1)]])
    if hidden is None:
        return
    attack, at = _beside(women)
    for row, column in product(*map(range, table.shape)):
        if (row, column) in hidden:
            attack.told(at[row, column].ravel(), 1, UNKNOWABLE)
        else:
            attack.told(at[row, column].ravel(), int(table[row, column]))
    for row, column in product(*map(range, table.shape)):
        if small(int(table[row, column]), LEAST):
            assert (row, column) in hidden
            low, high = attack.bounds(at[row, column].ravel())
            assert low < high


def _beside(women: np.ndarray) -> tuple[Attack, np.ndarray]:
    at = np.arange(women.size).reshape(women.shape)
    attack = Attack(women.size)
    for axis in (0, 1):  # the other two tables, whole
        sums = women.sum(axis=axis)
        for place in product(*map(range, sums.shape)):
            index = (slice(None), *place) if axis == 0 else (place[0], slice(None), place[1])
            attack.told(at[index].ravel(), int(sums[place]))
    return attack, at


def test_cells_are_hidden_only_where_they_must_be() -> None:
    assert crossed([[10, 20], [30, 40]], LEAST) == frozenset()
    assert crossed([[3, 40, 10], [20, 30, 10], [9, 9, 9]], LEAST) == {(0, 0), (0, 2), (2, 0), (2, 2)}


def test_what_no_rectangle_protects_is_withheld() -> None:
    assert crossed([[3, 40], [0, 50], [5, 0]], LEAST) is None


def test_hidden_rows_are_one() -> None:
    assert merged([[1, 2], [3, 4], [5, 6]], frozenset({0, 2})) == ([[3, 4], [6, 8]], [1])
