"""docs/cds-hooks.md is true: its settings can be read, its keys, limits and queries are those of the code."""

from __future__ import annotations

import re
from pathlib import Path

from decidua.fhir.cards.services import PATIENT, REQUIRED, SERVICES, templates
from decidua.guidelines import Knowledge
from decidua.service.cds import record
from decidua.service.cds.router import LARGEST
from decidua.service.ehr import keys, reach, tokens
from decidua.service.ehr.settings import Ehr, EhrSettings, Smart, read_ehr_settings

PAGE = (Path(__file__).parents[2] / "docs" / "cds-hooks.md").read_text("utf-8")


def test_the_example_of_the_settings_is_good(tmp_path: Path) -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    (tmp_path / "ehr.yaml").write_text(example, "utf-8")
    found = read_ehr_settings(tmp_path / "ehr.yaml")
    assert found.cds_hooks
    assert found.launches


def test_every_key_of_the_settings_is_told() -> None:
    table = PAGE[PAGE.index("| key | meaning |") : PAGE.index("Paths are relative")]
    for part in (EhrSettings, Ehr, Smart):
        assert {f"`{name}`" for name in part.model_fields} <= set(re.findall(r"`\w+`", table))


def test_queries_and_services(knowledge: Knowledge) -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| `([^`]+)`.*\| (?:412|unknown, .*?) \|$", PAGE, re.MULTILINE))
    assert set(rows) == set(templates(knowledge))
    for key, query in templates(knowledge).items():
        start = rows[key].replace("…", PATIENT, 1).split("…")[0].rstrip("=")
        assert query.startswith(start)
        assert (key in REQUIRED) == bool(re.search(rf"^\| `{key}` .*\| 412 \|$", PAGE, re.MULTILINE))
    assert all(f"`{service}`" in PAGE for service in SERVICES)


def test_limits() -> None:
    assert f"within the last {tokens.LONGEST} seconds, lasting at most {tokens.LONGEST}" in PAGE
    assert f"clocks may differ by {tokens.LEEWAY}" in PAGE
    assert f"RSA of {keys.SHORTEST_RSA} bits or more" in PAGE
    assert (keys.FRESH, keys.STALE, keys.AGAIN) == (600, 3600, 60)
    assert f"more than {LARGEST:,} bytes" in PAGE
    whole = f"{record.Budget().left:,} bytes for a call"
    assert f"{reach.LARGEST:,} bytes of an answer, {record.PAGES} pages, {whole}" in PAGE
    assert f"left alone for {reach.REST:.0f} seconds, and never has more than {reach.AT_ONCE} requests" in PAGE
    assert reach.FAILURES == 3
