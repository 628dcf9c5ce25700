"""A clinician launches from the EHR, allows it there, and sits before a filled form: a real browser, a real flow."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from service.local_ehr import CLIENT, LocalEhr, local_ehr
from service.running import live

from decidua.language import words
from decidua.service.settings import LOOPBACK, Settings

pytestmark = pytest.mark.slow
EN = words("en")


@pytest.fixture
def ehr() -> Iterator[LocalEhr]:
    with local_ehr() as one:
        yield one


@pytest.fixture
def app(ehr: LocalEhr) -> Iterator[str]:
    smart = {"smart": {"client_id": CLIENT}}
    token = "correct-horse-battery-staple"
    with live(lambda at: Settings(ehr=ehr.settings(address=at, ehr=smart), token=token, names=LOOPBACK)) as base:
        yield base


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(locale="en-GB")
    context.set_default_timeout(15_000)
    one = context.new_page()
    wrong: list[str] = []
    one.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    one.on("pageerror", lambda error: wrong.append(str(error)))
    yield one
    assert wrong == []
    context.close()


def filled(page: Page, app: str) -> None:
    page.wait_for_load_state("networkidle")
    assert page.url == f"{app}/en/consult", "neither code nor state stays in the address"
    expect(page.locator("#f-clinical_losses")).to_have_value(">= 4")
    expect(page.locator("#launched")).to_contain_text("Patient/1288992")
    sources = page.locator("p.source")
    expect(sources.first).to_be_attached()
    assert any("Observation/losses, 2024-01-15: 4" in text for text in sources.all_text_contents())
    expect(page.locator("#c-eshre-2022-supportive-care")).to_contain_text(EN["group.for"])
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0


def test_launch_from_the_ehr(page: Page, ehr: LocalEhr, app: str) -> None:
    page.goto(f"{ehr.base}/start?app={app}")
    page.locator("#launch").click()
    page.locator("#allow").click()
    filled(page, app)
    assert ehr.authorization["launch"] == "abc-123"
    assert page.evaluate("history.length") >= 2

    # the form goes on as any other: a change is answered, and what the record gave stays beside the field
    page.locator("#f-clinical_losses").fill("2")
    expect(page.locator("#said")).not_to_be_empty()
    assert any("Observation/losses, 2024-01-15: 4" in text for text in page.locator("p.source").all_text_contents())

    # in the other language the same values and sources stand
    page.locator(".tongue button[lang=ko]").click()
    page.wait_for_load_state("networkidle")
    assert page.url == f"{app}/ko/consult"
    expect(page.locator("#f-clinical_losses")).to_have_value("2")
    assert any("Observation/losses, 2024-01-15: 4" in text for text in page.locator("p.source").all_text_contents())

    # nothing was kept: asked for anew, the form is empty
    page.goto(f"{app}/en/consult")
    expect(page.locator("#f-clinical_losses")).to_have_value("")


def test_launch_from_here(page: Page, ehr: LocalEhr, app: str) -> None:
    page.goto(f"{app}/smart/start?ehr=local-ehr")
    page.locator("#allow").click()
    filled(page, app)
    assert "launch" not in ehr.authorization


def test_the_way_back_does_not_open_it_again(page: Page, ehr: LocalEhr, app: str) -> None:
    page.goto(f"{ehr.base}/start?app={app}")
    page.locator("#launch").click()
    page.locator("#allow").click()
    filled(page, app)
    page.reload()
    expect(page.locator("#f-clinical_losses")).to_have_value("")
