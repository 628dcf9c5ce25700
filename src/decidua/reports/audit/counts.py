"""Single counts, shares and small tables as views, hidden where they must be."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from decidua.reports.audit.grids import Grid
from decidua.reports.audit.models import ByGroup, Count, Done, Share, ValueRow
from decidua.reports.audit.shares import wilson
from decidua.reports.audit.suppress import lone, pooled, small

DONE = ("yes", "no", "unknown")
HIDDEN = Count(n=None, hidden=True)


def count(n: int, *, shown: bool = True) -> Count:
    return Count(n=n) if shown else HIDDEN


def share(n: int, of: int, *, shown: bool = True, of_shown: bool = True) -> Share:
    """`of_shown`: whether the total may be told; where it may not, nothing of it may."""
    total = of if of_shown else None
    if not (shown and of_shown):
        return Share(n=None, hidden=True, of=total, share=None, low=None, high=None)
    if of == 0:
        return Share(n=n, of=of, share=None, low=None, high=None)
    low, high = wilson(n, of)
    return Share(n=n, of=of, share=n / of, low=low, high=high)


def lone_share(n: int, of: int, least: int) -> Share:
    return share(n, of, shown=not lone(n, of, least))


def small_count(n: int, least: int) -> Count:
    return count(n, shown=not small(n, least))


def parts(counts: Sequence[int], least: int, printed: Collection[int] = ()) -> tuple[Share, ...]:
    """All parts of one total that is shown. printed: those that stand elsewhere too."""
    hidden, of = pooled(counts, least, printed), sum(counts)
    return tuple(share(n, of, shown=at not in hidden) for at, n in enumerate(counts))


def among(counts: Sequence[int | None]) -> tuple[Share, ...]:
    """Some parts of a larger total; None: hidden. Their own sum is told only where all of them are."""
    shown = [n for n in counts if n is not None]
    if len(shown) == len(counts):
        return tuple(share(n, sum(shown)) for n in shown)
    return tuple(Share(n=n, hidden=n is None, of=None, share=None, low=None, high=None) for n in counts)


def by_group(group: str, grid: Grid, some: Sequence[int] | None = None) -> ByGroup:
    """The rows of a grid are the values of a property. `some`: only these columns, as shares of each other."""
    rows = (_row(grid, at, value) for at, value in enumerate(grid.rows))
    if some is not None:
        rows = (
            row.model_copy(update={"shares": among([row.shares[at].n for at in some])}) for row in rows
        )  # fmt: skip
    return ByGroup(group=group, withheld=grid.withheld, rows=tuple(rows))


def _row(grid: Grid, at: int, value: object) -> ValueRow:
    of, told = grid.of_rows[at], at not in grid.hidden_rows
    shares = tuple(
        share(n, of, shown=grid.shows(at, column), of_shown=told) for column, n in enumerate(grid.counts[at])
    )
    return ValueRow(value=None if value is None else str(value), women=count(of, shown=told), shares=shares)


def done_of(grid: Grid, row: int) -> Done | None:
    """Done of the women of one row; None where that is withheld. The columns are those of `DONE`."""
    if grid.withheld or row in grid.hidden_rows:
        return None
    of = grid.of_rows[row]
    yes, no, unknown = (share(grid.counts[row][at], of, shown=grid.shows(row, at)) for at in range(3))
    return Done(yes=yes, no=no, unknown=unknown)
