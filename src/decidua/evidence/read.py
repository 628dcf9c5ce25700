"""All evidence of a content, validated: tables, declared claims, methods, links, and every number by reference."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from decidua.content import Content
from decidua.errors import ContentError
from decidua.evidence.cells import CellError, parse_cell
from decidua.evidence.model import Declared, Links, Method, Row, Table
from decidua.evidence.printed import Printed
from decidua.facts.load import read_kind


@dataclass(frozen=True)
class Place:
    """Where a printed number stands."""

    table: str
    row: str
    part: str
    lines: tuple[int, ...]


@dataclass(frozen=True)
class Evidence:
    """`cells`: every number (or measure word) by `table/row/part`."""

    tables: Mapping[str, Table]
    claims: Mapping[str, Declared]
    methods: Mapping[str, Method]
    links: Mapping[str, tuple[str, ...]]
    cells: Mapping[str, Printed | str]

    def number(self, ref: str) -> Printed | None:
        found = self.cells.get(ref)
        return found if isinstance(found, Printed) else None

    def place(self, ref: str) -> Place:
        table, row, part = ref.split("/", 2)
        return Place(table, row, part, self.rows[table][row].lines)

    @cached_property
    def rows(self) -> Mapping[str, Mapping[str, Row]]:
        return {id_: {row.key: row for row in table.rows} for id_, table in self.tables.items()}

    def rests_on(self, statement: str) -> tuple[str, ...]:
        """The tables that a statement rests on."""
        return self.links.get(statement, ())


def read_evidence(content: Content) -> Evidence:
    """Raises ContentError with every problem of tables, claims, methods and links, one line each."""
    problems: list[str] = []
    tables = read_kind(content, "tables", Table, problems)
    claims = read_kind(content, "claims", Declared, problems)
    methods = read_kind(content, "methods", Method, problems)
    links = read_kind(content, "evidence_links", Links, problems)
    cells: dict[str, Printed | str] = {}
    for id_, table in tables.items():
        where = content.items["tables"][id_].where()
        for row in table.rows:
            try:
                cells |= {f"{id_}/{row.key}/{part}": value for part, value in parse_row(table, row)}
            except CellError as error:
                problems.append(f"{where}: {id_}, row {row.key}: {error}.")
    problems += [
        f"{content.items['evidence_links'][id_].where()}: {id_}: '{name}' is not among the tables."
        for id_, link in links.items()
        for name in link.tables
        if name not in tables
    ]
    if problems:
        raise ContentError(problems)
    return Evidence(tables, claims, methods, {id_: link.tables for id_, link in links.items()}, cells)


def parse_row(table: Table, row: Row) -> Iterator[tuple[str, Printed | str]]:
    """The numbers of a row: its cells by column, then fragments, then what repairs read. Raises CellError."""
    if len(row.printed) > len(table.columns):
        raise CellError(f"{len(row.printed)} cells, but the table has only {len(table.columns)} columns")
    for column, text in zip(table.columns, row.printed, strict=False):
        if column.key not in row.repairs:
            yield from parse_cell(text, column.holds, column.names or (column.key,)).items()
    whole = "\t".join(row.printed)
    for name, (holds, fragment) in row.values.items():
        if row.printed and fragment not in whole:
            raise CellError(f"'{fragment}' does not stand in the printed row")
        yield from parse_cell(fragment, holds, (name,)).items()
    for name, repair in row.repairs.items():
        if repair.value is not None:
            yield from parse_cell(repair.value, repair.holds, (name,)).items()
