"""Plots of the tables: every row as printed, no review pooled, every mismatch and doubt marked."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from decidua.cli.main import cli
from decidua.content import Content
from decidua.errors import ContentError, UsageError
from decidua.evidence import Evidence, Verdict, read_verdicts
from decidua.evidence.estimates import Estimates, read_estimates
from decidua.evidence.plots import TablePlot, read_plots
from decidua.evidence.randomised import mismatches
from decidua.guidelines import Knowledge, read_knowledge
from decidua.language import LANGUAGES, Lang
from decidua.reports.absolute.words import Phrases
from decidua.reports.pictures.models import ForestPlot, Row
from decidua.reports.plots import Plots


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    return read_knowledge()


@pytest.fixture(scope="session")
def estimates(content: Content, evidence: Evidence) -> Estimates:
    return read_estimates(content, evidence)


@pytest.fixture(scope="session")
def stored() -> dict[str, Verdict]:
    return read_verdicts()


@pytest.fixture(scope="session")
def plots(
    content: Content, evidence: Evidence, estimates: Estimates, stored: dict[str, Verdict]
) -> dict[str, TablePlot]:
    return {plot.said.id: plot for plot in read_plots(content, evidence, estimates, stored)}


def forest(
    plot: TablePlot, evidence: Evidence, stored: dict[str, Verdict], knowledge: Knowledge, lang: Lang
) -> ForestPlot:
    return Plots(evidence, stored, Phrases(lang, knowledge)).forest(plot)


@pytest.fixture(scope="session")
def drawn(
    plots: dict[str, TablePlot], evidence: Evidence, stored: dict[str, Verdict], knowledge: Knowledge
) -> dict[str, ForestPlot]:
    return {id_: forest(plot, evidence, stored, knowledge, "en") for id_, plot in plots.items()}


def squares(plot: ForestPlot) -> list[Row]:
    return [row for row in plot.rows if row.kind in ("study", "review")]


def test_rows_equal_the_printed_cells(
    plots: dict[str, TablePlot], drawn: dict[str, ForestPlot], evidence: Evidence
) -> None:
    compared = 0
    for id_, plot in plots.items():
        for one, row in zip(plot.rows, squares(drawn[id_]), strict=True):
            if one.from_counts or one.effect is None:
                continue
            place = f"{one.table}/{one.row.key}/{one.said.effect}"
            printed = [evidence.number(f"{place}.{part}") for part in ("estimate", "lower", "upper")]
            assert row.interval is not None
            assert [row.estimate, *row.interval] == [number.value for number in printed if number]
            assert row.effect == "{} [{}, {}]".format(*(number.text for number in printed if number))
            compared += 1
    assert compared > 50


def test_the_vitamin_d_plot_row_by_row(drawn: dict[str, ForestPlot]) -> None:
    """Lines 324 to 330 of the talk."""
    rows = squares(drawn["plot.vitamin-d-forest"])
    assert [(row.label, row.cells, row.effect) for row in rows] == [
        ("Andersen 2015", ("50/1130", "8/563"), "3.21 [1.51, 6.82]"),
        ("Flood-Nichols 2015", ("12/135", "4/57"), "1.29 [0.40, 4.19]"),
        ("Bärebring 2018", ("67/1347", "30/726"), "1.21 [0.78, 1.89]"),
        ("Mumford 2018", ("31/280", "36/361"), "1.12 [0.68, 1.87]"),
        ("Thiele 2019", ("10/198", "3/159"), "2.77 [0.75, 10.23]"),
        ("Christoph 2020", ("39/1012", "7/370"), "2.08 [0.92, 4.69]"),
    ]
    assert drawn["plot.vitamin-d-forest"].good == "left"


def test_diamonds_stand_only_where_the_source_pools(drawn: dict[str, ForestPlot]) -> None:
    with_diamonds = {id_ for id_, plot in drawn.items() if any(row.kind in ("subgroup", "pooled") for row in plot.rows)}
    assert with_diamonds == {"plot.vitamin-d-forest", "plot.calcineurin-forest"}


def test_no_review_is_ever_pooled(plots: dict[str, TablePlot], drawn: dict[str, ForestPlot]) -> None:
    for id_, plot in plots.items():
        kinds = {row.kind for row in drawn[id_].rows}
        if any(one.row.review for one in plot.rows):
            assert kinds <= {"review", "group"}
        assert [row.kind == "review" for row in squares(drawn[id_])] == [one.row.review for one in plot.rows]


@pytest.mark.parametrize("id_", ["plot.vitamin-d-forest", "plot.calcineurin-forest"])
def test_the_recomputed_diamond_stands_beside_the_printed_one(id_: str, drawn: dict[str, ForestPlot]) -> None:
    diamonds = [row for row in drawn[id_].rows if row.kind in ("subgroup", "pooled")]
    assert len(diamonds) % 2 == 0
    for printed, again in zip(diamonds[::2], diamonds[1::2], strict=True):
        assert printed.effect == again.effect
        assert again.under
        assert printed.estimate != again.estimate or printed.interval != again.interval


def test_every_mismatch_is_marked_with_the_recomputed_value(
    plots: dict[str, TablePlot], drawn: dict[str, ForestPlot], stored: dict[str, Verdict]
) -> None:
    marked = 0
    for id_, plot in plots.items():
        for one, row in zip(plot.rows, squares(drawn[id_]), strict=True):
            cleared = {weighed.of for weighed in one.said.weighed if not weighed.bars}
            for wrong in mismatches(one.refs, stored):
                if wrong.claim.rsplit("/", 1)[0] not in cleared:
                    assert row.mark
                    assert wrong.printed in row.mark
                    assert f"{wrong.value:g}" in row.mark
                    marked += 1
    assert marked >= 8


def test_doubtful_outcomes_are_marked(drawn: dict[str, ForestPlot]) -> None:
    [egerup] = [row for row in drawn["plot.ivig-reviews.rr"].rows if row.label.startswith("Egerup")]
    assert egerup.mark
    assert "without a live birth" in egerup.mark
    subtitle = drawn["plot.calcineurin-forest"].subtitle
    assert subtitle
    assert "clinical pregnancy" in subtitle


def test_one_measure_and_one_outcome_a_plot(plots: dict[str, TablePlot]) -> None:
    for plot in plots.values():
        assert {one.measure for one in plot.rows if one.measure} <= {plot.said.measure}
        assert {one.outcome.id for one in plot.rows if one.outcome} == {plot.said.outcome}


def test_every_estimate_with_numbers_is_drawn(estimates: Estimates, plots: dict[str, TablePlot]) -> None:
    """Left out: differences in risk, numbers in running text, and what prints no measure."""
    diamonds = [
        diamond.printed.id
        for plot in plots.values()
        for diamond in (*(group.subtotal for group in plot.groups), plot.total)
        if diamond
    ]
    shown = {one.id for plot in plots.values() for one in plot.rows} | set(diamonds)
    missing = {id_ for id_, one in estimates.estimates.items() if one.effect and one.measure != "RD"} - shown
    assert missing == {"intralipid-conclusions/implantation"}


def test_only_parts_of_a_trial_are_called_so(drawn: dict[str, ForestPlot]) -> None:
    """The two rows by kind of heparin do not make the other rows of the Cochrane table parts of a trial."""
    parts = {id_ for id_, plot in drawn.items() if any("Parts of one trial" in line for line in plot.lines)}
    assert parts == {"plot.ivig-trial.live-birth", "plot.ivig-trial.ongoing", "plot.alife2-subgroups"}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_both_languages(
    lang: Lang, plots: dict[str, TablePlot], evidence: Evidence, stored: dict[str, Verdict], knowledge: Knowledge
) -> None:
    for plot in plots.values():
        made = forest(plot, evidence, stored, knowledge, lang)
        hangul = any("가" <= letter <= "힣" for letter in "".join(filter(None, (made.favours_left, made.subtitle))))
        assert hangul == (lang == "ko")


@pytest.mark.parametrize(
    ("id_", "change", "said"),
    [
        ("plot.ivig-reviews.rr", {"total": "wang-2016"}, "itself a review"),
        ("plot.ivig-reviews.rr", {"measure": "OR"}, "one measure"),
        ("plot.ivig-reviews.rr", {"outcome": "miscarriage"}, "one outcome"),
        ("plot.vitamin-d-forest", {"groups": [{"rows": ["nobody"]}]}, "not among the comparisons"),
        ("plot.vitamin-d-forest", {"quoted": ["nothing"]}, "no row"),
    ],
)
def test_a_wrong_plot_is_told(
    id_: str, change: dict[str, object], said: str, content: Content, evidence: Evidence, estimates: Estimates
) -> None:
    item = content.items["plots"][id_]
    data = {**deepcopy(item.data), **change}
    items = {**content.items, "plots": {**content.items["plots"], id_: replace(item, data=data)}}
    with pytest.raises(ContentError) as raised:
        read_plots(replace(content, items=items), evidence, estimates, {})
    assert any(said in problem for problem in raised.value.problems)


def run(*arguments: str) -> str:
    return CliRunner().invoke(cli, arguments, catch_exceptions=False).output


def test_a_table_is_drawn_to_a_file_and_an_option_to_several(tmp_path: Path) -> None:
    run("evidence", "vitamin-d-forest", "--plot", str(tmp_path / "d.svg"))
    assert "Andersen 2015" in (tmp_path / "d.svg").read_text("utf-8")
    run("evidence", "ivig", "--plot", str(tmp_path / "out.svg"), "--lang", "ko")
    assert sorted(file.name for file in tmp_path.glob("out*")) == [f"out-{n}.svg" for n in (1, 2, 3, 4, 5)]


def test_no_file_is_overwritten_and_none_written_by_halves(tmp_path: Path) -> None:
    (tmp_path / "out-3.svg").write_text("mine")
    with pytest.raises(UsageError, match="exists"):
        run("evidence", "ivig", "--plot", str(tmp_path / "out.svg"))
    assert [file.name for file in tmp_path.iterdir()] == ["out-3.svg"]


@pytest.mark.parametrize(
    ("name", "file", "said"),
    [("lit-numbers", "x.svg", "no plot"), ("ivig-reviews", "x.gif", "svg"), ("ivigg", "x.svg", "ivig")],
)
def test_what_cannot_be_drawn_is_said(name: str, file: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=said):
        run("evidence", name, "--plot", str(tmp_path / file))


def test_json_holds_the_tables_and_their_plots() -> None:
    from decidua.reports.table_models import EvidenceTables

    report = EvidenceTables.model_validate_json(run("evidence", "g-csf", "--format", "json"))
    assert [table.id for table in report.tables] == ["g-csf-trial", "g-csf-studies", "g-csf-conclusions"]
    assert [len(table.plots) for table in report.tables] == [2, 3, 0]
