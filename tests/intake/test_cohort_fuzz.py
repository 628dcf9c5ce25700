"""Text that nobody thought of: what a CSV writer writes is read back, and noise costs no more than itself."""

from __future__ import annotations

import csv
import gzip
import io
import tempfile
from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st

from decidua.content import load
from decidua.errors import CohortError
from decidua.facts import read_vocabulary
from decidua.intake.cohort import read_cohort
from decidua.intake.cohort.csv_blocks import CsvFile, open_csv
from decidua.intake.cohort.tally import Tally
from intake.cohort_reading import settings

VOCABULARY = read_vocabulary(load())
CELLS = st.text(st.sampled_from("ab1;,\"'\t 가é"), max_size=8)
SPANNING = st.text(st.sampled_from('ab1"\n 가'), max_size=8)
"""A cell of several lines has no separator: what could be a row of its own is never taken for a part of a cell."""
SIZES = st.sampled_from([7, 40, 1000])


def blocks(file: CsvFile, size: int, tally: Tally) -> list[tuple[object, ...]]:
    sized = CsvFile(file.path, file.names, file.separator, file.encoding, size)
    return [row for block in sized.blocks(tally) for row in block.frame.rows()]


ROWS = st.lists(CELLS, min_size=5, max_size=5) | st.lists(SPANNING, min_size=4, max_size=4).map(lambda row: ["x", *row])


@given(st.integers(2, 5), st.lists(ROWS, max_size=20), st.sampled_from(",;"), SIZES)
def test_what_is_written_is_read_back(width: int, table: list[list[str]], separator: str, size: int) -> None:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator="\n")
    writer.writerow([f"h{n}" for n in range(width)])
    writer.writerows(row[:width] for row in table)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "c.csv"
        path.write_text(out.getvalue(), "utf-8")
        tally = Tally()
        read = blocks(open_csv(path, separator), size, tally)
    spans = [any("\n" in cell for cell in row[:width]) for row in table]
    wanted = [
        tuple((" ".join(cell.split()) if spans[n] else cell) for cell in row[:width]) for n, row in enumerate(table)
    ]
    assert [tuple(cell or "" for cell in row) for row in read] == wanted  # an empty cell is none
    assert tally.rows == 0, "no line was left out"


LINES = st.lists(
    st.sampled_from(
        [b"a,1", b"b,>=2", b'c,"3"', b'd,"', b"e,1,2", b"f", b"", b"\xff,1", b"g\0,1", b'"h\nh",4', b"i,x"]
    ),
    max_size=25,
)


@given(LINES, SIZES)
@example([b'd,"', b'd,"'], 7)
@example([b'd,"', b"a,1", b'd,"'], 7)
def test_bad_lines_cost_only_themselves(lines: list[bytes], size: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "c.csv"
        path.write_bytes(b"patient,losses\n" + b"\n".join(lines) + b"\n")
        tally = Tally()
        read = blocks(open_csv(path, encoding="utf-8"), size, tally)
    whole = {"a": b"a,1", "b": b"b,>=2", "i": b"i,x"}
    counts = {name: sum(row[0] == name for row in read) for name in whole}
    assert counts == {name: lines.count(line) for name, line in whole.items()}
    described = tally.description(patients=0, refused=0, duplicates=0, files=())
    assert tally.rows == sum(problem.count for problem in described.problems)


@given(st.binary(max_size=300), st.booleans())
@example(b"patient\n\x00\xff\xfe", False)
@example(b"\xff\xfe", False)
@example(b"\x1f\x8b\x08\x00", False)
@example(b"patient,losses\na,1\n", True)
def test_noise_is_refused_in_one_sentence(data: bytes, packed: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "c.csv"
        path.write_bytes(gzip.compress(data)[:-3] if packed else data)
        try:
            read_cohort(path, settings(VOCABULARY)).frame.collect()
        except CohortError as error:
            said = error.message("en"), error.message("ko")
        else:
            said = ("read", "read")
    assert all(text and "\0" not in text for text in said)
