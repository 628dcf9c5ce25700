"""`decidua pool`: the JSON contract, the formats, partial results with their reasons."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from decidua.cli.pool import EXTRAS, MEASURES, TAU2, command
from decidua.errors import StudyError, UsageError
from decidua.reports.pool import plan
from decidua.synthesis.tau2 import ESTIMATORS
from tests.synthesis.reference import near, results

EXAMPLES = Path(__file__).parents[2] / "examples" / "pool"
TOP = {"estimate", "se", "ci", "p", "tau2", "q", "i2", "h2", "prediction", "weights", "k"}


def run(file: Path, *options: str) -> Result:
    return CliRunner().invoke(command, [str(file), *options])


def pooled(file: Path, *options: str) -> dict[str, Any]:
    result = run(file, *options, "--format", "json")
    assert result.exception is None, result.output
    assert "NaN" not in result.output
    loaded: dict[str, Any] = json.loads(result.output)
    return loaded


def failed(file: Path, *options: str) -> str:
    error = run(file, *options).exception
    assert isinstance(error, StudyError | UsageError)
    assert error.message("ko") != error.message("en")
    return error.message("en")


@pytest.fixture
def bcg(tmp_path: Path) -> Path:
    found = results()["berkey_1995"]
    trials = zip(results()["colditz_1994"]["rows"], found["ablat"], found["alloc"], strict=True)
    file = tmp_path / "bcg.csv"
    lines = [",".join(map(str, [f'"{t["study"]}"', t["ai"], t["n1i"], t["ci"], t["n2i"], x, g])) for t, x, g in trials]
    file.write_text("\n".join(["study,ai,n1i,ci,n2i,ablat,alloc", *lines]), "utf-8")
    return file


def csv(folder: Path, *lines: str) -> Path:
    file = folder / "some.csv"
    file.write_text("\n".join(["study,ai,n1i,ci,n2i", *lines]), "utf-8")
    return file


def test_the_contract(bcg: Path) -> None:
    found, theirs = pooled(bcg, "--measure", "RR"), results()["colditz_1994"]["RR"]["metafor"]
    assert set(found) >= TOP
    assert set(found["back_transformed"]) >= TOP
    near([found["estimate"], found["se"], *found["ci"], found["tau2"], found["i2"], found["h2"]],
         [theirs["REML"][name] for name in ("estimate", "se", "lower", "upper", "tau2", "i2", "h2")], 1e-7)  # fmt: skip
    near(found["weights"], theirs["weights"], 1e-7)
    near(found["prediction"], theirs["prediction"], 1e-7)
    assert found["back_transformed"]["estimate"] == pytest.approx(math.exp(found["estimate"]))
    assert {"zero", "model", "tau2", "ci", "prediction", "i2", "q"} <= set(found["conventions"])


def test_what_the_command_offers_is_what_there_is() -> None:
    assert set(TAU2) == set(ESTIMATORS)
    assert (MEASURES, EXTRAS) == (plan.MEASURES, plan.EXTRAS)


@pytest.mark.parametrize("shape", ["text", "csv"])
@pytest.mark.parametrize("lang", ["en", "ko"])
def test_everything_at_once(bcg: Path, shape: str, lang: str) -> None:
    also = [part for name in EXTRAS for part in ("--also", name)]
    result = run(bcg, "--measure", "RR", "--by", "alloc", "--moderators", "ablat,alloc", *also,
                 "--format", shape, "--lang", lang)  # fmt: skip
    assert result.exception is None
    assert "nan" not in result.output.lower()
    assert "Comstock" in result.output


def test_categories_and_numbers_as_moderators(bcg: Path) -> None:
    found = pooled(bcg, "--measure", "RR", "--moderators", "alloc")["regression"]
    assert [c["name"] for c in found["coefficients"]] == ["intercept", "alloc = alternate", "alloc = systematic"]
    theirs = results()["berkey_1995"]["regression"]["REML_alloc"]
    near([c["estimate"] for c in found["coefficients"]], theirs["beta"], 1e-7)


def test_few_studies_for_a_test_of_asymmetry(tmp_path: Path) -> None:
    file = csv(tmp_path, "A,1,10,2,10", "B,3,20,5,20", "C,2,30,4,30")
    found = pooled(file, "--measure", "OR", "--also", "asymmetry", "--also", "trim-fill")
    assert found["asymmetry"] == []
    assert any("needs 10 studies or more, here are 3" in note for note in found["notes"])


def test_one_study(tmp_path: Path) -> None:
    found = pooled(csv(tmp_path, "A,1,10,2,10"), "--measure", "OR")
    assert [found[name] for name in ("k", "tau2", "q", "i2", "h2", "prediction")] == [1, None, None, None, None, None]
    assert found["estimate"] == pytest.approx(math.log(1 * 8 / (9 * 2)))
    assert any(note.startswith("One study") for note in found["notes"])


def test_all_zero(tmp_path: Path) -> None:
    file = csv(tmp_path, "A,0,10,0,10", "B,0,10,0,10")
    assert "none of the 2 studies" in failed(file, "--measure", "OR", "--zero", "revman")
    assert "none of the 2 studies" in failed(file, "--measure", "OR", "--model", "fixed")
    assert any("0.5 alone" in note for note in pooled(file, "--measure", "OR")["notes"])
    assert pooled(file, "--measure", "RD", "--zero", "revman")["estimate"] == 0


def test_an_empty_cell_leaves_a_row_out_and_says_so(tmp_path: Path) -> None:
    found = pooled(csv(tmp_path, "A,,10,2,10", "B,3,20,5,20", "C,2,30,4,30"), "--measure", "OR")
    assert (found["k"], found["weights"][0], found["studies"][0]["why_not"]) == (
        2,
        None,
        "a needed cell is empty, or a group has nobody",
    )
    assert "lines 2" in found["notes"][0]


def test_the_vitamin_d_plot_of_the_talk() -> None:
    """RevMan 5, M-H, Random: 1.60 [1.11, 2.30]; Tau² 0.07, Chi² 7.67, I² 35 %; weights to 0.1 %."""
    found = pooled(EXAMPLES / "vitamin-d.csv", "--measure", "OR", "--method", "MH")
    back = found["back_transformed"]
    assert [f"{value:.2f}" for value in (back["estimate"], *back["ci"])] == ["1.60", "1.11", "2.30"]
    assert (f"{found['tau2']:.2f}", f"{found['q']:.2f}", f"{found['i2']:.0f}") == ("0.07", "7.67", "35")
    assert [f"{weight:.1f}" for weight in found["weights"]] == ["16.0", "8.1", "29.1", "25.6", "6.8", "14.4"]
    assert "Mantel-Haenszel" in found["conventions"]["tau2"]


def test_the_calcineurin_plot_of_the_talk() -> None:
    """M-H, Fixed, with subgroups; a study without a control group is not estimable, and is said to be."""
    file = EXAMPLES / "calcineurin-inhibitors.csv"
    found = pooled(file, "--measure", "OR", "--model", "fixed", "--zero", "revman", "--by", "drug")
    first = found["subgroups"]["groups"][0]
    assert [f"{math.exp(v):.2f}" for v in (first["estimate"], *first["ci"])] == ["2.09", "1.31", "3.32"]
    assert [w if w is None else f"{w:.1f}" for w in found["weights"]] == ["37.6", "31.9", None, "30.5"]
    assert "nobody" in found["studies"][2]["why_not"]


def test_a_study_without_weight_may_be_in_the_estimate(tmp_path: Path) -> None:
    """Mantel-Haenszel: c = 0 gives the weight bc/n = 0, but ad/n counts."""
    found = pooled(csv(tmp_path, "A,3,10,0,10", "B,3,20,5,20"), "--measure", "OR", "--model", "fixed")
    assert (found["k"], found["weights"][0], found["notes"]) == (2, 0.0, [])


@pytest.mark.parametrize(("options", "said"), [
    ((), "Which measure"), (("--measure", "OR", "--method", "Peto", "--model", "random"), "no random model"),
    (("--measure", "RR", "--method", "Peto", "--model", "fixed"), "odds ratios only"),
    (("--measure", "OR", "--model", "fixed", "--ci", "hksj"), "Wald interval only"),
    (("--measure", "OR", "--method", "MH", "--tau2", "REML"), "DL about the Mantel-Haenszel"),
    (("--measure", "OR", "--method", "MH", "--moderators", "ablat"), "inverse variance"),
    (("--measure", "OR", "--by", "nothing"), "further columns are ablat, alloc"),
    (("--measure", "OR", "--moderators", "ablat,ablat"), "collinear"),
    (("--measure", "MD"), "missing: m1i"),
])  # fmt: skip
def test_choices_that_do_not_go_together(bcg: Path, options: tuple[str, ...], said: str) -> None:
    assert said in failed(bcg, *options)


def test_estimates_with_intervals(tmp_path: Path) -> None:
    file = tmp_path / "reported.csv"
    file.write_text("study,estimate,lower,upper\nA,1.58,1.23,2.02\nB,2.0,1.2,3.4\nC,1.5,0.5,9.0\n", "utf-8")
    found = pooled(file, "--measure", "RR")
    assert found["studies"][0]["se"] == pytest.approx(math.log(2.02 / 1.23) / 2 / 1.959963984540054)
    assert "(lines 4)" in found["notes"][0]
    file.write_text("study,estimate,lower,upper\nA,1.58,1.23,2.02\nB,0.9,1.2,3.4\n", "utf-8")
    assert "reported.csv:3: 0.9 (1.2 to 3.4) is no interval" in failed(file, "--measure", "RR")


def grouped(folder: Path, *groups: str) -> Path:
    file = folder / "grouped.csv"
    lines = [f"S{at},{at + 1},{20 + at},{2 * at + 1},{30 + at},{group}" for at, group in enumerate(groups)]
    file.write_text("\n".join(["study,ai,n1i,ci,n2i,g", *lines]), "utf-8")
    return file


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(("groups", "said"), [
    (("a", "a"), "the moderator 'g' is 'a' in every study"), (("3", "3.0", "3"), "the moderator 'g' is '3' in every"),
    (("a", "a", "", "NA"), "the moderator 'g' is 'a' in every"), (("", "", "NA"), "the moderator 'g' is empty"),
    (("1", "2", "1e300", "4"), "grouped.csv:4: the moderator 'g' is '1e300'"), (("1", "2", "inf"), "is 'inf'"),
    (("a", ""), "too many for 1 studies"),
])  # fmt: skip
def test_moderators_that_explain_nothing(tmp_path: Path, groups: tuple[str, ...], said: str) -> None:
    message = failed(grouped(tmp_path, *groups), "--measure", "OR", "--moderators", "g")
    assert said in message
    assert "\n" not in message


def test_studies_without_a_moderator_are_named(tmp_path: Path) -> None:
    found = pooled(grouped(tmp_path, "a", "", "b", "b", "NA", "a"), "--measure", "OR", "--moderators", "g")
    assert found["regression"]["k"] == 4
    assert any("meta-regression" in note and "2 (lines 3, 6)" in note for note in found["notes"])


def test_studies_without_a_group_are_named_and_not_tested(tmp_path: Path) -> None:
    found = pooled(grouped(tmp_path, "a", "", "b", "b", "NA", "a"), "--measure", "OR", "--by", "g")
    assert ([group["name"] for group in found["subgroups"]["groups"]], found["subgroups"]["df"]) == (["a", "b"], 1)
    assert any("In no subgroup" in note and "2 (lines 3, 6)" in note for note in found["notes"])
    assert run(grouped(tmp_path, "", ""), "--measure", "OR", "--by", "g").exception is None


@pytest.mark.parametrize("options", [("--measure", "PETO"), ("--measure", "OR", "--method", "Peto")])
def test_peto_is_fixed_unless_told_otherwise(bcg: Path, options: tuple[str, ...]) -> None:
    found = pooled(bcg, *options)
    assert (found["measure"], found["conventions"]["model"]) == ("PETO", "fixed, Peto")
    assert found["estimate"] == pooled(bcg, *options, "--model", "fixed")["estimate"]


def test_peto_effects_in_a_random_model(bcg: Path) -> None:
    assert "random, inverse variance" in pooled(bcg, "--measure", "PETO", "--model", "random")["conventions"]["model"]


def test_one_study_falls_back_to_wald_and_says_so(tmp_path: Path) -> None:
    found = pooled(csv(tmp_path, "A,1,10,2,10"), "--measure", "OR", "--ci", "hksj")["conventions"]
    assert found["ci"].startswith("Wald")
    assert "prediction" not in found
    file = grouped(tmp_path, "a", "b", "b")
    found = pooled(file, "--measure", "OR", "--ci", "hksj", "--by", "g")["conventions"]
    assert found["ci"].startswith("Hartung")
    assert "one study stands alone, Wald" in found["ci"]
    assert "alone" not in pooled(file, "--measure", "OR", "--ci", "hksj")["conventions"]["ci"]
    assert "prediction" in found
    assert "prediction" not in pooled(file, "--measure", "OR", "--model", "fixed")["conventions"]


def test_no_text_of_the_csv_runs_as_a_formula(tmp_path: Path) -> None:
    """Names, reasons and notes all pass the same guard."""
    import csv as comma

    from decidua.reports.pool.models import PoolReport
    from decidua.reports.pool.text import pool_csv

    found = PoolReport.model_validate(pooled(csv(tmp_path, "=A1,1,10,2,10", "B,3,20,4,20"), "--measure", "OR"))
    first = found.studies[0].model_copy(update={"why_not": "-B2"})
    made = pool_csv(found.model_copy(update={"studies": (first, *found.studies[1:]), "notes": ("@C3",)}))
    cells = [cell for line in comma.reader(made.splitlines()) for cell in line]
    assert {"'=A1", "'-B2", "'@C3"} <= set(cells)
