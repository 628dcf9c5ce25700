"""`decidua sheet`: the clinician's act each time, one page as HTML or PDF, nothing written but where it is asked."""

from __future__ import annotations

import builtins
from pathlib import Path

import pytest
from cli.running import ROOT, run

from decidua.answers import Answers
from decidua.guidelines import Knowledge
from decidua.language import words
from decidua.reports.sheet import pdf as pdfs

IMMUNE = str(ROOT / "examples" / "04-immune-workup.yaml")
ACT = "--i-am-counselling-her"

pytestmark = pytest.mark.usefixtures("quick")


@pytest.fixture
def quick(knowledge: Knowledge, answers: Answers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("decidua.guidelines.read_knowledge", lambda *_: knowledge)
    monkeypatch.setattr("decidua.answers.Answers", lambda *_: answers)


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_without_the_act_there_is_no_sheet(lang: str) -> None:
    ran = run("sheet", IMMUNE, "--option", "ivig", "--lang", lang)
    assert (ran.code, ran.out, ran.err.strip()) == (2, "", words(lang)["error.sheet-act"])  # type: ignore[arg-type]


def test_a_page_on_standard_output() -> None:
    ran = run("sheet", IMMUNE, "--option", "ivig", ACT, "--lang", "ko")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("<!doctype html>")
    assert '<html lang="ko">' in ran.out
    assert 'src="data:' in ran.out
    assert "http" not in ran.out.replace("http-equiv", "").replace("http://www.w3.org/2000/svg", "")


def test_a_page_in_a_file(tmp_path: Path) -> None:
    out = tmp_path / "sheet.html"
    ran = run("sheet", IMMUNE, "--option", "ivig", "--option", "lit", ACT, "--out", str(out))
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert "Lymphocyte immunotherapy" in out.read_text("utf-8")
    assert list(tmp_path.iterdir()) == [out]


@pytest.mark.parametrize(("arguments", "key"), [
    ((), "error.sheet-picks"), (("--option", "test:nk-cells"), "error.sheet-therapy"),
    (("--option", "supportive-care"), "error.sheet-therapy"), (("--option", "ivgi"), "error.unknown-option"),
    (("--option", "ivig", "--option", "g-csf", "--option", "corticosteroids"), "error.sheet-room"),
])  # fmt: skip
def test_what_makes_no_sheet_is_one_sentence(arguments: tuple[str, ...], key: str) -> None:
    ran = run("sheet", IMMUNE, ACT, *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.count("\n") == 1
    assert words("en")[key].split("{")[-1].split("}")[-1] in ran.err


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    ran = run("sheet", IMMUNE, "--option", "ivig", ACT, "--out", str(tmp_path / "no" / "x.html"))
    assert ran.code == 2
    assert "cannot be written" in ran.err


@pytest.mark.parametrize(
    "error", [ImportError("No module named 'weasyprint'"), OSError("cannot load library 'libpango-1.0-0'")]
)
def test_a_missing_engine_is_one_sentence(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: object, **more: object) -> object:
        if name == "weasyprint":
            raise error
        return real(name, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(builtins, "__import__", without)
    ran = run("sheet", IMMUNE, "--option", "ivig", ACT, "--format", "pdf", "--out", "/dev/null")
    assert (ran.code, ran.out) == (2, "")
    assert str(error) in ran.err
    assert "pip install decidua[pdf]" in ran.err


def test_the_engine_is_not_imported_by_the_page() -> None:
    assert "weasyprint" not in vars(pdfs)
