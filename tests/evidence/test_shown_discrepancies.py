"""A table shows every contradiction that cites one of its lines."""

from __future__ import annotations

from decidua.content import load
from decidua.evidence import read_evidence, read_verdicts
from decidua.reports.tables import one_table


def test_the_impossible_percentages_of_jin_stand_under_their_table() -> None:
    content = load()
    evidence = read_evidence(content)
    table = evidence.tables["g-csf-studies"]
    shown = "\n".join(line.plain for line in one_table(content, evidence, table, read_verdicts(), "en"))
    assert "87.7% nor 57.7%" in shown
