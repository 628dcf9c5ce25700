"""The paragraph on methods: what was done is said and cited, what was not is absent."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

import pytest
import yaml

from decidua.language import LANGUAGES, Lang, words
from decidua.reports import methods
from decidua.reports.methods import write_methods
from decidua.reports.pool.choices import choices
from decidua.reports.pool.plan import EXTRAS
from decidua.synthesis.pooled import CI_METHODS, PREDICTIONS
from decidua.synthesis.tau2 import ESTIMATORS
from tests.pictures.plots import VITAMIN_D, bcg, pooled


def cited(file: Path, **asked: object) -> set[str]:
    report, _ = pooled(file, **asked)  # type: ignore[arg-type]
    return {paper.id for paper in write_methods(report).references}


def test_revmans_random_model() -> None:
    assert cited(VITAMIN_D, measure="OR", method="MH") == {
        "deeks-2010", "mantel-1959", "dersimonian-1986", "higgins-2002", "viechtbauer-2007", "higgins-2009"
    }  # fmt: skip


def test_fixed_models_speak_of_no_variance_between_studies() -> None:
    assert cited(VITAMIN_D, measure="OR", method="MH", model="fixed") == {"mantel-1959", "robins-1986", "higgins-2002"}
    assert cited(VITAMIN_D, measure="RR", method="MH", model="fixed") >= {"greenland-1985"}
    assert cited(VITAMIN_D, measure="RD", method="MH", model="fixed") >= {"sato-1989"}
    report, _ = pooled(VITAMIN_D, measure="PETO")
    said = write_methods(report)
    assert {paper.id for paper in said.references} == {"yusuf-1985", "higgins-2002"}
    assert "τ²" not in said.text
    assert "prediction" not in said.text


@pytest.mark.parametrize("tau2", sorted(ESTIMATORS))
def test_each_estimator_is_cited(tau2: str) -> None:
    assert methods.TAU2[tau2] in cited(VITAMIN_D, measure="OR", tau2=tau2)


def test_everything_that_can_be_asked_for(tmp_path: Path) -> None:
    found = cited(bcg(tmp_path), measure="RR", by="alloc", moderators=("ablat",), extras=EXTRAS, ci="hksj")
    assert found == {
        "viechtbauer-2005", "knapp-2003", "sidik-2002", "higgins-2002", "viechtbauer-2007", "higgins-2009",
        "borenstein-2009", "lau-1995", "viechtbauer-2010", "egger-1997", "begg-1994", "peters-2006", "harbord-2006",
        "sterne-2011", "duval-2000a", "duval-2000b",
    }  # fmt: skip


def test_what_was_refused_is_not_said() -> None:
    """Six studies: no test of asymmetry is done, so none is cited."""
    assert not cited(VITAMIN_D, measure="OR", extras=("asymmetry", "trim-fill")) & {"egger-1997", "duval-2000a"}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_references_are_numbered_as_they_are_cited(tmp_path: Path, lang: Lang) -> None:
    report, _ = pooled(bcg(tmp_path), lang, measure="RR", by="alloc", extras=EXTRAS)
    said = write_methods(report)
    numbers = [int(n) for group in re.findall(r"\[([\d, ]+)\]", said.text) for n in group.split(",")]
    first = list(dict.fromkeys(numbers))
    assert first == [paper.number for paper in said.references] == list(range(1, len(first) + 1))
    assert "{" not in said.text


@pytest.mark.parametrize("ci", CI_METHODS)
@pytest.mark.parametrize("prediction", sorted(PREDICTIONS))
@pytest.mark.parametrize("lang", LANGUAGES)
def test_choices_are_read_back(ci: str, prediction: str, lang: Lang) -> None:
    report, _ = pooled(VITAMIN_D, lang, measure="OR", ci=ci, prediction=prediction, tau2="PM", zero="revman")
    found = choices(report)
    assert (found.model, found.tau2, found.interval, found.prediction, found.zero) == (
        "random-iv", "PM", ci, prediction, "revman"
    )  # fmt: skip
    assert write_methods(report).text


def test_every_reference_has_its_year_and_is_used_or_kept() -> None:
    papers = yaml.safe_load((files("decidua.reports") / "references.yaml").read_text("utf-8"))
    for name, paper in papers.items():
        assert re.search(r"(\d{4})", name)[1] in paper["text"]  # type: ignore[index]
        assert set(paper) <= {"text", "doi"}
        assert paper["text"].endswith(".")
    named = {*methods.TAU2.values(), *methods.VARIANCES.values(), *methods.TESTS.values()}
    for group in (methods.MODELS, methods.INTERVALS, methods.PREDICTIONS):
        named |= {paper for some in group.values() for paper in some}
    assert named <= set(papers)


def test_words_of_both_languages_have_the_same_blanks() -> None:
    for key in words("en"):
        if key.startswith(("picture.", "methods.", "error.picture")):
            blanks = [sorted(re.findall(r"\{(\w+)\}", words(lang)[key])) for lang in LANGUAGES]
            assert blanks[0] == blanks[1], key
