"""Ids that do not exist, citations that lead nowhere, statements of the wrong shape."""

from __future__ import annotations

import pytest

from check.bench import BASE, CITES, Bench, Change, Data, fact, reading, statement, text
from decidua.check import inspect


def test_the_base_content_is_sound(bench: Bench) -> None:
    assert bench.problems() == []


def first(kind: str, /, **values: object) -> Change:
    return lambda data: data[kind][0].update(values)


DANGLING: dict[str, tuple[Change, str]] = {
    "option of a statement": (first("statements", options=["drug", "drugs"]), "'drugs'"),
    "refined statement": (first("statements", refines=["soc-1.drug.gone"]), "'soc-1.drug.gone'"),
    "reading of a statement": (first("statements", readings=["soc-1.gone"]), "'soc-1.gone'"),
    "evidence of a statement": (first("statements", evidence=["trial.gone"]), "'trial.gone'"),
    "successor": (first("statements", superseded_by="soc-1.drug.next"), "'soc-1.drug.next'"),
    "touched": (first("readings", touches=["drogue"]), "'drogue'"),
    "parent": (first("options", parent="class"), "'class'"),
    "combined": (first("options", combines=["drug", "other"]), "'other'"),
    "decided fact": (first("options", decides=["losses", "wins"]), "'wins'"),
    "done fact": (first("options", done_fact="done_it"), "'done_it'"),
    "test of a fact": (first("facts", test="test:losses"), "'test:losses'"),
    "part of a sum": (lambda data: data["constraints"][0]["sum"].append("wins"), "'wins'"),
    "source": (first("statements", cites=[{"source": "nobody", "place": "p", "lines": [1]}]), "'nobody'"),
    "reading of a regimen": (
        first("statements", regimens=[{"drug": text(), "cites": CITES, "readings": ["soc-1.dose"]}]), "'soc-1.dose'"
    ),
    "guideline of a precaution": (
        first("options", before=[{"id": "drug.b", "says": text(), "cites": CITES, "guidelines": ["soc-2"]}]), "'soc-2'"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", DANGLING)
def test_a_name_without_a_thing(bench: Bench, name: str) -> None:
    change, named = DANGLING[name]
    problem = bench.one(change)
    assert named in problem.message
    assert problem.file.endswith("content.yaml")
    assert problem.line > 1


def test_a_discrepancy_names_a_reading(bench: Bench) -> None:
    item = {"id": "d", "kind": "dose", "places": CITES, "says": text(), "effect": "answer", "reading": "soc-1.gone"}
    assert "'soc-1.gone'" in bench.one(lambda data: data.update(discrepancies=[item])).message


def test_the_line_is_that_of_the_value(bench: Bench) -> None:
    problem = bench.one(first("options", done_fact="done_it"))
    assert "done_it" in (bench.root / "content.yaml").read_text("utf-8").splitlines()[problem.line - 1]


@pytest.mark.parametrize("line", [0, 688])
def test_lines_beyond_the_talk(bench: Bench, line: int) -> None:
    cites = [{"source": "lee-2025-talk", "place": "p", "lines": [5, line]}]
    assert "1 to 687" in bench.one(first("statements", cites=cites)).message


def test_a_talk_is_cited_with_lines(bench: Bench) -> None:
    cites = [{"source": "lee-2025-talk", "place": "p"}]
    assert "without lines" in bench.one(first("statements", cites=cites), "warning").message


def test_a_settled_reading_has_that_alternative(bench: Bench) -> None:
    def change(data: Data) -> None:
        data["readings"].append(reading("soc-1.dose", "low", "high", bears_on="regimen", settled="middle"))
        data["statements"][0]["readings"] = ["soc-1.dose"]

    assert "'middle'" in bench.one(change).message


def test_inner_ids_are_unique(bench: Bench) -> None:
    entry = {"id": "drug.x", "says": text(), "cites": CITES}
    assert "stands already" in bench.one(first("options", safety=[entry], use=[entry])).message


def test_a_key_that_stands_twice(bench: Bench) -> None:
    bench.problems()
    file = bench.root / "content.yaml"
    file.write_text(file.read_text("utf-8").replace("society: S\n", "society: S\n  society: T\n"), "utf-8")
    from decidua.content.places import _root

    _root.cache_clear()
    assert ["'society'" in problem.message for problem in inspect()[1]] == [True]


def test_everything_is_said_at_once(bench: Bench) -> None:
    def change(data: Data) -> None:
        data["options"][0].update(parent="class", done_fact="done_it")
        data["statements"][0].update(verb=None, readings=["gone"])

    assert len([problem for problem in bench.problems(change) if problem.severity == "error"]) == 4


def test_content_that_cannot_be_read_yields_its_places(bench: Bench) -> None:
    bench.write(first("statements", answer="perhaps"))
    knowledge, found = inspect()
    assert knowledge is None
    assert found[0].item == "soc-1.drug.main"
    assert found[0].line > 1


SHAPES: dict[str, tuple[Change, str]] = {
    "verb": (first("statements", verb=None), "`verb`"),
    "answer": (first("statements", answer=None), "`answer`"),
    "because": (first("statements", because=None), "`because`"),
    "answer not for a recommendation": (first("statements", answer="out-of-scope"), "'out-of-scope'"),
    "evidence with an answer": (first("statements", kind="evidence", verb=None, because=None), "`answer`"),
    "remark with a verb": (first("statements", kind="remark", answer=None, because=None), "`verb`"),
    "corrected": (first("statements", mark="corrected"), "`correction`"),
}


@pytest.mark.parametrize("name", SHAPES)
def test_the_shape_of_a_statement(bench: Bench, name: str) -> None:
    change, named = SHAPES[name]
    assert named in bench.one(change).message


def other(**more: object) -> Change:
    def change(data: Data) -> None:
        data["statements"].append(statement("soc-1.drug.more", "losses >= 5", **more))

    return change


def test_only_recommendations_are_refined(bench: Bench) -> None:
    evidence = {"kind": "evidence", "verb": None, "answer": None, "because": None}
    assert "only recommendations" in bench.one(other(refines=["soc-1.drug.main"], **evidence)).message


def test_only_the_same_guideline_yields(bench: Bench) -> None:
    def change(data: Data) -> None:
        data["guidelines"].append({**BASE["guidelines"][0], "id": "soc-2"})
        data["statements"].append(statement("soc-2.drug.main", "losses >= 5", refines=["soc-1.drug.main"]))

    assert "another guideline" in bench.one(change).message


def test_refining_in_a_circle(bench: Bench) -> None:
    def change(data: Data) -> None:
        data["statements"].append(statement("soc-1.drug.more", "losses >= 5", refines=["soc-1.drug.main"]))
        data["statements"][0]["refines"] = ["soc-1.drug.more"]

    found = [problem for problem in bench.problems(change) if problem.severity == "error"]
    assert {problem.item for problem in found if "circle" in problem.message} == {"soc-1.drug.main", "soc-1.drug.more"}


def test_an_unknown_fact_type_names_its_line(bench: Bench) -> None:
    bench.write(lambda data: data["facts"].append(fact("odd", "colour")))
    assert inspect()[1][0].item == "odd"


def test_a_link_to_evidence_of_a_statement_that_is_gone(bench: Bench) -> None:
    def linked(data: Data) -> None:
        data["tables"] = []
        data["evidence_links"] = [{"id": "soc-1.drug.gone", "tables": []}]

    assert any("links a statement that does not exist" in problem.message for problem in bench.problems(linked))


def test_a_study_table_of_the_wrong_shape(bench: Bench) -> None:
    def broken(data: Data) -> None:
        data["tables"] = [{"id": "trial"}]

    assert any(problem.item == "trial" for problem in bench.problems(broken))
