"""The page of evidence is what the stored verdicts say, and no other page counts them otherwise."""

from __future__ import annotations

import re
import runpy
from dataclasses import replace
from pathlib import Path

import pytest

from decidua.content import Content, load
from decidua.evidence import Evidence, Verdict, counts, read_evidence, read_verdicts

ROOT = Path(__file__).parents[2]
SCRIPT = runpy.run_path(str(ROOT / "scripts" / "write_evidence_page.py"))
PAGE = (ROOT / "docs" / "evidence.md").read_text("utf-8")
COUNTED = re.compile(r"(\d+) exact, (\d+) rounding, (\d+) mismatch, (\d+) not recomputable")


@pytest.fixture(scope="module")
def content() -> Content:
    return load()


@pytest.fixture(scope="module")
def evidence(content: Content) -> Evidence:
    return read_evidence(content)


@pytest.fixture(scope="module")
def stored() -> dict[str, Verdict]:
    return read_verdicts()


def test_the_page_is_what_would_be_written() -> None:
    assert SCRIPT["written"]() == PAGE, "run `python scripts/write_evidence_page.py`"


def test_every_mismatch_stands_on_it(stored: dict[str, Verdict]) -> None:
    wrong = [one for one in stored.values() if one.word == "mismatch"]
    assert wrong
    assert [one.claim for one in wrong if f"| `{one.claim}` |" not in PAGE] == []


def test_no_reading_is_left_over(stored: dict[str, Verdict]) -> None:
    wrong = [one.claim for one in stored.values() if one.word == "mismatch"]
    assert [start for start in SCRIPT["READ_BY"] if not any(claim.startswith(start) for claim in wrong)] == []


def test_a_changed_verdict_changes_the_page(content: Content, evidence: Evidence, stored: dict[str, Verdict]) -> None:
    claim = "ivig-trial-outcomes/anomaly-ivig/percent"
    other = {**stored, claim: replace(stored[claim], value=13.9)}
    assert SCRIPT["page_text"](content, evidence, other) != PAGE


def test_a_mismatch_that_nothing_tells_is_refused(
    content: Content, evidence: Evidence, stored: dict[str, Verdict]
) -> None:
    claim = "vitamin-d-forest/pool/estimate"
    other = {**stored, claim: replace(stored[claim], word="mismatch")}
    with pytest.raises(ValueError, match="READ_BY"):
        SCRIPT["page_text"](content, evidence, other)


@pytest.mark.parametrize("name", ["README.md", "CHANGELOG.md"])
def test_counts_elsewhere_are_the_same(name: str, stored: dict[str, Verdict]) -> None:
    found = COUNTED.findall((ROOT / name).read_text("utf-8"))
    assert found == [tuple(map(str, counts(stored.values()).values()))]


def test_the_changelog_counts_the_content(content: Content, evidence: Evidence, stored: dict[str, Verdict]) -> None:
    rows = [row for table in evidence.tables.values() for row in table.rows]
    beside = [item for item in content.of("discrepancies") if item.file.parent.name == "evidence"]
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    for said in (
        f"{len(evidence.tables)} tables with {len(rows)} rows",
        f"{sum(len(row.repairs) for row in rows)} repairs",
        f"{len(evidence.methods)} candidate methods",
        f"{len(stored)} claims on {len({one.ref for one in stored.values()})} printed numbers",
        f"{len(evidence.links)} statements are linked",
        f"{len(beside)} discrepancies of evidence against text",
    ):
        assert said in text
