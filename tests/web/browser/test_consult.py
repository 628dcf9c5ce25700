"""Journeys of a clinician: with a mouse, with keys alone, without a script, on a phone, in the dark, on paper."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Dialog, Page, expect

from decidua.language import words
from web.browser.conftest import Opened, barriers

pytestmark = pytest.mark.slow

EN, KO = words("en"), words("ko")
IMMUNE = "/en/consult?example=04-immune-workup"


def settled(page: Page) -> None:
    """The answers for what was entered have come."""
    page.wait_for_timeout(250)
    page.wait_for_load_state("networkidle")
    expect(page.locator(".htmx-request")).to_have_count(0)


def unfold(page: Page) -> None:
    page.evaluate("document.querySelectorAll('.desk details').forEach((one) => { one.open = true; })")


def answer(page: Page, cell: str) -> str:
    return page.locator(f"#c-{cell}").inner_text()


def test_from_an_empty_form_to_a_case_file_and_back(opened: Opened, tmp_path: Path) -> None:
    with opened("/en/consult") as page:
        expect(page.locator("#c-eshre-2022-supportive-care")).to_contain_text(EN["group.open"])
        page.get_by_label("Pregnancy losses of all kinds").fill("4")
        settled(page)
        page.locator("#f-clinical_losses").fill("4")
        settled(page)
        expect(page.locator("#said")).to_contain_text("rows changed")
        assert EN["group.for"] in answer(page, "eshre-2022-supportive-care")

        page.locator("#c-asri-2025-ivig").click()
        expect(page.locator("#row-ivig .inside")).to_be_visible()
        assert page.evaluate("document.activeElement.id") == "c-asri-2025-ivig"
        page.locator("#row-ivig .jumps a").first.click()
        field = page.evaluate("document.activeElement.name")
        assert field.startswith(("fact.", "stated."))

        page.locator("[data-group=disease] summary").click()
        page.locator("[name='fact.sle'][value=no]").check(force=True)
        settled(page)
        expect(page.locator("#row-ivig .inside")).to_be_visible()

        page.locator("[name=show][value=differ]").check(force=True)
        settled(page)
        everything = page.locator("#results tbody").count()
        page.locator("[name=show][value=all]").check(force=True)
        settled(page)
        assert page.locator("#results tbody").count() > everything

        page.locator("header button[lang=ko]").click()
        page.wait_for_load_state("networkidle")
        assert page.url.endswith("/ko/consult")
        expect(page.locator("#f-losses")).to_have_value("4")
        expect(page.locator("[name='fact.sle'][value=no]")).to_be_checked()
        expect(page.locator("#row-ivig .inside")).to_be_visible()

        page.get_by_text(KO["case.menu"], exact=True).click()
        with page.expect_download() as download:
            page.get_by_role("button", name=KO["case.download"]).click()
        saved = tmp_path / "patient.yaml"
        download.value.save_as(saved)
        assert "losses: 4" in saved.read_text("utf-8")

        page.once("dialog", lambda asked: asked.accept())
        page.get_by_role("link", name=KO["consult.clear"]).click()
        expect(page.locator("#f-losses")).to_have_value("")
        page.get_by_text(KO["case.menu"], exact=True).click()
        page.set_input_files("#file", saved)
        page.locator("#open-case").click()
        page.wait_for_load_state("networkidle")
        expect(page.locator("#f-losses")).to_have_value("4")
        assert page.url.endswith("/ko/case/open")


def test_a_patient_is_not_lost_by_a_link(opened: Opened) -> None:
    with opened("/en/consult") as page:
        asked: list[str] = []

        def stay(dialog: Dialog) -> None:
            asked.append(dialog.type)
            dialog.dismiss()

        page.on("dialog", stay)
        page.locator("#f-losses").fill("4")
        settled(page)
        page.get_by_role("link", name=EN["consult.clear"]).click()
        page.get_by_role("link", name=EN["nav.compare"]).click(no_wait_after=True)
        page.wait_for_timeout(300)
        assert asked == ["confirm", "beforeunload"]
        expect(page.locator("#f-losses")).to_have_value("4")
        assert page.url.endswith("/en/consult")
        page.locator("#f-losses").fill("")
        settled(page)
        page.get_by_role("link", name=EN["nav.compare"]).click()
        page.wait_for_url("**/en/compare")
        assert len(asked) == 2


def test_an_example_that_was_only_looked_at_may_be_left(opened: Opened) -> None:
    with opened(IMMUNE) as page:
        asked: list[str] = []
        page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
        page.locator("#c-asri-2025-ivig").click()
        expect(page.locator("#row-ivig .inside")).to_be_visible()
        page.locator("#row-ivig button[name=close]").last.focus()
        page.keyboard.press("Escape")
        expect(page.locator("#row-ivig .inside")).to_have_count(0)
        page.get_by_role("link", name=EN["nav.compare"]).click()
        page.wait_for_url("**/en/compare")
        assert asked == []


def test_leaving_out_the_last_guideline_leaves_none_out(opened: Opened) -> None:
    with opened("/en/consult") as page:
        for box in page.locator("[name=without]").all():
            box.click()
            settled(page)
        expect(page.locator("[name=without]:checked")).to_have_count(0)
        expect(page.locator("#row-ivig .cell")).to_have_count(3)
        expect(page.locator("tbody.changed")).to_have_count(0)


def test_rows_of_pregnancies_and_results(opened: Opened) -> None:
    with opened("/en/consult") as page:
        page.locator("[data-group=pregnancies] > summary").click()
        for row, outcome in enumerate(("clinical-loss", "live-birth", "clinical-loss"), 1):
            page.locator("button[name=add][value=pregnancy]").click()
            expect(page.locator("#pregnancies fieldset")).to_have_count(row)
            page.wait_for_function(f"document.activeElement.name === 'pregnancy.{row}.when'")
            page.locator(f"[name='pregnancy.{row}.outcome']").select_option(outcome)
        page.locator("[name=pregnancies_complete][value=yes]").check(force=True)
        settled(page)
        assert "2" in page.locator("[id='n-fact.losses']").inner_text()
        page.locator("button[name=take][value='pregnancy.1']").click()
        expect(page.locator("#pregnancies fieldset")).to_have_count(2)
        settled(page)
        assert page.locator("[id='n-fact.losses']").inner_text().startswith("= 1")

        page.locator("[data-group=results] > summary").click()
        for row, day in enumerate(("2026-01-12", "2026-04-06"), 1):
            page.locator("button[name=add][value=result]").click()
            expect(page.locator("#results-table fieldset")).to_have_count(row)
            page.locator(f"[name='result.{row}.fact']").select_option("anticardiolipin_igg")
            page.locator(f"[name='result.{row}.date']").fill(day)
            page.locator(f"[name='result.{row}.value']").fill("positive")
        settled(page)
        assert EN["value.yes"] in str(page.locator("[id='n-fact.apl_persistent']").text_content())


def test_a_wrong_entry_is_said_while_typing_and_focus_stays(opened: Opened) -> None:
    with opened("/en/consult") as page:
        page.locator("#f-losses").fill("3")
        page.locator("#f-losses").press_sequentially("x", delay=20)
        settled(page)
        assert page.evaluate("document.activeElement.id") == "f-losses"
        expect(page.locator("#f-losses")).to_have_attribute("aria-invalid", "true")
        expect(page.locator("[id='n-fact.losses']")).to_contain_text("3x")
        expect(page.locator("#results .notice.wrong")).to_contain_text(EN["consult.left-out"])
        page.locator("#f-losses").press("Backspace")
        settled(page)
        assert page.locator("#f-losses").get_attribute("aria-invalid") is None
        assert page.locator("#f-losses").input_value() == "3"


def test_typing_fast_ends_with_the_last_answer(opened: Opened) -> None:
    with opened("/en/consult") as page:
        box = page.locator("#f-losses")
        for text in ("1", "12", "1", "", "2"):
            box.fill(text)
            page.wait_for_timeout(120)
        settled(page)
        assert "2" in page.locator("#known").text_content()
        expect(box).to_have_value("2")


def test_a_cell_that_opens_while_answers_are_on_their_way_stays_open(opened: Opened) -> None:
    with opened("/en/consult") as page:
        page.evaluate("""() => {
          const type = (text) => { const box = document.getElementById("f-losses"); box.value = text;
            box.dispatchEvent(new Event("input", { bubbles: true })); };
          type("3");
          setTimeout(() => document.getElementById("c-asri-2025-ivig").click(), 205);
          setTimeout(() => document.getElementById("c-asri-2025-lit").click(), 215);
          setTimeout(() => type("4"), 225);
        }""")
        page.wait_for_timeout(600)
        settled(page)
        expect(page.locator("#row-ivig .inside")).to_be_visible()
        expect(page.locator("#row-lit .inside")).to_be_visible()
        assert "4" in str(page.locator("#known td").first.text_content())


def test_an_entry_is_found_by_its_name_in_either_language(opened: Opened) -> None:
    with opened("/en/consult") as page:
        page.locator("#search").fill("루푸스")
        names = page.locator(".field[data-words]:visible").evaluate_all("all => all.map(one => one.dataset.name)")
        assert {"fact.sle", "fact.lupus_anticoagulant"} <= set(names)
        assert len(names) < 6
        page.locator("#search").fill("zzzz")
        expect(page.locator("#found")).to_have_text(EN["form.found-none"])
        page.locator("#search").fill("")
        assert page.locator(".field[data-words][hidden]").count() == 0


def test_by_keys_alone(opened: Opened) -> None:
    with opened("/en/consult") as page:
        page.keyboard.press("Tab")
        expect(page.locator(".skip")).to_be_focused()
        page.locator("#f-losses").focus()
        page.keyboard.type("4")
        settled(page)
        page.keyboard.press("Enter")
        settled(page)
        assert page.evaluate("document.activeElement.id") == "f-losses"
        assert page.url.endswith("/en/consult")
        page.locator("[data-group=disease] summary").focus()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        page.keyboard.press("ArrowRight")
        settled(page)
        assert page.evaluate("[document.activeElement.name, document.activeElement.value].join()") == "fact.sle,yes"
        page.locator("#c-asri-2025-ivig").focus()
        page.keyboard.press("Enter")
        expect(page.locator("#c-asri-2025-ivig")).to_have_attribute("aria-expanded", "true")
        page.keyboard.press("Enter")
        expect(page.locator("#c-asri-2025-ivig")).to_have_attribute("aria-expanded", "false")


def test_what_has_the_focus_is_never_hidden(opened: Opened) -> None:
    with opened(IMMUNE, height=700) as page:
        hidden = page.evaluate("""() => {
          const wrong = [];
          const top = document.querySelector("header.top").getBoundingClientRect().bottom;
          for (const one of document.querySelectorAll("#results button, #results a, #results summary")) {
            if (!one.checkVisibility()) continue;
            one.focus();
            const box = one.getBoundingClientRect();
            if (box.bottom <= top + 40 || box.top >= innerHeight) wrong.push(one.id || one.textContent.slice(0, 40));
          }
          return wrong;
        }""")
        assert hidden == []


def test_targets_are_large_enough(opened: Opened) -> None:
    with opened(IMMUNE) as page:
        small = page.evaluate("""() => [...document.querySelectorAll(
            "button, summary, select, .tools a, .segments label, input[type=text], nav a")]
          .filter((one) => one.checkVisibility() && !one.closest("[aria-hidden]"))
          .filter((one) => { const box = one.getBoundingClientRect(); return box.width < 24 || box.height < 24; })
          .map((one) => one.outerHTML.slice(0, 80))""")
        assert small == []


def test_without_a_script_everything_works_by_whole_pages(opened: Opened) -> None:
    with opened("/en/consult", java_script_enabled=False) as page:
        page.locator("#f-losses").fill("4")
        page.locator("#f-clinical_losses").fill("4")
        page.locator("#f-losses").press("Enter")
        page.wait_for_load_state()
        assert EN["group.for"] in answer(page, "eshre-2022-supportive-care")
        page.locator("#c-asri-2025-ivig").click()
        page.wait_for_load_state()
        expect(page.locator("#row-ivig .inside")).to_be_visible()
        assert page.url.endswith("/en/consult#row-ivig")
        page.locator("[data-group=pregnancies] > summary").click()
        page.locator("button[name=add][value=pregnancy]").click()
        page.wait_for_load_state()
        expect(page.locator("#pregnancies fieldset")).to_have_count(1)
        page.locator("header button[lang=ko]").click()
        page.wait_for_load_state()
        expect(page.locator("#f-losses")).to_have_value("4")
        expect(page.locator("#row-ivig .inside")).to_be_visible()
        page.get_by_role("button", name=KO["consult.update"]).last.click()
        page.wait_for_load_state()
        expect(page.locator("#f-losses")).to_have_value("4")


@pytest.mark.parametrize("width", [320, 480, 820, 1100])
@pytest.mark.parametrize("lang", ["en", "ko"])
def test_no_sideways_scrolling(opened: Opened, width: int, lang: str) -> None:
    with opened(f"/{lang}/consult?example=04-immune-workup", width=width) as page:
        unfold(page)
        page.locator("button[name=add][value=pregnancy]").click()
        page.locator("button[name=add][value=result]").click()
        page.locator("#c-asri-2025-ivig").click()
        expect(page.locator("#row-ivig .inside")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("lang", ["en", "ko"])
def test_no_barrier_that_axe_can_find(opened: Opened, scheme: str, lang: str) -> None:
    with opened(f"/{lang}/consult", color_scheme=scheme) as page:
        assert barriers(page) == []
        page.locator("#f-losses").fill("4x")
        settled(page)
        assert barriers(page) == []
        page.goto(page.url + "?example=11-sle-on-hydroxychloroquine")
        page.wait_for_load_state("networkidle")
        unfold(page)
        page.locator("button[name=add][value=pregnancy]").click()
        page.locator("button[name=add][value=result]").click()
        page.locator("#c-asri-2025-hydroxychloroquine").click()
        expect(page.locator("#row-hydroxychloroquine .inside")).to_be_visible()
        settled(page)
        assert barriers(page) == []
        for place in (
            "#c-eshre-2022-ivig",
            ".tools a:last-child",
            "header button[lang]",
            "[name='fact.sle'] >> nth=1",
            "nav a >> nth=2",
        ):
            page.locator(place).first.hover(force=True)
            page.locator(place).first.focus()
            page.wait_for_timeout(200)
            assert barriers(page, place.partition(" >>")[0]) == []


def test_a_phone_has_no_barrier_either(opened: Opened) -> None:
    with opened("/ko/consult?example=04-immune-workup", width=320, height=700) as page:
        page.locator("#c-asri-2025-ivig").click()
        expect(page.locator("#row-ivig .inside")).to_be_visible()
        assert barriers(page) == []


def test_on_paper_the_form_is_away_and_the_answers_are_there(opened: Opened) -> None:
    with opened(IMMUNE) as page:
        page.emulate_media(media="print")
        expect(page.locator(".entering")).to_be_hidden()
        expect(page.locator("header.top")).to_be_hidden()
        expect(page.locator("#c-asri-2025-ivig")).to_be_visible()
        expect(page.locator("#known table")).to_be_visible()
        assert re.search(r"decidua \d", page.locator("footer").inner_text())


def test_korean_is_drawn_with_the_shipped_font(opened: Opened) -> None:
    with opened("/ko/consult") as page:
        loaded = page.evaluate(
            "document.fonts.ready.then(() => [...document.fonts].filter(f => f.status === 'loaded').length)"
        )
        assert loaded >= 3
        assert page.evaluate("document.fonts.check('16px \"Pretendard Variable\"', '한국어 면역')")


def test_motion_stops_where_it_is_not_wanted(opened: Opened) -> None:
    with opened("/en/consult", reduced_motion="reduce") as page:
        page.locator("#f-losses").fill("4")
        settled(page)
        assert page.evaluate("document.getAnimations().length") == 0
