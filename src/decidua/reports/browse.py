"""The content itself, for browsing: facts, guidelines with their statements, options; every item with its citations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.text import Text

from decidua.criteria.phrases import phrase
from decidua.facts import Fact
from decidua.facts.values import show_value
from decidua.guidelines import Guideline, Knowledge, NamedCriterion, Option, Statement
from decidua.language import Lang, say
from decidua.provenance import Citation, Cited
from decidua.reports.wording import printed_dose


def facts(knowledge: Knowledge, lang: Lang) -> Iterable[Text]:
    """Every fact by group, then the named criteria that may be stated."""
    for group in knowledge.vocabulary.groups.values():
        yield Text(f"{group.label[lang]} — {group.absence[lang]}", style="bold")
        for fact in knowledge.vocabulary.facts.values():
            if fact.group == group.id:
                yield Text(f"  {fact.id}: {fact.label[lang]} ({allowed(fact, lang)})")
    yield Text(say(lang, "browse.stated"), style="bold")
    for name in sorted(knowledge.stated):
        yield Text(f"  {name}: {knowledge.named[name].label[lang]}")


def allowed(fact: Fact, lang: Lang) -> str:
    """What a fact can be: yes or no, its choices, or a number in its units."""
    if fact.type == "boolean":
        return say(lang, "browse.boolean")
    if fact.type == "choice":
        return ", ".join(fact.choices)
    return " / ".join(unit.label for unit in fact.units) or say(lang, "browse.count")


def one_fact(knowledge: Knowledge, fact: Fact, lang: Lang) -> Iterable[Text]:
    yield Text(f"{fact.id}: {fact.label[lang]}", style="bold")
    yield Text(f"{allowed(fact, lang)}; {knowledge.vocabulary.groups[fact.group].absence[lang]}")
    if fact.help:
        yield Text(fact.help[lang])
    for choice in fact.choices:
        yield Text(f"  {choice}: {show_value(fact, choice, lang)}")
    for code in fact.codes:
        yield Text(f"  {code.system} {code.code}: {code.display} ({say(lang, f'browse.code-{code.status}')})")
    if fact.aliases:
        yield Text(say(lang, "browse.aliases", names=", ".join(fact.aliases)))
    used = [s.id for s in knowledge.statements.values() if fact.id in knowledge.expand(knowledge.populations[s.id])]
    if used:
        yield Text(say(lang, "browse.used-by", names=", ".join(used)))


def one_name(knowledge: Knowledge, named: NamedCriterion, lang: Lang) -> Iterable[Text]:
    yield Text(f"{named.id}: {named.label[lang]}", style="bold")
    yield from said(named, lang)
    yield Text(phrase(knowledge.names[named.id], knowledge.vocabulary, knowledge.labels, lang))


def guidelines(knowledge: Knowledge, lang: Lang) -> Iterable[Text]:
    for guideline in knowledge.guidelines.values():
        count = sum(s.guideline == guideline.id for s in knowledge.statements.values())
        yield Text(f"{guideline.id}: {guideline.name[lang]} ({say(lang, 'browse.statements', count=count)})")
        yield Text(f"  {guideline.basis[lang]}", style="dim")


def one_guideline(knowledge: Knowledge, guideline: Guideline, lang: Lang) -> Iterable[Text]:
    yield Text(f"{guideline.id}: {guideline.name[lang]}", style="bold")
    yield Text(guideline.basis[lang])
    yield Text(
        f"{say(lang, 'report.definitions')}: {guideline.definition_says[lang]} [{places(guideline.definition_cites)}]"
    )
    for item in guideline.items:
        yield Text(f"{say(lang, f'topic.{item.topic}')}:", style="italic")
        yield from said(item, lang)
    for statement in knowledge.statements.values():
        if statement.guideline == guideline.id:
            yield Text()
            yield from one_statement(knowledge, statement, lang)
    yield from _readings(knowledge, guideline.id, lang)
    yield from _discrepancies(knowledge, guideline.id, lang)


def one_statement(knowledge: Knowledge, s: Statement, lang: Lang) -> Iterable[Text]:
    options = ", ".join(knowledge.options[option].label[lang] for option in s.options)
    answer = say(lang, f"answer.{s.answer}") if s.answer else say(lang, f"statement.{s.kind}")
    yield Text(f"{s.id} · {options} · {answer}", style="bold")
    yield from said(s, lang)
    if s.strength.printed or s.certainty.printed:
        parts = [f"{say(lang, f'option.{part}')}: {printed.printed}" for part, printed in
                 (("strength", s.strength), ("certainty", s.certainty)) if printed.printed]  # fmt: skip
        yield Text("  " + "; ".join(parts))
    population = phrase(knowledge.own_populations[s.id], knowledge.vocabulary, knowledge.labels, lang)
    yield Text(f"  {say(lang, 'browse.population')}: {population}")
    for regimen in s.regimens:
        yield Text(f"  {say(lang, 'option.regimens')}: {regimen.drug[lang]}: {printed_dose(regimen, lang)}")


def _readings(knowledge: Knowledge, guideline: str, lang: Lang) -> Iterable[Text]:
    for reading in knowledge.readings.values():
        if reading.id.startswith(guideline):
            yield Text()
            yield Text(f"{reading.id} · {say(lang, 'browse.reading')}", style="bold")
            yield Text(f"  {reading.says[lang]} [{places(reading.cites)}]")
            yield Text("  " + " | ".join(text[lang] for text in reading.alternatives.values()))


def _discrepancies(knowledge: Knowledge, guideline: str, lang: Lang) -> Iterable[Text]:
    for found in knowledge.discrepancies.values():
        if found.id.startswith(guideline):
            yield Text()
            yield Text(f"{found.id} · {say(lang, 'browse.discrepancy')}", style="bold")
            yield Text(f"  {found.says[lang]} [{places(found.places)}]")


def options(knowledge: Knowledge, ids: Sequence[str], lang: Lang) -> Iterable[Text]:
    for id_ in ids:
        yield Text(f"{id_}: {knowledge.options[id_].label[lang]}")


def one_option(knowledge: Knowledge, option: Option, lang: Lang) -> Iterable[Text]:
    yield Text(f"{option.id}: {option.label[lang]}", style="bold")
    parts: Sequence[tuple[str, Sequence[Cited]]] = (
        ("mechanism", option.mechanism), ("use", option.use), ("safety", option.safety), ("before", option.before),
        ("legal", option.legal), ("cost", option.cost), ("evidence", option.evidence),
        ("other_indications", option.other_indications),
    )  # fmt: skip
    for part, items in parts:
        if items:
            yield Text(f"{say(lang, f'part.{part}')}:", style="italic")
        for item in items:
            yield from said(item, lang)
    for statement in knowledge.statements.values():
        if option.id in statement.options:
            yield Text()
            yield from one_statement(knowledge, statement, lang)
    for found in knowledge.discrepancies.values():
        if option.id in found.touches:
            yield Text(f"≠ {found.says[lang]} [{places(found.places)}]")


def said(item: Cited, lang: Lang) -> Iterable[Text]:
    """Own words, then mark, review and places."""
    yield Text(f"  {item.says[lang]}")
    facts = (
        f"{say(lang, f'mark.{item.mark_shown}')} · {say(lang, f'review.{item.review.level}')} · [{places(item.cites)}]"
    )
    yield Text(f"    {facts}", style="dim")
    if item.correction:
        yield Text(f"    {say(lang, 'option.correction', says=item.correction[lang])}")


def places(cites: Sequence[Citation]) -> str:
    return "; ".join(
        f"{cite.source}, {cite.place}" + (f", l. {', '.join(map(str, cite.lines))}" if cite.lines else "")
        for cite in cites
    )
