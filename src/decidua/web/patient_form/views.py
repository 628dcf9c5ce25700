"""The form as a template draws it: made from the vocabulary, filled with what was written."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from decidua.facts import Fact, show_value
from decidua.guidelines import Knowledge
from decidua.intake.given import UNEXPLAINED
from decidua.intake.pregnancies import CONCEPTIONS, CONFIRMED, KARYOTYPES, OUTCOMES
from decidua.language import Lang, say, words
from decidua.web.patient_form.fields import Entries

Choices = Sequence[tuple[str, str]]
"""Pairs of what is sent and what is shown; "not known" comes first and is sent as nothing."""

SEGMENTS = 3
"""Choices that stand beside each other; more of them fold into a list."""


@dataclass(frozen=True)
class Field:
    """One thing that may be entered. `search`: the words by which it is found."""

    name: str
    label: str
    help: str
    shape: str
    """`segments`, `list` or `text`."""
    choices: Choices = ()
    units: Choices = ()
    hint: str = ""
    keyboard: str = "text"
    search: str = ""

    @property
    def unit_name(self) -> str:
        return "unit." + self.name.partition(".")[2]


@dataclass(frozen=True)
class Group:
    """`known`: how many of its fields are filled."""

    id: str
    label: str
    absence: str
    fields: tuple[Field, ...]

    def known(self, entries: Entries) -> int:
        return sum(bool(entries.text(field.name)) for field in self.fields)


@dataclass(frozen=True)
class Columns:
    """The choices of the columns of both tables."""

    outcome: Choices
    confirmed: Choices
    karyotype: Choices
    conception: Choices
    tests: Sequence[tuple[str, Choices]]
    """Group of facts → its facts."""
    values: Sequence[str]
    """Words that most results are, for choosing from."""
    labels: Mapping[str, str]

    def __getitem__(self, column: str) -> Choices:
        found: Choices = getattr(self, column)
        return found

    @property
    def offered(self) -> set[str]:
        return {id_ for _, facts in self.tests for id_, _ in facts}


def form_groups(knowledge: Knowledge, lang: Lang) -> tuple[Group, ...]:
    """All facts by group, and the criteria that may be stated in a group of their own."""
    facts = knowledge.vocabulary.facts.values()
    groups = [
        Group(g.id, g.label[lang], g.absence[lang], tuple(fact_field(f, lang) for f in facts if f.group == g.id))
        for g in knowledge.vocabulary.groups.values()
    ]
    return (*groups, Group("stated", say(lang, "form.stated"), say(lang, "form.stated-note"), _stated(knowledge, lang)))


def fact_field(fact: Fact, lang: Lang) -> Field:
    name, label, help_ = f"fact.{fact.id}", fact.label[lang], fact.help[lang] if fact.help else ""
    short = words(lang).get(f"form.also-{fact.id}", "")  # as it stands on a laboratory's sheet
    search = " ".join((fact.id, fact.label.en, fact.label.ko, short, *fact.aliases)).lower()
    if fact.type == "boolean":
        return Field(name, label, help_, "segments", _yes_no(lang), search=search)
    if fact.type == "choice":
        choices = (_unknown(lang), *((choice, show_value(fact, choice, lang)) for choice in fact.choices))
        shape = "segments" if len(fact.choices) < SEGMENTS else "list"
        return Field(name, label, help_, shape, choices, search=search)
    spoken = words(lang)
    units = [(u.label, spoken.get(f"unit.{u.code}", u.label)) for u in fact.units] if fact.format is None else ()
    keyboard = "numeric" if fact.type == "integer" and fact.format is None else "decimal"
    return Field(
        name, label, help_, "text", units=units, hint=_hint(fact), search=search,
        keyboard="text" if fact.format else keyboard,
    )  # fmt: skip


def _hint(fact: Fact) -> str:
    return {"gestational-age": "6+0", "titre": "1:80"}.get(fact.format or "", "")


def _unknown(lang: Lang) -> tuple[str, str]:
    return "", say(lang, "value.unknown")


def _yes_no(lang: Lang) -> Choices:
    return _unknown(lang), ("yes", say(lang, "value.yes")), ("no", say(lang, "value.no"))


def _stated(knowledge: Knowledge, lang: Lang) -> tuple[Field, ...]:
    named = [(id_, knowledge.named[id_]) for id_ in sorted(knowledge.stated)]
    general = Field(
        f"stated.{UNEXPLAINED}", say(lang, "form.unexplained"), say(lang, "form.unexplained-help"), "segments",
        _yes_no(lang), search=f"unexplained idiopathic {say('ko', 'form.unexplained')}",
    )  # fmt: skip
    return (general, *(
        Field(f"stated.{id_}", it.label[lang], it.says[lang] if it.says else "", "segments", _yes_no(lang),
              search=f"{id_} {it.label.en} {it.label.ko}".lower())
        for id_, it in named
    ))  # fmt: skip


def columns(knowledge: Knowledge, lang: Lang) -> Columns:
    facts, groups = knowledge.vocabulary.facts.values(), knowledge.vocabulary.groups.values()
    tests = [
        (g.label[lang], [(f.id, f.label[lang]) for f in facts if f.group == g.id and f.ask == "test"]) for g in groups
    ]
    return Columns(
        outcome=(("unknown", say(lang, "value.unknown")), *_choices(lang, OUTCOMES)[1:]),
        confirmed=_choices(lang, CONFIRMED),
        karyotype=_choices(lang, KARYOTYPES),
        conception=_choices(lang, CONCEPTIONS),
        tests=tests,
        values=[say(lang, f"choice.{value}") for value in ("positive", "negative", "raised", "not-raised")],
        labels={fact.id: fact.label[lang] for fact in facts},
    )


def _choices(lang: Lang, words: Collection[str]) -> Choices:
    known = [(word, say(lang, f"pregnancy.{word}")) for word in words if word != "unknown"]
    return _unknown(lang), *known
