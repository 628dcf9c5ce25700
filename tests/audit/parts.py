"""A large cohort met both ways, part by part, in processes of their own: one audit for each, every row consulted."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import lru_cache

import polars as pl

from audit.by_consulting import standings
from audit.cohorts import cohort
from decidua.answers import Answers, Standing
from decidua.answers.columns import mask_of
from decidua.audit.cells import shortened
from decidua.audit.coded import ROW
from decidua.audit.counting import Counting
from decidua.audit.patients import answers_of
from decidua.audit.plan import Plan
from decidua.guidelines import read_knowledge

Part = tuple[int, int]
"""Seed and rows."""
_audits: list[Counting] = []
_short = lru_cache(maxsize=None)(shortened)


def met_both_ways(parts: list[Part], workers: int = 2) -> Iterator[tuple[int, int]]:
    """Rows and refused rows of each part, as it is done. Raises AssertionError at the first difference."""
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn")) as pool:
        for done in as_completed([pool.submit(compare_part, part) for part in parts]):
            yield done.result()


def compare_part(part: Part) -> tuple[int, int]:
    """Every row: refused by both or by neither, and in every cell the same answers under every reading."""
    seed, rows = part
    counting = _audit()
    table = cohort(counting.plan.knowledge, rows, seed)
    before = counting.counts.refused.total()
    walked = counting.add(table.with_row_index(ROW))
    told = answers_of(counting.plan, walked).drop(pl.selectors.starts_with("signature."))
    states = walked.select(column.name for column in counting.speaking)
    by_row = {said[ROW]: (said, state) for said, state in zip(_rows(told), _rows(states), strict=True)}
    for at, row in enumerate(table.iter_rows(named=True)):
        found = standings(counting.plan.answers, row)
        assert (found is None) == (at not in by_row), (seed, at)
        if found is not None:
            compare_cells(counting.plan, found, *by_row[at], (seed, at))
    refused = counting.counts.refused.total() - before
    assert refused == rows - len(by_row)
    return rows, refused


def compare_cells(
    plan: Plan, found: Mapping[tuple[str, str], Standing], told: Mapping[str, object], states: Mapping[str, int],
    where: Part,
) -> None:  # fmt: skip
    """Each answer as the audit writes it down, what is possible, and what is possible under each way of reading."""
    assert set(found) == set(plan.columns)
    for (guideline, option), standing in found.items():
        column, name = plan.columns[guideline, option], f"{guideline}/{option}"
        number = column.class_of(states[column.name]) if column.states else 0
        assert told[f"answer.{name}"] == standing.answer, (where, name)
        assert told[f"possible.{name}"] == mask_of(standing.possible), (where, name)
        assert column.classes[number] == _short(standing.branches), (where, name)


def _audit() -> Counting:
    if not _audits:
        answers = Answers(read_knowledge())
        _audits.append(Counting(Plan(answers, cohort(answers.knowledge, 1, 0).columns)))
    return _audits[0]


def _rows(frame: pl.DataFrame) -> Iterator[dict[str, int]]:
    return frame.iter_rows(named=True)
