"""`decidua appraise` for GRADE: four shapes, both languages, errors with exit codes, and the page that shows it."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from pathlib import Path

import pytest
from cli.running import python_words, run

from appraisal.grade_files import EXAMPLES, LOSS, ROOT, changed, write
from decidua.language import LANGUAGES, words
from decidua.reports.grade.models import GradeReport

TALK = EXAMPLES / "lmwh-inherited-thrombophilia.yaml"
ALL = sorted(EXAMPLES.glob("*.yaml"))
HANGUL = re.compile(r"[가-힣]")
QUOTED = re.compile(r"```\n(decidua appraise .*)\n```\n((?:\n> `.+`\n)+)")
PAGE = (ROOT / "docs" / "appraisal.md").read_text("utf-8")


def squeezed(text: str) -> str:
    """Lines are wrapped on the terminal, so blanks and breaks count alike."""
    return " ".join(text.split())


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("shape", ["text", "html", "csv", "json"])
@pytest.mark.parametrize("example", ALL, ids=lambda path: path.stem)
def test_every_example_in_every_shape(example: Path, shape: str, lang: str) -> None:
    ran = run("appraise", str(example), "--format", shape, "--lang", lang)
    assert (ran.code, ran.err) == (0, "")
    assert python_words(ran.out) == []
    assert "�" not in ran.out
    assert not re.search(
        r"\bgrade\.[a-z-]+\b|\{[a-z_]+\}", ran.out if shape != "html" else ran.out.split("</style>")[1]
    )


def test_the_talk_as_far_as_it_goes() -> None:
    """ALIFE2: 116 of 162 and 112 of 158; the table prints OR 1.04 (0.64 to 1.68) and a difference of 0.7 %."""
    report = json.loads(run("appraise", str(TALK), "--format", "json").out)
    birth, bleeding = report["outcomes"]
    assert (birth["participants"], birth["studies"]) == (320, 1)
    assert [round(birth["relative"][name], 2) for name in ("estimate", "lower", "upper")] == [1.04, 0.64, 1.68]
    assert round(birth["absolute"]["difference"]) == 7
    certainty = birth["certainty"]
    assert (certainty["stated"], certainty["highest"]) == (None, "low")
    assert certainty["open"] == ["risk_of_bias", "publication_bias"]
    assert bleeding["certainty"]["highest"] is None
    assert report["overall"]["stated"] is None


def test_a_label_of_the_talk_is_kept_apart() -> None:
    report = json.loads(run("appraise", str(TALK), "--format", "json").out)
    assert report["printed"]["text"] == "insufficient evidence"
    assert "not a GRADE level" in report["printed"]["words"]
    assert "insufficient evidence" not in json.dumps(report["outcomes"])


@pytest.mark.parametrize(("label", "named"), [
    ("Conflicting", False), ("Low–Moderate", False), ("Low", True), ("very low", True), ("⊕⊕◯◯", False),
])  # fmt: skip
def test_which_labels_have_the_name_of_a_level(tmp_path: Path, label: str, named: bool) -> None:
    printed = {"text": label, "cites": [{"source": "s", "place": "p"}]}
    file = write(tmp_path, changed(((*LOSS, "printed_certainty"), printed)))
    view = GradeReport.model_validate_json(run("appraise", str(file), "--format", "json").out).outcomes[0]
    assert view.printed is not None
    assert ("has the name of a GRADE level" in view.printed.words) is named
    assert view.certainty.stated == "high"


def test_csv_has_a_line_for_each_outcome_and_numbers_in_full() -> None:
    rows = list(csv.DictReader(io.StringIO(run("appraise", str(TALK), "--format", "csv").out)))
    assert [row["row"] for row in rows[:3]] == ["outcome", "outcome", "overall"]
    assert float(rows[0]["estimate"]) == pytest.approx(116 * 46 / (46 * 112))
    assert rows[1]["estimate"] == rows[1]["certainty"] == ""


def test_csv_runs_no_formula(tmp_path: Path) -> None:
    file = write(tmp_path, changed(((*LOSS, "name"), "=1+1"), ((*LOSS, "comment"), "@cmd")))
    row = next(csv.DictReader(io.StringIO(run("appraise", str(file), "--format", "csv").out)))
    assert (row["outcome"], row["comment"]) == ("'=1+1", "'@cmd")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_runs_nothing_and_asks_for_nothing(lang: str) -> None:
    page = run("appraise", str(TALK), "--format", "html", "--lang", lang).out
    assert f'<html lang="{lang}">' in page
    assert "<script" not in page
    assert re.findall(r'(?:src|href)="(?!#|data:)', page) == []
    assert "default-src 'none'" in page


def test_the_page_escapes_what_the_file_says(tmp_path: Path) -> None:
    file = write(tmp_path, changed(((*LOSS, "name"), "<script>alert(1)</script>")))
    page = run("appraise", str(file), "--format", "html").out
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_korean_is_korean() -> None:
    text = run("appraise", str(TALK), "--lang", "ko").out
    lines = [
        line
        for line in text.split("규칙의 출처")[0].splitlines()
        if re.search(r"[A-Za-z]{4,} [a-z]{3,} [a-z]{3,}", line)
    ]
    printed = ("insufficient evidence", "lee-2025-talk", "metafor:", "alife2-", "Wald", "natural", "Higgins", "model:")
    assert [line for line in lines if not any(word in line for word in (*printed, "fixed-effect"))] == []


def test_out_is_written_and_never_overwritten(tmp_path: Path) -> None:
    out = tmp_path / "page.html"
    assert run("appraise", str(TALK), "--format", "html", "--out", str(out)).code == 0
    written = out.read_text("utf-8")
    again = run("appraise", str(TALK), "--format", "html", "--out", str(out))
    assert again.code == 2
    assert "exists already" in again.err
    assert out.read_text("utf-8") == written


@pytest.mark.parametrize(("text", "code", "said"), [
    ("title: x\n", 8, "write `kind: grade` or `kind: agree-ii`"),
    ("kind: cochrane\n", 8, "the kind is 'cochrane'"),
    ("outcomes:\n  - kind: harm\n", 8, "write `kind: grade` or `kind: agree-ii`"),
    ("outcomes:\n  - kind: harm\nkind: grade\n", 8, "title is missing"),
    ('{"kind": "grade"}', 8, "title is missing"),
    ("kind: grade\n", 8, "title is missing"),
])  # fmt: skip
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_wrong_file_is_told_without_a_traceback(tmp_path: Path, text: str, code: int, said: str, lang: str) -> None:
    ran = run("appraise", str(write(tmp_path, text)), "--lang", lang)
    assert (ran.code, ran.out) == (code, "")
    assert python_words(ran.err) == []
    assert said in ran.err if lang == "en" else HANGUL.search(ran.err)


@pytest.mark.parametrize("head", ["", "# kind: agree-ii\n"])
def test_ratings_go_to_agree(tmp_path: Path, head: str) -> None:
    file = tmp_path / "ratings.csv"
    shutil.copy(Path(__file__).parent / "ratings.csv", file)
    file.write_text(head + file.read_text("utf-8"), "utf-8")
    report = json.loads(run("appraise", str(file), "--format", "json").out)
    assert len(report["domains"]) == 6


@pytest.mark.parametrize("lang", LANGUAGES)
def test_without_numpy_it_says_what_is_missing(monkeypatch: pytest.MonkeyPatch, lang: str) -> None:
    monkeypatch.setattr("decidua.reports.grade.show.find_spec", lambda _: None)
    ran = run("appraise", str(TALK), "--lang", lang)
    assert (ran.code, ran.out, ran.err.strip()) == (2, "", words(lang)["error.grade-numpy"])


# ---- docs/appraisal.md ----------------------------------------------------------------------------------------------

COMMANDS = QUOTED.findall(PAGE)


def test_the_page_quotes_something() -> None:
    assert len(COMMANDS) >= 3


@pytest.mark.parametrize(("command", "said"), COMMANDS)
def test_what_the_page_quotes_is_what_the_command_prints(command: str, said: str) -> None:
    arguments = command.split()[1:]
    printed = squeezed(run(*(str(ROOT / word) if word.startswith("examples/") else word for word in arguments)).out)
    quoted = re.findall(r"^> `(.+)`$", said, re.MULTILINE)
    assert quoted
    assert [line for line in quoted if squeezed(line) not in printed] == []


def test_the_file_on_the_page_is_read(tmp_path: Path) -> None:
    block = re.search(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    assert block is not None
    assert run("appraise", str(write(tmp_path, block[1]))).code == 0
