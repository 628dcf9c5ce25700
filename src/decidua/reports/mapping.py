"""The account of how a bundle was read: for each fact its resource, or why none; and everything that does not count."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.padding import Padding
from rich.text import Text

from decidua.facts import Vocabulary, show_value
from decidua.intake.fhir import Mapped, Note
from decidua.language import Lang, Model, say

DERIVED = "derived"


class Said(Model):
    """One resource, or a component of one, and what is said of it."""

    place: str
    says: str
    fact: str | None = None
    code: str | None = None
    code_status: str | None = None
    date: str | None = None


class MappedFact(Model):
    """`sources` is empty for a fact that follows from others; then `origin` says how."""

    fact: str
    label: str
    value: str | None
    origin: str | None
    sources: tuple[Said, ...]


class MappingReport(Model):
    language: Lang
    as_of: str
    as_of_asked: bool
    known: tuple[MappedFact, ...]
    unknown: tuple[MappedFact, ...]
    """Facts of which the bundle speaks, with the reasons why they stay unknown."""
    not_used: tuple[Said, ...]
    not_mapped: tuple[Said, ...]
    read: tuple[Said, ...]
    """Read for the sake of other resources."""
    silent: tuple[str, ...]
    """Facts of which no resource speaks."""


def mapping_report(mapped: Mapped, vocabulary: Vocabulary, lang: Lang) -> MappingReport:
    values, notes = mapped.intake.patient.values, mapped.notes
    of_facts = {note.fact for note in notes}
    unknown = [id_ for id_ in vocabulary.facts if id_ not in values and id_ in of_facts]
    unused = [note for note in notes if note.outcome == "not-used"]
    return MappingReport(
        language=lang,
        as_of=mapped.intake.as_of.isoformat(),
        as_of_asked=mapped.asked_as_of,
        known=tuple(_fact(mapped, vocabulary, id_, lang) for id_ in values),
        unknown=tuple(_fact(mapped, vocabulary, id_, lang) for id_ in unknown),
        not_used=tuple(_said(note, lang) for note in unused if note.fact not in unknown),
        not_mapped=tuple(_said(note, lang) for note in notes if note.outcome == "not-mapped"),
        read=tuple(_said(note, lang) for note in notes if note.outcome == "used" and note.fact is None),
        silent=tuple(id_ for id_ in vocabulary.facts if id_ not in values and id_ not in of_facts),
    )


def _fact(mapped: Mapped, vocabulary: Vocabulary, id_: str, lang: Lang) -> MappedFact:
    patient, fact = mapped.intake.patient, vocabulary.facts.get(id_)
    known = id_ in patient.values
    outcomes = ("used", "older") if known else ("not-used", "used", "older")
    sources = tuple(_said(note, lang) for note in mapped.notes if note.fact == id_ and note.outcome in outcomes)
    value = None
    if known:
        shown = patient.values[id_]
        value = show_value(fact, shown, lang) if fact else say(lang, "value.yes" if shown else "value.no")
    return MappedFact(
        fact=id_,
        label=fact.label[lang] if fact else id_,
        value=value,
        origin=_origin(mapped, id_, lang),
        sources=sources,
    )


def _origin(mapped: Mapped, id_: str, lang: Lang) -> str | None:
    origin = mapped.intake.patient.origins.get(id_)
    if origin is None:
        return None
    return say(lang, "mapping.derived") if origin == DERIVED else say(lang, "mapping.follows", rule=origin)


def _said(note: Note, lang: Lang) -> Said:
    code = note.code
    words = code and say(lang, f"mapping.code-{code.status}", system=code.system, code=code.code)
    parts = dict(note.parts)
    if parts.get("value") in ("true", "false"):
        parts["value"] = say(lang, "value.yes" if parts["value"] == "true" else "value.no")
    return Said(
        place=note.place, says=say(lang, note.key, **parts), fact=note.fact, code=words,
        code_status=code.status if code else None, date=note.on.isoformat() if note.on else None,
    )  # fmt: skip


def mapping_lines(report: MappingReport) -> Iterator[object]:
    """The account for the terminal."""
    lang = report.language
    yield Text(say(lang, "mapping.title"), style="bold")
    key = "mapping.as-of-asked" if report.as_of_asked else "mapping.as-of-today"
    yield Text(say(lang, key, date=report.as_of))
    yield from _facts(say(lang, "mapping.facts"), report.known)
    yield from _facts(say(lang, "mapping.unknown"), report.unknown)
    for heading, said in (
        ("mapping.rest", report.not_used),
        ("mapping.unmapped", report.not_mapped),
        ("mapping.read", report.read),
    ):
        yield from _listed(say(lang, heading), said)
    if report.silent:
        yield Text(f"\n{say(lang, 'mapping.silent')}", style="bold")
        yield Padding(Text(", ".join(report.silent)), (0, 0, 0, 2))


def _facts(heading: str, facts: Sequence[MappedFact]) -> Iterator[object]:
    if not facts:
        return
    yield Text(f"\n{heading}", style="bold")
    for fact in facts:
        value = f"{fact.label}: {fact.value}" if fact.value else fact.label
        yield Padding(Text(f"{value}  [{fact.fact}]"), (0, 0, 0, 2))
        for said in fact.sources:
            yield Padding(Text(_line(said), style="dim"), (0, 0, 0, 6))
        if fact.origin and not fact.sources:
            yield Padding(Text(fact.origin, style="dim"), (0, 0, 0, 6))


def _listed(heading: str, said: Sequence[Said]) -> Iterator[object]:
    if said:
        yield Text(f"\n{heading}", style="bold")
    for one in said:
        yield Padding(Text(_line(one)), (0, 0, 0, 2))


def _line(said: Said) -> str:
    detail = " · ".join(part for part in (said.date, said.says, said.code) if part)
    return f"{said.place}: {detail}"
