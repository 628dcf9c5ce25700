"""Every wrong file is told in one clear line for each problem, with file and line and what is allowed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appraisal.grade_files import BASE, EXAMPLES, LOSS, NUMBERS, appraised, changed, write
from decidua.appraisal.grade import read_appraisal
from decidua.errors import AppraisalError, DeciduaError

CELLS = {
    "table": "alife2-outcome", "rows": ["live-birth"], "measure": "OR",
    "columns": {"ai": "lmwh.events", "n1i": "groups/n-lmwh", "ci": "standard.events", "n2i": "groups/n-standard"},
}  # fmt: skip


def refused(file: Path) -> DeciduaError:
    with pytest.raises(DeciduaError) as caught:
        appraised(file)
    return caught.value


@pytest.mark.parametrize(("change", "said"), [
    (((*LOSS, "domains", "imprecision", "judgement"), -4), "allowed are 0, -1, -2, -3 or 'not-judged'"),
    (((*LOSS, "domains", "risk_of_bias", "judgement"), -3), "allowed are 0, -1, -2 or 'not-judged'"),
    (((*LOSS, "domains", "risk_of_bias", "judgement"), False), "reads as yes or no; write a number"),
    (((*LOSS, "domains", "risk_of_bias", "reason"), None), "outcomes.0.domains.risk_of_bias.reason is missing"),
    (((*LOSS, "domains", "risk_of_bias", "reason"), "  "), "write a text"),
    (((*LOSS, "domains", "bias"), {"judgement": 0, "reason": "r"}), "allowed are risk_of_bias, inconsistency"),
    (((*LOSS, "domains", "dose_response"), {"judgement": 2, "reason": "r"}), "allowed are 0, 1 or 'not-judged'"),
    (((*LOSS, "importance", "value"), 10), "it must be ≤ 9"),
    (((*LOSS, "importance", "value"), "high"), "write a number"),
    (((*LOSS, "importance", "set_by"), None), "set_by is missing"),
    (((*LOSS, "start", "level"), "moderate"), "allowed are 'high' or 'low'"),
    (((*LOSS, "kind"), "good"), "allowed are 'benefit' or 'harm'"),
    (((*LOSS, "name"), {"en": "loss"}), "name.ko is missing"),
    (((*LOSS, "claimed"), "Conflicting"), "allowed are 'very-low', 'low', 'moderate' or 'high'"),
    (((*LOSS, "body", "studies"), {"file": "x.csv", "measure": "RR"}), "has one of studies, cells, numbers"),
    (((*LOSS, "body", "numbers", "lower"), 0.9), "lower, estimate and upper ascend"),
    (((*LOSS, "body", "numbers", "lower"), -0.1), "ratios are above 0"),
    (((*LOSS, "body", "numbers", "estimate"), float("inf")), "write a number"),
    (((*LOSS, "thresholds", "baseline", "per_1000"), 1000), "it must be < 1000"),
    (((*LOSS, "thresholds", "important", "units"), [2]), "either per_1000 or units"),
    (((*LOSS, "thresholds", "rule_of_thumb"), {"because": "b"}), "needs events or participants"),
    (((*LOSS, "body"), {"cells": {**CELLS, "columns": {"ai": "lmwh.events"}}}), "needs the columns ai, n1i, ci, n2i"),
    (((*LOSS, "body"), {"cells": {**CELLS, "table": "alife"}}), "there is no table 'alife'; tables are "),
    (((*LOSS, "body"), {"cells": {**CELLS, "rows": ["birth"]}}), "has no row 'birth'; rows are groups, live-birth"),
    (((*LOSS, "body"), {"cells": {**CELLS, "columns": {**CELLS["columns"], "ai": "lmwh"}}}), "'lmwh' is no number"),
    (((*LOSS, "body"), {"cells": {**CELLS, "table": "thrombophilia-reviews", "rows": ["skeith-2016"]}}),
     "is no single study"),
    (((*LOSS, "body"), {"studies": {"file": "none.csv", "measure": "RR"}}), "cannot be opened"),
    (((*LOSS, "body"), {"cells": {**CELLS, "measure": "MD"}}), "MD cannot be computed from these columns"),
    ((("judged_by", "date"), "yesterday"), "write a date as YYYY-MM-DD"),
    ((("decision",), {"cost": {"judgement": "j", "reason": "r"}}), "'cost' is not known here"),
    ((("recommendation",), {"strength": "strong", "direction": "for", "exceptional": {
        "situation": "we are sure", "reason": "r"}}), "'life-threatening', 'uncertain-benefit-certain-harm'"),
    ((("outcomes", 1, "id"), "loss"), "two outcomes have the same id"),
    ((("outcomes",), []), "at least one entry"),
    ((("outcomes",), "loss"), "is a list"),
    ((("question",), "what"), "table of `key: value` lines"),
    ((("surprise",), 1), "'surprise' is not known here; allowed are kind, title"),
])  # fmt: skip
def test_one_problem(tmp_path: Path, change: Any, said: str) -> None:
    error = refused(write(tmp_path, changed(change)))
    message = error.message("en")
    assert said in message
    assert "appraisal.yaml:" in message or "none.csv" in message
    assert "\n" not in message
    assert error.message("ko") != message


def test_every_problem_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    file = write(tmp_path, changed(
        ((*LOSS, "kind"), "good"), ((*LOSS, "importance", "value"), 0), ((*LOSS, "start", "because"), None),
        ((*LOSS, "domains", "imprecision", "judgement"), 1),
    ))  # fmt: skip
    lines = refused(file).message("en").splitlines()
    assert len(lines) == 4
    numbers = [int(line.split(":")[1]) for line in lines]
    assert numbers == sorted(numbers)
    text = file.read_text("utf-8").splitlines()
    assert "kind: good" in text[numbers[0] - 1]


@pytest.mark.parametrize(("text", "said"), [
    ("kind: grade\nkind: grade\n", "'kind' stands twice"),
    ("kind: &a grade\ntitle: *a\n", "anchors, aliases, tags"),
    ("kind: !!python/object:os.system grade\n", "anchors, aliases, tags"),
    ("kind: grade\n" + "a: " + "[" * 30 + "]" * 30 + "\n", "anchors, aliases, tags"),
    ("kind: grade\ntitle: 'x\n", "not readable as YAML"),
    ("kind: grade\ntitle: 2024-13-45\n", "dates are written as YYYY-MM-DD"),
    ("- kind: grade\n", "table of `key: value` lines"),
    ("", "table of `key: value` lines"),
    ("kind: grade\n\x00", "not readable as YAML"),
])  # fmt: skip
def test_what_is_no_appraisal_at_all(tmp_path: Path, text: str, said: str) -> None:
    assert said in refused(write(tmp_path, text)).message("en")


@pytest.mark.parametrize("data", [b"kind: grade\ntitle: \xff\n", b"\xff\xfek\x00"])
def test_what_is_no_utf8(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "appraisal.yaml"
    file.write_bytes(data)
    assert "not UTF-8" in refused(file).message("en")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    error = refused(tmp_path / "none.yaml")
    assert "cannot be opened" in error.message("en")
    assert error.exit_code == 8


def test_what_the_file_says_cannot_steer_a_terminal(tmp_path: Path) -> None:
    found = read_appraisal(write(tmp_path, changed(((*LOSS, "name"), "\x1b[31mred"))))
    assert found.outcomes[0].name == "�[31mred"


def test_a_review_row_of_a_table_is_taken_as_printed_and_never_pooled(tmp_path: Path) -> None:
    cells = {
        "table": "thrombophilia-reviews", "rows": ["de-jong-lmwh"], "measure": "RR",
        "columns": {"estimate": "effect.estimate", "lower": "effect.lower", "upper": "effect.upper"},
    }  # fmt: skip
    body = appraised(write(tmp_path, changed(((*LOSS, "body"), {"cells": cells})))).outcomes[0].body
    assert body is not None
    assert (body.estimate, body.lower, body.upper, body.studies, body.computed) == (1.23, 0.84, 1.81, None, False)


def test_the_same_file_in_one_language_or_two(tmp_path: Path) -> None:
    both = {"en": "a reason", "ko": "이유"}
    found = read_appraisal(write(tmp_path, changed(((*LOSS, "domains", "imprecision", "reason"), both))))
    assert found.outcomes[0].domains.imprecision is not None


@pytest.mark.parametrize("example", sorted(EXAMPLES.glob("*.yaml")), ids=lambda path: path.stem)
def test_examples_are_read_and_are_unreviewed(example: Path) -> None:
    found = read_appraisal(example)
    assert found.review.level == "none"
    assert found.synthetic == example.stem.startswith("synthetic")


PATHS = [(name,) for name in BASE] + [(*LOSS, name) for name in BASE["outcomes"][0]] + [
    (*LOSS, "body", "numbers", name) for name in NUMBERS
]  # fmt: skip
ODD = st.one_of(
    st.none(), st.booleans(), st.integers(-9, 9), st.floats(), st.text(max_size=5), st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)  # fmt: skip


@given(st.sampled_from(PATHS), ODD)
def test_anything_in_any_place_is_read_or_told(
    tmp_path_factory: pytest.TempPathFactory, path: tuple[str | int, ...], odd: object
) -> None:
    file = write(tmp_path_factory.mktemp("odd"), changed((path, odd)))
    told = said_of(file)
    assert all(line.startswith(str(file)) for message in told for line in message.splitlines())


def said_of(file: Path) -> tuple[str, ...]:
    """What is said of a file that is refused, in both languages; nothing of one that is read."""
    try:
        read_appraisal(file)
    except AppraisalError as error:
        return error.message("en"), error.message("ko")
    return ()
