"""The model of a synthetic cohort, read and checked against the content that it is drawn for."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from importlib.resources import files

import yaml
from pydantic import ValidationError

from decidua.audit.synthetic.model import Based, Draw, SyntheticModel, Variable
from decidua.criteria import Criterion, CriterionError, facts_in, names_in, parse
from decidua.errors import ContentError
from decidua.facts import Constraint, Fact, Vocabulary
from decidua.guidelines import Knowledge
from decidua.language import Text

FILE = "synthetic.yaml"


@dataclass(frozen=True)
class Model:
    """A model whose criteria are parsed. `hash` is of the file; `vocabulary` knows the hidden variables too."""

    written: SyntheticModel
    hash: str
    knowledge: Knowledge
    vocabulary: Vocabulary
    criteria: Mapping[str, Criterion]
    """Text of a `when`, `only_if`, `exists`, `means` or `needs` → what it means."""

    @cached_property
    def facts(self) -> Mapping[str, Fact]:
        """The facts that are drawn, in the vocabulary's order; one that a package adds is unknown for everybody."""
        drawn = {variable.id for variable in self.written.variables}
        return {id_: fact for id_, fact in self.knowledge.vocabulary.facts.items() if id_ in drawn}

    @cached_property
    def constraints(self) -> tuple[Constraint, ...]:
        """The strict constraints on facts that are drawn."""
        found = (one for one in self.knowledge.vocabulary.constraints if one.strict)
        return tuple(one for one in found if _bound(one) <= set(self.facts))


def read_model(knowledge: Knowledge) -> Model:
    """The shipped model. Raises ContentError with everything that does not fit the content."""
    raw = (files("decidua") / "data" / FILE).read_bytes()
    return model_of(raw, knowledge)


def model_of(raw: bytes, knowledge: Knowledge) -> Model:
    """The model that a YAML file holds. Raises ContentError."""
    try:
        written = SyntheticModel.model_validate(yaml.load(raw, Loader=yaml.CSafeLoader))
    except ValidationError as error:
        where = (f"{FILE}: {'.'.join(map(str, one['loc']))}: {one['msg']}." for one in error.errors())
        raise ContentError(list(where)) from None
    vocabulary = _with_hidden(knowledge.vocabulary, written)
    problems: list[str] = []
    criteria = _parsed(written, vocabulary, knowledge, problems)
    if not problems:
        problems += [*_unknown(written, knowledge), *_too_early(written, criteria, knowledge)]
    if problems:
        raise ContentError([f"{FILE}: {problem}" for problem in problems])
    return Model(written, hashlib.sha256(raw).hexdigest()[:16], knowledge, vocabulary, criteria)


def _with_hidden(vocabulary: Vocabulary, written: SyntheticModel) -> Vocabulary:
    """Hidden variables can stand in a criterion as facts do."""
    hidden = {
        one.id: Fact(
            id=one.id, group="hidden", type=one.hidden.type, choices=one.hidden.choices, ask="ask",
            label=Text(en=one.hidden.says, ko=one.hidden.says),
        )
        for one in written.variables
        if one.hidden
    }  # fmt: skip
    return replace(vocabulary, facts={**vocabulary.facts, **hidden})


def _bound(constraint: Constraint) -> set[str]:
    """The facts that a constraint is about."""
    then = (constraint.then or "").split("=")[0].strip()
    named = (*constraint.sum, constraint.at_most, constraint.if_, constraint.if_known, then)
    return {name for name in named if name}


def draws_of(written: SyntheticModel) -> Iterator[tuple[str, Draw]]:
    """Every draw with the name of what it is for."""
    for variable in written.variables:
        yield from ((variable.id, draw) for draw in variable.draws)
    for record in written.records:
        yield from ((record.id, draw) for draw in record.draws)
    for stated in written.stated:
        yield from ((stated.name, draw) for draw in stated.draws)
    for care in written.care:
        yield from ((care.option, draw) for draw in care.draws)


def bases(written: SyntheticModel) -> Iterator[tuple[str, Based]]:
    """Everything that carries numbers, with the name of what it is for."""
    yield "roster", written.roster
    yield from draws_of(written)
    yield from ((variable.id, variable.bounds) for variable in written.variables if variable.bounds)


def _texts(written: SyntheticModel) -> Iterator[tuple[str, str]]:
    yield from ((name, draw.when) for name, draw in draws_of(written) if draw.when)
    for one in written.variables:
        given = (one.only_if, one.exists, one.means, one.needs)
        yield from ((one.id, text) for text in given if text)
    for care in written.care:
        yield from ((care.option, text) for text in (care.only_if, care.means) if text)


def _parsed(
    written: SyntheticModel, vocabulary: Vocabulary, knowledge: Knowledge, problems: list[str]
) -> dict[str, Criterion]:
    found: dict[str, Criterion] = {}
    for name, text in _texts(written):
        try:
            found[text] = parse(text, vocabulary, knowledge.names)
        except CriterionError as error:
            problems.append(f"{name}: {error}.")
    return found


def _unknown(written: SyntheticModel, knowledge: Knowledge) -> Iterator[str]:
    """Names that nothing has."""
    facts = knowledge.vocabulary.facts
    for one in written.variables:
        if one.hidden is None and one.id not in facts:
            yield f"{one.id}: no such fact; a variable that is none is hidden."
        if one.hidden is not None and one.id in facts:
            yield f"{one.id}: a fact cannot be hidden."
    records = {record.id for record in written.records}
    named = [name for one in written.variables for name in (one.record, one.record_true) if name]
    for name in {*named, written.care_record, written.day_record} - records:
        yield f"no such record: {name}."
    yield from (f"{one.option}: no such option." for one in written.care if one.option not in knowledge.options)
    yield from (f"{one.name}: cannot be stated." for one in written.stated if one.name not in knowledge.stated)
    sources = {*knowledge.sources, *(source.id for source in written.sources)}
    for name, based in bases(written):
        if based.source is not None and based.source not in sources:
            yield f"{name}: no such source: {based.source}."


def _too_early(written: SyntheticModel, criteria: Mapping[str, Criterion], knowledge: Knowledge) -> Iterator[str]:
    """What is drawn can depend only on what was drawn before it."""
    before = set(written.roster.columns)
    for one in written.variables:
        needed = {fact for text in _drawn_by(one) for fact in _facts(criteria[text], knowledge)}
        needed |= {draw.part_of for draw in one.draws if draw.part_of} | set(_summed(one))
        yield from (f"{one.id}: {fact} is drawn later." for fact in sorted(needed - before))
        before.add(one.id)


def _drawn_by(one: Variable) -> list[str]:
    """`needs` is not among them: it bears on what is written down, after everything is drawn."""
    texts = (one.only_if, one.exists, one.means, *(draw.when for draw in one.draws))
    return [text for text in texts if text]


def _summed(one: Variable) -> tuple[str, ...]:
    if one.body_mass_index:
        return ("weight", "height")
    return (*one.sum.plus, *one.sum.minus) if one.sum else ()


def _facts(criterion: Criterion, knowledge: Knowledge) -> set[str]:
    """The facts below a criterion, names followed."""
    below = [_facts(knowledge.names[name], knowledge) for name in names_in(criterion)]
    return facts_in(criterion).union(*below)
