"""The facts of a patient out of FHIR Observations: a CQL library and its ELM, from one list of defines.

The functions stand in `facts_functions.cql`; `facts_functions.json` is what the public translator makes of them. Here
each fact becomes its defines: `"<fact>"`, or `"<fact> low"` and `"<fact> high"` for a number, each null where nothing
is known. An absent result is null, never a no. What constraints add is added, as `decidua.facts.close` adds it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from importlib.resources import files

from decidua.criteria.cql import literal as text_literal
from decidua.criteria.cql import quoted
from decidua.criteria.elm import Elm, call, literal, named_type, reference
from decidua.facts import Fact, Unit, Vocabulary
from decidua.fhir.bounds import bound
from decidua.fhir.canonical import CHOICES_SYSTEM, FACTS_SYSTEM, codings
from decidua.fhir.closing import causes_and_effects, known_implies, order_of_highs, order_of_lows, totals
from decidua.fhir.elm import FHIR, PATIENT, USINGS, define, library
from decidua.guidelines import Knowledge

NAME = "DeciduaFacts"
COUNTS: tuple[Unit, ...] = (Unit(code="1", label="1"),)
"""The unit of a count that is given as a quantity, as in `>= 3`."""


@dataclass(frozen=True)
class Word:
    """A piece of CQL with what it is in ELM."""

    text: str
    elm: Elm


def facts_text(knowledge: Knowledge, version: str) -> str:
    head = f"library {quoted(NAME)} version {text_literal(version)}\n\nusing FHIR version '4.0.1'\n\ncontext Patient\n"
    defines = (f"define {quoted(name)}:\n  {word.text}\n" for name, word in defines_of(knowledge))
    return "\n".join([head, _functions("cql"), *defines])


def facts_elm(knowledge: Knowledge, version: str) -> Elm:
    made = [define(name, word.elm, "Patient") for name, word in defines_of(knowledge)]
    statements = [PATIENT, *json.loads(_functions("json")), *made]
    parts = {"usings": {"def": [*USINGS, FHIR]}, "contexts": {"def": [{"name": "Patient"}]}}
    return library(NAME, version, {**parts, "statements": {"def": statements}})


def _functions(form: str) -> str:
    return (files("decidua.fhir") / f"facts_functions.{form}").read_text("utf-8")


def defines_of(knowledge: Knowledge) -> Iterator[tuple[str, Word]]:
    """(name, what it says), what is referred to before what refers to it."""
    vocabulary = knowledge.vocabulary
    for fact in vocabulary.facts.values():
        tokens = [f"{coding['system']}|{coding['code']}" for coding in codings(fact)]
        yield f"{fact.id} results", _call("Latest", _list([_text(token) for token in tokens]))
        yield from _given(fact)
    yield from _closed_numbers(vocabulary)
    yield from _closed_words(vocabulary)
    for name in sorted(knowledge.stated):
        results = _call("Latest", _list([_text(f"{FACTS_SYSTEM}|{name}")]))
        yield name, _call("Yes or no", results)


def _given(fact: Fact) -> Iterator[tuple[str, Word]]:
    results = _ref(f"{fact.id} results")
    if fact.type == "boolean":
        yield f"{fact.id} given", _call("Yes or no", results)
    elif fact.type == "choice":
        choices = _list([_text(choice) for choice in fact.choices])
        yield f"{fact.id} given", _call("Choice", results, _text(CHOICES_SYSTEM), choices)
    else:
        units = _list([_unit(fact, unit) for unit in fact.units or COUNTS])
        step = _decimal(Decimal(1) if fact.type == "integer" else Decimal("0.000001"))
        limits = [_decimal(limit) for limit in fact.possible] if fact.possible else [_null("Decimal")] * 2
        for side, function in (("low", "Low"), ("high", "High")):
            yield f"{bound(fact.id, side)} given", _call(function, results, units, step, *limits)


def _unit(fact: Fact, unit: Unit) -> Word:
    pair = next((pair for pair in fact.pairs if pair.other_unit == unit.code), None)
    parts = {
        "code": _text(unit.code),
        "factor": _decimal(unit.factor),
        "divisor": _decimal(unit.divisor),
        "pair": _decimal(pair.other) if pair else _null("Decimal"),
        "cut": _decimal(pair.value) if pair else _null("Decimal"),
    }
    text = ", ".join(f"{name}: {word.text}" for name, word in parts.items())
    elements = [{"name": name, "value": word.elm} for name, word in parts.items()]
    return Word(f"Tuple {{ {text} }}", {"type": "Tuple", "element": elements})


def _closed_numbers(vocabulary: Vocabulary) -> Iterator[tuple[str, Word]]:
    for fact in order_of_lows(vocabulary):
        given = _ref(f"{bound(fact, 'low')} given")
        least = [_sum([_low(part) for part in parts]) for total, parts in totals(vocabulary) if total == fact]
        yield bound(fact, "low"), _call("Greatest", _list([given, *least])) if least else given
    for fact in order_of_highs(vocabulary):
        given = _ref(f"{bound(fact, 'high')} given")
        room = [_room(fact, total, parts) for total, parts in totals(vocabulary) if fact in parts]
        yield bound(fact, "high"), _call("Least", _list([given, *room])) if room else given


def _low(fact: str) -> Word:
    return _call("Or zero", _ref(bound(fact, "low")))


def _room(fact: str, total: str, parts: Sequence[str]) -> Word:
    """What the total leaves for one part beside the least of the others."""
    high, others = _ref(bound(total, "high")), [_low(part) for part in parts if part != fact]
    for other in others:
        high = Word(f"{high.text} - {other.text}", {"type": "Subtract", "operand": [high.elm, other.elm]})
    return high


def _sum(words: Sequence[Word]) -> Word:
    total = words[0]
    for word in words[1:]:
        total = Word(f"{total.text} + {word.text}", {"type": "Add", "operand": [total.elm, word.elm]})
    return total


def _closed_words(vocabulary: Vocabulary) -> Iterator[tuple[str, Word]]:
    implied = {fact: (cause, choice) for cause, fact, choice in known_implies(vocabulary)}
    for fact in vocabulary.facts.values():
        given = _ref(f"{fact.id} given")
        causes, effects = causes_and_effects(vocabulary, fact.id)
        if fact.numeric:
            continue
        if causes or effects:
            yield fact.id, _call("Concluded", given, _given_list(causes), _given_list(effects))
        elif fact.id in implied:
            yield fact.id, _unless_known(given, *implied[fact.id], vocabulary)
        else:
            yield fact.id, given


def _given_list(facts: Sequence[str]) -> Word:
    return _list([_ref(f"{fact} given") for fact in facts] or [_null("Boolean")])


def _unless_known(given: Word, cause: str, choice: str, vocabulary: Vocabulary) -> Word:
    """The choice where the cause is known and nothing else is given."""
    numeric = vocabulary.facts[cause].numeric
    names = [f"{bound(cause, side)} given" for side in ("low", "high")] if numeric else [f"{cause} given"]
    unknown = [Word(f"{quoted(name)} is null", {"type": "IsNull", "operand": reference(name)}) for name in names]
    nothing = unknown[0]
    for word in unknown[1:]:
        nothing = Word(f"{nothing.text} and {word.text}", {"type": "And", "operand": [nothing.elm, word.elm]})
    known = {"type": "Not", "operand": nothing.elm}
    here = {"type": "And", "operand": [{"type": "IsNull", "operand": given.elm}, known]}
    chosen = _text(choice)
    text = f"if {given.text} is null and not ({nothing.text}) then {chosen.text} else {given.text}"
    return Word(text, {"type": "If", "condition": here, "then": chosen.elm, "else": given.elm})


def _ref(name: str) -> Word:
    return Word(quoted(name), reference(name))


def _call(name: str, *operands: Word) -> Word:
    text = ", ".join(operand.text for operand in operands)
    return Word(f"{quoted(name)}({text})", call(name, *(operand.elm for operand in operands)))


def _list(words: Sequence[Word]) -> Word:
    text = ", ".join(word.text for word in words)
    return Word(f"{{ {text} }}", {"type": "List", "element": [word.elm for word in words]})


def _text(value: str) -> Word:
    return Word(text_literal(value), literal("String", value))


def _decimal(value: Decimal) -> Word:
    text = f"{value:f}" if value % 1 else f"{value:f}".split(".")[0] + ".0"
    return Word(text, literal("Decimal", text))


def _null(kind: str) -> Word:
    as_type = {"type": "As", "strict": False, "operand": {"type": "Null"}, "asTypeSpecifier": named_type(kind)}
    return Word(f"null as {kind}", as_type)
