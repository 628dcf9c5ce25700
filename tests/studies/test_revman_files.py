"""RevMan 5 files; the expected numbers of Fleiss 1993 are those that RevMan 5.0.23 itself stored for the outcome."""

from __future__ import annotations

from pathlib import Path

import pytest

from decidua.errors import StudyError
from decidua.reports.pool.build import build_pool_report
from decidua.reports.pool.plan import Asked
from decidua.studies import read_studies

FLEISS = str(Path(__file__).parent / "fleiss_1993.rm5")
REVMAN = {"estimate": 0.8968655609130709, "lower": 0.8405144008917793, "upper": 0.9569947088336491}
WEIGHTS = (3.176490004091248, 3.1016891143394365, 5.675380442715663, 1.795484618258711, 3.2176243566716805,
           10.153491219997628, 72.87984024392564)  # fmt: skip


def test_fleiss_1993_as_revman_stored_it() -> None:
    table = read_studies(FLEISS, ("counts",), "CMP-001.01")
    report = build_pool_report(table, Asked(), "en")
    assert report.back_transformed.estimate == pytest.approx(REVMAN["estimate"], rel=1e-13)
    assert report.back_transformed.ci == pytest.approx((REVMAN["lower"], REVMAN["upper"]), rel=1e-9)
    assert (report.q, report.i2) == pytest.approx((9.946055983220074, 39.67458045558399), rel=1e-11)
    assert report.p == pytest.approx(0.0010103343130005407, rel=1e-9)
    assert report.q_p == pytest.approx(0.1269422521561745, rel=1e-6), "RevMan itself rounds here, at 6e-7"
    assert report.weights == pytest.approx(WEIGHTS, rel=1e-12)
    assert "RevMan 5" in report.conventions["zero"]


def test_subgroups_of_a_revman_outcome() -> None:
    report = build_pool_report(read_studies(FLEISS, ("means",), "CMP-001.02"), Asked(by="subgroup"), "en")
    assert report.measure == "SMD"
    assert report.subgroups
    assert [(group.name, group.k) for group in report.subgroups.groups] == [("larger trials", 2), ("smaller trials", 3)]


def test_several_outcomes_need_a_choice() -> None:
    with pytest.raises(StudyError, match=r"CMP-001\.01 .*CMP-001\.02"):
        read_studies(FLEISS, ("counts",))
    with pytest.raises(StudyError, match="none of that id"):
        read_studies(FLEISS, ("counts",), "CMP-009.09")


BOMB = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>'
OUTSIDE = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'


@pytest.mark.parametrize(("content", "said"), [
    (BOMB, "entities are not read"), (OUTSIDE, "entities are not read"), ("<a><b></a>", "mismatched tag"),
    ("<COCHRANE_REVIEW/>", "there are no studies"),
    ('<R>\n<IV_OUTCOME ID="x"><NAME>n</NAME></IV_OUTCOME></R>', ":2: outcomes of the kind IV_OUTCOME"),
    ('<R><DICH_OUTCOME ID="x">\n<DICH_DATA EVENTS_1="9" TOTAL_1="5" EVENTS_2="1" TOTAL_2="5"/></DICH_OUTCOME></R>',
     ":2: ai is 9 events"),
])  # fmt: skip
def test_a_wrong_revman_file(tmp_path: Path, content: str, said: str) -> None:
    file = tmp_path / "review.rm5"
    file.write_text(content, "utf-8")
    with pytest.raises(StudyError) as caught:
        read_studies(str(file), ("counts",))
    assert said in caught.value.message("en")
    assert "review.rm5" in caught.value.message("en")


@pytest.mark.parametrize(
    "content", [b"PK\x03\x04\x00\x00", b"<html><p/></html>", b"study,ai,n1i,ci,n2i\nA,1,10,2,10\n"]
)
def test_a_file_that_only_is_named_rm5(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "review.RM5"
    file.write_bytes(content)
    with pytest.raises(StudyError, match="not RevMan 5 XML"):
        read_studies(str(file), ("counts",))
