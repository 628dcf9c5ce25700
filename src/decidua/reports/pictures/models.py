"""What a picture shows, before it is drawn: contracts that any producer can fill and JSON can carry.

All numbers stand on the scale that papers print: ratios as ratios, differences as differences. A fact that is not
known is None and is drawn as a gap; which direction is good is never guessed.
"""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from decidua.language import Lang, Model

Interval = tuple[float, float]
RowKind = Literal["study", "review", "step", "group", "subgroup", "pooled", "prediction"]
Side = Literal["left", "right"]


class Column(Model):
    """A column of text. `side`: left or right of the plot. `numeric`: set flush right."""

    header: str
    side: Side = "left"
    numeric: bool = True


class Row(Model):
    """One line of a forest plot, by kind:

        study, review   a square with its interval; a review never becomes part of a diamond
        step            a circle with its interval: an estimate of all studies but one, or of the first ones
        group           a heading over the rows that follow
        subgroup        a diamond over some of the studies
        pooled          a diamond over all
        prediction      a thin bar: where a new study's effect is expected (`interval`)

    `cells`: texts of the plot's columns, in their order. `weight`: percent. `effect`: the numbers as the source prints
    them; None: written from the estimate and the interval. `why_not`: why there is no estimate, or why it is not in the
    pooled one. `mark`: what does not fit, such as a printed number that cannot be recomputed; a sign stands in
    the row, the sentence under the plot. `under`: a small line below the row.
    """

    kind: RowKind
    label: str
    cells: tuple[str, ...] = ()
    estimate: float | None = None
    interval: Interval | None = None
    weight: float | None = None
    effect: str | None = None
    why_not: str | None = None
    mark: str | None = None
    under: str | None = None


class ForestPlot(Model):
    """Studies below each other, one measure. Tables that mix measures make one plot for each.

    `measure`: the short name over the numbers (OR). `measure_name`: the name under the axis (odds ratio). `log`: the
    axis is logarithmic. `no_effect`: where the line of no effect stands; None: no line. `squares`: their area follows
    the rows' weights, or the inverse variance of the shown interval. `good`: the side that is better for the patient;
    None: not known. `lines`: heterogeneity, tests, method, conventions and notes, below the plot.
    """

    lang: Lang
    title: str
    subtitle: str | None = None
    measure: str
    measure_name: str
    log: bool
    level: float = 0.95
    no_effect: float | None
    label_header: str
    columns: tuple[Column, ...] = ()
    rows: tuple[Row, ...]
    squares: Literal["weight", "precision"] = "weight"
    show_weights: bool = True
    favours_left: str | None = None
    favours_right: str | None = None
    good: Side | None = None
    lines: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _reviews_are_not_pooled(self) -> ForestPlot:
        """Reviews share studies: a diamond beside them would read as if it pooled them."""
        kinds = {row.kind for row in self.rows}
        if "review" in kinds and kinds & {"pooled", "subgroup", "prediction"}:
            raise ValueError("a plot of reviews has no diamond and no prediction interval")
        return self


class FunnelPoint(Model):
    """`se`: on the analysis scale (logarithms for ratios). `filled`: a study that trim and fill adds."""

    label: str
    estimate: float
    se: float
    filled: bool = False


class FunnelPlot(Model):
    """Effects against their standard errors.

    `centre`: the line in the middle, and the tip of the region where `level` of the studies would lie without
    heterogeneity. `contours`: draw the regions of p around no effect (0.1, 0.05, 0.01).
    """

    lang: Lang
    title: str
    subtitle: str | None = None
    measure: str
    measure_name: str
    log: bool
    level: float = 0.95
    no_effect: float | None
    centre: float
    points: tuple[FunnelPoint, ...]
    contours: bool = False
    favours_left: str | None = None
    favours_right: str | None = None
    good: Side | None = None
    lines: tuple[str, ...] = ()
