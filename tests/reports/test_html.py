"""The printable page: three patients in two languages, checked by its structure and not by its words."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from hashlib import sha256
from html.parser import HTMLParser
from importlib.resources import files
from itertools import pairwise

import pytest

from decidua.answers import Answers
from decidua.consult import consult
from decidua.facts import Patient, Value, close, read_value
from decidua.language import LANGUAGES, Lang, words
from decidua.reports import models as m
from decidua.reports.build import build_report
from decidua.reports.html import SUPPORTIVE, css_string, render_html

HOSTILE = '</title></style><script>alert("x")</script><img src=x onerror=y>{{ 7 * 7 }}{x}'
VOID = {"meta", "link", "img", "br", "hr", "input"}
PATIENTS: Mapping[str, Mapping[str, object]] = {
    "nothing known": {},
    "four losses, NK cells raised": {
        "losses": 4, "clinical_losses": 4, "peripheral_nk": "raised", "weight": "62 kg", "stage": "trying",
        "country": "KR", "unexplained": "yes",
    },
    "thrombotic antiphospholipid syndrome": {
        "thrombotic_aps": "yes", "losses": 3, "clinical_losses": 3, "stage": "pregnant", "gestation": "6+0",
    },
}  # fmt: skip
EACH = [(name, lang) for name in PATIENTS for lang in LANGUAGES]


# ---- a page as a tree -------------------------------------------------------------------------------------------


@dataclass
class Node:
    """An element; `children` holds elements and texts in order."""

    tag: str
    attrs: Mapping[str, str] = field(default_factory=dict)
    children: list[Node | str] = field(default_factory=list)

    def walk(self) -> Iterator[Node]:
        yield self
        for child in self.children:
            if isinstance(child, Node):
                yield from child.walk()

    def all(self, tag: str, **attrs: str) -> list[Node]:
        wanted = {key.rstrip("_"): value for key, value in attrs.items()}
        return [
            node
            for node in self.walk()
            if node.tag == tag and all(value in node.attrs.get(key, "").split() for key, value in wanted.items())
        ]

    def one(self, tag: str, **attrs: str) -> Node:
        found = self.all(tag, **attrs)
        assert len(found) == 1, (tag, attrs, len(found))
        return found[0]

    @property
    def text(self) -> str:
        return " ".join("".join(c if isinstance(c, str) else c.text for c in self.children).split())


class Tree(HTMLParser):
    """Strict: every element is closed by its own end tag, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open = [Node("document")]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {key: value or "" for key, value in attrs})
        self.open[-1].children.append(node)
        if tag not in VOID:
            self.open.append(node)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def tree(page: str) -> Node:
    parser = Tree()
    parser.feed(page)
    parser.close()
    assert len(parser.open) == 1
    return parser.open[0]


# ---- reports ----------------------------------------------------------------------------------------------------


def patient(answers: Answers, given: Mapping[str, object]) -> Patient:
    vocabulary, values = answers.knowledge.vocabulary, dict[str, Value]()
    for fact, raw in given.items():
        if fact == "unexplained":
            values |= {name: True for name in answers.knowledge.stated if name.startswith("unexplained@")}
        else:
            value = read_value(vocabulary.facts[fact], raw)
            assert value is not None
            values[fact] = value
    closed, origins = close(vocabulary, values)
    return Patient(closed, {fact: str(raw) for fact, raw in given.items()}, origins, date(2026, 11, 23))


@pytest.fixture(scope="module")
def report(answers: Answers):  # type: ignore[no-untyped-def]
    @cache
    def built(name: str, lang: Lang) -> m.Report:
        return build_report(consult(answers, patient(answers, PATIENTS[name])), lang, warnings=("look again",))

    return built


def changed(report: m.Report, **parts: object) -> m.Report:
    return report.model_copy(update=parts)


# ---- what stands on the page ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "lang"), EACH)
def test_every_guideline_and_option_is_present(report, name: str, lang: Lang) -> None:  # type: ignore[no-untyped-def]
    drawn: m.Report = report(name, lang)
    page = tree(render_html(drawn))
    cells = page.all("table", class_="matrix")
    first = drawn.guidelines[0]
    expected = [
        [o for o in first.options if o.option == SUPPORTIVE],
        [o for o in first.options if o.option != SUPPORTIVE],
        first.tests,
    ]
    assert len(cells) == 3
    for table, options in zip(cells, expected, strict=True):
        assert [head.text for head in table.all("th", scope="col")][1:] == [
            f"{g.society} {g.year}" for g in drawn.guidelines
        ]
        rows = table.all("th", scope="row")
        assert [row.text.startswith(option.label) for row, option in zip(rows, options, strict=True)] == [True] * len(
            options
        )
        assert len(table.all("div", class_="answer")) == len(options) * len(drawn.guidelines)


@pytest.mark.parametrize(("name", "lang"), EACH)
def test_every_cell_says_its_answer_in_words(report, name: str, lang: Lang) -> None:  # type: ignore[no-untyped-def]
    drawn: m.Report = report(name, lang)
    shown = [node.text for node in tree(render_html(drawn)).all("div", class_="answer")]
    for kind in ("options", "tests"):
        rows = list(zip(*(getattr(g, kind) for g in drawn.guidelines), strict=True))
        rows.sort(key=lambda row: row[0].option != SUPPORTIVE)
        for option in (cell for row in rows for cell in row):
            text = shown.pop(0)
            assert words(lang)[f"group.{option.group}"] in text
            assert words(lang)[f"answer.{option.answer}"] in text
            if option.answer == "needs-data":
                assert all(words(lang)[f"answer.{one}"] in text for one in option.possible)
            if option.group == "open":
                assert words(lang)[f"html.bound-{option.bound}"] in text
            assert all(printed in text for printed in (*option.strength, *option.certainty))
    assert not shown


def test_another_indication_leads(report) -> None:  # type: ignore[no-untyped-def]
    drawn: m.Report = report("thrombotic antiphospholipid syndrome", "en")
    page = tree(render_html(drawn))
    expected = [o.other_indications for g in drawn.guidelines for o in (*g.options, *g.tests) if o.other_indications]
    leading = [node for node in page.all("div", class_="answer") if node.all("p", class_="lead")]
    assert len(leading) == len(expected) > 0
    for node in leading:
        inside = [child.attrs.get("class") for child in node.children if isinstance(child, Node)]
        assert inside.index("lead") < next(i for i, name in enumerate(inside) if str(name).startswith("verdict"))


@pytest.mark.parametrize(("name", "lang"), EACH)
def test_every_statement_stands_with_its_sources(report, name: str, lang: Lang) -> None:  # type: ignore[no-untyped-def]
    drawn: m.Report = report(name, lang)
    statements = [s for g in drawn.guidelines for o in (*g.options, *g.tests) for s in o.statements]
    shown = tree(render_html(drawn)).all("article", class_="statement")
    assert sorted(s.says for s in statements) == sorted(node.one("p", class_="says").text for node in shown)
    assert all(node.all("ul", class_="cites") and node.all("ul", class_="tree") for node in shown)


@pytest.mark.parametrize(("name", "lang"), EACH)
def test_precautions_are_never_an_all_clear(report, name: str, lang: Lang) -> None:  # type: ignore[no-untyped-def]
    drawn: m.Report = report(name, lang)
    lists = sum(bool(o.before) for g in drawn.guidelines for o in (*g.options, *g.tests))
    assert render_html(drawn).count(words(lang)["report.before-note"]) == lists


@pytest.mark.parametrize(("name", "lang"), EACH)
def test_three_lists_of_what_to_ask(report, name: str, lang: Lang) -> None:  # type: ignore[no-untyped-def]
    drawn: m.Report = report(name, lang)
    section = tree(render_html(drawn)).one("section", **{"aria-labelledby": "asks"})
    assert len(section.all("h3")) == 3
    names = {g.id: f"{g.society} {g.year}" for g in drawn.guidelines}
    expected = [
        f"{names[stance.guideline]}: {words(lang)[f'answer.{stance.answer}']}"
        for ask in drawn.asks.tests
        for stance in ask.stances
    ]
    shown = [item.text for found in section.all("ul", class_="stances") for item in found.all("li")]
    assert [text for text in shown if text != words(lang)["html.no-stance"]] == expected
    assert "order it" not in section.text


def test_the_order_of_the_page(report) -> None:  # type: ignore[no-untyped-def]
    page = tree(render_html(report("thrombotic antiphospholipid syndrome", "en")))
    order = [node.attrs["id"] for node in page.all("h2")]
    assert [part for part in order if part != "alone"] == [
        "patient", "warnings", "definitions", "supportive", "options", "tests", "disagreements", "asks", "not-covered",
    ]  # fmt: skip


# ---- how it is written ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "lang"), EACH)
def test_nothing_loads_and_nothing_runs(report, name: str, lang: Lang) -> None:  # type: ignore[no-untyped-def]
    page = tree(render_html(report(name, lang)))
    tags = {node.tag for node in page.walk()}
    assert not tags & {"script", "iframe", "object", "embed", "img", "form", "base", "svg"}
    for node in page.walk():
        assert not [key for key in node.attrs if key.startswith("on") or key in ("style", "src", "srcset")]
        assert node.attrs.get("href", "#").startswith(("#", "data:,"))
    style = page.one("style").children[0]
    assert isinstance(style, str)
    assert not re.search(r"url\(|@import|https?:", style)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_policy_names_the_style(report, lang: Lang) -> None:  # type: ignore[no-untyped-def]
    page = tree(render_html(report("nothing known", lang)))
    policy = next(node.attrs["content"] for node in page.all("meta") if "http-equiv" in node.attrs)
    style = "".join(str(child) for child in page.one("style").children)
    assert f"'sha256-{b64encode(sha256(style.encode()).digest()).decode()}'" in policy
    assert "default-src 'none'" in policy


@pytest.mark.parametrize(("name", "lang"), EACH)
def test_tables_and_headings(report, name: str, lang: Lang) -> None:  # type: ignore[no-untyped-def]
    page = tree(render_html(report(name, lang)))
    for table in page.all("table"):
        assert table.one("caption").text
        assert all(head.attrs.get("scope") in ("row", "col") for head in table.all("th"))
        assert all(row.all("th", scope="row") for body in table.all("tbody") for row in body.all("tr"))
    levels = [int(node.tag[1]) for node in page.walk() if re.fullmatch(r"h[1-6]", node.tag)]
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    ids = [node.attrs["id"] for node in page.walk() if "id" in node.attrs]
    assert len(ids) == len(set(ids))
    assert all(node.attrs["aria-labelledby"] in ids for node in page.all("section"))
    assert all(node.all("summary")[0].text for node in page.all("details"))


@pytest.mark.parametrize(("name", "lang"), EACH)
def test_languages(report, name: str, lang: Lang) -> None:  # type: ignore[no-untyped-def]
    page = tree(render_html(report(name, lang)))
    assert page.one("html").attrs["lang"] == lang
    foreign = {node.attrs["lang"] for node in page.one("body").walk() if "lang" in node.attrs}
    assert foreign == {"ko" if lang == "en" else "en"}
    notes = page.text.count(words("ko")["report.unchecked-korean"])
    assert notes == (1 if lang == "ko" else 0)


@pytest.mark.parametrize(("name", "lang"), EACH)
def test_no_gap_shows(report, name: str, lang: Lang) -> None:  # type: ignore[no-untyped-def]
    body = tree(render_html(report(name, lang))).one("body")
    leaves = [child for node in body.walk() for child in node.children if isinstance(child, str)]
    # A sentence of the content may begin with the word; a value left out would stand alone, or after a label.
    gap = re.compile(
        r"(^|[:“(,] ?)(None|True|False|nan)([”),.;]|$)|Undefined|(?<!10\*6)\{\w*\}|\{\{|<built-in|object at"
    )
    assert [leaf for leaf in leaves if gap.search(leaf.strip())] == []


def test_hostile_words_stay_words(report) -> None:  # type: ignore[no-untyped-def]
    plain: m.Report = report("four losses, NK cells raised", "en")
    first, *rest = plain.guidelines
    option = next(o for o in first.options if o.statements and o.option != SUPPORTIVE)
    said = option.statements[0]
    cites = (said.cites[0].model_copy(update={"source": HOSTILE, "place": HOSTILE}),)
    said = said.model_copy(update={"says": HOSTILE, "verb": HOSTILE, "correction": HOSTILE, "cites": cites})
    option = option.model_copy(update={"label": HOSTILE, "statements": (said,)})
    guideline = first.model_copy(update={
        "society": HOSTILE, "options": tuple(option if o.option == option.option else o for o in first.options),
    })  # fmt: skip
    facts = tuple(fact.model_copy(update={"given": HOSTILE}) for fact in plain.patient)
    hostile = changed(
        plain, title=HOSTILE, software=HOSTILE, warnings=(HOSTILE,), patient=facts, guidelines=(guideline, *rest),
        content=plain.content.model_copy(update={"hash": HOSTILE}),
    )  # fmt: skip
    page = render_html(hostile)
    assert "<script" not in page
    assert "<img" not in page
    assert tree(page).one("title").text == " ".join(HOSTILE.split())
    assert HOSTILE in tree(page).one("footer").text


def test_no_patient_value_in_the_head(report) -> None:  # type: ignore[no-untyped-def]
    drawn: m.Report = changed(report("four losses, NK cells raised", "en"), title="Case A")
    head = tree(render_html(drawn)).one("head")
    assert head.one("title").text == "Case A"
    metas = " ".join(node.attrs.get("content", "") for node in head.all("meta"))
    assert not any(fact.value in metas.split() for fact in drawn.patient if fact.value.isalpha())
    assert tree(render_html(changed(drawn, title=None))).one("title").text == words("en")["report.title"]


def test_the_foot_of_every_printed_page(report) -> None:  # type: ignore[no-untyped-def]
    drawn: m.Report = report("nothing known", "ko")
    page = render_html(drawn)
    foot = tree(page).one("footer").text
    assert drawn.software in foot
    assert drawn.content.hash in foot
    assert f"@bottom-left {{ content: {css_string(foot)};" in page


def test_a_css_string_cannot_end_early() -> None:
    assert css_string('a"} ') == '"a\\000022\\00007d\\000020"'


def test_without_reasons_and_deciding_sets(answers: Answers) -> None:
    found = consult(answers, patient(answers, {"losses": 3}), options=("ivig",), guidelines=("eshre-2022",))
    page = tree(render_html(build_report(found, "en", why=False, deciding=False)))
    assert len(page.all("table", class_="matrix")) == 1
    assert not page.all("details", class_="trace")


# ---- words and colours ------------------------------------------------------------------------------------------


def templates() -> str:
    folder = files("decidua.reports") / "templates"
    return "\n".join(part.read_text("utf-8") for part in folder.iterdir() if part.name.endswith(".j2"))


def test_every_word_of_the_templates_exists() -> None:
    keys = set(re.findall(r"'((?:html|report|option|phrase|answer|group)\.[a-z-]+[a-z])'", templates()))
    assert len(keys) > 40
    for lang in LANGUAGES:
        assert keys <= set(words(lang))


def test_both_languages_have_the_same_words_and_none_is_idle() -> None:
    used = templates() + (files("decidua.reports") / "html.py").read_text("utf-8")
    for lang in LANGUAGES:
        for key in (key for key in words(lang) if key.startswith("html.")):
            assert key in words("en")
            assert key in words("ko")
            assert key in used or f"{key.rpartition('-')[0]}-" in used or key.startswith(("html.bound-", "html.kind-"))


def palettes() -> list[dict[str, str]]:
    """The custom properties of light, dark and paper, in that order."""
    css = (files("decidua.reports") / "templates" / "report.css").read_text("utf-8")
    blocks = re.findall(r":root \{(.*?)\}", css, re.S)
    return [dict(re.findall(r"--([a-z]+): (#[0-9a-f]{6})", block)) for block in blocks]


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("theme", [0, 1, 2], ids=["light", "dark", "paper"])
@pytest.mark.parametrize("ground", ["ground", "panel", "lead"])
def test_contrast(theme: int, ground: str) -> None:
    palette = palettes()[theme]
    inks = ["ink"] if ground == "lead" else ["ink", "faint", "for", "against", "weak", "silent", "open"]
    for ink in inks:
        light, dark = sorted((luminance(palette[ink]), luminance(palette[ground])), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, (ink, ground)
