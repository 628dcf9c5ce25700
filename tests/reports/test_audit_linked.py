"""All tables of one report taken together tell no small count: solved for, cohort by cohort."""

from __future__ import annotations

from dataclasses import replace

import pytest

from decidua.audit.models import StepRow
from decidua.guidelines import Knowledge
from decidua.reports.audit import models as m
from decidua.reports.audit.build import build_audit_report
from decidua.reports.audit.linked import not_all
from decidua.reports.audit.steps import Steps, attrition
from reports.audits import OPTIONS, Woman, audit_of, women
from reports.linked_attacks import OPTION, Linked, cohort

SEEDS = [*range(2), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(2, 40))]


def linked(knowledge: Knowledge, seed: int) -> Linked:
    """One option alone is told, so that all of the report is attacked."""
    found = cohort(seed)
    audit = audit_of(found)
    audit = replace(audit, about=replace(audit.about, options=(OPTIONS[OPTION],)))
    return Linked(found, build_audit_report(audit, knowledge, "en"))


@pytest.mark.parametrize("seed", SEEDS)
def test_all_tables_together_tell_nothing_small(knowledge: Knowledge, seed: int) -> None:
    """Sizes, definitions, done, answers, care beside a recommendation, steps and agreement; whole and by centre."""
    one = linked(knowledge, seed)
    assert list(one.leaks()) == []
    assert any(printed.count is not None and printed.count.n for printed in one.printed)


def test_the_attack_finds_what_tables_tell_of_each_other(knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("decidua.reports.audit.build.without_links", lambda option, _: option)
    assert next(linked(knowledge, 2).leaks(), None)


def test_of_many_women_all_is_told(knowledge: Knowledge) -> None:
    """Nothing is left out where nothing is small."""
    report = build_audit_report(audit_of(women(40_000, centres=2)), knowledge, "en")
    option = next(one for one in report.options if one.option == "heparin-aspirin")
    assert isinstance(option.agreement, m.AgreementView)
    assert not not_all(option.agreement.lines)
    assert not not_all(next(one for one in option.agreement.by if one.group == "year"))


def test_open_answers_hide_no_other(knowledge: Knowledge) -> None:
    """An unknown fact may keep open all answers that are open, and is counted by itself: it would tell the others."""
    found = []
    for answer, count in (("recommended", 3), ("needs-data", 20), ("insufficient", 100), ("against", 200)):
        answers = tuple(tuple(answer for _ in OPTIONS) for _ in range(3))
        found += [Woman("C1", "2020", "yes", tuple("yes" for _ in OPTIONS), answers, 1)] * count
    report = build_audit_report(audit_of(found), knowledge, "en")
    for cell in report.options[0].cells:
        hidden = {line.answer: line.women.hidden for line in cell.answers}
        assert hidden == {"recommended": True, "needs-data": False, "insufficient": True, "against": False}


# ---- steps of several statements --------------------------------------------------------------------------------


def shown(*rows: tuple[str, str, int, int]) -> list[bool]:
    """statement, criterion, yes, no of 1,000 women."""
    steps = [StepRow("g", "ivig", statement, at, criterion, criterion, criterion, yes, no, 1000 - yes - no)
             for at, (statement, criterion, yes, no) in enumerate(rows)]  # fmt: skip
    return [step.yes.n is not None for one in attrition(steps, "en", Steps(5)) for step in one.steps]


def test_a_step_is_not_told_by_another_statement() -> None:
    """By both in another order, 503 - 500 women would meet the first and not the second."""
    assert shown(("a", "d", 503, 400), ("a", "x", 500, 403)) == [True, False]
    assert shown(("a", "x", 700, 150), ("a", "d", 500, 403), ("b", "d", 503, 400), ("b", "x", 500, 403)) == [
        True, True, False, True,
    ]  # fmt: skip
    assert shown(("a", "d", 503, 400), ("b", "x", 500, 403)) == [True, True]


def test_the_same_conditions_are_shown_everywhere_or_nowhere() -> None:
    assert shown(("a", "d", 503, 400), ("a", "x", 500, 403), ("b", "x", 700, 200), ("b", "d", 500, 403)) == [
        True, False, True, False,
    ]  # fmt: skip
