"""Bad input through the command: the exit code of its kind, one line each, nothing on standard output."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from cli.running import EXAMPLES, Ran, python_words, run
from decidua.language import LANGUAGES

UNUSABLE, UNREADABLE, CONTRADICTORY = 4, 5, 6
BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{new}: &{new} [{','.join(['*' + old] * 9)}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)
EXPLAINED = "parental_karyotype: both-normal\nuterine_anomaly: no\nthyroid_disorder: no\ndiabetes: no\naps: no\n"

# given, exit code, part of the English line, part of the Korean line
CASES: dict[str, tuple[str | bytes, int, str, str]] = {
    "unknown fact": ("losess: 3", UNUSABLE, "nearest are: losses", "비슷한 이름: losses"),
    "unknown fact, nothing near": ("qqqqqqqqqq: 3", UNUSABLE, "'qqqqqqqqqq' is not known", "알 수 없는 이름"),
    "unknown key of a row": ("pregnancies: [{outcom: loss}]", UNUSABLE, "outcome", "outcome"),
    "wrong unit": ("weight: 60 stone", UNUSABLE, "accepted are kg, lb", "kg, lb"),
    "unit missing": ("vitamin_d: 30", UNUSABLE, "ng/mL, nmol/L", "ng/mL, nmol/L"),
    "impossible value": ("losses: 41", UNUSABLE, "possible is 0 to 40", "0"),
    "impossible weight": ("weight: 900 kg", UNUSABLE, "impossible", "350"),
    "not a choice": ("stage: maybe", UNUSABLE, "allowed are not-trying", "not-trying"),
    "not yes or no": ("sle: maybe", UNUSABLE, "yes or no", "maybe"),
    "date in the future": ("as_of: 2026-01-01\nresults: [{fact: ana, date: 2026-02-01, value: positive}]",
                           UNUSABLE, "2026-02-01", "2026-02-01"),
    "broken constraint": ("losses: 2\nclinical_losses: 3", CONTRADICTORY, "cannot exceed all losses", "넘을 수 없다"),
    "broken implication": ("thrombotic_aps: yes\naps: no", CONTRADICTORY, "thrombotic_aps = true", "aps = false"),
    "gestation without pregnancy": ("gestation: 6+0\nstage: trying", CONTRADICTORY, "pregnant", "stage = trying"),
    "stated yes, computed no": ("unexplained@eshre-2022: yes\naps: yes", CONTRADICTORY,
                                "unexplained@eshre-2022 is stated as", "unexplained@eshre-2022"),
    "stated no, computed yes": (f"unexplained@asrm-2012: no\n{EXPLAINED}", CONTRADICTORY,
                                "unexplained@asrm-2012 is stated as", "unexplained@asrm-2012"),
    "stated for all, computed no": ("unexplained: yes\nparental_karyotype: abnormal", CONTRADICTORY,
                                    "is stated as", "원인불명"),
    "stated count, computed count": ("losses: 1\npregnancies_complete: yes\npregnancies:\n"
                                     "  - {year: 2020, outcome: loss}\n  - {year: 2021, outcome: loss}",
                                     CONTRADICTORY, "losses is stated as 1", "losses"),
    "duplicate keys": ("losses: 2\nana: positive\nlosses: 2", UNREADABLE, "lines 1 and 3", "1행과 3행"),
    "broken YAML": ("losses: [1, 2\nana: positive", UNREADABLE, "not readable as YAML", "읽을 수 없습니다"),
    "tab": ("results:\n\t- x", UNREADABLE, "indent with spaces", "들여쓰기"),
    "alias bomb": (BOMB, UNREADABLE, "anchors and aliases", "앵커와 별칭"),
    "tag": ("losses: !!python/name:os.system x", UNREADABLE, "tags (!)", "태그(!)"),
    "empty": ("", UNREADABLE, "nothing is written here", "내용이 없습니다"),
    "only a comment": ("# nothing\n", UNREADABLE, "nothing is written here", "내용이 없습니다"),
    "a list": ("- losses: 3", UNREADABLE, "fact: value", "항목: 값"),
    "binary": (bytes(range(256)) * 4, UNREADABLE, "NUL bytes", "NUL"),
    "an image": (b"\x89PNG\r\n\x1a\n\xff\xd8", UNREADABLE, "UTF-8", "UTF-8"),
    "UTF-16": ("losses: 3".encode("utf-16"), UNREADABLE, "UTF-16", "UTF-16"),
    "deep": ("a: " + "[" * 50_000, UNREADABLE, "20 deep", "20"),
}  # fmt: skip


def one_line(ran: Ran, code: int, said: str, where: str) -> None:
    assert ran.out == ""
    assert ran.err.count("\n") == 1
    assert ran.err.endswith("\n")
    assert said in ran.err
    assert ran.err.startswith(where)
    assert not python_words(ran.err)
    assert ran.code == code


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("case", CASES)
@pytest.mark.usefixtures("quick")
def test_bad_input(case: str, lang: str, tmp_path: Path) -> None:
    given, code, english, korean = CASES[case]
    path = tmp_path / "p.yaml"
    path.write_bytes(given if isinstance(given, bytes) else given.encode())
    ran = run("consult", str(path), "--lang", lang)
    # What only the guidelines' definitions contradict is found after the file was read, and has no line in it.
    where = "" if case.startswith("stated ") else str(path)
    one_line(ran, code, korean if lang == "ko" else english, where)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.usefixtures("quick")
def test_several_problems_are_a_line_each_and_the_gravest_counts(lang: str) -> None:
    wrong = b"losess: 3\nweight: 60 stone\nlosses: 1\nclinical_losses: 2"
    ran = run("consult", "-", "--lang", lang, stdin=wrong)
    assert (ran.code, ran.out) == (CONTRADICTORY, "")
    assert [line.split(":")[:2] for line in ran.err.splitlines()] == [["stdin", "1"], ["stdin", "2"], ["stdin", "4"]]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.usefixtures("quick")
def test_a_folder_and_a_missing_file(lang: str, tmp_path: Path) -> None:
    said = {"en": ("folder", "no such file"), "ko": ("폴더", "파일이 없습니다")}[lang]
    one_line(run("consult", str(tmp_path), "--lang", lang), UNUSABLE, said[0], str(tmp_path))
    missing = str(tmp_path / "none.yaml")
    one_line(run("consult", missing, "--lang", lang), UNUSABLE, said[1], missing)


@pytest.mark.usefixtures("quick")
def test_a_file_that_may_not_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("decidua.intake.source.Path.open", refuse)
    one_line(run("consult", "p.yaml"), UNUSABLE, "permissions", "p.yaml")


@pytest.mark.usefixtures("quick")
def test_a_huge_file_is_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "huge.yaml"
    with path.open("wb") as huge:
        huge.truncate(100_000_000)
    started = time.monotonic()
    ran = run("consult", str(path))
    assert time.monotonic() - started < 20
    one_line(ran, UNREADABLE, "larger than", str(path))


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.usefixtures("quick")
def test_unknown_option_and_guideline_name_the_nearest(lang: str) -> None:
    path = str(EXAMPLES[0])
    asked = [
        ("--option", "ivgi", "ivig"),
        ("--option", "test:vitamind", "test:vitamin-d"),
        ("--guideline", "eshre-2023", "eshre-2022"),
        ("--guideline", "ASRM-2012", "asrm-2012"),
    ]
    for kind, given, near in asked:
        ran = run("consult", path, kind, given, "--lang", lang)
        one_line(ran, 2, near, "")
        assert given in ran.err


@pytest.mark.usefixtures("quick")
def test_wrong_use_is_exit_2_without_output() -> None:
    path = str(EXAMPLES[0])
    wrong: list[tuple[str, ...]] = [
        ("consult",),
        ("consult", path, "--format", "pdf"),
        ("consult", path, "--as-of", "today"),
        ("consult", path, "--lang", "de"),
        ("consult", path, path),
        ("frobnicate",),
        ("--frobnicate",),
    ]
    for arguments in wrong:
        ran = run(*arguments)
        assert (ran.code, ran.out) == (2, ""), arguments
        assert not python_words(ran.err)


def test_content_that_is_missing_or_wrong_is_exit_3(tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text("statements: [")
    for folder in (tmp_path / "none", tmp_path):
        ran = run("consult", str(EXAMPLES[0]), "--content", str(folder))
        assert (ran.code, ran.out) == (3, "")
        assert not python_words(ran.err)
