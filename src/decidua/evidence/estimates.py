"""The printed estimates with what they compare, and the baselines and harms beside them: data met with the tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from decidua.content import Content, Item
from decidua.errors import ContentError
from decidua.evidence.absolute import MEASURES, Impossible, Measure, Relative, from_counts
from decidua.evidence.comparisons import Arm, Arms, Baseline, Compared, Comparisons, Harm, Outcome
from decidua.evidence.model import Row
from decidua.evidence.printed import rounded
from decidua.evidence.read import Evidence
from decidua.facts.load import read_kind
from decidua.language import Text
from decidua.provenance import Citation, Mark

Counts = tuple[int, int, int, int]
"""Events and total of the treated, events and total of the controls."""


@dataclass(frozen=True)
class Estimate:
    """`id`: table/row, or table/row/name. `effect`: as printed, or from one trial's counts (`from_counts`); None: the
    print gives none. `refs`: the printed numbers it rests on."""

    id: str
    said_in: str
    """The item that says what it compares."""
    table: str
    row: Row
    said: Compared
    outcome: Outcome | None
    effect: Relative | None
    from_counts: bool
    counts: Counts | None
    measure: Measure | None
    refs: tuple[str, ...]


@dataclass(frozen=True)
class KnownBaseline:
    """`risk`: a proportion; None for a printed range. `counts`: where the number is one of counts."""

    said: Baseline
    risk: float | None
    counts: tuple[int, int] | None
    limits: Text
    cites: tuple[Citation, ...]
    mark: Mark


@dataclass(frozen=True)
class ArmCounts:
    """One arm: `events` of `total`; either may be unknown."""

    events: int | None
    total: int | None
    percent: str | None


@dataclass(frozen=True)
class Estimates:
    outcomes: Mapping[str, Outcome]
    estimates: Mapping[str, Estimate]
    baselines: Mapping[str, KnownBaseline]
    harms: Mapping[str, Harm]

    def about(self, option: str) -> tuple[Estimate, ...]:
        return tuple(one for one in self.estimates.values() if option in one.said.options)

    def harms_of(self, option: str) -> tuple[Harm, ...]:
        return tuple(harm for harm in self.harms.values() if option in harm.options)

    @property
    def options(self) -> tuple[str, ...]:
        """Every option that an estimate or a harm is about, in order of the data."""
        named = [id_ for one in self.estimates.values() for id_ in one.said.options]
        return tuple(dict.fromkeys(named + [id_ for harm in self.harms.values() for id_ in harm.options]))


def read_estimates(content: Content, evidence: Evidence) -> Estimates:
    """Raises ContentError with every problem: unknown tables, rows, parts, outcomes, chances."""
    problems: list[str] = []
    outcomes = read_kind(content, "outcomes", Outcome, problems)
    tables = read_kind(content, "comparisons", Comparisons, problems)
    given = read_kind(content, "baselines", Baseline, problems)
    harms = read_kind(content, "harms", Harm, problems)
    problems = problems or list(_lost(content, evidence, tables, outcomes, given, harms))
    if problems:
        raise ContentError(problems)
    estimates = {one.id: one for table in tables.values() for one in _estimates(evidence, table, outcomes)}
    chances = content.items.get("chances", {})
    baselines = {id_: _baseline(evidence, said, chances) for id_, said in given.items()}
    return Estimates(outcomes, estimates, baselines, harms)


def merged(default: Compared, row: Compared) -> Compared:
    """What the row does not give is the table's."""
    given = {name: getattr(row, name) for name in row.model_fields_set}
    return default.model_copy(update=given)


def whole(ref: str, table: str, row: str) -> str:
    """`part`, `row/part` or `table/row/part` as the last."""
    missing = 2 - ref.count("/")
    return "/".join([*(table, row)[:missing], ref]) if missing else ref


def arm_counts(evidence: Evidence, arm: Arm | None) -> ArmCounts:
    """Events from a percentage only where they are a whole number of the printed total."""
    if arm is None:
        return ArmCounts(None, None, None)
    if arm.published:
        return ArmCounts(*arm.published, None)
    total = evidence.number(arm.total) if arm.total else None
    people = int(total.value) if total else None
    if arm.events:
        events = evidence.number(arm.events)
        return ArmCounts(int(events.value) if events else None, people, None)
    percent = evidence.number(arm.percent) if arm.percent else None
    if percent is None:
        return ArmCounts(None, people, None)
    events_of = _whole_number(percent.value, percent.decimals, people) if people else None
    return ArmCounts(events_of, people, percent.text)


def _estimates(evidence: Evidence, table: Comparisons, outcomes: Mapping[str, Outcome]) -> Iterator[Estimate]:
    for key, compared in table.rows.items():
        said = merged(table.default, compared)
        row = evidence.rows[table.table][key.split("/", 1)[0]]
        effect, measure = _printed_effect(evidence, said, table.table, row.key)
        counts, used = (said.published, ()) if said.published else _counts(evidence, said.arms, table.table, row.key)
        computed = None if effect or row.review or counts is None else _from_counts(counts)
        refs = [
            ref for ref in evidence.cells if said.effect and ref.startswith(f"{table.table}/{row.key}/{said.effect}.")
        ]
        yield Estimate(
            f"{table.table}/{key}", table.id, table.table, row, said, outcomes.get(said.outcome or ""),
            effect or computed, effect is None and computed is not None, counts,
            measure or ("OR" if computed else None), (*refs, *used),
        )  # fmt: skip


def _printed_effect(evidence: Evidence, said: Compared, table: str, row: str) -> tuple[Relative | None, Measure | None]:
    """RD is printed in percent."""
    place = f"{table}/{row}/{said.effect}"
    word = evidence.cells.get(f"{place}.measure")
    measure = next((one for one in MEASURES if one == word), said.measure)
    values = [evidence.number(f"{place}.{part}") for part in ("estimate", "lower", "upper")]
    if measure is None or None in values:
        return None, measure
    scale = 100 if measure == "RD" else 1
    return Relative(measure, *(value.value / scale for value in values if value)), measure


def _from_counts(counts: Counts) -> Relative | None:
    try:
        return from_counts(*counts)
    except Impossible:
        return None


def _counts(evidence: Evidence, arms: Arms | None, table: str, row: str) -> tuple[Counts | None, tuple[str, ...]]:
    """Counts and the references that they stand at; percentages with totals only as whole numbers of women."""
    if arms is None:
        return None, ()
    refs = tuple(whole(ref, table, row) for ref in (arms.a, arms.n1, arms.c, arms.n2))
    values = [evidence.number(ref) for ref in refs]
    if None in values:
        return None, refs
    a, n1, c, n2 = (value for value in values if value)
    if not arms.percent:
        return (int(a.value), int(n1.value), int(c.value), int(n2.value)), refs
    events = [_whole_number(p.value, p.decimals, int(n.value)) for p, n in ((a, n1), (c, n2))]
    if events[0] is None or events[1] is None:
        return None, refs
    return (events[0], int(n1.value), events[1], int(n2.value)), refs


def _whole_number(percent: float, decimals: int, total: int) -> int | None:
    """The one whole number of `total` that rounds to the percentage."""
    events = round(percent * total / 100)
    return events if abs(rounded(100 * events / total, decimals) - percent) < 10.0 ** -(decimals + 3) else None


def _baseline(evidence: Evidence, said: Baseline, chances: Mapping[str, Item]) -> KnownBaseline:
    arm = arm_counts(
        evidence, Arm(events=said.events, percent=said.percent, total=said.total, published=said.published)
    )
    counts = (arm.events, arm.total) if arm.events is not None and arm.total else None
    if said.chance is None:
        assert counts  # the model asks for them
        assert said.limits
        return KnownBaseline(said, counts[0] / counts[1], counts, said.limits, said.cites, said.mark)
    data = chances[said.chance].data
    per_100 = data["per_100"]
    risk = None if isinstance(per_100, list) else float(Decimal(str(per_100)) / 100)
    cites = tuple(Citation.model_validate(cite) for cite in data["cites"])
    return KnownBaseline(
        said, counts[0] / counts[1] if counts else risk, counts, Text.model_validate(data["says"]), cites,
        data.get("mark", "as-told"),
    )  # fmt: skip


def _lost(
    content: Content, evidence: Evidence, tables: Mapping[str, Comparisons], outcomes: Mapping[str, Outcome],
    baselines: Mapping[str, Baseline], harms: Mapping[str, Harm],
) -> Iterator[str]:  # fmt: skip
    """References that lead nowhere, one line each."""
    for id_, table in tables.items():
        for message in _lost_in_table(evidence, table, outcomes):
            yield f"{content.items['comparisons'][id_].where()}: {id_}: {message}."
    known = {f"{table.table}/{key}" for table in tables.values() for key in table.rows}
    for id_, baseline in baselines.items():
        refs = [
            ref for ref in (baseline.events, baseline.percent, baseline.total) if ref and evidence.number(ref) is None
        ]
        lost = [f"'{ref}' is no printed number of any table" for ref in refs]
        lost += [f"'{one}' is not among the comparisons" for one in baseline.own if one not in known]
        if baseline.chance is not None and baseline.chance not in content.items.get("chances", {}):
            lost.append(f"'{baseline.chance}' is not among the chances")
        if baseline.outcome is not None and baseline.outcome not in outcomes:
            lost.append(f"'{baseline.outcome}' is not among the outcomes")
        yield from (f"{content.items['baselines'][id_].where()}: {id_}: {message}." for message in lost)
    for id_, harm in harms.items():
        arms = [arm for arm in (harm.treated, harm.control) if arm]
        for ref in (ref for arm in arms for ref in (arm.events, arm.percent, arm.total) if ref):
            if evidence.number(ref) is None:
                yield f"{content.items['harms'][id_].where()}: {id_}: '{ref}' is no printed number of any table."


def _lost_in_table(evidence: Evidence, table: Comparisons, outcomes: Mapping[str, Outcome]) -> Iterator[str]:
    if table.table not in evidence.tables:
        yield f"'{table.table}' is not among the tables"
        return
    for key, compared in table.rows.items():
        said, row = merged(table.default, compared), key.split("/", 1)[0]
        if row not in evidence.rows[table.table]:
            yield f"'{row}' is no row of {table.table}"
            continue
        if said.outcome is not None and said.outcome not in outcomes:
            yield f"{key}: '{said.outcome}' is not among the outcomes"
        arms = said.arms
        for ref in (arms.a, arms.n1, arms.c, arms.n2) if arms else ():
            if evidence.number(whole(ref, table.table, row)) is None:
                yield f"{key}: '{ref}' is no printed number"
        if said.effect and not any(ref.startswith(f"{table.table}/{row}/{said.effect}.") for ref in evidence.cells):
            yield f"{key}: '{said.effect}' is no printed effect"
        if said.published and not said.cites:
            yield f"{key}: `published` counts need the publication in `cites`"
        yield from _design(evidence, table.table, key, row, said)


def _design(evidence: Evidence, table: str, key: str, row: str, said: Compared) -> Iterator[str]:
    """A design is printed or cited; nothing else makes one."""
    if said.design is None:
        yield f"{key}: give a `design`, or not-printed"
    elif said.design != "not-printed" and said.printed is None and not said.cites:
        yield f"{key}: the design '{said.design}' needs the `printed` words or `cites`"
    here = evidence.tables[table]
    lines = ["\t".join(evidence.rows[table][row].printed), *("\t".join(header.printed) for header in here.headers)]
    if said.printed is not None and not any(said.printed in line for line in lines):
        yield f"{key}: '{said.printed}' is printed neither in the row nor in a title line"
