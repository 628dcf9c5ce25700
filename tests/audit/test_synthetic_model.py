"""Every number of the model has a source that exists or a reason; a model that does not fit the content is refused."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml

from decidua.audit.synthetic import Cohort
from decidua.audit.synthetic.load import Model, bases, model_of, read_model
from decidua.errors import ContentError
from decidua.guidelines import Knowledge, read_knowledge
from decidua.provenance import TALK

RAW = (files("decidua") / "data" / "synthetic.yaml").read_bytes()
LINES = 687
"""Of the talk."""


@pytest.fixture(scope="module")
def model(knowledge: Knowledge) -> Model:
    return read_model(knowledge)


def changed(knowledge: Knowledge, change: Callable[[dict[str, Any]], object]) -> list[str]:
    """The problems of the shipped model after a change."""
    written = yaml.load(RAW, Loader=yaml.CSafeLoader)
    change(written)
    with pytest.raises(ContentError) as error:
        model_of(yaml.safe_dump(written, sort_keys=False).encode(), knowledge)
    return error.value.problems


def variable(written: dict[str, Any], id_: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in written["variables"] if one["id"] == id_)
    return found


def test_every_number_has_a_source_or_a_reason(model: Model, knowledge: Knowledge) -> None:
    own = {source.id for source in model.written.sources}
    found = list(bases(model.written))
    assert len(found) > 250
    for name, based in found:
        assert (based.source is None) != (based.assumption is None), name
        assert based.source is None or based.source in own | set(knowledge.sources), name
        assert all(1 <= line <= LINES for line in based.lines), name
        assert bool(based.lines) == (based.source == TALK), name


def test_every_source_of_the_model_is_cited(model: Model) -> None:
    cited = {based.source for _, based in bases(model.written)}
    assert {source.id for source in model.written.sources} <= cited


def test_no_number_stands_outside_a_basis() -> None:
    """Only where a basis is demanded: draws, bounds, roster; beside these only the grid on which a fact is measured."""

    def numbers(value: object, path: tuple[str, ...]) -> list[tuple[str, ...]]:
        if isinstance(value, dict):
            if {"source", "assumption"} & set(value):
                return []
            return [one for key, inner in value.items() for one in numbers(inner, (*path, str(key)))]
        if isinstance(value, list | tuple):
            return [one for inner in value for one in numbers(inner, path)]
        return [path] if isinstance(value, int | float) and not isinstance(value, bool) else []

    written = yaml.load(RAW, Loader=yaml.CSafeLoader)
    found = {path[-1] for path in numbers({k: v for k, v in written.items() if k != "sources"}, ())}
    assert found == {"step"}


def test_every_fact_and_option_is_there(model: Model, knowledge: Knowledge) -> None:
    drawn = {one.id for one in model.written.variables if one.hidden is None}
    assert drawn == set(knowledge.vocabulary.facts)
    assert [one.option for one in model.written.care] == list(dict.fromkeys(one.option for one in model.written.care))
    assert {one.option for one in model.written.care} == set(knowledge.options)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda w: variable(w, "sle")["draws"][0].pop("assumption"), "need a `source`"),
        (lambda w: variable(w, "sle")["draws"][0].update(source=TALK, place="x"), "need a `source`"),
        (lambda w: variable(w, "secondary")["draws"][0].pop("place"), "needs its `place`"),
        (lambda w: variable(w, "secondary")["draws"][0].update(source="nobody-1999"), "no such source: nobody-1999"),
        (lambda w: variable(w, "sle")["draws"][0].update(chance=1.2), "less than or equal to 1"),
        (lambda w: variable(w, "stage")["draws"][1]["shares"].update(trying=0.9), "add up to"),
        (lambda w: variable(w, "sle")["draws"][0].update(when="aps"), "the last draw"),
        (lambda w: variable(w, "losses")["draws"][0].update(when="peripheral_nk = 'raised'"), "is drawn later"),
        (lambda w: variable(w, "losses")["draws"][0].update(when="loses >= 2"), "unknown fact"),
        (lambda w: variable(w, "sle").update(record="never"), "no such record: never"),
        (lambda w: variable(w, "placental_inflammatory_disease").update(id="placenta"), "placenta: no such fact"),
        (lambda w: w["care"][0].update(option="supportive-tea"), "no such option"),
        (lambda w: w["stated"][0].update(name="losses"), "cannot be stated"),
        (lambda w: w["roster"]["rows"][0].__setitem__(0, 0.9), "do not add up"),
    ],
)
def test_a_model_that_does_not_fit_is_refused(knowledge: Knowledge, change: Any, told: str) -> None:
    assert any(told in problem for problem in changed(knowledge, change))


def test_a_package_that_adds_facts_leaves_them_unknown(tmp_path: Path) -> None:
    """And the constraints that it adds, about what is not drawn, are nobody's."""
    (tmp_path / "package.yaml").write_text("namespace: mine\n")
    (tmp_path / "facts.yaml").write_text(
        "facts:\n"
        "  - {id: mine_marker, group: immune, type: boolean, ask: test, label: {en: Marker, ko: 지표}}\n"
        "constraints:\n"
        "  - {id: mine-marker-sle, if: mine_marker, then: sle, says: {en: x, ko: 가}}\n"
    )
    cohort = Cohort(read_model(read_knowledge([tmp_path])), 50, 1)
    frame = cohort.frame(0)
    assert "mine_marker" not in frame.columns
    assert frame["losses"].drop_nulls().len() > 40
