"""Content and criteria in the words of one language, as parts of the output contract."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any, TypeVar

from decidua.answers import Branch, DecidingSet
from decidua.consult import Worked
from decidua.criteria import Criterion, Trace
from decidua.criteria.phrases import joint, phrase
from decidua.criteria.tree import And, AtLeast, Choose, Compare, Is, Not, OneOf, Or
from decidua.facts import show_value
from decidua.facts.values import plain
from decidua.guidelines import Knowledge, Regimen, Statement
from decidua.language import Lang, Text, say, words
from decidua.provenance import Citation, Cited
from decidua.reports import models as m

Way = tuple[tuple[str, str], ...]
T = TypeVar("T")
SETS = 8_192
"""Deciding sets whose words are remembered: the same few are open for many patients."""


class Wording:
    """Words for everything that a knowledge holds, in one language.

    Most of it is the same for every patient and is made once: `knowledge.kept(Wording, lang)` lasts as long as the
    content. What is remembered grows with the content and the ways of reading it, never with the patients.
    """

    def __init__(self, knowledge: Knowledge, lang: Lang) -> None:
        self.k, self.lang = knowledge, lang
        self._made: dict[Hashable, Any] = {}
        self.deciding_set = lru_cache(maxsize=SETS)(self._deciding_set)

    def once(self, key: Hashable, make: Callable[..., T], *of: object) -> T:
        """`make(*of)`, remembered under the key; for what no patient's value goes into."""
        if key not in self._made:
            self._made[key] = make(*of)
        return self._made[key]  # type: ignore[no-any-return]

    def label(self, id_: str) -> str:
        """Of a fact or a named criterion."""
        fact = self.k.vocabulary.facts.get(id_)
        return fact.label[self.lang] if fact else self.k.named[id_].label[self.lang]

    def said(self, item: Cited) -> m.SaidView:
        return self.once(("said", type(item), item.id), lambda: m.SaidView(**self.said_parts(item)))

    def said_parts(self, item: Cited) -> dict[str, object]:
        return self.once(("parts", type(item), item.id), self._said_parts, item)

    def _said_parts(self, item: Cited) -> dict[str, object]:
        return {
            "id": item.id,
            "says": item.says[self.lang],
            "mark": item.mark_shown,
            "correction": item.correction[self.lang] if item.correction else None,
            "review": item.review.level,
            "ko_status": item.says.ko_status,
            "cites": self.cites(item.cites),
        }

    def cites(self, cites: Sequence[Citation]) -> tuple[m.CitationView, ...]:
        return tuple(
            m.CitationView(source=c.source, place=place_words(c.place, self.lang), lines=c.lines) for c in cites
        )

    def branch(self, branch: Branch) -> m.BranchView:
        return self.once(branch, self._branch, branch)

    def _branch(self, branch: Branch) -> m.BranchView:
        return m.BranchView(readings=self.choices(branch.readings), possible=branch.possible)

    def choices(self, way: Way) -> tuple[m.ChoiceView, ...]:
        return self.once(("way", way), self._choices, way)

    def _choices(self, way: Way) -> tuple[m.ChoiceView, ...]:
        return tuple(
            m.ChoiceView(reading=id_, alternative=slug, text=self.k.readings[id_].alternatives[slug][self.lang])
            for id_, slug in way
        )

    def questions(self, readings: Sequence[str]) -> tuple[m.ReadingView, ...]:
        return tuple(
            m.ReadingView(reading=id_, question=self.k.readings[id_].question[self.lang])
            for id_ in readings
            if id_ not in self.k.settled
        )

    def regimen(self, worked: Worked) -> m.RegimenView:
        """As printed, and what it comes to for her."""
        at = worked.statement.regimens.index(worked.regimen)
        return m.RegimenView(
            **self.once(("regimen", worked.statement.id, at), self._regimen_parts, worked.statement, worked.regimen),
            calculated=self.calculated(worked),
            why_not=tuple(say(self.lang, f"whynot.{reason}") for reason in worked.why_not),
        )

    def _regimen_parts(self, statement: Statement, r: Regimen) -> dict[str, object]:
        return {
            "statement": statement.id,
            "drug": r.drug[self.lang],
            "printed": printed_dose(r, self.lang),
            "for_whom": self.text(r.for_),
            "start": self.text(r.start),
            "stop": self.text(r.stop),
            "note": self.text(r.note),
            "readings": self.questions(r.readings),
            "timing_readings": self.questions(r.timing_readings),
            "cites": self.cites(r.cites),
        }

    def calculated(self, worked: Worked) -> str | None:
        """The arithmetic, with grams beside large numbers of milligrams; None where nothing was worked out."""
        if worked.amount is None:
            return None
        if worked.arithmetic is None:
            return printed_dose(worked.regimen, self.lang)
        low, high = worked.amount
        large = worked.unit == "mg" and high >= 1000
        total = worked.arithmetic + (f" ({_span((low / 1000, high / 1000))} g)" if large else "")
        return say(self.lang, "regimen.each", sum=total)

    def text(self, text: Text | None) -> str | None:
        return text[self.lang] if text else None

    def trace(self, trace: Trace) -> m.TraceView:
        node, value = trace.node, trace.value
        fact = node.fact if isinstance(node, Is | OneOf | Compare) else None
        shown = show_value(self.k.vocabulary.facts[fact], value, self.lang) if fact and value is not None else None
        drawn = isinstance(node, And | Or | Not | AtLeast | Choose)
        return m.TraceView(
            text=joint(node, self.lang, self.k.labels) if drawn else self.words(node),
            truth=trace.truth,
            value=shown,
            stated=trace.stated,
            parts=self.alternatives(node, trace) if isinstance(node, Choose) else tuple(map(self.trace, trace.parts)),
        )

    def alternatives(self, node: Choose, trace: Trace) -> tuple[m.TraceView, ...]:
        """Each alternative of an ambiguity under its own words."""
        slugs = {part: slug for slug, part in node.alternatives}
        return tuple(
            m.TraceView(
                text=self.k.labels[f"{node.reading}/{slugs[part.node]}"][self.lang],
                truth=part.truth,
                parts=(self.trace(part),),
            )
            for part in trace.parts
        )

    def words(self, node: Criterion) -> str:
        """A criterion in words; conditions on stated names speak through the name's label."""
        return self.once(node, self._words, node)

    def _words(self, node: Criterion) -> str:
        if isinstance(node, Is) and node.fact in self.k.named:
            return self.k.named[node.fact].label[self.lang]
        if isinstance(node, Not) and isinstance(node.part, Is) and node.part.fact in self.k.named:
            return say(self.lang, "phrase.not", part=self.k.named[node.part.fact].label[self.lang])
        return phrase(node, self.k.vocabulary, self.k.labels, self.lang)

    def _deciding_set(self, found: DecidingSet) -> m.DecidingView:
        return m.DecidingView(
            facts=found.facts,
            when=dict(zip(found.facts, map(machine_words, found.when), strict=True)),
            words=tuple(map(self.words, found.when)),
            answer=found.answer,
        )


def machine_words(node: Criterion) -> str:
    """A condition on one fact for machines: `true`, `false`, choices, or comparisons."""
    match node:
        case Is():
            return "true"
        case Not():
            return "false"
        case OneOf(_, choices):
            return " or ".join(choices)
        case Compare(_, op, _, printed):
            return f"{op} {printed}"
        case And(parts):
            return " and ".join(map(machine_words, parts))
        case Or(parts):
            return " or ".join(map(machine_words, parts))
        case _:
            raise TypeError(node)


def printed_dose(r: Regimen, lang: Lang) -> str:
    """The regimen as printed: dose with unit, route, frequency; a part that is not printed is said to be so."""
    if r.dose is None and r.route is None and r.every is None:
        return say(lang, "regimen.nothing")
    missing = say(lang, "regimen.not-printed")
    dose = f"{_span(r.dose)} {unit_words(r.unit, lang)}" if r.dose is not None and r.unit else missing
    return say(lang, "regimen.line", dose=dose, route=r.route or missing, every=_every(r, lang) or missing)


def _every(r: Regimen, lang: Lang) -> str | None:
    if r.every is None or r.every_unit is None:
        return None
    times = plain(r.times) if r.times else "1"
    key = f"regimen.{times}-in-{_span(r.every)}-{r.every_unit}"
    if key in words(lang):
        return say(lang, key)
    return say(lang, f"regimen.every-{r.every_unit}", every=_span(r.every), times=times)


def place_words(place: str, lang: Lang) -> str:
    """A place in a source; one without words in the language stays as it is."""
    return words(lang).get(f"place.{place}", place)


def country_names(countries: Sequence[str], lang: Lang) -> str:
    """Countries by name; a code without a name stays as it is."""
    return ", ".join(words(lang).get(f"choice.{code}", code) for code in countries)


def unit_words(unit: str, lang: Lang) -> str:
    """A UCUM unit as people write it."""
    return words(lang).get(f"unit.{unit}", unit)


def _span(value: Decimal | tuple[Decimal, Decimal]) -> str:
    if isinstance(value, tuple):
        return plain(value[0]) if value[0] == value[1] else f"{plain(value[0])}–{plain(value[1])}"
    return plain(value)
