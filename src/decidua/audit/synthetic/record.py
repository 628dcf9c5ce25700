"""What of a world is written down. Everything written is true; what is not written is unknown.

A result needs its test; what is missing in a chart is missing together; a yes is written more often than a no.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from decidua.audit.synthetic.bounds import Ends, close_sums, drawn_ends
from decidua.audit.synthetic.conditions import Array, Mask, World
from decidua.audit.synthetic.draws import Numbers, Stream, mixed, of
from decidua.audit.synthetic.model import Variable
from decidua.audit.synthetic.world import Maker
from decidua.criteria import facts_in
from decidua.criteria.tree import Is
from decidua.facts import Constraint
from decidua.intake.results import ANALYTES


@dataclass
class Written:
    """Of one block: values, where each is known, and the bounds of some numbers that are not."""

    world: World
    known: dict[str, Mask] = field(default_factory=dict)
    ends: dict[str, Ends] = field(default_factory=dict)
    stated: dict[str, tuple[Mask, Mask]] = field(default_factory=dict)
    """Named criterion → value, and where it is stated."""
    care: dict[str, tuple[Mask, Mask]] = field(default_factory=dict)
    """Option → done or not, and where that is recorded."""
    day_known: Mask = field(default_factory=lambda: np.zeros(0, np.bool_))


class Recorder:
    """Writes worlds of one model down, closed under the constraints."""

    def __init__(self, maker: Maker) -> None:
        self.maker, self.model = maker, maker.model
        self.records = {record.id: record for record in self.model.written.records}

    def write(self, world: World, stream: Stream) -> Written:
        written = Written(world)
        chances = {id_: self._chances(id_, world) for id_ in self.records}
        facts = [variable for variable in self.model.written.variables if variable.hidden is None]
        for variable in facts:
            written.known[variable.id] = self._known(variable, world, stream, chances)
        for variable in facts:
            if variable.bounds:
                unknown = self._possible(variable, world) & ~written.known[variable.id]
                written.ends[variable.id] = drawn_ends(variable, world.values[variable.id], unknown, stream)
        self._follows(written)
        self._close(written)
        self._stated_and_care(written, stream, chances)
        return written

    def _chances(self, id_: str, world: World) -> Numbers:
        """uint16[rows]: below which number something is written down."""
        draws = self.records[id_].draws
        cases = [(rows, np.full(world.rows, min(of(float(draw.chance or 0)), 65_535), np.uint16))
                 for rows, draw in self.maker.cases(draws, world)]  # fmt: skip
        return mixed(cases, world.rows, np.dtype(np.uint16))

    def _known(self, variable: Variable, world: World, stream: Stream, chances: dict[str, Numbers]) -> Mask:
        numbers, chance = stream.take(), chances[str(variable.record)]
        if variable.record_true:
            yes = world.values[variable.id].view(np.uint8).astype(np.uint16)
            chance = chance + yes * (chances[variable.record_true] - chance)
        return (numbers < chance) & self._possible(variable, world)

    def _possible(self, variable: Variable, world: World) -> Mask:
        """Where there is something to write down, and what it needs has been done."""
        found = np.ones(world.rows, np.bool_)
        for text in (variable.exists, variable.needs):
            if text is not None:
                found = found & world.holds(self.model.criteria[text])
        return found

    def _follows(self, written: Written) -> None:
        """A result says that its test was done; what intake works out from others is known with them."""
        known, values = written.known, written.world.values
        for variable in self.model.written.variables:
            needs = self.model.criteria[variable.needs] if variable.needs else None
            if isinstance(needs, Is) and needs.fact in known and variable.id in known:
                known[needs.fact] |= known[variable.id]
                if variable.id in written.ends:
                    known[needs.fact] |= written.ends[variable.id].some
        known["bmi"] |= known["weight"] & known["height"]
        measured = np.logical_and.reduce([known[one] for one in ANALYTES])
        negative = np.logical_and.reduce([values[one] == 1 for one in ANALYTES])
        known["apl_persistent"] |= measured & negative

    def _close(self, written: Written) -> None:
        """What follows from the constraints: as everything written is true, only more of it becomes known."""
        constraints = self.model.constraints
        for _ in constraints:  # a chain of them is no longer than their number
            for constraint in constraints:
                _imply(constraint, written)
        sums = [constraint for constraint in constraints if constraint.at_most]
        close_sums(sums, written.world.values, written.known, written.ends)

    def _stated_and_care(self, written: Written, stream: Stream, chances: dict[str, Numbers]) -> None:
        world, model = written.world, self.model
        for stated in model.written.stated:
            value = world.holds(model.knowledge.names[stated.name])
            written.stated[stated.name] = (value, self.maker.truth(stated.draws, world, stream.take()))
        together: dict[frozenset[str], Mask] = {}
        for care in model.written.care:
            if care.same_as:
                done = world.values[care.same_as].view(np.bool_)
                written.care[care.option] = (done, written.known[care.same_as])
            elif care.means:
                means = model.criteria[care.means]
                key = frozenset(facts_in(means))  # what tells several options apart is recorded of all of them or none
                if key not in together:
                    together[key] = stream.take() < chances[model.written.care_record]
                written.care[care.option] = (world.holds(means), together[key])
            else:
                drawn = self.maker.truth(care.draws, world, stream.take())
                given = self.maker.only(care.only_if, drawn, 0, world).view(np.bool_)
                written.care[care.option] = (given, stream.take() < chances[model.written.care_record])
        written.day_known = stream.take() < chances[model.written.day_record]


def _imply(constraint: Constraint, written: Written) -> None:
    known, values = written.known, written.world.values
    if constraint.if_ and constraint.then:
        cause, effect = constraint.if_, constraint.then
        known[effect] |= known[cause] & _yes(values[cause])
        known[cause] |= known[effect] & ~_yes(values[effect])
    if constraint.if_known and constraint.then:
        effect = constraint.then.split("=")[0].strip()
        known[effect] |= known[constraint.if_known]


def _yes(values: Array) -> NDArray[np.bool_]:
    return values.view(np.bool_)
