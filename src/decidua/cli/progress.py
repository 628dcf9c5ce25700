"""A bar with rows, rate and time left, on standard error, where somebody looks on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import ProgressColumn


@contextmanager
def rows_bar(title: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """Gives what is to be told the rows done so far. `total` None: not known, then there is no time left either."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(*_columns(total), console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(title, total=total, rate="", rows="0")

        def told(rows: int) -> None:
            bar.update(task, completed=rows, rows=f"{rows:,}" if total is None else f"{rows:,}/{total:,}")
            speed = bar.tasks[0].finished_speed or bar.tasks[0].speed
            bar.update(task, rate=f"{speed:,.0f}/s" if speed else "")

        yield told


def _columns(total: int | None) -> list[ProgressColumn]:
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    said = [TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[rows]}"),
            TextColumn("{task.fields[rate]}")]  # fmt: skip
    return [*said, TimeElapsedColumn() if total is None else TimeRemainingColumn()]
