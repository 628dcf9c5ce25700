"""AGREE II: scores, spread, what is skipped, what is not rated, and every wrong file."""

from __future__ import annotations

import csv
import io
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from decidua.appraisal.agree import DOMAINS, ITEMS, DomainScore, domain_scores
from decidua.appraisal.agree_file import read_ratings
from decidua.cli.main import cli
from decidua.errors import AppraisalError, UsageError
from decidua.language import LANGUAGES, Lang
from decidua.reports.agree.build import build_agree_report
from decidua.reports.agree.models import AgreeReport
from decidua.reports.agree.show import SHAPES, agree_output, show_agree
from decidua.reports.agree.text import domain_rows

EXAMPLE = Path(__file__).parent / "ratings.csv"
TEXT = EXAMPLE.read_text("utf-8")
HEAD = "# document: X\n# edition: 1\n# read: {read}\n# date: 2026-01-15\n"
COLUMNS = "appraiser," + ",".join(map(str, ITEMS)) + ",overall,recommend"


def row(name: str, **cells: str) -> str:
    """All items 4, overall 4, yes; `i5=…` another rating of item 5."""
    items = [cells.get(f"i{item}", "4") for item in ITEMS]
    return ",".join([name, *items, cells.get("overall", "4"), cells.get("recommend", "yes")])


def sheet(*rows: str, read: str = "whole") -> str:
    return HEAD.format(read=read) + "\n".join((COLUMNS, *rows)) + "\n"


@pytest.fixture
def scores(tmp_path: Path) -> Callable[..., dict[str, DomainScore]]:
    def scored(text: str, name: str = "ratings.csv") -> dict[str, DomainScore]:
        (tmp_path / name).write_text(text, "utf-8")
        return {score.domain: score for score in domain_scores(read_ratings(tmp_path / name))}

    return scored


def told(tmp_path: Path, text: str | bytes, name: str = "ratings.csv", lang: Lang = "en") -> list[str]:
    """What is wrong, a line each."""
    file = tmp_path / name
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    with pytest.raises(AppraisalError) as caught:
        read_ratings(file)
    assert caught.value.exit_code == 8
    return caught.value.message(lang).replace(f"{file}", name).splitlines()


def report(path: Path = EXAMPLE, lang: Lang = "en") -> AgreeReport:
    return build_agree_report(read_ratings(path), lang)


# ---- scores ---------------------------------------------------------------------------------------------------------


def test_the_manuals_example() -> None:
    """AGREE II, "Scoring the AGREE II": totals 17, 19, 9 and 8 on three items; (53 - 12) / (84 - 12) = 57 %."""
    scope = domain_scores(read_ratings(EXAMPLE))[0]
    assert (scope.domain, scope.obtained, scope.minimum, scope.maximum) == ("scope", 53, 12, 84)
    assert scope.scaled == Fraction(41, 72)
    assert scope.own == tuple(Fraction(total - 3, 18) for total in (17, 19, 9, 8))
    assert report().domains[0].score == pytest.approx(0.5694, abs=5e-5)
    assert re.search(r"1\. Scope and purpose +57 % +\(53 − 12\) / \(84 − 12\)", agree_output(report(), "text"))


def test_the_items_are_those_of_the_instrument() -> None:
    assert [len(items) for items in DOMAINS.values()] == [3, 3, 8, 3, 4, 2]
    assert [item for items in DOMAINS.values() for item in items] == list(range(1, 24))


@pytest.mark.parametrize(("value", "score"), [("1", 0), ("4", Fraction(1, 2)), ("7", 1)])
def test_the_ends_of_the_scale(scores: Callable[..., dict[str, DomainScore]], value: str, score: Fraction) -> None:
    found = scores(sheet(row("A", **{f"i{item}": value for item in ITEMS})))
    assert [one.scaled for one in found.values()] == [score] * 6
    assert [one.sd for one in found.values()] == [None] * 6


def test_a_skipped_item_changes_both_ends_and_is_no_value(scores: Callable[..., dict[str, DomainScore]]) -> None:
    clarity = scores(sheet(row("A", i15="7", i16="skip"), row("B", i15="7")))["clarity"]
    assert (clarity.obtained, clarity.minimum, clarity.maximum) == (7 + 4 + 7 + 4 + 4, 5, 35)
    assert clarity.own == (Fraction(9, 12), Fraction(12, 18))


def test_who_skips_what_others_rate_counts_less_and_the_score_says_so(tmp_path: Path) -> None:
    file = tmp_path / "ratings.csv"
    file.write_text(sheet(row("A", i15="7", i16="skip", i22="skip"), row("B", i15="7", i22="skip")), "utf-8")
    made = report(file)
    assert {domain.domain: domain.uneven for domain in made.domains if domain.uneven} == {"clarity": (16,)}
    shown = {row[0]: row[2] for row in domain_rows(made)}
    assert shown["4. Clarity of presentation"] == "(26 − 5) / (35 − 5), appraisers count unequally (item 16)"
    assert "unequally" not in shown["6. Editorial independence"]


def test_everything_skipped(scores: Callable[..., dict[str, DomainScore]]) -> None:
    found = scores(sheet(row("A", i22="skip", i23="skip"), row("B", i22="skip", i23="skip")))["independence"]
    assert (found.scaled, found.own, found.sd) == (None, (None, None), None)


def test_who_skips_a_whole_domain_has_no_score_of_his_own(scores: Callable[..., dict[str, DomainScore]]) -> None:
    found = scores(sheet(row("A", i22="skip", i23="skip"), row("B", i22="1", i23="7")))["independence"]
    assert (found.scaled, found.own, found.sd) == (Fraction(1, 2), (None, Fraction(1, 2)), None)


def test_spread(scores: Callable[..., dict[str, DomainScore]]) -> None:
    """Own scores 0.5 and 1: the standard deviation with n - 1 is 0.5 / sqrt(2)."""
    high = {f"i{item}": "7" for item in DOMAINS["scope"]}
    assert scores(sheet(row("A"), row("B", **high)))["scope"].sd == pytest.approx(0.5 / 2**0.5)


def test_a_domain_that_was_not_rated_has_no_score(scores: Callable[..., dict[str, DomainScore]]) -> None:
    found = scores(sheet(row("A", i9=""), row("B", overall="", recommend=""), read="part"))
    assert (found["rigour"].scaled, found["rigour"].own, found["rigour"].unrated) == (None, (None, None), (9,))
    assert [name for name, one in found.items() if one.scaled is None] == ["rigour"]


def test_yaml_says_the_same(tmp_path: Path) -> None:
    lines = [line for line in TEXT.splitlines() if line.startswith("#")]
    table = list(csv.DictReader(io.StringIO("\n".join(line for line in TEXT.splitlines() if line[0] != "#"))))
    rows = [f"  - {{{', '.join(f'{name}: {cell}' for name, cell in one.items())}}}" for one in table]
    head = [f'{key[2:]}: "{said.strip()}"' for key, _, said in (line.partition(":") for line in lines)]
    file = tmp_path / "ratings.yaml"
    file.write_text("\n".join(["kind: agree-ii", *head, "ratings:", *rows]), "utf-8")
    assert report(file).model_dump(exclude={"file"}) == report().model_dump(exclude={"file"})


@pytest.mark.parametrize("text", [
    re.sub(r"(?m)^([^#].*)$", lambda line: line[0].replace(",", ";"), TEXT), TEXT.replace(",", "\t"),
    "\ufeff" + TEXT.replace("\n", "\r\n"), re.sub(r"(?m)^(#.*)$", r"\1" + "," * 25, TEXT),
    re.sub(r"(?m)^(#.*)$", r'"\1"', TEXT), TEXT.replace("with modifications", '"Yes, with modifications"'),
])  # fmt: skip
def test_spellings_of_the_same_table(tmp_path: Path, text: str) -> None:
    file = tmp_path / "ratings.csv"
    file.write_bytes(text.encode())
    assert report(file).model_dump(exclude={"file"}) == report().model_dump(exclude={"file"})


# ---- refused --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["ratings.csv", "ratings.yaml"])
def test_second_hand_is_refused(tmp_path: Path, name: str) -> None:
    text = sheet(row("A"), read="second-hand")
    if name.endswith("yaml"):
        text = "document: X\nread: second-hand\n"
    for lang, reason in (("en", "read at second hand"), ("ko", "원문을 직접 읽지 않았으므로")):
        (line,) = told(tmp_path, text, name, lang)
        assert line.startswith(f"{name}:")
        assert reason in line
        assert "ASRI 2025" in line


@pytest.mark.parametrize(("text", "line", "said"), [
    (sheet(row("A", i3="8")), 6, "3 of A is '8'; a rating is a whole number from 1 to 7"),
    (sheet(row("A", i3="0")), 6, "3 of A is '0'"),
    (sheet(row("A", i3="4.5")), 6, "3 of A is '4.5'"),
    (sheet(row("A", i3="NA")), 6, "3 of A is 'NA'"),
    (sheet(row("A", overall="10")), 6, "overall of A is '10'"),
    (sheet(row("A", recommend="maybe")), 6, "recommend of A is 'maybe'; it is yes, with modifications, or no"),
    (sheet(row("A", overall="skip")), 6, "overall of A is 'skip'; it is a whole number from 1 to 7; only items"),
    (sheet(row("A", recommend="skip")), 6, "recommend of A is 'skip'; it is yes, with modifications, or no; only"),
    (sheet(row("A", overall="")), 6, "overall of A is empty, but the whole document was read; rate it"),
    (sheet(row("A", i3="")), 6, "3 of A is empty, but the whole document was read"),
    (sheet(row("A"), row("A")), 7, "'A' stands twice (first on line 6)"),
    (sheet(row("Dr Jane Doe")), 6, "give a code, not a name"),
    (sheet(row("")), 6, "give a code"),
    (sheet(), 1, "nobody has rated"),
    (sheet(row("A") + ",4"), 6, "27 cells, the header has 26"),
    (sheet(row("A")).replace(",overall", ",quality"), 5, "missing: overall"),
    (sheet(row("A")).replace(",overall", ",quality"), 5, "'quality' is not a column"),
    (sheet(row("A")).replace(",7,8", ",7,7"), 5, "'7' stands twice"),
    (sheet(row("A"), read="partly"), 3, "read is 'partly'; allowed are whole, part, second-hand"),
    (sheet(row("A")).replace("2026-01-15", "15.1.2026"), 4, "YYYY-MM-DD"),
    (sheet(row("A")).replace("# edition: 1\n", ""), 1, "does not say `edition`"),
    (sheet(row("A")).replace("edition: 1", "edition:"), 2, "does not say `edition`"),
    (sheet(row("A")).replace("# edition", "# editon"), 2, "'editon' is not a key"),
    (sheet(row("A")).replace("# edition: 1", "# first edition"), 2, "no line of the head"),
    (sheet(row("A")).replace("# edition: 1", "# document: Y"), 2, "'document' stands twice"),
])  # fmt: skip
def test_a_wrong_table(tmp_path: Path, text: str, line: int, said: str) -> None:
    lines = told(tmp_path, text)
    assert [one for one in lines if one.startswith(f"ratings.csv:{line}: ") and said in one]
    assert not set(lines) & set(told(tmp_path, text, lang="ko"))


def test_every_problem_at_once(tmp_path: Path) -> None:
    lines = told(tmp_path, sheet(row("A", i1="9", overall="x"), row("B", i2="0"), row("A")))
    assert [one.split(": ")[0] for one in lines] == [f"ratings.csv:{line}" for line in (6, 6, 7, 8)]


@pytest.mark.parametrize(("text", "where", "said"), [
    ("- a\n", "ratings.yaml", "has the keys document"),
    ("document: [a, b]\nratings: []\n", "ratings.yaml:1", "document is one value"),
    ("ratings:\n  - A\n", "ratings.yaml:2", "one table for each appraiser"),
    ("ratings: 4\n", "ratings.yaml:1", "'ratings' is not a key"),
    ("a: &x 1\nb: *x\n", "ratings.yaml:1", "anchors"),
    ("a: " + "[" * 50_000, "ratings.yaml:1", "deeper lists"),
    ("a: [1\nb: 2\n", "ratings.yaml:2", "cannot be read as YAML"),
    ("document: X\ndocument: Y\n", "ratings.yaml:2", "'document' stands twice"),
    ("ratings:\n  - {appraiser: A, 1: 3, 1: 4}\n", "ratings.yaml:2", "'1' stands twice"),
])  # fmt: skip
def test_a_wrong_yaml(tmp_path: Path, text: str, where: str, said: str) -> None:
    assert [one for one in told(tmp_path, text, "ratings.yaml") if one.startswith(f"{where}: ") and said in one]


@pytest.mark.parametrize(("data", "said"), [
    (b"", "nothing is written here"), (b"\xff\xfe\x00", "not UTF-8"), (b"a\x00b", "not UTF-8"),
    (b"x" * 1_000_001, "larger than 1000000 bytes"),
])  # fmt: skip
def test_no_text(tmp_path: Path, data: bytes, said: str) -> None:
    assert said in told(tmp_path, data)[0]


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(AppraisalError, match="cannot be opened"):
            read_ratings(path)


def test_what_the_file_quotes_cannot_steer_a_terminal(tmp_path: Path) -> None:
    assert "\x1b" not in "\n".join(told(tmp_path, sheet(row("A", i3="\x1b[31mred"))))


# ---- shown ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_has_the_scores_and_no_total(lang: Lang, shape: str) -> None:
    shown = agree_output(report(lang=lang), shape)
    assert ("57" if shape in ("text", "html", "svg") else "0.5694444444444444") in shown
    every = [value for who in read_ratings(EXAMPLE).appraisers for value in who.items.values() if value != "skip"]
    total = (sum(map(int, every)) - len(every)) / (6 * len(every))
    mean = sum(one.score or 0 for one in report().domains) / 6
    for together in (f"{total:.4f}", f"{mean:.4f}", f"{sum(map(int, every))}"):
        assert together not in shown


def test_the_overall_items_stand_apart() -> None:
    found = json.loads(agree_output(report(), "json"))
    assert [(one["appraiser"], one["quality"], one["recommend"]) for one in found["overall"]] == [
        ("A", 5, "yes"), ("B", 6, "yes"), ("C", 2, "no"), ("D", 4, "with-modifications")
    ]  # fmt: skip
    assert set(found) == set(AgreeReport.model_fields)


def test_notes_say_what_is_missing(tmp_path: Path) -> None:
    file = tmp_path / "ratings.csv"
    file.write_text(sheet(row("A", i9="", i16="skip", i22="skip", i23="skip"), read="part"), "utf-8")
    notes = "\n".join(report(file).notes)
    for said in ("Only one appraiser", "a part of the document", "3. Rigour of development", "items 9)",
                 "6. Editorial independence (every item was", "Item 16 was skipped by everybody (A)"):  # fmt: skip
        assert said in notes
    file.write_text(sheet(row("A"), row("B")), "utf-8")
    assert "2 appraisers: AGREE II prefers four" in "\n".join(report(file).notes)


def test_the_bars_are_text_bars_and_dots(tmp_path: Path) -> None:
    root = ET.fromstring(agree_output(report(), "svg"))
    name = "{http://www.w3.org/2000/svg}"
    texts = ["".join(one.itertext()) for one in root.iter(f"{name}text")]
    assert {"57 %", "1. Scope and purpose", "6. Editorial independence", "A", "D"} <= set(texts)
    assert len([one for one in root.iter(f"{name}rect") if one.get("class") == "picture-square"]) == 6
    assert len(list(root.iter(f"{name}circle"))) == 6 * 4
    file = tmp_path / "ratings.csv"
    file.write_text(sheet(row("A", i1=""), read="part"), "utf-8")
    shown = agree_output(report(file), "svg")
    assert shown.count('class="picture-square"') == 5
    assert "not scored" in shown


@pytest.mark.parametrize("shape", ["html", "svg"])
def test_nothing_of_the_file_becomes_markup(tmp_path: Path, shape: str) -> None:
    file = tmp_path / "ratings.csv"
    file.write_text(sheet(row("A")).replace("document: X", "document: <script>alert(1)</script> & co"), "utf-8")
    shown = agree_output(report(file), shape)
    assert "<script" not in shown
    assert "&lt;script&gt;" in shown


def test_a_page_asks_for_nothing() -> None:
    page = agree_output(report(), "html")
    assert not re.findall(r"""(?:src|href)=["'](?!data:,)""", page)
    assert "default-src 'none'" in page
    assert " style=" not in page


def test_out_writes_the_file_and_touches_none_that_exists(tmp_path: Path) -> None:
    def appraised(shape: str, out: Path) -> int:
        words = ["appraise", str(EXAMPLE), "--format", shape, "--out", str(out)]
        try:
            cli.main(words, standalone_mode=False)
        except UsageError as error:
            return error.exit_code
        return 0

    out = tmp_path / "bars.svg"
    assert appraised("svg", out) == 0
    drawn = out.read_bytes()
    assert drawn.decode() == agree_output(report(), "svg")
    assert appraised("csv", out) == 2
    assert out.read_bytes() == drawn
    assert appraised("csv", tmp_path / "none" / "x.csv") == 2


def test_without_out_it_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    show_agree(EXAMPLE, "ko", "text")
    assert "범위와 목적" in capsys.readouterr().out
