"""From a sheet of ratings to Ratings: every cell understood or told; nothing is filled in."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Literal, cast

from decidua.appraisal.agree import HIGHEST, ITEMS, LOWEST, Appraiser, Overall, Rating, Ratings, Recommend
from decidua.appraisal.agree_sheet import Cell, Row, Sheet, read_sheet
from decidua.appraisal.problems import Problems, quoted
from decidua.errors import AppraisalError

NEEDED = ("document", "edition", "read", "date")
HEAD = (*NEEDED, "note", "kind")
COLUMNS = ("appraiser", *map(str, ITEMS), "overall", "recommend")
READ = ("whole", "part", "second-hand")
SCALE = tuple(str(value) for value in range(LOWEST, HIGHEST + 1))
RECOMMEND = ("yes", "with modifications", "no")
_CODE = re.compile(r"[\w.-]{1,20}")


def read_ratings(path: Path) -> Ratings:
    """A file of ratings, CSV or YAML. Raises AppraisalError: all that is wrong at once.

    A document that is known only through somebody else's words cannot be appraised, so that such ratings are refused.
    """
    problems = Problems(str(path))
    sheet = read_sheet(path, problems)
    _refuse_second_hand(sheet, problems)
    _head(sheet, problems)
    _columns(sheet, problems)
    whole = sheet.head.get("read", Cell("", 1)).text == "whole"
    appraisers = tuple(_appraiser(row, whole, problems) for row in sheet.rows)
    _rows(sheet, problems)
    problems.raise_any()
    said = {name: cell.text for name, cell in sheet.head.items()}
    read = cast('Literal["whole", "part"]', said["read"])
    return Ratings(
        str(path), said["document"], said["edition"], read, said["date"], said.get("note") or None, appraisers
    )


def _refuse_second_hand(sheet: Sheet, problems: Problems) -> None:
    read = sheet.head.get("read")
    if read and read.text == "second-hand":
        document = sheet.head.get("document", Cell("?", 1)).text
        raise AppraisalError("error.agree-second-hand", where=problems.at(read.line), document=quoted(document))


def _head(sheet: Sheet, problems: Problems) -> None:
    for name, cell in sheet.head.items():
        if name not in HEAD:
            problems.add("error.agree-key", cell.line, given=quoted(name), allowed=", ".join(HEAD))
    for name in NEEDED:
        if not sheet.head.get(name, Cell("", 1)).text:
            problems.add("error.agree-missing", sheet.head.get(name, Cell("", 1)).line, name=name)
    if (read := sheet.head.get("read")) and read.text and read.text not in READ:
        problems.add("error.agree-read", read.line, given=quoted(read.text), allowed=", ".join(READ))
    if (day := sheet.head.get("date")) and day.text and not _is_date(day.text):
        problems.add("error.agree-date", day.line, given=quoted(day.text))


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _rows(sheet: Sheet, problems: Problems) -> None:
    """Somebody has rated, and nobody twice."""
    if not sheet.rows:
        problems.add("error.agree-nobody", 1)
    first: dict[str, int] = {}
    for row in sheet.rows:
        name = row.cells.get("appraiser", Cell("", row.line))
        if name.text and name.text in first:
            problems.add("error.agree-appraiser-twice", name.line, name=quoted(name.text), first=first[name.text])
        first.setdefault(name.text, name.line)


def _appraiser(row: Row, whole: bool, problems: Problems) -> Appraiser:
    cells = {name: row.cells.get(name, Cell("", row.line)) for name in COLUMNS}
    name = cells["appraiser"]
    if "appraiser" in row.cells and not _CODE.fullmatch(name.text):
        problems.add("error.agree-name", name.line, given=quoted(name.text))
    reader = _Reader(name.text or "?", whole, row, problems)
    items = {item: reader.rating(str(item), cells[str(item)]) for item in ITEMS}
    return Appraiser(name.text, items, reader.overall(cells["overall"]), reader.recommend(cells["recommend"]))


def _columns(sheet: Sheet, problems: Problems) -> None:
    for row in sheet.columns:
        missing = [name for name in COLUMNS if name not in row.cells]
        if missing:
            problems.add("error.agree-columns", row.line, missing=", ".join(missing))
        for name, cell in row.cells.items():
            if name not in COLUMNS:
                problems.add("error.agree-column", cell.line, given=quoted(name))


class _Reader:
    """Reads the cells of one appraiser. Only who read a part may leave a cell empty."""

    def __init__(self, who: str, whole: bool, row: Row, problems: Problems) -> None:
        self.who, self.whole, self.row, self.problems = quoted(who), whole, row, problems

    def rating(self, column: str, cell: Cell) -> Rating:
        if cell.text in SCALE:
            return int(cell.text)
        if cell.text == "skip":
            return "skip"
        self._refuse("error.agree-rating", column, cell)
        return None

    def overall(self, cell: Cell) -> Overall:
        if cell.text in SCALE:
            return int(cell.text)
        self._refuse("error.agree-overall", "overall", cell)
        return None

    def recommend(self, cell: Cell) -> Recommend:
        said = re.sub(r"[\s_-]+", " ", cell.text.lower())
        said = re.sub(r"^yes,? with", "with", said)
        if said in RECOMMEND:
            return cast("Recommend", said.replace(" ", "-"))
        self._refuse("error.agree-recommend", "recommend", cell)
        return None

    def _refuse(self, key: str, column: str, cell: Cell) -> None:
        """A column that is missing was told already."""
        if cell.text:
            self.problems.add(key, cell.line, column=column, who=self.who, given=quoted(cell.text))
        elif self.whole and column in self.row.cells:
            item = column not in ("overall", "recommend")
            key = "error.agree-unrated" if item else "error.agree-overall-unrated"
            self.problems.add(key, cell.line, column=column, who=self.who)
