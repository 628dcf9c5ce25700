"""The consult page as HTML: complete in both languages, nothing inline, nothing of a patient in an address."""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from markupsafe import escape

from decidua.language import LANGUAGES, Lang, words
from decidua.web.consult.examples import example_fields, examples
from decidua.web.drawing_pages import environment
from decidua.web.patient_form import patient_fields
from decidua.web.shelf import Shelf
from decidua.web.static_files import _shipped, static_url
from web.visiting import Fields, Visitor, seen

IMMUNE = "04-immune-workup"
FIRST_LOAD = 300 * 1024


@pytest.fixture(scope="module")
def visitor(shelf: Shelf) -> Visitor:
    return Visitor(shelf)


def immune(shelf: Shelf) -> Fields:
    return example_fields(shelf.knowledge, IMMUNE)


def pages(visitor: Visitor, shelf: Shelf, lang: Lang) -> Iterator[str]:
    yield visitor.get(f"/{lang}/consult").text
    opened = [("opened", "asri-2025/ivig"), ("opened", "eshre-2022/test:tsh"), ("opened", "asrm-2012/supportive-care")]
    for name in examples():
        yield visitor.post(f"/{lang}/consult", [*example_fields(shelf.knowledge, name), *opened]).text
    yield visitor.post(f"/{lang}/consult", [("fact.losses", "many"), ("fact.weight", "171")]).text
    yield visitor.post(f"/{lang}/consult", [("fact.losses", "2"), ("fact.clinical_losses", "3")]).text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_nothing_is_inline_and_nothing_comes_from_elsewhere(visitor: Visitor, shelf: Shelf, lang: Lang) -> None:
    for html in pages(visitor, shelf, lang):
        page = seen(html)
        assert not [attrs for tag, attrs in page.tags if tag == "style" or (tag == "script" and "src" not in attrs)]
        assert not [name for _, attrs in page.tags for name in attrs if name == "style" or name.startswith("on")]
        loaded = [attrs.get("src") or attrs.get("href") for tag, attrs in page.tags if tag in ("script", "link", "img")]
        assert loaded
        assert all(address and address.startswith("/static/") for address in loaded)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_ids_stand_once_and_references_lead_somewhere(visitor: Visitor, shelf: Shelf, lang: Lang) -> None:
    for html in pages(visitor, shelf, lang):
        tags = seen(html).tags
        ids = [attrs["id"] for _, attrs in tags if "id" in attrs]
        assert sorted(ids) == sorted(set(ids))
        wanted = {
            one
            for _, a in tags
            for key in ("for", "aria-labelledby", "aria-describedby")
            for one in a.get(key, "").split()
        }
        wanted |= {attrs["href"][1:] for tag, attrs in tags if tag == "a" and attrs.get("href", "").startswith("#")}
        assert wanted <= set(ids)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_page_says_what_it_is_for_and_how_much_was_reviewed(visitor: Visitor, shelf: Shelf, lang: Lang) -> None:
    for html in pages(visitor, shelf, lang):
        text = seen(html).text
        assert shelf.content.hash in text
        assert str(len(shelf.knowledge.statements)) in text
        assert (words("ko")["report.unchecked-korean"] in text) == (lang == "ko")


def test_no_english_sentence_of_the_interface_on_a_korean_page(visitor: Visitor, shelf: Shelf) -> None:
    english = {text for key, text in words("en").items() if key.startswith(("form.", "consult.", "filter.", "case."))}
    english = {text for text in english if len(text) > 12 and "{" not in text}
    for html in pages(visitor, shelf, "ko"):
        assert not [text for text in english if text in html]


def test_every_word_that_a_template_asks_for_is_there() -> None:
    loader = environment().loader
    assert loader is not None
    asked: set[str] = set()
    for name in environment().list_templates():
        if name.startswith(("consult", "results", "form", "layout")):
            asked |= set(re.findall(r"say\('([\w.-]+)'[,)]", loader.get_source(environment(), name)[0]))
    assert len(asked) > 50
    for lang in LANGUAGES:
        assert asked <= set(words(lang))


def test_every_fact_and_every_stated_name_can_be_entered(visitor: Visitor, shelf: Shelf) -> None:
    names = {attrs.get("name") for _, attrs in seen(visitor.get("/en/consult").text).tags}
    assert {f"fact.{id_}" for id_ in shelf.knowledge.vocabulary.facts} <= names
    assert {f"stated.{id_}" for id_ in shelf.knowledge.stated} <= names


def test_an_empty_form_sends_nothing_of_a_patient(visitor: Visitor) -> None:
    sent = [name for name, text in patient_fields(seen(visitor.get("/en/consult").text).fields())]
    assert [name for name in sent if not name.startswith("unit.")] == []


@pytest.mark.parametrize("name", list(examples()))
def test_a_drawn_form_sends_what_was_entered(visitor: Visitor, shelf: Shelf, name: str) -> None:
    fields = example_fields(shelf.knowledge, name)
    sent = patient_fields(seen(visitor.get(f"/ko/consult?example={name}").text).fields())
    given = {field for field, _ in fields}
    assert {pair for pair in sent if not pair[0].startswith("unit.") or pair[0] in given} == set(fields)


def test_an_unknown_example_is_not_there(visitor: Visitor) -> None:
    from decidua.web.refused import Refused

    with pytest.raises(Refused) as refused:
        visitor.get("/en/consult?example=../secret")
    assert refused.value.status == 404


def test_the_answers_alone_for_a_script_and_the_same_in_the_whole_page(visitor: Visitor, shelf: Shelf) -> None:
    part = visitor.post("/en/consult", immune(shelf), "section#results").text.strip()
    assert part.startswith('<section id="results"')
    assert part in visitor.post("/en/consult", immune(shelf)).text


def test_a_cell_opens_by_a_button_and_stays_open(visitor: Visitor, shelf: Shelf) -> None:
    sentence = next(s for s in shelf.knowledge.statements.values() if s.id.startswith("asri-2025.ivig")).says.en
    closed = visitor.post("/en/consult", immune(shelf)).text
    assert sentence not in closed
    opened = visitor.post("/en/consult", [*immune(shelf), ("open", "asri-2025/ivig")]).text
    assert sentence in opened
    again = visitor.post("/en/consult", seen(opened).fields()).text
    assert sentence in again
    row = visitor.post("/en/consult", [*immune(shelf), ("open", "asri-2025/ivig")], "tbody#row-ivig").text.strip()
    assert row.startswith('<tbody id="row-ivig"')
    assert row in opened
    shut = visitor.post("/en/consult", [*seen(opened).fields(), ("close", "asri-2025/ivig")]).text
    assert sentence not in shut


def test_korean_that_nobody_checked_is_marked_and_stands_beside_the_english(visitor: Visitor, shelf: Shelf) -> None:
    statement = next(s for s in shelf.knowledge.statements.values() if s.id.startswith("asri-2025.ivig"))
    assert statement.says.ko_status == "machine"
    html = visitor.post("/ko/consult", [*immune(shelf), ("open", "asri-2025/ivig")]).text
    after = html.split(statement.says.ko)[1].split("</article>")[0]
    assert f'lang="en">{statement.says.en}' in after
    assert words("ko")["mark.machine-korean"] in after


def test_an_opened_cell_leads_to_its_evidence_and_to_the_fields(visitor: Visitor) -> None:
    html = visitor.post("/en/consult", [("fact.losses", "4"), ("open", "asri-2025/ivig")]).text
    links = [attrs["href"] for tag, attrs in seen(html).tags if tag == "a" and "href" in attrs]
    assert "/en/evidence/ivig-trial" in links
    assert "#f-peripheral_nk" in links


def test_another_indication_leads_its_cell(visitor: Visitor, shelf: Shelf) -> None:
    fields = example_fields(shelf.knowledge, "11-sle-on-hydroxychloroquine")
    html = visitor.post("/en/consult", fields).text
    cell = html.split('id="c-asri-2025-hydroxychloroquine"')[1].split("</button>")[0]
    assert cell.index(words("en")["consult.other-indication"]) < cell.index('class="verdict')


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_wrong_entry_is_said_at_its_field_and_counts_as_not_known(visitor: Visitor, lang: Lang) -> None:
    html = visitor.post(f"/{lang}/consult", [("fact.losses", "3"), ("fact.weight", "7000"), ("unit.weight", "kg")]).text
    assert words(lang)["consult.left-out"] in html
    assert 'value="7000"' in html
    note = html.split('id="n-fact.weight"')[1].split("</p>")[0]
    assert "7000" in note
    assert "row-ivig" in html


def test_entries_that_contradict_each_other_are_not_answered(visitor: Visitor) -> None:
    html = visitor.post("/en/consult", [("fact.losses", "2"), ("fact.clinical_losses", "3")]).text
    assert words("en")["consult.no-answers"] in html
    assert "row-ivig" not in html
    assert 'value="3"' in html


def test_a_stated_name_against_the_facts_is_said_at_its_field(visitor: Visitor) -> None:
    fields = [("stated.unexplained@eshre-2022", "yes"), ("fact.diabetes", "yes"), ("fact.losses", "3")]
    html = visitor.post("/en/consult", fields).text
    assert words("en")["consult.no-answers"] in html
    assert "unexplained loss (ESHRE)" in html.split('id="n-stated.unexplained@eshre-2022"')[1].split("</p>")[0]


def test_filters_leave_rows_out(visitor: Visitor, shelf: Shelf) -> None:
    def rows(*view: tuple[str, str]) -> list[str]:
        html = visitor.post("/en/consult", [*immune(shelf), *view]).text
        return re.findall(r'<tbody id="row-([\w-]+)"', html)

    everything, differing = rows(), rows(("show", "differ"))
    assert set(differing) < set(everything)
    assert set(rows(("show", "open"))) < set(everything)
    assert "lit" in rows(("show", "all"), ("kind", "opposite"))
    html = visitor.post("/en/consult", [*immune(shelf), ("without", "asri-2025")]).text
    assert "c-eshre-2022-ivig" in html
    assert "c-asri-2025-ivig" not in html


def test_rows_are_added_and_taken_without_a_script(visitor: Visitor) -> None:
    page = seen(visitor.post("/en/consult", [("add", "pregnancy")]).text)
    assert {("pregnancy.1.when", ""), ("pregnancy.1.outcome", "unknown")} <= set(page.fields())
    more = seen(visitor.post("/en/consult", [*page.fields(), ("pregnancy.1.when", "2021"), ("add", "pregnancy")]).text)
    names = {name for name, _ in more.fields()}
    assert {"pregnancy.1.when", "pregnancy.2.when"} <= names
    less = {
        name for name, _ in seen(visitor.post("/en/consult", [*more.fields(), ("take", "pregnancy.1")]).text).fields()
    }
    assert "pregnancy.1.when" not in less
    assert "pregnancy.2.when" in less


def test_the_language_switch_posts_the_patient(visitor: Visitor, shelf: Shelf) -> None:
    page = seen(visitor.post("/ko/consult", immune(shelf)).text)
    buttons = [attrs for tag, attrs in page.tags if tag == "button" and attrs.get("formaction") == "/en/consult"]
    assert [button["form"] for button in buttons] == ["patient"]
    english = visitor.post("/en/consult", page.fields()).text
    assert 'value="18.4"' in english


def test_no_answer_of_a_page_names_a_value_in_an_address(visitor: Visitor, shelf: Shelf) -> None:
    for html in pages(visitor, shelf, "en"):
        for _, attrs in seen(html).tags:
            for key in ("href", "formaction", "action", "src", "hx-post"):
                assert re.fullmatch(r"(?:[^?]*|/\w\w/consult\?example=[\w-]+)", attrs.get(key, ""))


def test_a_case_file_goes_out_and_comes_back(visitor: Visitor, shelf: Shelf) -> None:
    case = visitor.post("/ko/case", immune(shelf))
    assert case.headers["content-disposition"].startswith("attachment")
    back = visitor.upload("/ko/case/open", [("fact.age", "99")], "patient.yaml", case.content)
    sent = dict(patient_fields(seen(back.text).fields()))
    assert back.status_code == 200
    assert {name: sent.get(name) for name, _ in immune(shelf)} == dict(immune(shelf))


@pytest.mark.parametrize("content", [
    b"losses: many", b"\xff\xfe", b"a: [", b"losses: 2\nclinical_losses: 3", b"", b"- 1", b"losses: 1\nlosses: 2",
    b"<script>alert(1)</script>", b"no_such_fact: 3",
])  # fmt: skip
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_broken_file_leaves_the_form_as_it_was(visitor: Visitor, content: bytes, lang: Lang) -> None:
    fields = [("fact.age", "31"), ("pregnancy.1.when", "2020"), ("fact.sle", "no")]
    answer = visitor.upload(f"/{lang}/case/open", fields, "bad <b>.yaml", content)
    assert answer.status_code == 422
    sent = patient_fields(seen(answer.text).fields())
    assert set(fields) <= set(sent)
    assert 'role="alert"' in answer.text
    assert "<b>" not in answer.text
    assert "<script>alert" not in answer.text


def test_what_is_typed_is_text(visitor: Visitor) -> None:
    bad = '"><script>alert(1)</script>'
    html = visitor.post(
        "/en/consult", [("title", bad), ("fact.losses", bad), ("result.1.value", bad), ("kind", bad)]
    ).text
    assert "<script>alert" not in html


# ---- what a first user ran into -------------------------------------------------------------------------------------


def test_links_out_of_a_cell_and_the_sheet_leave_the_patient_where_she_is(visitor: Visitor) -> None:
    html = visitor.post("/en/consult", [("fact.losses", "4"), ("open", "asri-2025/ivig")]).text
    tags = seen(html).tags
    out = [attrs for tag, attrs in tags if tag == "a" and "/evidence/" in attrs.get("href", "")]
    assert out
    assert all(attrs.get("target") == "_blank" and attrs.get("rel") == "noopener" for attrs in out)
    sheet = [attrs for tag, attrs in tags if tag == "button" and attrs.get("formaction") == "/en/sheet"]
    assert [attrs.get("formtarget") for attrs in sheet] == ["_blank"]


def test_columns_stand_by_year_also_when_one_is_left_out(visitor: Visitor, shelf: Shelf) -> None:
    by_year = sorted(shelf.knowledge.guidelines, key=lambda id_: shelf.knowledge.guidelines[id_].year)
    for without in ((), ("asri-2025",), ("asrm-2012",)):
        html = visitor.post("/en/consult", [*immune(shelf), *(("without", id_) for id_ in without)]).text
        assert re.findall(r'id="c-([\w-]+)-ivig"', html) == [id_ for id_ in by_year if id_ not in without]


def test_leaving_out_every_guideline_is_refused_in_words(visitor: Visitor, shelf: Shelf) -> None:
    html = visitor.post("/en/consult", [*immune(shelf), *(("without", id_) for id_ in shelf.knowledge.guidelines)]).text
    assert words("en")["filter.all-left-out"] in html
    assert not [attrs for _, attrs in seen(html).tags if attrs.get("name") == "without" and "checked" in attrs]
    assert words("en")["filter.all-left-out"] not in visitor.post("/en/consult", immune(shelf)).text


def test_bounds_from_the_table_of_pregnancies_are_shown(visitor: Visitor) -> None:
    rows = [(f"pregnancy.{row}.outcome", "clinical-loss") for row in (1, 2, 3)]
    html = visitor.post("/en/consult", rows).text
    known = seen(html.split('id="known"')[1].split("</details>")[0]).text
    assert "3 or more" in known
    assert words("en")["report.nothing-known"] not in known
    assert "3 or more" in html.split('id="n-fact.losses"')[1].split("</p>")[0]


def test_a_contradiction_keeps_how_the_page_is_looked_at(visitor: Visitor) -> None:
    view = [("show", "differ"), ("kind", "opposite"), ("without", "asri-2025"), ("opened", "asrm-2012/ivig")]
    html = visitor.post("/en/consult", [("fact.losses", "2"), ("fact.clinical_losses", "3"), *view]).text
    assert "row-ivig" not in html
    assert set(view) <= set(seen(html).fields())


def test_only_disagreements_leaves_rows_that_carry_a_sign(visitor: Visitor, shelf: Shelf) -> None:
    for fields in (immune(shelf), example_fields(shelf.knowledge, "11-sle-on-hydroxychloroquine")):
        html = visitor.post("/en/consult", [*fields, ("show", "differ")]).text
        rows = html.split('<tbody id="row-')[1:]
        treated = [row for row in rows if not row.startswith("supportive-care")]
        assert treated
        assert all('class="kind"' in row for row in treated)


def test_what_settles_nothing_is_not_offered_and_the_wording_is_folded(visitor: Visitor, shelf: Shelf) -> None:
    for cell in ("asrm-2012/ivig", "asri-2025/ivig", "asri-2025/lit"):
        html = visitor.post("/en/consult", [("fact.losses", "4"), ("open", cell)]).text
        inside = html.split('<div class="inside')[1]
        folded = re.search(r"<details><summary>" + words("en")["option.discrepancies-rest"].split("{")[0], inside)
        assert folded
        weighty = [d for d in shelf.knowledge.discrepancies.values() if d.effect in ("answer", "regimen")]
        shown = [d for d in weighty if str(escape(d.says.en)) in inside]
        assert shown
        assert all(inside.index(str(escape(d.says.en))) < folded.start() for d in shown)


def test_machine_korean_is_marked_wherever_it_stands(visitor: Visitor, shelf: Shelf) -> None:
    html = visitor.post("/ko/consult", [*immune(shelf), ("open", "asri-2025/ivig")]).text
    mark = words("ko")["mark.machine-korean"]
    assert mark == words("ko")["pages.unchecked"]
    k = shelf.knowledge
    texts = [item.says for item in k.not_covered.values()] + [g.basis for g in k.guidelines.values()]
    texts += [r.question for r in k.readings.values()] + [d.says for d in k.discrepancies.values()]
    there = [text for text in texts if text.ko_status == "machine" and str(escape(text.ko)) in html]
    assert len(there) > 20
    for text in there:
        for after in html.split(str(escape(text.ko)))[1:]:
            assert mark in after[:90], text.ko


def test_the_first_questions_stand_at_the_top(visitor: Visitor) -> None:
    html = visitor.post("/en/consult", [("fact.losses", "4")]).text
    top = html.split('class="ask-first"')[1].split("</div>")[0]
    assert 1 <= top.count("data-jump") <= 3
    assert html.index('class="ask-first"') < html.index('id="supportive"')


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(("short", "fact"), [
    ("la", "lupus_anticoagulant"), ("apl", "apl_persistent"), ("acl", "anticardiolipin_igg"),
    ("β2gpi", "anti_b2gpi_igm"),
])  # fmt: skip
def test_a_test_is_found_by_its_short_name(visitor: Visitor, lang: Lang, short: str, fact: str) -> None:
    tags = seen(visitor.get(f"/{lang}/consult").text).tags
    found = {attrs["data-name"]: attrs["data-words"].split() for _, attrs in tags if "data-words" in attrs}
    assert short in found[f"fact.{fact}"]


def test_a_contradiction_is_said_at_every_field_that_it_names(visitor: Visitor) -> None:
    fields = [("fact.losses", "3"), ("fact.clinical_losses", "4"), ("fact.biochemical_losses", "0")]
    html = visitor.post("/en/consult", fields).text
    for name in ("losses", "clinical_losses", "biochemical_losses"):
        assert "contradict" in html.split(f'id="n-fact.{name}"')[1].split("</p>")[0]


# ---- what is shipped ----------------------------------------------------------------------------------------------


def test_the_first_load_is_small(visitor: Visitor) -> None:
    html = visitor.get("/en/consult").content
    files = [
        _shipped()[re.sub(r"/static/\w+/", "", path)]
        for path in set(re.findall(rb'"(/static/[^"]+)"', html))
        for path in [path.decode()]
    ]
    assert len(files) >= 5
    assert sum(map(len, [html, *files])) <= FIRST_LOAD
    assert sum(len(gzip.compress(data, 5)) for data in [html, *files]) <= 100 * 1024


def test_vendored_files_are_as_written_down() -> None:
    lines = _shipped()["vendor/vendored.txt"].decode().splitlines()[1:]
    listed = {f"vendor/{line.split()[3]}": line.split()[4] for line in lines}
    there = {path for path in _shipped() if path.startswith("vendor/")} - {"vendor/vendored.txt"}
    assert {path for path in listed if path.rpartition(".")[2] in ("js", "css", "txt", "woff2")} == there
    for path in there:
        assert hashlib.sha256(_shipped()[path]).hexdigest() == listed[path]
    assert sum(len(_shipped()[path]) for path in there) <= 5_000_000


def test_a_static_file_is_kept_and_another_version_is_not_there(visitor: Visitor) -> None:
    found = visitor.get(static_url("decidua.css"))
    assert found.status_code == 200
    assert "immutable" in found.headers["cache-control"]
    assert visitor.get("/static/000000000000/decidua.css").status_code == 404
    assert visitor.get(static_url("decidua.css").replace("decidua.css", "..%2frouter.py")).status_code == 404


def test_nothing_shipped_asks_for_another_address() -> None:
    for path, data in _shipped().items():
        if path.endswith(".css"):
            targets = re.findall(r"url\(([^)]*)\)", data.decode())
            assert all(not target.startswith(("http", "//", "data:")) for target in targets)
            assert b"@import" not in data


def test_examples_are_looked_for_in_the_package_and_in_a_checkout_only(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Installed, the folder three levels up is anybody's."""
    import decidua
    from decidua.web.consult import examples as shipped

    (tmp_path / "examples").mkdir()
    (tmp_path / "examples" / "a.yaml").write_text("losses: 3")
    monkeypatch.setattr(decidua, "__file__", str(tmp_path / "site-packages" / "decidua" / "__init__.py"))
    shipped.examples.cache_clear()
    try:
        assert "a" not in shipped.examples()
    finally:
        shipped.examples.cache_clear()


def test_a_case_file_has_all_that_was_sent_or_is_not_made(visitor: Visitor) -> None:
    whole = visitor.post("/en/case", [("fact.losses", "3"), ("fact.weight", "many")])
    assert "attachment" in whole.headers["content-disposition"]
    assert "many" in whole.text
    for fields in ([("fact.losses", "3"), ("fact.losses", "4")], [("fact.lossses", "3")]):
        refused = visitor.post("/en/case", fields)
        assert "content-disposition" not in refused.headers
        assert words("en")["consult.correct"] in refused.text
