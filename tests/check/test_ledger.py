"""The coverage ledger: hashes, roles, ids, percent; and no text of the source."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from check.bench import CITES, Bench, text
from decidua.check import (
    Ledger,
    LedgerLine,
    coverage,
    read_ledger,
    save_ledger,
    verify_source,
    write_ledger,
)
from decidua.check.ledger import ROLES
from decidua.content.package import shipped

SOURCE = "A title\n\nThe drug should be given to women with fever, as the authors say in a long line.\n----\nlast\n"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    file = tmp_path / "talk.txt"
    file.write_text(SOURCE, "utf-8")
    return file


def test_a_new_ledger_proposes_roles(bench: Bench, source: Path) -> None:
    ledger = write_ledger(bench.knowledge(), source)
    assert [one.role for one in ledger] == ["heading", "blank", "statement", "layout", "heading"]
    assert ledger[2].ids == ("soc-1", "soc-1.connector", "soc-1.drug.main")


def test_roles_that_are_set_stay(bench: Bench, source: Path) -> None:
    existing = (LedgerLine(1, "old", "name", ("gone",)),)
    first = write_ledger(bench.knowledge(), source, existing)[0]
    assert (first.role, first.ids, len(first.sha256)) == ("name", (), 16)


def test_it_survives_writing_and_reading(bench: Bench, source: Path, tmp_path: Path) -> None:
    ledger = write_ledger(bench.knowledge(), source)
    save_ledger(ledger, tmp_path / "ledger.tsv")
    assert read_ledger(tmp_path / "ledger.tsv") == ledger
    assert "authors" not in (tmp_path / "ledger.tsv").read_text("utf-8")


def test_a_changed_source_is_named_by_line(bench: Bench, source: Path) -> None:
    ledger = write_ledger(bench.knowledge(), source)
    assert verify_source(ledger, source) == ()
    source.write_text(SOURCE.replace("should", "may") + "more\n", "utf-8")
    assert verify_source(ledger, source) == (3, 6)


def of(bench: Bench, *lines: LedgerLine) -> tuple[float, list[str]]:
    found = coverage(bench.knowledge(), lines)
    return found.percent, [message for _, message in found.problems]


IDS = ("soc-1", "soc-1.connector", "soc-1.drug.main")
FULL = (LedgerLine(1, "", "heading"), LedgerLine(2, "", "blank"), LedgerLine(3, "", "statement", IDS))


def test_full_coverage(bench: Bench) -> None:
    assert of(bench, *FULL) == (100.0, [])


def changed(line: int, **values: object) -> Ledger:
    return tuple(replace(one, **values) if one.line == line else one for one in FULL)  # type: ignore[arg-type]


@pytest.mark.parametrize(("ledger", "percent", "said"), [
    (changed(1, role="statement"), 50.0, "no item cites it"),
    (changed(1, role="story"), 50.0, "the role 'story'"),
    (changed(3, ids=(*IDS, "soc-1.gone")), 100.0, "no longer exists"),
    (changed(3, ids=(*IDS, "drug")), 100.0, "does not cite this line"),
    (changed(3, ids=IDS[:2]), 100.0, "is cited by 'soc-1.drug.main'"),
    (changed(3, ids=("drug",)), 0.0, "does not cite this line"),
    (FULL[:2], 100.0, "stands 0 times"),
    ((*FULL, FULL[0]), 100.0, "stands 2 times"),
])  # fmt: skip
def test_what_is_wrong_with_a_line(bench: Bench, ledger: Ledger, percent: float, said: str) -> None:
    found, messages = of(bench, *ledger)
    assert found == percent
    assert any(said in message for message in messages), messages


def test_a_discrepancy_does_not_encode_a_line(bench: Bench) -> None:
    places = [{**CITES[0], "lines": [1]}]
    item = {"id": "d", "kind": "dose", "places": places, "says": text(), "effect": "wording"}
    knowledge = bench.knowledge(lambda data: data.update(discrepancies=[item]))
    ledger = (LedgerLine(1, "", "statement", ("d",)), *FULL[1:])
    assert coverage(knowledge, ledger).percent == 50.0


def test_a_withdrawn_statement_covers_nothing(bench: Bench) -> None:
    def change(data):  # type: ignore[no-untyped-def]
        data["statements"][0].update(withdrawn_because=text(), cites=[{**CITES[0], "lines": [1]}])

    assert coverage(bench.knowledge(change), (LedgerLine(1, "", "statement", ("soc-1.drug.main",)),)).percent == 0.0


def test_rows_of_tables_are_counted_apart(bench: Bench) -> None:
    assert coverage(bench.knowledge(), changed(3, role="evidence-not-yet-encoded")).tables_to_come == 1


def test_the_shipped_ledger_is_whole_and_holds_no_text() -> None:
    ledger = read_ledger(shipped() / "ledger.tsv")
    assert [one.line for one in ledger] == list(range(1, 688))
    assert {one.role for one in ledger} <= set(ROLES)
    assert all(re.fullmatch(r"[0-9a-f]{16}", one.sha256) for one in ledger)
    assert all(re.fullmatch(r"[\w.:@-]+", id_) for one in ledger for id_ in one.ids)
