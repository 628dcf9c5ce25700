"""The tables of docs/fhir.md are those of the mapping."""

from __future__ import annotations

import re
from pathlib import Path

from decidua.fhir import server
from decidua.intake.fhir import tables
from decidua.intake.fhir.bundle import LIMIT, MOST
from decidua.intake.fhir.observations import COUNT, PENDING

PAGE = (Path(__file__).parents[2] / "docs" / "fhir.md").read_text("utf-8")


def test_systems() -> None:
    assert dict(re.findall(r"^\| ([\w .-]+) \| `(https?://[^`]+)` \|$", PAGE, re.MULTILINE)) == dict(tables().systems)
    assert tables().choices in PAGE


def test_interpretations() -> None:
    (table,) = tables().interpretations.values()
    row = next(line for line in PAGE.splitlines() if line.startswith("| `interpretation`"))
    said = {
        meant.strip(): set(re.findall(r"[A-Z]+", codes)) for codes, meant in re.findall(r"([A-Z, ]+) → ([\w ]+)", row)
    }
    positive, high = ({code for code, meant in table.items() if meant == word} for word in ("positive", "high"))
    negative, normal, low = (
        {code for code, meant in table.items() if meant == word} for word in ("negative", "normal", "low")
    )
    assert said == {
        "positive": positive | high, "negative": negative | normal, "raised": high, "not raised": normal | low,
    }  # fmt: skip


def test_statuses_days_and_limits() -> None:
    assert f"| {', '.join(COUNT)} |" in PAGE
    assert set(PENDING) == set(
        re.findall(r"\w+", next(line for line in PAGE.splitlines() if "not known yet" in line))[:3]
    )
    assert f"They count for {tables().now_days} days" in PAGE
    assert f"{LIMIT // 1_000_000} million bytes and {MOST:,} resources" in PAGE
    assert f"{server.SECONDS:g} seconds at most, {server.PAGES} pages" in PAGE
    assert f"`{server.TOKEN}`" in PAGE


def test_facts_of_now_and_unions_are_named() -> None:
    assert all(f"`{fact}`" in PAGE for fact in tables().now)
    assert "`antithyroid_antibodies`" in PAGE
    assert "antithyroid_antibodies" in tables().unions
