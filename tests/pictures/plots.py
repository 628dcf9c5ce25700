"""Plots for tests: examples pooled as a user would, and made-up rows."""

from __future__ import annotations

from pathlib import Path

from decidua.language import Lang
from decidua.reports.pictures.models import Column, ForestPlot, Row
from decidua.reports.pool.build import build_pool_report
from decidua.reports.pool.models import PoolReport
from decidua.reports.pool.plan import Asked
from decidua.studies import read_studies
from decidua.studies.table import StudyTable
from tests.synthesis.reference import results

EXAMPLES = Path(__file__).parents[2] / "examples" / "pool"
VITAMIN_D = EXAMPLES / "vitamin-d.csv"
INHIBITORS = EXAMPLES / "calcineurin-inhibitors.csv"


def pooled(file: Path, lang: Lang = "en", **asked: object) -> tuple[PoolReport, StudyTable]:
    wanted = Asked(**asked)  # type: ignore[arg-type]
    table = read_studies(str(file), wanted.wanted, None)
    return build_pool_report(table, wanted, lang), table


def bcg(folder: Path) -> Path:
    """Thirteen trials of BCG vaccine (Colditz et al. 1994), with latitude and allocation (Berkey et al. 1995)."""
    found = results()["berkey_1995"]
    trials = zip(results()["colditz_1994"]["rows"], found["ablat"], found["alloc"], strict=True)
    file = folder / "bcg.csv"
    lines = [",".join(map(str, [f'"{t["study"]}"', t["ai"], t["n1i"], t["ci"], t["n2i"], x, g])) for t, x, g in trials]
    file.write_text("\n".join(["study,ai,n1i,ci,n2i,ablat,alloc", *lines]), "utf-8")
    return file


def plot(*rows: Row, lang: Lang = "en", log: bool = True, **parts: object) -> ForestPlot:
    made: dict[str, object] = {
        "lang": lang, "title": "A plot", "measure": "OR", "measure_name": "odds ratio", "log": log,
        "no_effect": 1.0 if log else 0.0, "label_header": "Study", "rows": rows, **parts,
    }  # fmt: skip
    return ForestPlot.model_validate(made)


def study(label: str, estimate: float | None, low: float = 0.0, high: float = 0.0, **parts: object) -> Row:
    interval = None if estimate is None else (low, high)
    return Row.model_validate({"kind": "study", "label": label, "estimate": estimate, "interval": interval, **parts})


def everything(lang: Lang) -> ForestPlot:
    """Every kind of row, long names, two languages, all that stands under a plot."""
    long = "A very long name of a study group with several authors and a place, 2019" if lang == "en" else (
        "저자가 많고 이름이 아주 긴 대한반복유산연구회 다기관 공동연구 2019"
    )  # fmt: skip
    return plot(
        Row(kind="group", label="Ciclosporin / 사이클로스포린"),
        study(long, 1.2, 0.4, 3.1, weight=20.0, cells=("12/135", "4/57", "some")),
        study("Kim 2020", 0.03, 0.0001, 40, weight=5.0, cells=("1/1350000", "4/57000000", "low")),
        study("<b>&\"Hostile'\u202e 2021", None, why_not="a needed cell is empty, or a group has nobody"),
        Row(kind="subgroup", label="Subtotal", estimate=1.1, interval=(0.5, 2.5), weight=25.0, under="I² = 0%"),
        Row(kind="group", label="Tacrolimus"),
        study("Lee 2022", 2.2, 1.5, 3.5, weight=75.0, mark="printed 87.7, recomputed 86.67"),
        study("Park 2023", 1.9, 0.9, 3.9, why_not="not pooled"),
        study("Shi 2022", 2.0, 1.0, 4.0, effect="2.0 (1.0–4.0)"),
        Row(kind="pooled", label="Pooled", estimate=1.7, interval=(1.2, 2.4), weight=100.0),
        Row(kind="prediction", label="Prediction interval", interval=(0.2, 9.0)),
        lang=lang, title="Live birth with calcineurin inhibitors" if lang == "en" else "칼시뉴린 억제제와 생아출생",
        columns=(Column(header="Treated events/total"), Column(header="Control events/total"),
                 Column(header="Risk of bias", side="right", numeric=False)),
        favours_left="Favours control, without any drug at all, for a long label",
        favours_right="억제제에 유리" if lang == "ko" else "Favours the inhibitor", good="right",
        lines=("Heterogeneity: I² = 35%", "Method: " + "many words " * 30),
    )  # fmt: skip
