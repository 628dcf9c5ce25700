"""Questions: printed numbers that one method must reproduce together, made from the rules of tables and from claims."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from decidua.errors import ContentError
from decidua.evidence.model import Declared, PrintIs, Rule, Source, Table
from decidua.evidence.printed import Printed
from decidua.evidence.read import Evidence
from decidua.language import Text


@dataclass(frozen=True)
class Question:
    """`printed`: part → the number that must come out; `refs`: part → where it stands. No method: `because`."""

    id: str
    method: str | None
    printed: Mapping[str, Printed]
    refs: Mapping[str, str]
    inputs: Mapping[str, tuple[Printed, ...]] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    print_is: PrintIs = "crude"
    because: Text | None = None

    def claim(self, part: str) -> str:
        """The permanent id of the claim on one printed number."""
        return f"{self.id}/{part}"


def questions(evidence: Evidence) -> Iterator[Question]:
    """Of every table in order, then of the declared claims. Raises ContentError for numbers that do not exist."""
    for table in evidence.tables.values():
        for row in table.rows:
            for rule in table.rules:
                if not rule.rows or row.key in rule.rows:
                    yield from _of_rule(evidence, table, row.key, rule)
    for declared in evidence.claims.values():
        yield _of_claim(evidence, declared)


def _of_rule(evidence: Evidence, table: Table, row: str, rule: Rule) -> Iterator[Question]:
    """Nothing where the row lacks one of the numbers."""
    refs = {part: _whole(ref, table.id, row) for part, ref in rule.prints.items()}
    inputs = {name: _sources(source, table.id, row) for name, source in rule.from_.items()}
    found = _found(evidence, refs, inputs)
    if isinstance(found, Question):
        yield _with(found, f"{table.id}/{row}/{rule.name}", rule)


def _of_claim(evidence: Evidence, declared: Declared) -> Question:
    inputs = {name: _sources(source, "", "") for name, source in declared.from_.items()}
    found = _found(evidence, declared.prints, inputs)
    if isinstance(found, str):
        raise ContentError(f"claim {declared.id}: '{found}' is no printed number of any table.")
    return _with(found, declared.id, declared)


def _with(found: Question, id_: str, rule: Rule | Declared) -> Question:
    because = rule.because if isinstance(rule, Declared) else None
    return Question(
        id_, rule.method, found.printed, found.refs, found.inputs, found.words, rule.options, rule.print_is, because
    )


def _found(
    evidence: Evidence, refs: Mapping[str, str], inputs: Mapping[str, tuple[str | float, ...]]
) -> Question | str:
    """A question without a name yet; or the first reference that leads nowhere."""
    printed: dict[str, Printed] = {}
    for part, ref in refs.items():
        number = evidence.number(ref)
        if number is None:
            return ref
        printed[part] = number
    numbers: dict[str, tuple[Printed, ...]] = {}
    words: dict[str, str] = {}
    for name, sources in inputs.items():
        values = [_value(evidence, source) for source in sources]
        if None in values:
            return str(sources[values.index(None)])
        if isinstance(values[0], str):
            words[name] = values[0]
        numbers[name] = tuple(value for value in values if isinstance(value, Printed))
    return Question("", None, printed, refs, numbers, words)


def _value(evidence: Evidence, source: str | float) -> Printed | str | None:
    return evidence.cells.get(source) if isinstance(source, str) else Printed(str(source), float(source))


def _sources(source: Source, table: str, row: str) -> tuple[str | float, ...]:
    if isinstance(source, tuple):
        return tuple(_whole(ref, table, row) for ref in source)
    return (_whole(source, table, row) if isinstance(source, str) else source,)


def _whole(ref: str, table: str, row: str) -> str:
    """`part`, `row/part` or `table/row/part` as the last."""
    missing = 2 - ref.count("/")
    return "/".join([*(table, row)[:missing], ref]) if missing else ref
