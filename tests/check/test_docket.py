"""The docket: every question kind, the smallest patient whose answer a reading turns, and the authors' reply."""

from __future__ import annotations

from itertools import combinations, product
from pathlib import Path
from typing import Any

import pytest

from check.bench import CITES, Bench, Data, fact, reading, statement, text
from decidua.answers import Answers
from decidua.check import apply_reply, docket
from decidua.facts import read_value


def ids(bench: Bench, kind: str, change: Any = None) -> set[str]:
    return {question.id for question in docket(bench.knowledge(change)) if question.kind == kind}


def test_questions_are_numbered(bench: Bench) -> None:
    questions = docket(bench.knowledge())
    assert [question.number for question in questions] == list(range(1, len(questions) + 1))
    assert questions[0].id == "soc-1.connector"


def test_every_question_has_words_and_places(bench: Bench) -> None:
    for question in docket(bench.knowledge()):
        assert question.text.en
        assert question.text.ko
        assert question.places
        assert "{" not in question.text.en + question.text.ko


def test_the_smallest_patient_of_a_reading(bench: Bench) -> None:
    flip = docket(bench.knowledge())[0].flip
    assert flip is not None
    assert flip.answers == (("or", "recommended"), ("and", "other-population"))
    assert flip.patient.given in ({"losses": "2", "fever": "yes"}, {"losses": "2", "marker": "raised"})


def test_no_smaller_patient_exists(bench: Bench) -> None:
    """By brute force: no single fact settles the answer differently under the two alternatives."""
    knowledge = bench.knowledge()
    values = {"losses": ("0", "1", "2", "3", "4", "9"), "clinical_losses": ("0", "2", "4"), "fever": ("yes", "no"),
              "marker": ("raised", "not-raised"), "level": ("5 mg/dL", "6 mg/dL")}  # fmt: skip
    for names in [(), *combinations(values, 1)]:
        for raw in product(*(values[name] for name in names)):
            given = {n: read_value(knowledge.vocabulary.facts[n], r) for n, r in zip(names, raw, strict=True)}
            standing = Answers(knowledge).standing("soc-1", "drug", given)  # type: ignore[arg-type]
            assert standing is not None
            assert standing.answer != "disputed"


def test_the_patient_is_disputed_indeed(bench: Bench) -> None:
    knowledge = bench.knowledge()
    flip = docket(knowledge)[0].flip
    assert flip is not None
    standing = Answers(knowledge).standing("soc-1", "drug", flip.patient.values)
    assert standing is not None
    assert standing.answer == "disputed"


def test_another_reading_is_named_where_it_matters(bench: Bench) -> None:
    def change(data: Data) -> None:
        data["readings"].append(reading("soc-1.cut", "five", "six"))
        data["statements"][0]["population"] = {
            "reading": "soc-1.connector", "or": "fever",
            "and": {"reading": "soc-1.cut", "five": "losses >= 5", "six": "losses >= 6"},
        }  # fmt: skip

    flip = next(question.flip for question in docket(bench.knowledge(change)) if question.id == "soc-1.cut")
    assert flip is not None
    assert flip.patient.readings == (("soc-1.connector", "and"),)
    assert flip.patient.given == {"losses": "5"}


def test_a_stated_name_is_one_fact(bench: Bench) -> None:
    def change(data: Data) -> None:
        group = {"id": "clear@soc-1", "label": text("all clear"), "says": text(), "stated": True, "cites": CITES,
                 "means": "not fever and marker = 'not-raised'"}  # fmt: skip
        data["criteria"] = [group]
        population = {"reading": "soc-1.connector", "or": "clear@soc-1", "and": False}
        data["statements"][0]["population"] = population

    knowledge = bench.knowledge(change)
    flip = docket(knowledge)[0].flip
    assert flip is not None
    assert flip.patient.given == {"clear@soc-1": "yes", "losses": "2"}
    assert ("all clear", "yes") in flip.patient.words(knowledge, "en")


def test_a_settled_reading_is_not_asked(bench: Bench) -> None:
    assert ids(bench, "reading", lambda data: data["readings"][0].update(settled="or")) == set()


def test_markers_without_a_cut_off(bench: Bench) -> None:
    assert ids(bench, "cut-off") == {"cut-off.soc-1.marker"}


def test_a_marker_whose_method_is_not_named(bench: Bench) -> None:
    def change(data: Data) -> None:
        data["facts"].append(fact("level_method", "choice", choices=["a", "b"]))

    assert ids(bench, "method", change) == {"method.soc-1.level"}


def test_missing_parts_of_a_regimen(bench: Bench) -> None:
    whole = {"drug": text("D"), "dose": 5, "unit": "mg", "route": "PO", "every": 1, "every_unit": "d", "stop": text(),
             "cites": CITES}  # fmt: skip

    def without(*parts: str) -> set[str]:
        regimen = {key: value for key, value in whole.items() if key not in parts}
        return ids(bench, "regimen", lambda data: data["statements"][0].update(regimens=[regimen]))

    assert without() == set()
    assert without("dose") == {"dose.soc-1.drug.main.1"}
    assert without("unit", "route") == {"unit.soc-1.drug.main.1", "route.soc-1.drug.main.1"}
    assert without("every", "stop") == {"frequency.soc-1.drug.main.1", "stop.soc-1.drug.main.1"}
    assert ids(bench, "regimen") == {"regimen.soc-1.drug.main"}


def test_a_group_that_nobody_can_belong_to(bench: Bench) -> None:
    def change(data: Data) -> None:
        data["statements"].append(statement("soc-1.drug.also", "not fever and (fever or marker = 'raised')"))

    assert ids(bench, "unreachable", change) == {"unreachable.soc-1.drug.also.fever"}


def evidence(population: str) -> Any:
    more = {"kind": "evidence", "verb": None, "answer": None, "because": None}
    return lambda data: data["statements"].append(statement("soc-1.drug.seen", population, **more))


def test_evidence_without_a_recommendation(bench: Bench) -> None:
    assert ids(bench, "evidence-without-recommendation", evidence("losses >= 2")) == {"evidence.soc-1.drug"}
    told = evidence("losses >= 4 and fever")
    assert ids(bench, "evidence-without-recommendation", told) == set()


def test_strength_and_certainty(bench: Bench) -> None:
    assert ids(bench, "strength") == {"strength.soc-1.drug.main"}
    assert ids(bench, "certainty", lambda data: data["statements"][0].update(certainty={"printed": "low"})) == set()


def test_one_guideline_only(bench: Bench) -> None:
    knowledge = bench.knowledge(lambda data: data["guidelines"].append({**data["guidelines"][0], "id": "soc-2"}))
    assert docket(knowledge, "soc-2") == ()
    assert docket(knowledge, "soc-1") == docket(knowledge)


REPLY = {"settled": {"soc-1.connector": "and"}, "by": "the authors", "date": "2026-01-31"}


def test_a_reply_closes_a_reading(bench: Bench) -> None:
    knowledge = bench.knowledge()
    settled = apply_reply(knowledge, REPLY)
    assert settled.problems == ()
    assert settled.knowledge is not None
    assert settled.knowledge.settled == {"soc-1.connector": "and"}
    assert settled.knowledge.content.hash != knowledge.content.hash
    assert knowledge.settled == {}
    assert "soc-1.connector" not in {question.id for question in docket(settled.knowledge)}
    fever = {"losses": read_value(knowledge.vocabulary.facts["losses"], 3), "fever": True}
    standing = Answers(settled.knowledge).standing("soc-1", "drug", fever)  # type: ignore[arg-type]
    assert standing is not None
    assert standing.answer == "other-population"


def test_a_reply_from_a_file(bench: Bench, tmp_path: Path) -> None:
    file = tmp_path / "reply.yaml"
    file.write_text("settled:\n  soc-1.connector: xor\nby: them\ndate: 2026-01-31\n", "utf-8")
    problem = apply_reply(bench.knowledge(), file).problems[0]
    assert (problem.file, problem.line) == (str(file), 2)
    assert "its alternatives are or, and" in problem.message


WRONG: dict[str, tuple[Any, str]] = {
    "unknown reading": ({**REPLY, "settled": {"soc-1.conector": "and"}}, "near it are soc-1.connector"),
    "unknown alternative": ({**REPLY, "settled": {"soc-1.connector": "xor"}}, "'xor'"),
    "nobody": ({**REPLY, "by": ""}, "who replied"),
    "no date": ({**REPLY, "date": "2026-02-31"}, "not a date"),
    "something else": ({**REPLY, "note": "x"}, "not part of a reply"),
    "nothing settled": ({**REPLY, "settled": {}}, "names no readings"),
    "no mapping": (["and"], "names no readings"),
}


@pytest.mark.parametrize("name", WRONG)
def test_replies_that_are_refused(bench: Bench, name: str) -> None:
    reply, said = WRONG[name]
    found = apply_reply(bench.knowledge(), reply)
    assert found.knowledge is None
    assert len(found.problems) == 1
    assert said in found.problems[0].message


def test_a_reply_against_an_earlier_one_is_refused(bench: Bench) -> None:
    knowledge = bench.knowledge(lambda data: data["readings"][0].update(settled="or"))
    assert "settled already" in apply_reply(knowledge, REPLY).problems[0].message
