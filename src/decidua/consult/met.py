"""Every criterion of a content met with one patient, in one run of compiled code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from decidua.consult.findings import Finding, Way, judged, ways_of
from decidua.criteria import Criterion, Truth
from decidua.criteria.compiled import TRUTHS, compile_criteria
from decidua.facts import Value
from decidua.guidelines import Knowledge, Statement


@dataclass(frozen=True)
class Met:
    """`findings`: by statement. `holds`: the criteria of precautions, other indications and chances, by id."""

    values: Mapping[str, Value]
    findings: Mapping[str, Finding]
    holds: Mapping[str, Truth]


class Criteria:
    """A content's criteria, compiled together: each population with its readings open, and under each way of reading.

    A finding follows from what the run says of its statement, so that each is made once and then remembered: there are
    few that differ, and none holds a value.
    """

    def __init__(self, knowledge: Knowledge) -> None:
        self.conditions = tuple(knowledge.conditions)
        asked: list[tuple[Criterion, Way]] = [(knowledge.conditions[id_], ()) for id_ in self.conditions]
        self.statements: list[_Asked] = []
        for id_, statement in knowledge.statements.items():
            population = knowledge.populations[id_]
            ways = ways_of(knowledge, population)
            self.statements.append(_Asked(statement, ways, len(asked)))
            asked += [(population, way) for way in ((), *ways)]
        criteria, taken = [criterion for criterion, _ in asked], [dict(way) for _, way in asked]
        self.run = compile_criteria(criteria, knowledge.names, knowledge.settled, taken).run
        self.known: dict[tuple[str, bytes], Finding] = {}

    def meet(self, values: Mapping[str, Value]) -> Met:
        codes = self.run(values)
        holds = {id_: TRUTHS[code] for id_, code in zip(self.conditions, codes, strict=False)}
        return Met(values, {asked.statement.id: self._finding(asked, codes) for asked in self.statements}, holds)

    def _finding(self, asked: _Asked, codes: bytes) -> Finding:
        said = codes[asked.start : asked.start + len(asked.ways) + 1]
        key = (asked.statement.id, said)
        if key not in self.known:
            truths = {way: TRUTHS[code] for way, code in zip(((), *asked.ways), said, strict=True)}
            self.known[key] = judged(asked.statement, asked.ways, truths.__getitem__)
        return self.known[key]


@dataclass(frozen=True)
class _Asked:
    """A statement and where the run speaks of it: first with its readings open, then under each way."""

    statement: Statement
    ways: tuple[Way, ...]
    start: int
