"""Small random knowledge and patients, for Hypothesis.

A `Small` is content as an author would write it (items with criteria as text); `Small.knowledge()` sends it through
the same validation and parsing as the shipped content. Every patient is cut out of one complete admissible world
under one reading, so that at least one world agrees with what is known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from decidua.content import Content, Item
from decidua.criteria import Criterion, parse, truth
from decidua.criteria.tree import And, AtLeast, Choose, Named, Not, Or
from decidua.facts import Range, Value, Vocabulary, close, read_vocabulary
from decidua.guidelines import Knowledge, assemble
from semantics.printer import spec

GUIDELINE, OPTION = "g", "o"
TEXT = {"en": "x", "ko": "x"}
CITES = [{"source": "s", "place": "p"}]
CHOICES = ("low", "mid", "high")
CUTS = {"n1": (1, 2, 3), "n2": (1, 2, 3), "n3": (2, 3), "n": (1, 2, 3, 4)}
LEVELS = ("10 'ng/mL'", "20 'ng/mL'", "30 'ng/mL'", "50 'nmol/L'", "75 'nmol/L'")
AMOUNTS = tuple(Decimal(n) for n in ("4", "10", "10.5", "20", "20.1", "25", "29.999999", "30", "30.000001", "41"))
INTEGERS = ((), (), ("n1",), ("n1", "n2"), ("n1", "n"), ("n1", "n2", "n"), ("n1", "n3", "n"))
SUMS = (("parts", ("n1", "n2")), ("run", ("n3",)))
SPOKEN = ("recommended", "conditional", "against", "insufficient", "research-only")
Data = dict[str, Any]


@dataclass(frozen=True)
class Small:
    """One guideline with one option, over a handful of facts."""

    facts: tuple[Data, ...]
    constraints: tuple[Data, ...]
    readings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    named: tuple[tuple[str, Criterion, bool], ...] = ()
    definition: Criterion | None = None
    statements: tuple[tuple[Data, Criterion], ...] = ()
    settled: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def vocabulary(self) -> Vocabulary:
        return read_vocabulary(self._content({}))

    @property
    def names(self) -> dict[str, Criterion]:
        return {id_: meant for id_, meant, _ in self.named}

    @cached_property
    def knowledge(self) -> Knowledge:
        told = {"says": TEXT, "cites": CITES}
        definition = {"definition": spec(self.definition), "definition_says": TEXT, "definition_cites": CITES}
        return assemble(
            self._content(
                {
                    "criteria": [
                        {"id": id_, "label": TEXT, "means": spec(meant), "stated": stated, **told}
                        for id_, meant, stated in self.named
                    ],
                    "readings": [self._reading(id_, slugs) for id_, slugs in self.readings.items()],
                    "guidelines": [
                        {"id": GUIDELINE, "name": TEXT, "society": "S", "year": 2000, "basis": TEXT, **definition}
                    ],
                    "statements": [
                        {**data, "options": [OPTION], "population": spec(population), **told}
                        for data, population in self.statements
                    ],
                }
            )
        )

    def _reading(self, id_: str, slugs: Sequence[str]) -> Data:
        item = {"id": id_, "kind": "population", "bears_on": "answer", "says": TEXT, "question": TEXT, "cites": CITES}
        return {**item, "alternatives": dict.fromkeys(slugs, TEXT), "settled": self.settled.get(id_)}

    def _content(self, more: Mapping[str, Sequence[Data]]) -> Content:
        kinds = {
            "fact_groups": [{"id": "all", "label": TEXT, "absence": TEXT}],
            "facts": self.facts, "constraints": self.constraints, **more,
        }  # fmt: skip
        file = Path("generated.yaml")
        items = {
            kind: {data["id"]: Item(kind, dict(data), file, i) for i, data in enumerate(listed)}
            for kind, listed in kinds.items()
        }
        return Content(items, "generated", ())


@dataclass(frozen=True)
class Case:
    """A patient cut out of a world: `values` are closed under the constraints and hold the stated names."""

    values: dict[str, Value]
    world: dict[str, Value]
    reading: dict[str, str]


# ---- vocabulary


def boolean(id_: str) -> Data:
    return {"id": id_, "group": "all", "type": "boolean", "ask": "ask", "label": TEXT}


def integer(id_: str) -> Data:
    return {**boolean(id_), "type": "integer"}


def choice(id_: str) -> Data:
    return {**boolean(id_), "type": "choice", "choices": CHOICES}


def number(id_: str) -> Data:
    units = [{"code": "ng/mL", "label": "ng/mL"}, {"code": "nmol/L", "label": "nmol/L", "divisor": "2.5"}]
    pairs = [{"value": "30", "unit": "ng/mL", "other": "75", "other_unit": "nmol/L"}]
    return {**boolean(id_), "type": "number", "units": units, "pairs": pairs}


def total(id_: str, parts: Sequence[str], whole: str = "n") -> Data:
    return {"id": id_, "sum": tuple(parts), "at_most": whole, "says": TEXT}


def implies(a: str, b: str) -> Data:
    return {"id": f"{a}-{b}", "if": a, "then": b, "says": TEXT}


@st.composite
def vocabularies(draw: st.DrawFn) -> Small:
    """Facts and constraints only."""
    counts = draw(st.sampled_from(INTEGERS))
    booleans = [f"b{i}" for i in range(1, 1 + draw(st.integers(0 if counts else 1, 1 if len(counts) > 2 else 3)))]
    facts = [boolean(id_) for id_ in booleans] + [integer(id_) for id_ in counts]
    if len(facts) < 4:
        extra = draw(st.sampled_from(((), (choice("c"),), (number("x"),), (choice("c"), number("x")))))
        facts += extra[: 4 - len(facts)]
    constraints = [
        total(id_, [part for part in parts if part in counts])
        for id_, parts in SUMS
        if "n" in counts and set(parts) & set(counts)
    ]
    pairs = [(a, b) for a, b in (("b1", "b2"), ("b2", "b3"), ("b3", "b1")) if a in booleans and b in booleans]
    constraints += [implies(a, b) for a, b in pairs if draw(st.booleans())]
    return Small(tuple(draw(st.permutations(facts))), tuple(constraints))


# ---- criteria


@st.composite
def leaves(draw: st.DrawFn, vocabulary: Vocabulary) -> Criterion:
    fact = draw(st.sampled_from(list(vocabulary.facts.values())))
    op = draw(st.sampled_from(("=", "!=", "<", "<=", ">", ">=", "between")))
    if fact.type == "boolean":
        text = fact.id
    elif fact.type == "choice":
        text = f"{fact.id} in {{{', '.join(draw(st.lists(st.sampled_from(CHOICES), min_size=1, unique=True)))}}}"
    elif fact.type == "integer":
        text = f"{fact.id} {op} {draw(st.sampled_from(CUTS[fact.id]))}" + (" and 4" if op == "between" else "")
    else:
        text = f"{fact.id} {op} {draw(st.sampled_from(LEVELS))}" + (" and 40 'ng/mL'" if op == "between" else "")
    return parse(text, vocabulary)


def criteria(
    vocabulary: Vocabulary, names: Sequence[str] = (), readings: Mapping[str, Sequence[str]] | None = None
) -> st.SearchStrategy[Criterion]:
    """Any tree; with `readings`, ambiguities of the source stand anywhere in it."""
    ground = leaves(vocabulary)
    if names:
        ground = st.one_of(ground, st.sampled_from(names).map(Named))

    def deeper(inner: st.SearchStrategy[Criterion]) -> st.SearchStrategy[Criterion]:
        parts = st.lists(inner, min_size=2, max_size=3).map(tuple)
        forms = [inner.map(Not), parts.map(And), parts.map(Or), st.tuples(st.integers(1, 3), parts).map(_at_least)]
        return st.one_of(*forms, *([_choose(readings, inner)] if readings else []))

    return st.recursive(ground, deeper, max_leaves=5)


def _at_least(given: tuple[int, tuple[Criterion, ...]]) -> Criterion:
    k, parts = given
    return AtLeast(min(k, len(parts)), parts)


def _choose(readings: Mapping[str, Sequence[str]], inner: st.SearchStrategy[Criterion]) -> st.SearchStrategy[Criterion]:
    def one(reading: str) -> st.SearchStrategy[Criterion]:
        slugs = readings[reading]
        each = st.tuples(*(inner for _ in slugs))
        return each.map(lambda parts: Choose(reading, tuple(zip(slugs, parts, strict=True))))

    return st.sampled_from(sorted(readings)).flatmap(one)


def populations(
    vocabulary: Vocabulary, names: Sequence[str], readings: Mapping[str, Sequence[str]]
) -> st.SearchStrategy[Criterion]:
    """As content can write it: ambiguities only on top."""
    plain = criteria(vocabulary, names)
    if not readings:
        return plain
    once = _choose(readings, plain)
    return st.one_of(plain, once, _choose(readings, st.one_of(plain, once)))


# ---- knowledge


@st.composite
def languages(draw: st.DrawFn, anywhere: bool = True) -> Small:
    """Facts, readings and named criteria; no statements. `anywhere`: names may hold ambiguities inside."""
    small = draw(vocabularies())
    readings = {
        f"r{i}": ("p", "q", "s")[: draw(st.integers(2, 3 if i == 1 else 2))]
        for i in range(1, 1 + draw(st.integers(0, 3)))
    }
    named: list[tuple[str, Criterion, bool]] = []
    for i in range(1, 1 + draw(st.integers(0, 2))):
        below = [id_ for id_, _, _ in named]
        make = (
            criteria(small.vocabulary, below, readings) if anywhere else populations(small.vocabulary, below, readings)
        )
        named.append((f"k{i}@g", draw(make), draw(st.booleans())))
    return replace(small, readings=readings, named=tuple(named))


@st.composite
def smalls(draw: st.DrawFn) -> Small:
    """A whole small guideline; its statements may contradict each other."""
    small = draw(languages(anywhere=False))
    population = populations(small.vocabulary, list(small.names), small.readings)
    statements: list[tuple[Data, Criterion]] = []
    for i in range(draw(st.integers(1, 4))):
        kind = draw(st.sampled_from(("recommendation", "recommendation", "recommendation", "evidence", "remark")))
        data: Data = {"id": f"g.s{i}", "kind": kind, "scope": draw(st.sampled_from(("guideline", "wider")))}
        if kind == "recommendation":
            data |= {"verb": "v", "answer": draw(st.sampled_from(SPOKEN))}
            above = [other["id"] for other, _ in statements if other["kind"] == kind]
            data |= {"refines": tuple(draw(st.lists(st.sampled_from(above), unique=True))) if above else ()}
        statements.append((data, draw(population)))
    return replace(small, definition=draw(population), statements=tuple(statements))


# ---- patients


@st.composite
def worlds(draw: st.DrawFn, small: Small) -> dict[str, Value]:
    """A complete admissible patient: every fact has a value."""
    values: dict[str, Value] = {}
    for fact in small.facts:
        if fact["type"] == "boolean":
            values[fact["id"]] = draw(st.booleans())
        elif fact["type"] == "choice":
            values[fact["id"]] = draw(st.sampled_from(CHOICES))
        elif fact["type"] == "integer":
            values[fact["id"]] = Decimal(draw(st.integers(0, 4)))
        else:
            values[fact["id"]] = draw(st.sampled_from(AMOUNTS))
    return _admissible(small, values)


def _admissible(small: Small, values: dict[str, Value]) -> dict[str, Value]:
    """Raise totals and consequences until every constraint holds."""
    for _ in small.constraints:
        for constraint in small.constraints:
            if "sum" in constraint:
                least = sum((values[part] for part in constraint["sum"]), Decimal(0))  # type: ignore[misc]
                values["n"] = max(values["n"], least)  # type: ignore[type-var]
            elif values[constraint["if"]]:
                values[constraint["then"]] = True
    return values


@st.composite
def cases(draw: st.DrawFn, small: Small, ranges: bool = True) -> Case:
    """A partly known patient."""
    world = draw(worlds(small))
    reading = {id_: draw(st.sampled_from(slugs)) for id_, slugs in small.readings.items()}
    known = {id_: value for id_, value in world.items() if draw(st.booleans())}
    if ranges:
        known = {id_: draw(_blurred(value)) if isinstance(value, Decimal) else value for id_, value in known.items()}
    closed, _ = close(small.vocabulary, known)
    stated = {
        id_: truth(meant, world, small.names, reading) for id_, meant, may in small.named if may and draw(st.booleans())
    }
    return Case({**closed, **{id_: true for id_, true in stated.items() if true is not None}}, world, reading)


@st.composite
def _blurred(draw: st.DrawFn, value: Decimal) -> Value:
    below, above = draw(st.tuples(*[st.sampled_from((None, Decimal(0), Decimal(1), Decimal(2)))] * 2))
    if draw(st.booleans()) or (below is None and above is None):
        return value
    low = None if below is None else max(Decimal(0), value - below)
    return Range(low, None if above is None else value + above)
