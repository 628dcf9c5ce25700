"""Every wrong file is told in one clear line for each problem, with file and row."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from decidua.errors import StudyError
from decidua.studies import StudyTable, read_studies
from decidua.studies.csv_file import COLUMNS

COUNTS = ("counts", "reported")


def write(folder: Path, content: str | bytes) -> str:
    file = folder / "studies.csv"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return str(file)


def rows(*lines: str, header: str = "study,ai,n1i,ci,n2i") -> str:
    return "\n".join((header, *lines)) + "\n"


@pytest.mark.parametrize(("content", "line", "said"), [
    (rows("A,-1,10,2,10"), 2, "ai is -1; a count is never below 0"),
    (rows("A,1,10,2,10", "B,11,10,2,10"), 3, "ai is 11 events, but n1i is 10"),
    (rows("A,abc,10,2,10"), 2, "ai is 'abc', which is not a number"),
    (rows("A,1,inf,2,10"), 2, "n1i is 'inf', which is not a number"),
    (rows("A,1,1e400,2,10"), 2, "larger than any study"),
    (rows("A,1,1_0,2,10"), 2, "n1i is '1_0'"),
    (rows("A,1.5,10,2,10"), 2, "a count is a whole number"),
    (rows("A,0,-5,2,10"), 2, "n1i is -5; a group has no fewer than 0 people"),
    (rows('A,1,"1,280",2,10'), 2, "thousands"),
    (rows("A,1,10,2"), 2, "4 cells, the header has 5"),
    (rows('A,1,10,2,"10', "B,1,10,2,10"), 3, "quotation mark"),
    (rows("A,1,10,2", header="study,ai,n1i,ci"), 1, "missing: n2i"),
    (rows("A,1,10,2,10,3", header="study,ai,n1i,ci,n2i,AI"), 1, "'ai' stands twice"),
    (rows("A,1,10,2,10,Systematic review", header="study,ai,n1i,ci,n2i,design"), 2, "'A' is a review"),
    (rows("A,1,10,2,10,메타분석", header="study,ai,n1i,ci,n2i,design"), 2, "'A' is a review"),
])  # fmt: skip
def test_a_wrong_row(tmp_path: Path, content: str, line: int, said: str) -> None:
    with pytest.raises(StudyError) as caught:
        read_studies(write(tmp_path, content), COUNTS)
    message = caught.value.message("en")
    assert "\n" not in message
    assert f"studies.csv:{line}: " in message
    assert said in message
    assert caught.value.message("ko") != message
    assert caught.value.exit_code == 7


@pytest.mark.parametrize("content", ["", "\ufeff", "study,ai,n1i,ci,n2i\n", "study,ai,n1i,ci,n2i\n\n,,,,\n"])
def test_no_studies(tmp_path: Path, content: str) -> None:
    with pytest.raises(StudyError, match="there are no studies in this file"):
        read_studies(write(tmp_path, content), COUNTS)


@pytest.mark.parametrize("more", [COLUMNS, 100_000])
def test_a_header_without_end(tmp_path: Path, more: int) -> None:
    """Told at once, and not after a time that grows with the square of its length."""
    wide = write(tmp_path, "study,ai,n1i,ci,n2i," + ",".join(f"c{n}" for n in range(more)) + "\na")
    began = time.process_time()
    with pytest.raises(StudyError, match=f"no more than {COLUMNS}"):
        read_studies(wide, COUNTS)
    assert time.process_time() - began < 3


def test_many_problems_are_cut_short(tmp_path: Path) -> None:
    with pytest.raises(StudyError) as caught:
        read_studies(write(tmp_path, rows(*(f"S{i},x,10,2,10" for i in range(500)))), COUNTS)
    lines = caught.value.message("en").splitlines()
    assert len(lines) == 11
    assert lines[-1].startswith("490 more problems")


def test_what_the_file_quotes_cannot_steer_a_terminal(tmp_path: Path) -> None:
    with pytest.raises(StudyError) as caught:
        read_studies(write(tmp_path, rows("A,\x1b[31mred,10,2,10")), COUNTS)
    assert "\x1b" not in caught.value.message("en")


@pytest.mark.parametrize("content", [
    "study;ai;n1i;ci;n2i\nA;1;10;2;10\n", "study\tai\tn1i\tci\tn2i\r\nA\t1\t10\t2\t10\r\n",
    "\ufeffStudy, AI ,n1i,ci,n2i\n\n A,1,10,2,10\n\n", "study|ai|n1i|ci|n2i\nA|1|10|2|10",
])  # fmt: skip
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_spellings_of_the_same_table(tmp_path: Path, content: str, encoding: str) -> None:
    table = read_studies(write(tmp_path, content.lstrip("\ufeff").encode(encoding)), COUNTS)
    assert (table.names[0].strip(), table.numbers["n1i"].tolist()) == ("A", [10.0])


def test_decimal_commas(tmp_path: Path) -> None:
    table: StudyTable = read_studies(write(tmp_path, "study;estimate;lower;upper\nA;1,5;1,1;2,05\n"), COUNTS)
    assert [table.numbers[name][0] for name in ("estimate", "lower", "upper")] == [1.5, 1.1, 2.05]


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match=r"studies\.csv:2: this is not UTF-8"):
        read_studies(write(tmp_path, b"study,ai,n1i,ci,n2i\n\xff\xfe\x00A,1,10,2,10\n"), COUNTS)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(StudyError, match="cannot be opened"):
            read_studies(str(path), COUNTS)
