"""Exact checks: what nobody can reach, what contradicts, what is unused, what is too large, and the examples."""

from __future__ import annotations

from typing import Any

import pytest

from check.bench import Bench, Change, Data, fact, reading, statement, text
from decidua.check import Problem


def also(population: Any, **more: Any) -> Change:
    def change(data: Data) -> None:
        data["statements"].append(statement("soc-1.drug.also", population, **more))

    return change


def warnings(found: list[Problem]) -> list[str]:
    return [problem.message for problem in found if problem.severity == "warning"]


def test_a_statement_that_nobody_can_meet(bench: Bench) -> None:
    examples = [{"given": {}, "is": "undetermined"}]
    found = bench.problems(also("clinical_losses >= 6 and losses <= 5", examples=examples))
    assert any("no admissible patient" in p.message and p.item == "soc-1.drug.also" for p in found)


def test_the_definition_counts(bench: Bench) -> None:
    found = bench.problems(also("losses < 2", examples=[]))
    assert any("no admissible patient" in problem.message for problem in found)


def test_a_subgroup_that_nobody_can_belong_to(bench: Bench) -> None:
    problem = bench.one(also("not fever and losses >= 5 and (fever or marker = 'raised')", examples=[
        {"given": {"losses": 5, "fever": False, "marker": "raised"}, "is": "applies"},
        {"given": {}, "is": "undetermined"},
    ]), "warning")  # fmt: skip
    assert "'fever' is unreachable" in problem.message


def test_a_part_that_another_covers(bench: Bench) -> None:
    problem = bench.one(also("losses >= 5 or losses >= 3"), "warning")
    assert "5 or more' is covered" in problem.message


def test_a_constraint_makes_a_part_covered(bench: Bench) -> None:
    assert "is covered" in bench.one(also("losses >= 4 or clinical_losses >= 4"), "warning").message


def test_parts_of_at_least_are_seen(bench: Bench) -> None:
    found = bench.problems(also("at least 1 of (losses >= 5, losses >= 3)"))
    assert any("is covered" in message for message in warnings(found))


def name(means: Any) -> dict[str, Any]:
    cites = [{"source": "lee-2025-talk", "place": "p", "lines": [1]}]
    return {"id": "group@soc-1", "label": text("the group"), "says": text(), "means": means, "cites": cites}


def test_a_subgroup_inside_a_name_is_seen_through_the_statement(bench: Bench) -> None:
    def change(data: Data) -> None:
        data["criteria"] = [name("fever or marker = 'raised'")]
        data["statements"].append(statement("soc-1.drug.also", "not fever and group@soc-1", examples=[
            {"given": {"losses": 5, "fever": False, "marker": "raised"}, "is": "applies"},
            {"given": {}, "is": "undetermined"},
        ]))  # fmt: skip

    problem = bench.one(change, "warning")
    assert problem.item == "group@soc-1"
    assert "unreachable for soc-1.drug.also" in problem.message


def test_a_name_covered_by_itself_is_said_once(bench: Bench) -> None:
    def change(data: Data) -> None:
        data["criteria"] = [name("losses >= 3 or losses >= 4")]
        data["statements"].append(statement("soc-1.drug.also", "group@soc-1"))
        data["statements"].append(statement("soc-1.drug.third", "group@soc-1 and fever"))

    assert bench.one(change, "warning").item == "group@soc-1"


def test_a_name_that_is_never_true(bench: Bench) -> None:
    def change(data: Data) -> None:
        data["criteria"] = [name("losses < 2 and clinical_losses >= 2")]
        data["statements"][0]["population"]["or"] += " or group@soc-1"

    assert "no admissible patient" in bench.one(change).message


def test_wider_statements_are_listed(bench: Bench) -> None:
    assert "outside" in bench.one(also("losses >= 1", scope="wider"), "info").message


def test_a_scope_that_is_wider_for_nobody(bench: Bench) -> None:
    assert "never applies outside" in bench.one(also("losses >= 3", scope="wider"), "warning").message


def test_a_conflict_names_both_and_the_smallest_patient(bench: Bench) -> None:
    problem = bench.one(also("losses >= 5 and fever", answer="against"))
    assert "soc-1.drug.also (against) and soc-1.drug.main (recommended)" in problem.message
    assert "losses: 5; fever: yes" in problem.message


def test_a_refined_statement_does_not_conflict(bench: Bench) -> None:
    assert bench.problems(also("losses >= 5 and fever", answer="against", refines=["soc-1.drug.main"])) == []


def test_alternatives_of_one_reading_do_not_conflict(bench: Bench) -> None:
    def change(data: Data) -> None:
        data["statements"] = [
            statement(f"soc-1.drug.{slug}", {"reading": "soc-1.connector", "or": ors, "and": ands}, answer=answer,
                      examples=[{"given": {"losses": 3}, "is": {slug: "applies"}}, {"given": {}, "is": "undetermined"}])
            for slug, ors, ands, answer in (("or", True, False, "recommended"), ("and", False, True, "against"))
        ]  # fmt: skip
        del data["facts"][2:]

    examples = bench.problems(change)
    assert not [problem for problem in examples if "together" in problem.message]


def test_unused_things(bench: Bench) -> None:
    def change(data: Data) -> None:
        data["facts"].append(fact("idle", "boolean"))
        data["criteria"] = [name("fever")]
        data["readings"].append(reading("soc-1.idle", "a", "b"))

    found = [problem for problem in bench.problems(change) if problem.severity == "warning"]
    assert {problem.item for problem in found} == {"idle", "group@soc-1", "soc-1.idle"}


def test_a_fact_may_be_shown_for_a_reason(bench: Bench) -> None:
    (bench.root / "facts-shown.tsv").write_text("fact\treason\nidle\tshown on the sheet\n", "utf-8")
    assert bench.problems(lambda data: data["facts"].append(fact("idle", "boolean"))) == []
    assert any("is no fact" in problem.message for problem in bench.problems())


@pytest.mark.parametrize("bears", ["answer", "regimen"])
def test_what_a_reading_bears_on(bench: Bench, bears: str) -> None:
    def change(data: Data) -> None:
        if bears == "answer":
            data["readings"].append(reading("soc-1.dose", "a", "b"))
            data["statements"][0]["readings"] = ["soc-1.dose"]
        else:
            data["readings"][0]["bears_on"] = "regimen"

    assert f"bears on a{'n' if bears == 'answer' else ''} {bears}" in bench.one(change, "warning").message


def test_a_reading_that_changes_no_answer(bench: Bench) -> None:
    def change(data: Data) -> None:
        data["readings"].append(reading("soc-1.same", "a", "b"))
        data["statements"].append(statement(
            "soc-1.drug.also", {"reading": "soc-1.same", "a": "losses >= 5 and fever", "b": "fever and losses > 4"}
        ))  # fmt: skip

    assert "changes no answer" in bench.one(change, "warning").message


def test_too_many_readings(bench: Bench) -> None:
    def change(data: Data) -> None:
        population: Any = "fever"
        for number in range(9):
            data["readings"].append(reading(f"soc-1.r{number}", "a", "b"))
            population = {"reading": f"soc-1.r{number}", "a": population, "b": f"losses >= {number + 5}"}
        data["statements"].append(statement("soc-1.drug.also", population, examples=[]))

    assert any("10 readings" in problem.message for problem in bench.problems(change))


def test_too_many_terms(bench: Bench) -> None:
    def change(data: Data) -> None:
        data["facts"] += [fact(f"f{number}", "boolean") for number in range(14)]
        parts = ", ".join(f"f{number}" for number in range(14))
        data["statements"].append(statement("soc-1.drug.also", f"at least 7 of ({parts})", examples=[]))

    assert any("terms under one reading" in problem.message for problem in bench.problems(change))


def test_a_sum_with_two_parts(bench: Bench) -> None:
    def change(data: Data) -> None:
        data["facts"].append(fact("biochemical_losses", "integer", possible=[0, 40]))
        data["constraints"][0]["sum"].append("biochemical_losses")
        data["statements"].append(statement("soc-1.drug.also", "clinical_losses >= 3 and biochemical_losses >= 3",
                                            answer="recommended", examples=[]))  # fmt: skip

    found = [problem for problem in bench.problems(change) if "whose sum it limits" in problem.message]
    assert [problem.item for problem in found] == ["drug"]


EXAMPLES: dict[str, tuple[list[dict[str, Any]], str]] = {
    "wrong": ([{"given": {"losses": 5}, "is": "applies"}], "is undetermined, not applies"),
    "wrong under a reading": ([{"given": {"losses": 5}, "is": {"or": "undetermined"}}], "is applies under 'or'"),
    "no such fact": ([{"given": {"wins": 5}, "is": "applies"}], "'wins'"),
    "no such alternative": ([{"given": {"losses": 5}, "is": {"xor": "applies"}}], "'xor' is no alternative"),
    "no such result": ([{"given": {"losses": 5}, "is": "perhaps"}], "expects 'perhaps'"),
    "a value that cannot be": ([{"given": {"losses": 99}, "is": "applies"}], "impossible"),
    "a contradiction": ([{"given": {"losses": 2, "clinical_losses": 3}, "is": "applies"}], "contradict"),
}


@pytest.mark.parametrize("name_", EXAMPLES)
def test_examples_that_do_not_hold(bench: Bench, name_: str) -> None:
    more, said = EXAMPLES[name_]
    assert said in bench.one(lambda data: data["statements"][0]["examples"].extend(more)).message


def test_examples_by_reading(bench: Bench) -> None:
    more = {"given": {"losses": 5, "fever": False, "marker": "not-raised", "level": "5 mg/dL"},
            "is": {"or": "applies", "and": "does-not-apply"}}  # fmt: skip
    assert bench.problems(lambda data: data["statements"][0]["examples"].append(more)) == []


def test_nested_readings_in_an_example(bench: Bench) -> None:
    def change(data: Data) -> None:
        data["readings"].append(reading("soc-1.which", "blood", "or"))
        nested = {"reading": "soc-1.connector", "or": "fever", "and": "losses >= 7"}
        examples = [
            {"given": {"losses": 7}, "is": {"blood+and": "applies", "soc-1.which/or": "undetermined"}},
            {"given": {}, "is": "undetermined"},
        ]
        population = {"reading": "soc-1.which", "blood": nested, "or": "marker = 'raised'"}
        data["statements"].append(statement("soc-1.drug.also", population, examples=examples))

    assert bench.problems(change) == []


@pytest.mark.parametrize("missing", ["applies", "undetermined"])
def test_both_kinds_of_example_are_needed(bench: Bench, missing: str) -> None:
    def change(data: Data) -> None:
        examples = data["statements"][0]["examples"]
        examples[:] = [example for example in examples if example["is"] != missing]

    assert f"`{missing}`" in bench.one(change).message


def test_a_total_that_is_part_of_another_total(bench: Bench) -> None:
    def chain(data: Data) -> None:
        data["facts"].append(fact("pregnancies", "integer", possible=[0, 60]))
        data["constraints"].append({"id": "chain", "sum": ["losses"], "at_most": "pregnancies", "says": text()})

    assert any("is itself a total" in problem.message for problem in bench.problems(chain))


def test_a_stated_name_over_a_number(bench: Bench) -> None:
    def stated(data: Data) -> None:
        data.setdefault("criteria", []).append({**name("losses >= 2"), "stated": True})

    assert any("rests on the number losses" in problem.message for problem in bench.problems(stated))
