"""Both languages, units, codes, permanent ids."""

from __future__ import annotations

import pytest

from check.bench import Bench, Data, text
from decidua.check import inspect, write_ids
from decidua.check.codes import is_ucum, loinc_valid
from decidua.content import load


def label(en: str, ko: str):  # type: ignore[no-untyped-def]
    return lambda data: data["options"][0].update(label=text(en, ko))


@pytest.mark.parametrize(("en", "ko", "said"), [
    ("", "약", "no text in 'en'"),
    ("drug", " ", "no text in 'ko'"),
    ("약", "약", "contains Hangul"),
    ("drug", "this sentence was never translated at all", "no Hangul"),
])  # fmt: skip
def test_a_text_that_is_not_in_its_language(bench: Bench, en: str, ko: str, said: str) -> None:
    assert said in bench.one(label(en, ko)).message


def test_an_untranslated_name_is_a_warning(bench: Bench) -> None:
    assert "no Hangul" in bench.one(label("drug", "Drug ABC"), "warning").message


def test_a_number_needs_no_translation(bench: Bench) -> None:
    assert bench.problems(label("20", "20 %")) == []


def test_interface_words_match(bench: Bench) -> None:
    folder = bench.root / "words"
    folder.mkdir()
    (folder / "one.en.yaml").write_text("a: 'to {x}'\nb: only\nc: 'of {rule_en}'\n", "utf-8")
    (folder / "one.ko.yaml").write_text("a: '에게 {y}'\nc: '의 {rule_ko}'\n", "utf-8")
    (folder / "two.en.yaml").write_text("c: twice\n", "utf-8")
    (folder / "two.ko.yaml").write_text("c: 두 번\n", "utf-8")
    assert [problem.item for problem in bench.problems()] == ["a", "b", "c"]


@pytest.mark.parametrize("code", [
    "mg", "mg/kg", "ng/mL", "nmol/L", "m[IU]/L", "u[IU]/mL", "kg/m2", "%", "{titer}", "[lb_av]", "a", "wk",
    "10*6{cells}",
])  # fmt: skip
def test_ucum(code: str) -> None:
    assert is_ucum(code)


@pytest.mark.parametrize("code", ["years", "mIU/L", "IU", "lbs", "", "ng per mL", "mcg"])
def test_not_ucum(code: str) -> None:
    assert not is_ucum(code)


def test_a_unit_that_is_no_code(bench: Bench) -> None:
    def change(data: Data) -> None:
        data["facts"][4]["units"].append({"code": "mIU/L", "label": "mIU/L"})

    assert "'mIU/L'" in bench.one(change).message


def test_a_dose_in_an_unknown_unit(bench: Bench) -> None:
    def change(data: Data) -> None:
        cites = data["statements"][0]["cites"]
        data["statements"][0]["regimens"] = [{"drug": text(), "dose": 5, "unit": "mcg", "cites": cites}]

    assert "'mcg'" in bench.one(change).message


def test_loinc() -> None:
    assert all(loinc_valid(code) for code in ("11612-9", "62292-8", "1989-3", "3016-3", "82810-3"))
    assert not any(loinc_valid(code) for code in ("11612-8", "11162-9", "11612", "x-1"))


def test_a_mistyped_loinc_code(bench: Bench) -> None:
    def change(data: Data) -> None:
        data["facts"][0]["codes"][0]["code"] = "11162-9"

    assert "'11162-9'" in bench.one(change).message


def test_a_released_id_must_stay(bench: Bench) -> None:
    bench.problems()
    bench.write(
        lambda data: (
            data["facts"][4].update(id="height") or data["statements"][0].update(population="losses >= 4 or fever")
        )
    )
    gone = [problem for problem in inspect()[1] if problem.severity == "error" and problem.file.endswith("ids.tsv")]
    assert [problem.item for problem in gone] == ["level"]


def test_a_withdrawn_statement_is_still_there(bench: Bench) -> None:
    bench.problems()
    bench.write(lambda data: data["statements"][0].update(withdrawn_because=text()))
    assert not [problem for problem in inspect()[1] if problem.file.endswith("ids.tsv")]


def test_a_new_id_is_to_be_listed(bench: Bench) -> None:
    bench.problems()
    bench.write(lambda data: data["options"].append({"id": "other", "kind": "care", "label": text()}))
    assert [(p.item, p.severity) for p in inspect()[1]] == [("other", "warning")]


def test_a_missing_list_is_said(bench: Bench) -> None:
    assert [problem.item for problem in bench.problems(ids=False)] == ["ids.tsv"]


def test_nothing_is_ever_taken_from_the_list(bench: Bench) -> None:
    bench.problems()
    bench.write(lambda data: data["options"].clear())
    assert "options\tdrug\n" in write_ids(load()).read_text("utf-8")
