"""Dated laboratory results, and the facts that the reducers make of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from decidua.facts import Fact, Value, Vocabulary
from decidua.intake.given import warn_unlikely
from decidua.intake.nodes import Tree
from decidua.intake.problems import Problems
from decidua.intake.reducers import Dated, Sign, last_values, latest, one_of, persistent
from decidua.intake.rows import Row, tables_of
from decidua.intake.scalars import value_of

KEYS = ("fact", "test", "date", "value", "method")
ANALYTES = (
    "lupus_anticoagulant", "anticardiolipin_igg", "anticardiolipin_igm", "anti_b2gpi_igg", "anti_b2gpi_igm",
)  # fmt: skip
"""Persistence is that of one and the same of these: an IgG and an IgM do not make a pair."""


@dataclass(frozen=True)
class Result:
    """One dated result; `value` None is a result that is not known (pending)."""

    fact: str
    on: date
    value: Value | None
    words: str
    line: int
    method: str | None = None


def read_results(tree: Tree | None, vocabulary: Vocabulary, as_of: date, problems: Problems) -> tuple[Result, ...]:
    """All readable rows; what is wrong, and every result after `as_of`, goes to `problems`."""
    rows = [Row(table, "result", KEYS, problems) for table in tables_of(tree, "results", problems)]
    read = [_result(row, vocabulary, as_of) for row in rows]
    return tuple(result for result in read if result is not None)


def _result(row: Row, vocabulary: Vocabulary, as_of: date) -> Result | None:
    fact, on = _fact(row, vocabulary), row.past_date("date", as_of)
    _check_complete(row)
    if fact is None:
        return None
    read, method = row.read("value", lambda tree, _: value_of(fact, tree)), _method(row, fact, vocabulary)
    if on is None or read is None:
        return None
    value, words = read
    if value is not None:
        warn_unlikely(fact, value, words, row.line, row.problems)
    return Result(fact.id, on, value, words, row.line, method)


def _check_complete(row: Row) -> None:
    for key in ("date", "value"):
        if key not in row.cells:
            row.problems.refuse("error.row-missing", row.line, key=key, kind=row.kind)
    if "date" in row.cells and row.text("date") is None:
        row.problems.refuse("error.row-missing", row.line_of("date"), key="date", kind=row.kind)


def _fact(row: Row, vocabulary: Vocabulary) -> Fact | None:
    key = "fact" if "fact" in row.cells else "test"
    if ("fact" in row.cells) == ("test" in row.cells):
        row.problems.refuse("error.result-fact", row.line)
        return None
    name = (row.text(key) or "").lower()
    ids = {spelling.lower(): fact for spelling, fact in vocabulary.names.items()}
    if name in ids:
        return vocabulary.facts[ids[name]]
    near = ", ".join(vocabulary.nearest(name[:60]))
    row.problems.refuse("error.key-near" if near else "error.key", row.line_of(key), key=name, near=near)
    return None


def method_fact(fact: Fact, vocabulary: Vocabulary) -> Fact | None:
    """The fact that holds the method of another: `ana_method` for `ana` and `ana_titre`."""
    return vocabulary.facts.get(f"{fact.id.split('_')[0]}_method")


def _method(row: Row, fact: Fact, vocabulary: Vocabulary) -> str | None:
    """A closed choice where the vocabulary has one, else free text."""
    text, method = row.text("method"), method_fact(fact, vocabulary)
    if text is None or method is None:
        return text
    return row.read("method", lambda tree, _: str(value_of(method, tree)[0]))


def latest_values(results: Sequence[Result], vocabulary: Vocabulary, problems: Problems) -> dict[str, Value]:
    """For each fact its latest value, and the method of it where only one is named."""
    found: dict[str, Value] = {}
    methods: dict[str, set[str | None]] = {}
    for id_ in dict.fromkeys(result.fact for result in results):
        own = sorted((result for result in results if result.fact == id_), key=lambda result: result.on)
        value = _latest(own, problems)
        if value is not None:
            found[id_] = value
            method = method_fact(vocabulary.facts[id_], vocabulary)
            named = {one.method for one in own if one.on == own[-1].on}
            methods.setdefault(method.id if method else "", set()).update(named)
    return found | _only(methods)


def _latest(own: Sequence[Result], problems: Problems) -> Value | None:
    dated = [Dated(result.on, result.value) for result in own]
    value = latest(dated)
    if value is None and None not in last_values(dated):
        problems.warn("warn.same-day", own[-1].line, fact=own[-1].fact, date=own[-1].on)
    return value


def _only(methods: Mapping[str, set[str | None]]) -> dict[str, Value]:
    """The methods of which only one is named; the ANA and its titre may have been measured by two."""
    alone = {id_: next(iter(named)) for id_, named in methods.items() if id_ and len(named) == 1}
    return {id_: method for id_, method in alone.items() if method is not None}


def signs_of(results: Iterable[Result], fact: str) -> list[Sign]:
    """The results of one choice fact with the values positive and negative."""
    own = (result for result in results if result.fact == fact)
    return [Sign(one.on, None if one.value is None else one.value == "positive") for one in own]


def apl_persistent(results: Sequence[Result]) -> bool | None:
    """Whether the same antiphospholipid antibody was positive twice, 84 days or more apart.

        the five analytes, each by `persistent`    apl_persistent
        one true                                   true
        all five false                             false
        none true, one unknown                     unknown
        none true, one never measured              unknown

    Only dated results count: an undated `negative` at the top of the file leaves its analyte unknown.
    """
    return one_of(persistent(signs_of(results, analyte)) for analyte in ANALYTES)
