"""Every example in every language and format: exit 0, no traceback, JSON by the schema."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from cli.running import EXAMPLES, ROOT, python_words, run, spawn
from decidua.language import LANGUAGES

SCHEMA = jsonschema.Draft202012Validator(json.loads((ROOT / "docs/schema/report.schema.json").read_text("utf-8")))
WARNED = ("24-two-warnings.yaml",)
IDS = [path.name for path in EXAMPLES]
each = pytest.mark.parametrize("path", EXAMPLES, ids=IDS)
OPTION = {
    "option", "answer", "possible", "bound", "readings", "strength", "certainty", "statements", "regimens", "before",
    "legal", "now", "notes", "relevant", "deciding",
}  # fmt: skip


@cache
def report(path: Path, *more: str) -> Any:
    """The report as JSON; each is asked for once in a session, and nobody changes it."""
    ran = run("consult", str(path), "--format", "json", *more)
    assert (ran.code, ran.err) == (0, "")
    return json.loads(ran.out)


def cells(said: Any) -> Iterator[Any]:
    for guideline in said["guidelines"]:
        yield from (*guideline["options"], *guideline["tests"])


@each
@pytest.mark.parametrize(("shape", "lang"), [("text", "en"), ("text", "ko"), ("html", "ko")])
@pytest.mark.usefixtures("quick")
def test_runs(path: Path, shape: str, lang: str) -> None:
    """HTML in English, and all of it in processes of its own, is in the full ring."""
    ran = run("consult", str(path), "--lang", lang, "--format", shape)
    assert (ran.code, ran.err) == (0, "")
    assert not python_words(ran.out)
    assert yaml.safe_load(path.read_text(encoding="utf-8"))["title"].split()[0] in ran.out


@each
@pytest.mark.usefixtures("quick")
def test_json(path: Path) -> None:
    """The same answers in both languages, by the schema; warnings only where the example is about them."""
    english, korean = report(path), report(path, "--lang", "ko")
    for said in (english, korean):
        SCHEMA.validate(said)
        assert bool(said["warnings"]) is (path.name in WARNED)
    for one, other in zip(cells(english), cells(korean), strict=True):
        same = ("option", "answer", "possible", "bound", "now", "relevant", "depends_on", "strength", "certainty")
        assert [one[key] for key in same] == [other[key] for key in same]


@pytest.mark.usefixtures("quick")
def test_json_has_the_keys_that_users_rely_on() -> None:
    said = report(ROOT / "examples" / "05-uterine-nk-exactly-5.yaml")
    assert {"software", "content", "as_of", "guidelines", "disagreements"} <= said.keys()
    assert said["software"].startswith("decidua ")
    assert (said["as_of"], said["title"]) == ("2026-11-01", "Uterine NK cells exactly 5 %")
    assert all({"id", "definition", "tests", "options"} <= guideline.keys() for guideline in said["guidelines"])
    assert all(cell.keys() >= OPTION for cell in cells(said))
    found = [deciding for cell in cells(said) for deciding in cell["deciding"]]
    assert found
    assert all({"facts", "when", "answer"} <= deciding.keys() for deciding in found)
    assert all(set(deciding["facts"]) == deciding["when"].keys() for deciding in found)
    keys = {"option", "kind", "between", "differs_in"}
    assert said["disagreements"]
    assert all(keys <= disagreement.keys() for disagreement in said["disagreements"])


@each
@pytest.mark.usefixtures("quick")
def test_answers_are_of_one_piece(path: Path) -> None:
    """What the parts of a cell say must fit each other."""
    for cell in cells(report(path)):
        settled = cell["answer"] not in ("needs-data", "disputed")
        assert settled is (cell["possible"] == [cell["answer"]])
        assert cell["answer"] != "needs-data" or cell["relevant"]
        assert cell["answer"] != "disputed" or cell["depends_on"]
        assert cell["group"] == "for" or not any(regimen["calculated"] for regimen in cell["regimens"])
        assert not (cell["other_indications"] and any(regimen["calculated"] for regimen in cell["regimens"]))
        assert all(regimen["calculated"] or regimen["why_not"] for regimen in cell["regimens"])
        assert all(cite["source"] for said in cell["statements"] for cite in said["cites"])
        assert {deciding["answer"] for deciding in cell["deciding"]} <= {*cell["possible"], "disputed"}


def test_enough_examples_that_show_and_say() -> None:
    """Title, as-of date and a comment in each; four in Korean; JSON too."""
    texts = {path.name: path.read_text(encoding="utf-8") for path in EXAMPLES}
    loaded = {name: yaml.safe_load(text) for name, text in texts.items()}
    assert len(texts) >= 18
    assert all(str(facts["as_of"]) == "2026-11-01" for facts in loaded.values())
    assert len({facts["title"] for facts in loaded.values()}) == len(texts)
    assert all(text.startswith("# ") for name, text in texts.items() if name.endswith(".yaml"))
    assert sum(any("가" <= letter <= "힣" for letter in facts["title"]) for facts in loaded.values()) >= 4
    assert any(name.endswith(".json") for name in texts)


def named(cell_of: Any, guideline: str, option: str) -> Any:
    own = next(one for one in cell_of["guidelines"] if one["id"] == guideline)
    return next(cell for cell in (*own["options"], *own["tests"]) if cell["option"] == option)


# What each example is there to show, from the talk; not recorded from any output.
SHOWN = [
    ("02-one-loss", "asri-2025", "ivig", "out-of-scope"),
    ("02-one-loss", "eshre-2022", "supportive-care", "out-of-scope"),
    ("03-biochemical-and-clinical", "asrm-2012", "test:antiphospholipid", "out-of-scope"),
    ("03-biochemical-and-clinical", "eshre-2022", "test:antiphospholipid", "disputed"),
    ("04-immune-workup", "asri-2025", "corticosteroids", "recommended"),
    ("04-immune-workup", "asri-2025", "ivig", "recommended"),
    ("04-immune-workup", "eshre-2022", "ivig", "conditional"),
    ("04-immune-workup", "eshre-2022", "lit", "against"),
    ("04-immune-workup", "asri-2025", "lit", "conditional"),
    ("05-uterine-nk-exactly-5", "asri-2025", "corticosteroids", "disputed"),
    ("06-thrombotic-aps", "asrm-2012", "heparin-aspirin", "recommended"),
    ("07-obstetric-aps-pregnant", "asri-2025", "heparin-aspirin", "recommended"),
    ("07-obstetric-aps-pregnant", "eshre-2022", "corticosteroids", "against"),
    ("08-aps-two-losses", "eshre-2022", "heparin-aspirin", "research-only"),
    ("08-aps-two-losses", "asrm-2012", "heparin-aspirin", "recommended"),
    ("09-persistent-apl-dated", "eshre-2022", "heparin-aspirin", "conditional"),
    ("12-failed-transfers", "asri-2025", "ivig", "out-of-scope"),
    ("13-factor-v-leiden", "eshre-2022", "heparin", "against"),
    ("14-uterine-septum", "asrm-2012", "uterine-surgery", "disputed"),
    ("15-luteal-phase", "eshre-2022", "hcg", "insufficient"),
    ("16-vitamin-d-low-nmol", "asri-2025", "vitamin-d", "recommended"),
    ("16-vitamin-d-low-nmol", "eshre-2022", "test:vitamin-d", "against"),
    ("17-vitamin-d-exactly-75", "asri-2025", "vitamin-d", "disputed"),
    ("18-lit-in-the-us", "asri-2025", "lit", "conditional"),
    ("18-lit-in-the-us", "eshre-2022", "lit", "against"),
    ("19-parental-karyotype", "eshre-2022", "heparin", "other-population"),
    ("19-parental-karyotype", "eshre-2022", "intralipid", "other-population"),
    ("20-nothing-known", "asrm-2012", "test:antiphospholipid", "needs-data"),
    ("20-nothing-known", "asrm-2012", "test:nk-cells", "not-in-source"),
    ("21-refractory-anti-tnf", "asri-2025", "anti-tnf", "evidence-only"),
]


@pytest.mark.parametrize(("name", "guideline", "option", "answer"), SHOWN)
@pytest.mark.usefixtures("quick")
def test_example_shows_what_it_is_for(name: str, guideline: str, option: str, answer: str) -> None:
    said = report(ROOT / "examples" / f"{name}.yaml")
    assert named(said, guideline, option)["answer"] == answer


@pytest.mark.usefixtures("quick")
def test_around_the_answers() -> None:
    """Other indications lead and work out no regimen; precautions, the law and what is derived stand beside."""
    folder = ROOT / "examples"
    on_heparin = named(report(folder / "06-thrombotic-aps.yaml"), "asri-2025", "heparin-aspirin")
    assert on_heparin["other_indications"]
    assert not any(regimen["calculated"] for regimen in on_heparin["regimens"])
    lupus = named(report(folder / "11-sle-on-hydroxychloroquine.yaml"), "eshre-2022", "hydroxychloroquine")
    assert lupus["other_indications"]
    transplant = named(report(folder / "23-transplant-tacrolimus.yaml"), "asri-2025", "tacrolimus")
    assert transplant["other_indications"]
    anti_tnf = named(report(folder / "21-refractory-anti-tnf.yaml"), "asri-2025", "anti-tnf")
    assert {check["id"]: check["state"] for check in anti_tnf["before"]}["anti-tnf.latent-tb"] == "missing"
    lit = named(report(folder / "18-lit-in-the-us.yaml"), "asri-2025", "lit")
    assert [law["country"] for law in lit["legal"]] == ["here"]
    ivig = named(report(folder / "04-immune-workup.yaml"), "asri-2025", "ivig")
    (worked,) = (regimen["calculated"] for regimen in ivig["regimens"])
    assert worked.startswith("200–400 mg/kg × 58 kg = 11600–23200 mg")


@pytest.mark.usefixtures("quick")
def test_what_is_worked_out_from_tables() -> None:
    folder = ROOT / "examples"

    def known(name: str) -> dict[str, str]:
        return {fact["fact"]: fact["value"] for fact in report(folder / name)["patient"]}

    assert known("09-persistent-apl-dated.yaml")["apl_persistent"] == "yes"
    assert "apl_persistent" not in known("10-apl-positive-once.yaml")
    assert known("07-obstetric-aps-pregnant.yaml")["gestation"] == "6+0"
    assert known("17-vitamin-d-exactly-75.yaml")["vitamin_d"] == "30 ng/mL"
    assert known("20-nothing-known.yaml") == {}
    assert known("03-biochemical-and-clinical.yaml")["biochemical_losses"] == "2"


@pytest.mark.slow
@each
@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("shape", ["text", "json", "html"])
def test_runs_in_its_own_process(path: Path, lang: str, shape: str) -> None:
    ran = spawn("consult", str(path), "--lang", lang, "--format", shape)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout
