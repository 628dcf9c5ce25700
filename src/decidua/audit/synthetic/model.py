"""The model of a synthetic cohort, as `data/synthetic.yaml` writes it. Every number carries a source or a reason."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from decidua.language import Model
from decidua.provenance import Source

Share = Annotated[float, Field(ge=0, le=1)]
Pair = tuple[float, float]


class Based(Model):
    """Where numbers come from: a place in a source, or an assumption with its reason. Never both, never neither."""

    source: str | None = None
    place: str | None = None
    lines: tuple[int, ...] = ()
    assumption: str | None = Field(default=None, min_length=8)

    @model_validator(mode="after")
    def _one_basis(self) -> Self:
        if (self.source is None) == (self.assumption is None):
            raise ValueError("numbers need a `source` with its `place`, or an `assumption` with its reason")
        if self.source is not None and not self.place:
            raise ValueError("a source needs its `place`")
        return self


class Draw(Based):
    """One distribution, for the rows where `when` holds and none before it did; without `when`, for all the rest."""

    when: str | None = None
    chance: Share | None = None
    """Of true."""
    shares: Mapping[str, Share] | None = None
    """Of each choice, or of each whole number; they add up to one."""
    normal: Pair | None = None
    """Mean and standard deviation."""
    lognormal: Pair | None = None
    """Median, and standard deviation of the natural logarithm."""
    within: Pair | None = None
    """What lies outside is not drawn; the rest keeps its proportions."""
    uniform: tuple[int, int] | None = None
    """First and last of whole numbers that are equally frequent."""
    part_of: str | None = None
    """A count of which each one is taken with `chance`, so that what is taken is a part of it."""
    leave: int = Field(default=0, ge=0)
    """How many of that count are never taken."""

    @property
    def kind(self) -> str:
        if self.part_of is not None:
            return "part"
        given = [name for name in ("chance", "shares", "normal", "lognormal", "uniform") if getattr(self, name)]
        return given[0] if given else "chance"

    @model_validator(mode="after")
    def _one_distribution(self) -> Self:
        given = [self.chance, self.shares, self.normal, self.lognormal, self.uniform]
        if sum(one is not None for one in given) != 1 or (self.part_of is not None and self.chance is None):
            raise ValueError("a draw has one of chance, shares, normal, lognormal, uniform; part_of goes with chance")
        if self.shares is not None and abs(sum(self.shares.values()) - 1) > 1e-9:
            raise ValueError(f"shares add up to {sum(self.shares.values()):.6f}, not to 1")
        return self


def _for_all(draws: tuple[Draw, ...]) -> tuple[Draw, ...]:
    if any(draw.when is None for draw in draws[:-1]) or (draws and draws[-1].when is not None):
        raise ValueError("the last draw, and only that, has no `when`: it is for the rest")
    return draws


Draws = Annotated[tuple[Draw, ...], AfterValidator(_for_all)]


class Hidden(Model):
    """What shapes a cohort and is never written: the order of the work-up, how full a chart is, a tendency."""

    type: Literal["boolean", "integer", "choice"]
    choices: tuple[str, ...] = ()
    says: str


class Sum(Model):
    """A count that is worked out from others."""

    plus: tuple[str, ...]
    minus: tuple[str, ...] = ()


class Bounds(Based):
    """Some of those without an exact value have bounds: one of `at` as a least or a most, or one of the `bands`."""

    chance: Share
    at: tuple[float, ...] = ()
    bands: tuple[float, ...] = ()


class Variable(Model):
    """A fact, or something hidden; drawn, a sum, a body mass index, the truth of a criterion, or by the centre."""

    id: str
    hidden: Hidden | None = None
    draws: Draws = ()
    sum: Sum | None = None
    body_mass_index: bool = False
    means: str | None = None
    only_if: str | None = None
    """Nowhere else is it true, above zero, or other than the last choice."""
    exists: str | None = None
    """Nowhere else is there anything to know."""
    step: float = 1.0
    """Numbers are whole multiples of it."""
    record: str | None = None
    """How often it is written down; None for what is hidden."""
    record_true: str | None = None
    """How often a yes is, where it is more often than a no."""
    needs: str | None = None
    """What must hold before it can be written down: a result needs its test."""
    bounds: Bounds | None = None


class Record(Model):
    """How often something is written down where it can be."""

    id: str
    says: str
    draws: Draws


class Care(Model):
    """What was done for preventing pregnancy loss: drawn, or following from a criterion."""

    option: str
    means: str | None = None
    same_as: str | None = None
    """A fact `done_…`, with what is written down of it."""
    draws: Draws = ()
    only_if: str | None = None


class Stated(Model):
    """How often a centre writes a named criterion down itself; its value is what the facts compute."""

    name: str
    draws: Draws


class Roster(Based):
    """Centres: each row's share, and the values that it gives to `columns`."""

    columns: tuple[str, ...]
    rows: tuple[tuple[float, tuple[str, ...]], ...]


class SyntheticModel(Model):
    """All of it. `variables` stand in the order in which they are drawn; a `when` speaks only of what stands before."""

    as_of: date
    sources: tuple[Source, ...]
    roster: Roster
    variables: tuple[Variable, ...]
    records: tuple[Record, ...]
    stated: tuple[Stated, ...]
    care: tuple[Care, ...]
    care_record: str
    day_record: str

    @model_validator(mode="after")
    def _rows_add_up(self) -> Self:
        if abs(sum(share for share, _ in self.roster.rows) - 1) > 1e-9:
            raise ValueError("the shares of the centres do not add up to 1")
        return self
