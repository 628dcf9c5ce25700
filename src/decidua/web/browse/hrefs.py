"""Addresses of the pages without a patient. An address says what is shown, and nothing of anybody."""

from __future__ import annotations

from urllib.parse import quote

from decidua.language import Lang

TEST = "test:"


def option_href(lang: Lang, option: str) -> str:
    """Tests have their own shelf, without the prefix of their id."""
    if option.startswith(TEST):
        return f"/{lang}/tests/{quote(option.removeprefix(TEST))}"
    return f"/{lang}/therapies/{quote(option)}"


def guideline_href(lang: Lang, guideline: str, anchor: str = "") -> str:
    return f"/{lang}/guidelines/{quote(guideline)}" + (f"#{quote(anchor)}" if anchor else "")


def table_href(lang: Lang, table: str, anchor: str = "") -> str:
    return f"/{lang}/evidence/{quote(table)}" + (f"#{quote(anchor)}" if anchor else "")


def source_href(lang: Lang, source: str) -> str:
    return f"/{lang}/about#source-{quote(source)}"
