"""A synthetic cohort: block by block, as a facts table, watermarked. Plausible, not real."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property

import polars as pl
from polars.io.plugins import register_io_source

from decidua import __version__
from decidua.audit.synthetic.columns import frame, schema
from decidua.audit.synthetic.draws import BLOCK, Stream
from decidua.audit.synthetic.load import Model
from decidua.audit.synthetic.record import Recorder, Written
from decidua.audit.synthetic.world import Maker
from decidua.intake.cohort import About, Description, FactsTable

Progress = Callable[[int], None]
"""Told how many more patients are made."""


@dataclass(frozen=True)
class Cohort:
    """`count` women of a model, by a seed. The same seed, model and content make the same rows, in any order."""

    model: Model
    count: int
    seed: int

    @cached_property
    def _recorder(self) -> Recorder:
        return Recorder(Maker(self.model))

    @property
    def about(self) -> About:
        return About(
            as_of=self.model.written.as_of, content=self.model.knowledge.content.hash, synthetic=True, seed=self.seed,
            closed=True, made_by=f"decidua {__version__} synthesize, model {self.model.hash}",
        )  # fmt: skip

    @property
    def blocks(self) -> int:
        return -(-self.count // BLOCK)

    def written(self, block: int) -> Written:
        """What is written down of one block, with the complete world that it was drawn from."""
        stream = Stream(self.seed, block, min(BLOCK, self.count - block * BLOCK))
        return self._recorder.write(self._recorder.maker.world(stream), stream)

    def frame(self, block: int) -> pl.DataFrame:
        return frame(self.model, self.written(block), block * BLOCK + 1)

    def frames(self, workers: int = 1) -> Iterator[pl.DataFrame]:
        """All blocks in order; `workers` are threads that make the next ones meanwhile."""
        if workers < 2:
            yield from map(self.frame, range(self.blocks))
            return
        pool, waiting = ThreadPoolExecutor(workers), list[Future[pl.DataFrame]]()
        try:
            for block in range(self.blocks):
                waiting.append(pool.submit(self.frame, block))
                if len(waiting) > workers:
                    yield waiting.pop(0).result()
            for future in waiting:
                yield future.result()
        finally:
            pool.shutdown(cancel_futures=True)  # whoever stops early does not wait for what nobody wants

    @cached_property
    def schema(self) -> dict[str, pl.DataType]:
        parts = {fact for one in self.model.constraints if one.at_most
                 for fact in (*one.sum, str(one.at_most))}  # fmt: skip
        drawn = {variable.id for variable in self.model.written.variables if variable.bounds}
        return schema(self.model, tuple(parts | drawn))

    def table(self, progress: Progress | None = None, workers: int = 1) -> FactsTable:
        """The cohort as a facts table whose rows are made while it is collected."""

        def made(
            columns: list[str] | None, predicate: pl.Expr | None, rows: int | None, _: int | None
        ) -> Iterator[pl.DataFrame]:
            left = self.count if rows is None else min(rows, self.count)
            for block in self.frames(workers):
                part = block.head(left)
                left -= len(part)
                part = part if columns is None else part.select(columns)
                yield part if predicate is None else part.filter(predicate)
                if progress is not None:
                    progress(len(block))
                if left <= 0:
                    return

        source = register_io_source(made, schema=self.schema, validate_schema=False, is_pure=True)
        return FactsTable(source, self.about, Description(rows=self.count, patients=self.count))
