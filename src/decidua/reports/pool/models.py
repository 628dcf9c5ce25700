"""The output contract of `decidua pool`; the JSON schema is generated from here.

Numbers stand on the analysis scale (logarithms for OR, RR and Peto's OR); `back_transformed` has them as printed in
papers. None: there is no such number, and `notes` or `conventions` say why.
"""

from __future__ import annotations

from decidua.language import Lang, Model

Interval = tuple[float, float]


class Numbers(Model):
    """A pooled effect. `weights`: percent, in the order of the file's rows, None for rows that are not pooled.

    `tau2` None: a fixed model, or one study. `i2`: percent. `prediction`: where a new study's effect is expected.
    """

    estimate: float | None
    se: float | None
    ci: Interval | None
    p: float | None
    tau2: float | None
    q: float | None
    q_df: int
    q_p: float | None
    i2: float | None
    h2: float | None
    prediction: Interval | None
    weights: tuple[float | None, ...]
    k: int


class Heterogeneity(Model):
    """Q-profile intervals; None where one study counts or the model is fixed."""

    tau2_ci: Interval | None
    i2_ci: Interval | None
    h2_ci: Interval | None


class StudyView(Model):
    """`row`: its line in the file. `why_not`: why it is not in the estimate, or has no effect of its own."""

    study: str
    row: int
    estimate: float | None
    se: float | None
    ci: Interval | None
    weight: float | None
    why_not: str | None = None


class GroupView(Numbers):
    name: str


class SubgroupsView(Model):
    """`q`, `df`, `p`: the test that the groups differ."""

    column: str
    groups: tuple[GroupView, ...]
    q: float | None
    df: int
    p: float | None


class CoefficientView(Model):
    name: str
    estimate: float
    se: float
    ci: Interval
    p: float


class RegressionView(Model):
    """`explained`: R² in percent of tau². `q`, `df`, `p`: the moderators together; `residual_…`: what is left."""

    coefficients: tuple[CoefficientView, ...]
    k: int
    tau2: float | None
    explained: float | None
    q: float | None
    df: int
    p: float | None
    residual_q: float
    residual_df: int
    residual_p: float | None
    residual_i2: float | None


class StepView(Model):
    """The estimate without (or up to) one study."""

    study: str
    row: int
    estimate: float | None
    se: float | None
    ci: Interval | None
    p: float | None
    tau2: float | None
    i2: float | None
    k: int


class InfluenceView(Model):
    study: str
    row: int
    residual: float
    dffits: float
    cook: float
    covariance_ratio: float
    dfbeta: float
    hat: float
    deleted_tau2: float
    deleted_q: float
    influential: bool


class AsymmetryView(Model):
    test: str
    statistic: float
    df: int | None
    p: float
    k: int


class FillView(Model):
    """`filled`: estimate and standard error of each study that is added, on the analysis scale."""

    counter: str
    side: str
    missing: int
    se_missing: float
    estimate: float
    se: float
    ci: Interval
    filled: tuple[tuple[float, float], ...]


class PoolReport(Numbers):
    """One analysis of one file."""

    software: str
    language: Lang
    intended_use: str
    file: str
    title: str | None
    measure: str
    level: float
    heterogeneity: Heterogeneity
    back_transformed: Numbers
    conventions: dict[str, str]
    notes: tuple[str, ...]
    studies: tuple[StudyView, ...]
    subgroups: SubgroupsView | None = None
    regression: RegressionView | None = None
    leave_one_out: tuple[StepView, ...] | None = None
    cumulative: tuple[StepView, ...] | None = None
    influence: tuple[InfluenceView, ...] | None = None
    asymmetry: tuple[AsymmetryView, ...] | None = None
    trim_and_fill: tuple[FillView, ...] | None = None
