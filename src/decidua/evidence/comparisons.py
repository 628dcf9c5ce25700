"""What the printed rows compare: outcome, design, arms; where baselines and harms stand. Said by the encoder, cited."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field, model_validator

from decidua.evidence.absolute import Good, Measure
from decidua.language import Model, Text
from decidua.provenance import Citation, Mark, Review

Design = Literal["randomised", "not-randomised", "mixed", "quasi", "not-printed"]
"""mixed: randomised and other studies together; quasi: randomised and quasi-randomised together."""
Women = Literal["unexplained", "unexplained-selected", "thrombophilia", "antiphospholipid", "recurrent-loss", "wider"]
"""unexplained-selected: by a further finding that a note names; recurrent-loss: of what kind is not printed; wider: not
only women with recurrent loss. None, where it is used: not printed."""
Start = Literal["trying", "pregnant"]
"""From when women are counted; trying: pregnant or not. None, where it is used: not printed."""
Against = str
"""`control` (what it had is not printed), `placebo`, `standard-care`, a named group, or the id of an option."""
NOTHING = ("control", "placebo", "standard-care")
GROUPS = ("enough-vitamin-d",)
"""Groups that an exposure is held against, as the print names them."""


class Outcome(Model):
    """What is counted; `has`, `lacks`: both sides in words; `good`: what is better, None where no source says so."""

    id: str
    label: Text
    has: Text
    lacks: Text
    good: Good | None
    cites: tuple[Citation, ...] = Field(min_length=1)


class Arms(Model):
    """Where the numbers of the two arms stand: events or percent, and totals, as parts, row/part or table/row/part."""

    a: str
    n1: str
    c: str
    n2: str
    percent: bool = False
    """`a` and `c` are percentages; the counts are the whole numbers that they fit."""


class Weighed(Model):
    """A discrepancy, or a claim that is a mismatch, about a row: does it bar absolute numbers, and why (not)?"""

    of: str
    bars: bool
    because: Text


class Compared(Model):
    """One row, or the default of all rows of a table: whatever is not given is taken from the table's default.

    `printed`: the words of the row or of a title line that say the design; `cites`: where else it is said.
    `subgroup`: a part of a trial's women. `exposure`: groups that nobody was allocated to, not a treatment.
    `name`: where the row's first cell does not name it. `published`: events and total of the treated and of the
    controls, of a publication among `cites` where the talk prints none.
    """

    options: tuple[str, ...] = ()
    effect: str | None = None
    measure: Measure | None = None
    measure_cites: tuple[Citation, ...] = ()
    arms: Arms | None = None
    published: tuple[int, int, int, int] | None = None
    outcome: str | None = None
    against: Against | None = None
    women: Women | None = None
    start: Start | None = None
    design: Design | None = None
    printed: str | None = None
    cites: tuple[Citation, ...] = ()
    subgroup: Text | None = None
    exposure: bool | None = None
    name: Text | None = None
    weighed: tuple[Weighed, ...] = ()
    note: Text | None = None


class Comparisons(Model):
    """All comparisons of one table; a row that makes several has an entry for each, `row/name`."""

    id: str
    table: str
    default: Compared = Compared()
    rows: Mapping[str, Compared] = Field(min_length=1)
    mark: Mark = "as-told"
    review: Review = Review()


class Baseline(Model):
    """A risk without the treatment. The number is that of a `chance`, or the counts of an arm; never a second copy.

    `percent`: of `total`, where no events are printed; the events are the whole number that fits.
    `outcome` None: the text that was read does not say what was counted; then it is a baseline of nothing.
    `own`: the comparisons whose control arm it is; `only_own`: it serves no other. `published`: events and total of a
    publication among `cites`, which the talk does not print.
    """

    id: str
    label: Text
    outcome: str | None
    women: Women | None
    start: Start | None = None
    counted: Text
    chance: str | None = None
    events: str | None = None
    percent: str | None = None
    total: str | None = None
    published: tuple[int, int] | None = None
    own: tuple[str, ...] = ()
    only_own: bool = False
    limits: Text | None = None
    cites: tuple[Citation, ...] = ()
    mark: Mark = "as-told"
    review: Review = Review()

    @model_validator(mode="after")
    def _one_number(self) -> Baseline:
        counted = self.published or ((self.events or self.percent) and self.total)
        if self.chance is None and not (counted and self.cites and self.limits):
            raise ValueError(
                "give a `chance`, or `published` or `events` or `percent` with `total`; then `limits` and `cites`"
            )
        return self


class Arm(Model):
    """`events` or `percent` with a `total` (table/row/part); `total` None: no denominator is printed.

    `published`: events and total of a publication that the harm cites, where the talk prints none.
    """

    events: str | None = None
    percent: str | None = None
    total: str | None = None
    published: tuple[int, int] | None = None


class Harm(Model):
    """Something unwanted that the source counts. `per`: what one of the denominator is; None: not printed.

    `randomised`: whether the two denominators are the randomised groups. Without both arms it stays in words.
    """

    id: str
    options: tuple[str, ...] = Field(min_length=1)
    label: Text
    has: Text
    lacks: Text
    per: Literal["woman", "live-birth"] | None
    treated: Arm | None = None
    control: Arm | None = None
    randomised: bool | None = None
    says: Text
    weighed: tuple[Weighed, ...] = ()
    cites: tuple[Citation, ...] = Field(min_length=1)
    mark: Mark = "as-told"
    review: Review = Review()
