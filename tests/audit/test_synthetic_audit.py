"""An audit of a synthetic cohort says that it is one, whatever file it comes in, and finds the same in each."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cli.running import run

FORMS = {
    "c.parquet": (),
    "c.csv": ("--as-of", "2026-06-30"),
    "c.ndjson": ("--as-of", "2026-06-30", "--fhir"),
    "bulk": ("--as-of", "2026-06-30", "--fhir"),
}


def audited(out: Path, *arguments: str) -> dict[str, Any]:
    ran = run("audit", *arguments, str(out), "--option", "ivig", "--format", "json", "--min-cell", "0")
    assert ran.code == 0, ran.err
    report: dict[str, Any] = json.loads(ran.out)
    return report


def test_every_form_is_watermarked_and_counts_the_same(tmp_path: Path) -> None:
    found = {}
    for name, arguments in FORMS.items():
        assert run("synthesize", "600", "--seed", "9", "--out", str(tmp_path / name)).code == 0
        report = audited(tmp_path / name, *arguments)
        assert report["about"]["synthetic"] is True, name
        assert "made up" in report["about"]["watermark"], name
        assert (report["about"]["women"], report["about"]["contradicting"]) == (600, 0), name
        found[name] = [report[part] for part in ("definitions", "costly_facts", "costly_readings")]
    assert found["c.parquet"][0]
    for name in FORMS:
        assert found[name] == found["c.parquet"], name


@pytest.mark.parametrize(("lang", "words"), [("en", "SYNTHETIC"), ("ko", "합성")])
def test_the_text_says_so_first(tmp_path: Path, lang: str, words: str) -> None:
    assert run("synthesize", "60", "--out", str(tmp_path / "c.csv")).code == 0
    arguments = ("--as-of", "2026-06-30", "--option", "ivig", "--lang", lang)
    ran = run("audit", str(tmp_path / "c.csv"), *arguments)
    assert ran.code == 0
    assert words in "\n".join(ran.out.splitlines()[:3])


def test_every_part_of_an_audit_is_exercised(tmp_path: Path) -> None:
    """Groups, care done and not, not recorded, days in force, readings, open facts: none is empty."""
    assert run("synthesize", "4000", "--seed", "2", "--out", str(tmp_path / "c.parquet")).code == 0
    ran = run("audit", str(tmp_path / "c.parquet"), "--by", "centre,year", "--format", "json", "--min-cell", "0")
    report = json.loads(ran.out)
    assert {group["group"] for group in report["groups"]} == {"centre", "year"}
    assert report["costly_facts"]
    assert report["costly_readings"]
    text = json.dumps(report["options"])
    for word in ("concordant", "discordant", "variation", "not-recorded"):
        assert word in text
