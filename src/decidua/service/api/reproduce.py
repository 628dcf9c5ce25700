"""`GET /reproduce`: every printed number recomputed now, and where that differs from what is stored."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock
from typing import Annotated

from fastapi import APIRouter, Query

from decidua.evidence import Evidence, Verdict
from decidua.language import Lang, Model
from decidua.reports.reproduction import ReproductionReport, build_reproduction
from decidua.service.api.declared import Choices, statuses
from decidua.web.refused import Refused
from decidua.web.shelf import Shelf
from decidua.web.worker import WORKER

PATIENCE = 1.0
"""Seconds to wait while another request recomputes: who waits holds one of the service's few threads."""


class TablesAsked(Choices):
    """Which tables; empty: all."""

    table: list[str] = Query([], description="api.reproduce.table", max_length=100)
    lang: Lang = Query("en", description="api.lang")


class Difference(Model):
    """A verdict that is not the stored one; `stored` None: there is none."""

    claim: str
    stored: str | None
    now: str


class Reproduced(Model):
    """`differences` is empty where everything comes out as it is stored."""

    report: ReproductionReport
    differences: tuple[Difference, ...]


class Recomputed:
    """Verdicts of all tables, worked out once: they follow from the content alone."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self.turn = Lock()
        self._verdicts: list[Verdict] | None = None

    def of(self, tables: Sequence[str]) -> list[Verdict]:
        """In the order of the tables. Raises Refused: 404 for a table that does not exist, 503 while another request
        works them out."""
        if any(table not in self.evidence.tables for table in tables):
            raise Refused(404, "refused.unknown-table")
        return [one for one in self._all() if not tables or one.ref.split("/", 1)[0] in tables]

    def _all(self) -> list[Verdict]:
        if self._verdicts is not None:
            return self._verdicts
        if not self.turn.acquire(timeout=PATIENCE):
            raise Refused(503, "refused.busy", headers={"Retry-After": "5"})
        try:
            if self._verdicts is None:
                self._verdicts = WORKER.run(recompute, self.evidence, seconds=40)
            return self._verdicts
        finally:
            self.turn.release()


def recompute(evidence: Evidence) -> list[Verdict]:
    """In the worker, where NumPy may be imported. Raises UsageError where it is not installed."""
    from decidua.errors import UsageError

    try:
        from decidua.evidence.reproduce import reproduce
    except ImportError:
        raise UsageError("error.needs-evidence") from None
    return reproduce(evidence)


def reproduce_routes(shelf: Shelf) -> APIRouter:
    routes = APIRouter(tags=["evidence"])
    recomputed = Recomputed(shelf.evidence)

    @routes.get("/reproduce", response_model=Reproduced, responses=statuses(404), summary="api.reproduce.summary",
                description="api.reproduce.description")  # fmt: skip
    def reproduce_now(query: Annotated[TablesAsked, Query()]) -> Reproduced:
        found = recomputed.of(query.table)
        return Reproduced(
            report=build_reproduction(shelf.content, shelf.evidence, found, query.lang),
            differences=tuple(_differences(shelf, found)),
        )

    return routes


def _differences(shelf: Shelf, found: Sequence[Verdict]) -> list[Difference]:
    pairs = [(shelf.verdicts.get(now.claim), now) for now in found]
    return [
        Difference(claim=now.claim, stored=None if stored is None else stored.word, now=now.word)
        for stored, now in pairs
        if stored != now
    ]
