"""What must never stand on a counselling sheet, over all therapies, examples and languages."""

from __future__ import annotations

import re
from base64 import b64decode

import pytest

from decidua.language import LANGUAGES, Lang, words
from decidua.reports.sheet.html import render_sheet, style
from reports.sheets import EXAMPLES, bench, figures, lines, printable, sheet_of, text_of

DOSE = re.compile(
    r"\d\s*(?:m|µ|μ|u|mc|k)?g\b|\d\s*(?:IU|U|units?|m[Ll]|mmol|mEq)\b|/\s*(?:kg|day|d|wk|week)\b"
    r"|\b(?:daily|twice (?:a|daily)|BID|QD)\b"
    r"|\d\s*(?:밀리그램|그램|단위|정|캡슐|앰플|회|번)|하루|매일|매주|kg당"
)
TICK = re.compile(r"[✓✔☑✅🗸√]")
SUCCESS = re.compile(r"success|성공", re.IGNORECASE)
CAUSAL = re.compile(
    r"\bcaus|\bdue to\b|\bbecause of\b|\bleads? to\b|\bresults? in\b|원인(?!을 모)|때문|초래|유발", re.IGNORECASE
)
BLAME = re.compile(r"\bfault\b|\bblame|\byou failed\b|\bincompeten|탓|잘못", re.IGNORECASE)
FORBIDDEN = re.compile(r"습관성|abort|habitual", re.IGNORECASE)
NAMES = r"(?:ASRM 2012|ESHRE 2022|ASRI 2025)"
COLOUR = re.compile(r"#([0-9a-f]{3,8})\b|\b(?:rgb|hsl)a?\(|\b(?:green|red|lime|teal|olive)\b", re.IGNORECASE)
HANGUL = re.compile(r"[\uac00-\ud7a3]")
EACH = [(example, lang) for example in EXAMPLES for lang in LANGUAGES]


@pytest.mark.parametrize(("example", "lang"), EACH)
def test_words_that_must_not_stand_there(example: str, lang: Lang) -> None:
    for option in bench().therapies:
        text = text_of(sheet_of(example, option, lang=lang))
        for pattern in (DOSE, TICK, SUCCESS, CAUSAL, BLAME, FORBIDDEN):
            assert not pattern.search(text), (option, pattern.pattern, pattern.search(text))


@pytest.mark.parametrize(("example", "lang"), EACH)
def test_recommended_is_always_said_by_somebody(example: str, lang: Lang) -> None:
    for option in bench().therapies:
        for line in lines(sheet_of(example, option, lang=lang)):
            assert not re.search(r"recommend|권고", line.text) or re.match(rf"{NAMES} says", line.text), line.text


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_figure_has_a_source_that_prints_it(example: str) -> None:
    for option in bench().therapies:
        for line in lines(sheet_of(example, option)):
            allowed = {"100"}.union(*map(printable, line.sources))
            own = "sheet" in line.sources  # version, hash and date of the sheet itself
            assert own or figures(line.text) <= allowed, (line.text, line.sources)


@pytest.mark.parametrize("example", EXAMPLES)
def test_no_korean_statement_that_no_person_has_checked(example: str) -> None:
    """What is Korean on the sheet is its frame, or the name of an option with the English beside it."""
    knowledge = bench().answers.knowledge
    frame = [sentence for key, sentence in words("ko").items() if key.startswith("sheet.") and ".say." not in key]
    pieces = {piece.strip() for sentence in frame for piece in re.split(r"\{\w+\}", sentence)}
    names = {option.label.ko for option in knowledge.options.values()}
    for option in bench().therapies:
        for line in lines(sheet_of(example, option, lang="ko")):
            for run in line.runs:
                text = run.text.strip(" ·")
                assert not HANGUL.search(text) or text in pieces | names or text.startswith("“"), text
                assert HANGUL.search(text) is None or run.lang == "ko"


def test_black_and_white_only() -> None:
    page = render_sheet(sheet_of("04-immune-workup", "ivig"))
    pictures = [b64decode(data).decode() for data in re.findall(r"base64,([\w+/=]+)\"", page)]
    assert len(pictures) >= 2  # the hundred circles, and a sign of certainty
    for colour in (match[0].lower() for part in (style(), *pictures) for match in COLOUR.finditer(part)):
        digits = colour.lstrip("#")
        assert colour.startswith("#")
        assert len({digits[n : n + len(digits) // 3] for n in range(0, len(digits), len(digits) // 3)}) == 1, colour


def test_nobody_fills_in_a_name() -> None:
    page = render_sheet(sheet_of("04-immune-workup", "ivig", lang="ko"))
    assert "원인불명 4회 유산, 면역검사 이상" not in page  # the heading of the patient file
    assert "<input" not in page
    assert "<script" not in page


def test_hostile_text_is_escaped() -> None:
    sheet = sheet_of("04-immune-workup", "ivig")
    evil = sheet.title.model_copy(update={"runs": (sheet.title.runs[0].model_copy(update={"text": "<b>⊕</b>"}),)})
    assert "<b>" not in render_sheet(sheet.model_copy(update={"title": evil}))
