"""Study tables as pages show them: every cell as printed, what was repaired, and what recomputing found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from decidua.evidence import Row, Table, Verdict, counts
from decidua.language import Lang
from decidua.reports.reproduction import ClaimView, claim_view
from decidua.web.browse.hrefs import guideline_href, table_href
from decidua.web.browse.open_points import DiscrepancyView, discrepancy_view
from decidua.web.browse.said import Place, Words, in_words, maybe, places, spans
from decidua.web.browse.statements import Link, option_links, society
from decidua.web.shelf import Shelf

SIGNS: Mapping[str, str] = {"exact": "=", "rounding": "≈", "mismatch": "≠", "not-recomputable": "·"}
WORST = ("mismatch", "rounding", "not-recomputable", "exact")


@dataclass(frozen=True)
class TableLine:
    """A table in a list, with how many of its printed numbers came out how."""

    id: str
    title: str
    href: str
    kind: str
    about: tuple[Link, ...]
    rows: int
    counts: Mapping[str, int]
    total: int


@dataclass(frozen=True)
class CellView:
    """`word`: the worst verdict on a number in the cell, with the anchor of its claim."""

    text: str
    word: str | None = None
    anchor: str | None = None


@dataclass(frozen=True)
class RepairView:
    """`where`: the cells to which the same remark belongs."""

    where: tuple[str, ...]
    value: str | None
    note: Words


@dataclass(frozen=True)
class RowView:
    """A row as printed. `fragments`: numbers read from running text. `title`: a printed line without numbers."""

    key: str
    lines: str
    cells: tuple[CellView, ...]
    fragments: tuple[tuple[str, CellView], ...]
    repairs: tuple[RepairView, ...]
    review: bool
    note: Words | None
    title: bool = False


@dataclass(frozen=True)
class TableView:
    """`heads`: printed lines over the first row; `columns`: which columns print anything."""

    line: TableLine
    outcome: Words | None
    note: Words | None
    heads: tuple[tuple[str, ...], ...]
    rows: tuple[RowView, ...]
    claims: tuple[ClaimView, ...]
    statements: tuple[Link, ...]
    discrepancies: tuple[DiscrepancyView, ...]
    places: tuple[Place, ...]
    mark: str
    review: str


def table_lines(shelf: Shelf, lang: Lang) -> tuple[TableLine, ...]:
    return tuple(table_line(shelf, id_, lang) for id_ in shelf.evidence.tables)


def table_line(shelf: Shelf, id_: str, lang: Lang) -> TableLine:
    table, verdicts = shelf.evidence.tables[id_], verdicts_of(shelf, id_)
    return TableLine(
        id_, table.title[lang], table_href(lang, id_), table.kind, option_links(shelf.knowledge, table.about, lang),
        len(table.rows), counts(verdicts), len(verdicts),
    )  # fmt: skip


def verdicts_of(shelf: Shelf, table: str) -> list[Verdict]:
    return [verdict for verdict in shelf.verdicts.values() if verdict.ref.startswith(f"{table}/")]


def mismatches(shelf: Shelf, lang: Lang) -> tuple[ClaimView, ...]:
    """Every printed number that does not follow from the numbers beside it."""
    return tuple(claim_view(shelf.evidence, one, lang) for one in shelf.verdicts.values() if one.word == "mismatch")


def table_view(shelf: Shelf, id_: str, lang: Lang) -> TableView:
    k, table, verdicts = shelf.knowledge, shelf.evidence.tables[id_], verdicts_of(shelf, id_)
    first = min(row.lines[0] for row in table.rows)
    shown = _columns(table)
    heads = [head for head in table.headers if head.lines[0] < first and len(head.printed) == len(table.columns)]
    resting = [s for s, tables in shelf.evidence.links.items() if id_ in tables and s in k.statements]
    return TableView(
        table_line(shelf, id_, lang), maybe(table.outcome, lang), maybe(table.note, lang),
        tuple(tuple(head.printed[at] for at in shown) for head in heads), _rows(table, verdicts, shown, lang),
        tuple(claim_view(shelf.evidence, one, lang) for one in verdicts),
        tuple(_statement(shelf, s, lang) for s in resting), _discrepancies(shelf, table, lang),
        places(k, table.cites, lang), table.mark, table.review.level,
    )  # fmt: skip


def _statement(shelf: Shelf, id_: str, lang: Lang) -> Link:
    s = shelf.knowledge.statements[id_]
    return Link(f"{society(shelf.knowledge, s.guideline)}: {s.says[lang]}", guideline_href(lang, s.guideline, id_))


def _columns(table: Table) -> list[int]:
    """The columns in which some row or heading prints anything."""
    printed = [row.printed for row in table.rows] + [head.printed for head in table.headers]
    return [at for at in range(len(table.columns)) if any(len(p) > at and p[at].strip() for p in printed)]


def _rows(table: Table, verdicts: Sequence[Verdict], shown: Sequence[int], lang: Lang) -> tuple[RowView, ...]:
    """Rows and the printed headings between them, in the order of the source's lines."""
    first = min(row.lines[0] for row in table.rows)
    rows = [(row.lines[0], _row(table, row, verdicts, shown, lang)) for row in table.rows]
    for head in table.headers:
        whole = len(head.printed) == len(table.columns)
        if head.lines[0] > first or not whole:
            cells = tuple(CellView(text) for text in head.printed if text.strip())
            rows.append((head.lines[0], RowView("", spans(head.lines), cells, (), (), False, None, title=True)))
    return tuple(view for _, view in sorted(rows, key=lambda pair: pair[0]))


def _row(table: Table, row: Row, verdicts: Sequence[Verdict], shown: Sequence[int], lang: Lang) -> RowView:
    own = {one.ref.split("/", 2)[2]: one for one in verdicts if one.ref.split("/", 2)[1] == row.key}
    cells = tuple(_cell(table, row, at, own) for at in shown) if row.printed else ()
    fragments = tuple(
        (name, _judged(text, [own[name]] if name in own else [])) for name, (_, text) in row.values.items()
    )
    return RowView(row.key, spans(row.lines), cells, fragments, _repairs(row, lang), row.review, maybe(row.note, lang))


def _repairs(row: Row, lang: Lang) -> tuple[RepairView, ...]:
    same: dict[tuple[str | None, str], list[str]] = {}
    notes = {one.note.en: one.note for one in row.repairs.values()}
    for name, one in row.repairs.items():
        same.setdefault((one.value, one.note.en), []).append(name)
    return tuple(RepairView(tuple(names), value, in_words(notes[note], lang)) for (value, note), names in same.items())


def _cell(table: Table, row: Row, at: int, own: Mapping[str, Verdict]) -> CellView:
    column = table.columns[at]
    names = column.names or (column.key,)
    here = [one for part, one in own.items() if part in names or part.split(".", 1)[0] in names]
    return _judged(row.printed[at] if at < len(row.printed) else "", here)


def _judged(text: str, verdicts: Sequence[Verdict]) -> CellView:
    if not verdicts:
        return CellView(text)
    worst = min(verdicts, key=lambda one: WORST.index(one.word))
    return CellView(text, worst.word, anchor(worst.claim))


def anchor(claim: str) -> str:
    return f"claim-{claim}"


def _discrepancies(shelf: Shelf, table: Table, lang: Lang) -> tuple[DiscrepancyView, ...]:
    """Those that name the table, and those of which a place is one of its lines (not of numbers in running text)."""
    own = {line for row in table.rows for line in row.lines} if table.kind != "numbers" else set()
    return tuple(
        discrepancy_view(shelf.knowledge, found, lang)
        for found in shelf.knowledge.discrepancies.values()
        if table.id in found.touches or own & {line for place in found.places for line in place.lines}
    )
