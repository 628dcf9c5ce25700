"""`GET /evidence`: the study tables behind the statements, cell by cell as printed, with the stored verdicts."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from pydantic import TypeAdapter

from decidua.evidence import Method, Table, Verdict, counts
from decidua.language import Model
from decidua.reports.reproduction import ClaimView, claim_view, use_line
from decidua.service.api.declared import InLanguage, Nothing, statuses
from decidua.web.refused import Refused
from decidua.web.shelf import Shelf


class TableEntry(Model):
    """A table in the list. `counts`: its claims by stored verdict."""

    id: str
    title: str
    kind: str
    options: tuple[str, ...]
    statements: tuple[str, ...]
    counts: dict[str, int]


class TableList(Model):
    content: str
    use: str
    tables: tuple[TableEntry, ...]


class TableView(Model):
    """A table as it stands in the content, and every printed number that follows from others."""

    content: str
    use: str
    table: Table
    statements: tuple[str, ...]
    claims: tuple[ClaimView, ...]


def evidence_routes(shelf: Shelf) -> APIRouter:
    routes = APIRouter(tags=["evidence"])

    @routes.get("/evidence", response_model=TableList, responses=statuses(), summary="api.evidence.summary",
                description="api.evidence.description")  # fmt: skip
    def tables(query: Annotated[InLanguage, Query()]) -> TableList:
        entries = tuple(
            TableEntry(
                id=table.id, title=table.title[query.lang], kind=table.kind, options=table.about,
                statements=_statements(shelf, table.id), counts=dict(counts(_verdicts(shelf, table.id))),
            )
            for table in shelf.evidence.tables.values()
        )  # fmt: skip
        return TableList(content=shelf.content.hash, use=use_line(shelf.content, query.lang), tables=entries)

    @routes.get("/evidence/methods", response_model=dict[str, Method], responses=statuses(),
                summary="api.evidence.methods", description="api.evidence.methods-description")  # fmt: skip
    def methods(_: Annotated[Nothing, Query()]) -> Response:
        items = TypeAdapter(dict[str, Method]).dump_json(dict(shelf.evidence.methods))
        return Response(items, media_type="application/json")

    @routes.get("/evidence/{table}", response_model=TableView, responses=statuses(404),
                summary="api.evidence.one", description="api.evidence.one-description")  # fmt: skip
    def one_table(
        table: Annotated[str, Path(description="api.evidence.table")], query: Annotated[InLanguage, Query()]
    ) -> Response:
        found = shelf.evidence.tables.get(table)
        if found is None:
            raise Refused(404, "refused.unknown-table")
        view = TableView(
            content=shelf.content.hash, use=use_line(shelf.content, query.lang), table=found,
            statements=_statements(shelf, table),
            claims=tuple(claim_view(shelf.evidence, one, query.lang) for one in _verdicts(shelf, table)),
        )  # fmt: skip
        return Response(view.model_dump_json(by_alias=True), media_type="application/json")

    return routes


def _verdicts(shelf: Shelf, table: str) -> list[Verdict]:
    return [verdict for verdict in shelf.verdicts.values() if verdict.ref.split("/", 1)[0] == table]


def _statements(shelf: Shelf, table: str) -> tuple[str, ...]:
    """Statements that rest on the table."""
    return tuple(statement for statement, tables in shelf.evidence.links.items() if table in tables)
