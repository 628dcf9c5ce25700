"""Which rows of a table make one forest plot: one outcome, one measure. Nothing is drawn here and nothing computed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pydantic import Field

from decidua.content import Content
from decidua.errors import ContentError
from decidua.evidence.absolute import Measure
from decidua.evidence.estimates import Estimate, Estimates
from decidua.evidence.read import Evidence
from decidua.evidence.verdict import Verdict
from decidua.facts.load import read_kind
from decidua.language import Model, Text
from decidua.provenance import Review


class PlotGroup(Model):
    """Rows under one heading; `subtotal`: the row in which the source itself pools them."""

    label: Text | None = None
    rows: tuple[str, ...] = Field(min_length=1)
    subtotal: str | None = None


class PlotSpec(Model):
    """As written. `rows` are the table's comparisons; `total`: the row in which the source itself pools all of them;
    `quoted`: rows whose print stands under the plot; `treated`: the words for the first group."""

    id: str
    table: str
    measure: Measure
    outcome: str
    treated: Text
    groups: tuple[PlotGroup, ...] = Field(min_length=1)
    total: str | None = None
    quoted: tuple[str, ...] = ()
    review: Review = Review()


@dataclass(frozen=True)
class Recomputed:
    """What the stored verdicts hold of a diamond: estimate, lower, upper; `method`: an id of the methods."""

    values: tuple[float, float, float]
    method: str | None


@dataclass(frozen=True)
class Diamond:
    """Pooled by the source: as printed, and recomputed beside it."""

    printed: Estimate
    recomputed: Recomputed | None


@dataclass(frozen=True)
class RowGroup:
    label: Text | None
    rows: tuple[Estimate, ...]
    subtotal: Diamond | None


@dataclass(frozen=True)
class TablePlot:
    """One plot, its rows met with the table."""

    said: PlotSpec
    groups: tuple[RowGroup, ...]
    total: Diamond | None

    @property
    def rows(self) -> tuple[Estimate, ...]:
        return tuple(row for group in self.groups for row in group.rows)


def read_plots(
    content: Content, evidence: Evidence, estimates: Estimates, verdicts: Mapping[str, Verdict]
) -> tuple[TablePlot, ...]:
    """In order of the file. Raises ContentError with every problem, one line each."""
    problems: list[str] = []
    specs = read_kind(content, "plots", PlotSpec, problems)
    for id_, spec in specs.items():
        where = content.items["plots"][id_].where()
        problems += [f"{where}: {id_}: {message}." for message in _wrong(spec, evidence, estimates)]
    if problems:
        raise ContentError(problems)
    return tuple(_plot(spec, estimates, verdicts) for spec in specs.values())


def _plot(spec: PlotSpec, estimates: Estimates, verdicts: Mapping[str, Verdict]) -> TablePlot:
    def row(key: str) -> Estimate:
        return estimates.estimates[f"{spec.table}/{key}"]

    groups = tuple(
        RowGroup(
            group.label, tuple(map(row, group.rows)),
            _diamond(row(group.subtotal), verdicts) if group.subtotal else None,
        )
        for group in spec.groups
    )  # fmt: skip
    return TablePlot(spec, groups, _diamond(row(spec.total), verdicts) if spec.total else None)


def _diamond(printed: Estimate, verdicts: Mapping[str, Verdict]) -> Diamond:
    """Of the claims on the printed limits, the one that pools; the middle of an interval is no pooling."""
    place = f"{printed.table}/{printed.row.key}/{printed.said.effect}"
    own = f"{printed.table}/{printed.row.key}/"
    found = {one.ref: one for one in verdicts.values() if not one.claim.startswith(own)}
    refs = [f"{place}.{part}" for part in ("estimate", "lower", "upper")]
    values = [found[ref].value if ref in found else None for ref in refs]
    if any(value is None for value in values):
        return Diamond(printed, None)
    estimate, lower, upper = (value for value in values if value is not None)
    return Diamond(printed, Recomputed((estimate, lower, upper), found[f"{place}.estimate"].method))


def _wrong(spec: PlotSpec, evidence: Evidence, estimates: Estimates) -> Iterator[str]:
    diamonds = [key for key in (*(group.subtotal for group in spec.groups), spec.total) if key]
    for key in (*(key for group in spec.groups for key in group.rows), *diamonds):
        one = estimates.estimates.get(f"{spec.table}/{key}")
        if one is None:
            yield f"'{key}' is not among the comparisons of {spec.table}"
            continue
        if one.outcome is None or one.outcome.id != spec.outcome:
            yield f"'{key}' is not about {spec.outcome}; a plot has one outcome"
        if one.measure is not None and one.measure != spec.measure:
            yield f"'{key}' is printed as {one.measure}, not {spec.measure}; a plot has one measure"
        if key in diamonds and one.row.review:
            yield f"'{key}' is itself a review; it is no diamond"
    if diamonds and any(row.row.review for row in _drawn(spec, estimates)):
        yield "reviews share studies; a plot of them has no diamond"
    rows = evidence.rows.get(spec.table, {})
    yield from (f"'{key}' is no row of {spec.table}" for key in spec.quoted if key not in rows)


def _drawn(spec: PlotSpec, estimates: Estimates) -> Iterator[Estimate]:
    for group in spec.groups:
        for key in group.rows:
            one = estimates.estimates.get(f"{spec.table}/{key}")
            if one is not None:
                yield one
