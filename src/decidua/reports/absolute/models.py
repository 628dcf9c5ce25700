"""The output contract of `decidua absolute`: printed effects as numbers of a thousand, and why most are not.

Risks and differences are per 1000. None: there is no such number; a sentence beside it says why.
"""

from __future__ import annotations

from typing import Literal

from decidua.language import Lang, Model
from decidua.reports.models import CitationView
from decidua.reports.pictures.icons import IconPair

Fit = Literal["own", "same", "unprinted", "other", "given"]
"""Whose risk it is: the trial's own controls; women as those of the estimate; not printed who they were; other women;
given by the user."""


class ReasonView(Model):
    """`kind`: permanent; `says`: the reason in a sentence. `discrepancy`: the contradiction that it rests on."""

    kind: str
    says: str
    discrepancy: str | None = None


class EffectView(Model):
    """`from_counts`: worked out from one trial's printed counts, because no effect is printed. RD: a proportion."""

    measure: Literal["OR", "RR", "RD", "HR"]
    estimate: float
    lower: float
    upper: float
    from_counts: bool
    says: str


class NeededView(Model):
    """`number` None: infinite, no difference. `towards` None: no source says which direction is good."""

    number: int | None
    towards: Literal["benefit", "harm"] | None
    says: str


class BaselineView(Model):
    """`id` None: given by the user. `counts`: events of women, where the number is one of counts."""

    id: str | None
    label: str
    per_1000: float | None
    counts: tuple[int, int] | None
    counted: str | None
    limits: str | None
    mark: str | None
    cites: tuple[CitationView, ...] = ()


class ResultView(Model):
    """One effect at one baseline. `lower`, `upper`: with the treatment, at the limits of the effect.

    `differences`: with less without, at the two limits. `needed_limits`: for the same limits.
    """

    baseline: BaselineView
    fit: Fit
    without: float
    with_: float
    lower: float | None
    upper: float | None
    difference: float
    differences: tuple[float | None, float | None]
    needed: NeededView
    needed_limits: tuple[NeededView | None, NeededView | None]
    crosses: bool
    """The interval includes no effect, or ends at it."""
    says: tuple[str, ...]
    picture: IconPair | None


class BaselineRefusal(Model):
    baseline: str
    label: str
    reasons: tuple[ReasonView, ...]


class EstimateView(Model):
    """`id`: table/row or table/row/name; None: given by the user. `refused`: all reasons; empty: it may be shown."""

    id: str | None
    table: str | None
    title: str
    row: str | None
    lines: tuple[int, ...]
    outcome: str | None
    outcome_label: str | None
    good: Literal["more", "fewer"] | None
    against: str | None
    women: str | None
    design: str
    effect: EffectView | None
    notes: tuple[str, ...]
    cites: tuple[CitationView, ...]
    refused: tuple[ReasonView, ...]
    results: tuple[ResultView, ...] = ()
    not_carried: tuple[BaselineRefusal, ...] = ()


class HarmArmView(Model):
    events: int | None
    total: int | None
    percent: str | None


class HarmView(Model):
    """`per`: what one of the denominator is. `picture` None: in words only, `why_not` says why."""

    id: str
    label: str
    says: str
    per: Literal["woman", "live-birth"] | None
    randomised: bool | None
    treated: HarmArmView
    control: HarmArmView
    mismatches: tuple[str, ...]
    mark: str
    cites: tuple[CitationView, ...]
    picture: IconPair | None
    why_not: str | None


class AbsoluteView(Model):
    """Everything about one option, one row, or one effect that the user gave."""

    software: str
    language: Lang
    content: str
    use: str
    subject: str
    estimates: tuple[EstimateView, ...]
    harms: tuple[HarmView, ...]
    safety: tuple[str, ...]
    """What the source says of harms in words."""
    notes: tuple[str, ...]
