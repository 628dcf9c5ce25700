"""Documents are for users and next maintainers: nothing in them speaks of where or how they were made."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), ROOT / "NOTICE", *(ROOT / "docs").rglob("*.md")])
FORBIDDEN = re.compile(
    r"\bsession|issue tracker|\bissue #|/work/|\.library|\bCI run|sandbox|/home/|/root/|/tmp/|\bsub-?agent|\bprompt\b",
    re.IGNORECASE,
)
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_speaks_of_the_project_only(page: Path) -> None:
    found = [line for line in page.read_text("utf-8").splitlines() if FORBIDDEN.search(line)]
    assert not found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    targets = LINK.findall(page.read_text("utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []
