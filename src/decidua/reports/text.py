"""The terminal report: readable at 80 columns, in both languages, without colour alone carrying a meaning."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from rich.console import Console, Group
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from decidua.language import Lang, say
from decidua.reports import models as m
from decidua.reports.detail import option_detail
from decidua.reports.wording import country_names

SYMBOLS = {"for": "●", "against": "✕", "weak": "◐", "silent": "–", "open": "?"}
STYLES = {"for": "green", "against": "red", "weak": "yellow", "silent": "dim", "open": "bold"}
SHOWN = 8


def print_report(report: m.Report, console: Console, *, options: Sequence[str] = (), why: bool = False) -> None:
    """`options`: those asked for are shown in detail; `why`: with the trace of every statement."""
    lang = report.language
    for part in (
        *_head(report),
        *matrix(report, lang),
        *_details(report, options, why),
        *_tail(report, lang, options),
    ):
        console.print(part)


def _head(report: m.Report) -> Iterable[object]:
    lang = report.language
    yield Text(report.title or say(lang, "report.title"), style="bold")
    yield Text(report.intended_use, style="dim")
    if report.as_of:
        yield Text(say(lang, "report.as-of", date=report.as_of))
    yield from _section(lang, "report.patient", _facts(report))
    if report.warnings:
        yield from _section(lang, "report.warnings", [Text(f"! {warning}") for warning in report.warnings])
    yield from _section(lang, "report.definitions", _definitions(report))
    chances = [Text(f"{chance.says} [{_places(chance)}]") for chance in report.chances]
    yield from _section(lang, "report.chances", chances or [Text(report.chances_note or "")])


def _section(lang: Lang, key: str, body: Iterable[object]) -> Iterable[object]:
    yield Text()
    yield Rule(Text(say(lang, key), style="bold"), align="left", characters="─")
    yield from body


def _facts(report: m.Report) -> list[object]:
    if not report.patient:
        return [Text(say(report.language, "report.nothing-known"))]
    table = Table.grid(padding=(0, 2))
    for fact in report.patient:
        given = fact.given if fact.given and fact.given != fact.value else None
        notes = [note for note in (given and f"({given})", fact.origin and f"← {fact.origin}") if note]
        table.add_row(Text(fact.label), Text(fact.value, style="bold"), Text(" ".join(notes), style="dim"))
    return [table]


def _definitions(report: m.Report) -> list[object]:
    table = Table.grid(padding=(0, 2))
    marks = {"met": "✓", "not-met": "✕", "unknown": "?", "disputed": "?"}
    for guideline in report.guidelines:
        state = guideline.definition
        word = f"{marks[state.met]} {say(report.language, f'met.{state.met}')}"
        table.add_row(Text(f"{guideline.society} {guideline.year}"), Text(word, style="bold"), Text(state.says))
    return [table]


def matrix(report: m.Report, lang: Lang) -> Iterable[object]:
    """Options and tests against guidelines, and what to heed."""
    if any(guideline.options for guideline in report.guidelines):
        yield from _section(
            lang, "report.options", [Text(say(lang, "report.legend"), style="dim"), _rows(report, "options")]
        )
    if any(guideline.tests for guideline in report.guidelines):
        yield from _section(lang, "report.tests", [_rows(report, "tests")])
    heed = list(dict.fromkeys(_heed(report)))
    if heed:
        yield from _section(lang, "report.heed", [*map(Text, heed), Text(say(lang, "report.before-note"), style="dim")])


def _heed(report: m.Report) -> Iterable[str]:
    """Law that applies or may, failing precautions, and unknown ones where an answer is for or she has the drug."""
    lang = report.language
    for guideline in report.guidelines:
        for option in guideline.options:
            near = option.group == "for" or bool(option.other_indications)
            for legal in option.legal:
                if legal.country == "here" or (near and legal.country == "unknown"):
                    where = f"{country_names(legal.countries, lang)}; {say(lang, f'country.{legal.country}')}"
                    yield f"! {option.label} ({where}): {legal.correction or legal.says}"
            for precaution in option.before:
                if precaution.state == "failing" or (near and precaution.state != "done"):
                    yield f"! {option.label}: {say(lang, f'check.{precaution.state}')}: {precaution.says}"


def _rows(report: m.Report, kind: str) -> Table:
    lang = report.language
    table = Table(box=None, show_edge=False, pad_edge=False, padding=(0, 2, 0, 0), expand=True)
    table.add_column("", ratio=3, overflow="fold")
    for guideline in report.guidelines:
        table.add_column(f"{guideline.society} {guideline.year}", ratio=4, overflow="fold")
    columns: Sequence[Sequence[m.OptionView]] = [getattr(guideline, kind) for guideline in report.guidelines]
    for row in zip(*columns, strict=True):
        name = Text(row[0].label)
        if isinstance(row[0], m.TestView):
            name.append(f"\n{say(lang, f'done.{row[0].done}')}", style="dim")
        table.add_row(name, *(cell_text(cell, lang) for cell in row))
    return table


def cell_text(cell: m.OptionView, lang: Lang) -> Text:
    """Symbol and word; what is possible where it is open; strength and certainty beside it, in the source's words."""
    text = Text()
    if cell.other_indications:
        text.append(say(lang, "option.other-short") + "\n", style="bold")
    text.append(f"{SYMBOLS[cell.group]} {say(lang, f'answer.{cell.answer}')}", style=STYLES[cell.group])
    if len(cell.possible) > 1:
        text.append("\n" + " / ".join(say(lang, f"short.{answer}") for answer in cell.possible), style="dim")
    printed = [*cell.strength, *cell.certainty] if len(cell.possible) == 1 else []
    if printed:
        text.append("\n" + " · ".join(printed), style="dim")
    if cell.group == "for" and cell.now not in ("not-printed", "not-for"):
        text.append("\n" + say(lang, f"now.{cell.now}"), style="dim")
    return text


def _details(report: m.Report, options: Sequence[str], why: bool) -> Iterable[object]:
    wanted = set(options) or ({o.option for g in report.guidelines for o in (*g.options, *g.tests)} if why else set())
    for guideline in report.guidelines:
        for option in (*guideline.options, *guideline.tests):
            if option.option in wanted and not (option.answer == "not-in-source" and not option.notes):
                yield Text()
                heading = f"{guideline.society} {guideline.year} · {option.label}"
                yield Rule(Text(heading, style="bold"), align="left", characters="═")
                yield Padding(Group(*option_detail(option, report.language, why)), (0, 0, 0, 2))


def _tail(report: m.Report, lang: Lang, options: Sequence[str]) -> Iterable[object]:
    yield from _section(lang, "report.disagreements", _disagreements(report))
    for alone in report.alone:
        yield Text(f"! {alone.words}")
    yield from _section(lang, "report.asks", _asks(report))
    if not options:
        yield from _section(
            lang, "report.not-covered", [Text("; ".join(text.rstrip(".") for text in report.not_covered) + ".")]
        )
    yield Text()
    bases = dict.fromkeys(f"{guideline.society} {guideline.year}: {guideline.basis}" for guideline in report.guidelines)
    for basis in bases:
        yield Text(basis, style="dim")
    if lang == "ko":
        yield Text(say(lang, "report.unchecked-korean"), style="dim")


def _disagreements(report: m.Report) -> list[object]:
    lang, names = report.language, {g.id: f"{g.society} {g.year}" for g in report.guidelines}
    tests = {test.option: test.label for guideline in report.guidelines for test in guideline.tests}
    found: list[object] = []
    silent: list[str] = []
    anyway: list[str] = []
    for d in report.disagreements:
        if d.kind == "silent":
            silent.append(d.label)
            continue
        if d.about:
            found.append(Text(f"≠ {d.label}: {_about(d, names, tests, lang)}"))
            continue
        if d.kind == "some" and d.mild:
            anyway.append(d.label)
            continue
        line = f"{d.label}: {names[d.between[0]]} ({say(lang, f'answer.{d.answers[0]}')}) — "
        line += f"{names[d.between[1]]} ({say(lang, f'answer.{d.answers[1]}')}): {d.words}"
        if d.differs_in:
            line += " [" + ", ".join(say(lang, f"differs.{aspect}") for aspect in d.differs_in) + "]"
        found.append(Text(("≠ " if d.kind != "agreement" else "= ") + line))
    if anyway:
        found.append(Text(say(lang, "text.differ-anyway", options=", ".join(dict.fromkeys(anyway)))))
    if silent:
        found.append(Text(say(lang, "report.silent-on", options=", ".join(dict.fromkeys(silent)))))
    return found or [Text(say(lang, "report.no-disagreement"))]


def _about(d: m.DisagreementView, names: Mapping[str, str], tests: Mapping[str, str], lang: Lang) -> str:
    test = tests.get(d.about or "", d.about)
    return say(lang, "text.against-test", one=names[d.between[0]], test=test, other=names[d.between[1]])


def _asks(report: m.Report) -> list[object]:
    lang, found = report.language, list[object]()
    look_up = [(ask.label, len(ask.about)) for ask in report.asks.look_up]
    authors = [(ask.question, len(ask.about)) for ask in report.asks.authors]
    for key, rows in (("report.ask-look-up", look_up), ("report.ask-authors", authors)):
        if rows:
            found.append(Text(say(lang, key), style="italic"))
            found += [_bullet(lang, words, count) for words, count in rows[:SHOWN]]
            found += _more(lang, len(rows))
    if report.asks.tests:
        found.append(Text(say(lang, "report.ask-tests"), style="italic"))
        found += [_test(report, ask) for ask in report.asks.tests[:SHOWN]]
        found += _more(lang, len(report.asks.tests))
    return found or [Text(say(lang, "report.all-settled"))]


def _bullet(lang: Lang, words: str, count: int) -> Text:
    text = Text(f"  · {words} ")
    key = "report.bears-on-one" if count == 1 else "report.bears-on"
    text.append(f"({say(lang, key, count=count)})", style="dim")
    return text


def _more(lang: Lang, total: int) -> list[object]:
    return [Text("  " + say(lang, "report.more", count=total - SHOWN), style="dim")] if total > SHOWN else []


def _test(report: m.Report, ask: m.AskTestView) -> Text:
    lang, names = report.language, {g.id: f"{g.society} {g.year}" for g in report.guidelines}
    text = _bullet(lang, ask.label, len(ask.about))
    stances = [f"{names[s.guideline]}: {say(lang, f'answer.{s.answer}')}" for s in ask.stances]
    if stances:
        text.append("\n      " + "; ".join(stances), style="dim")
    return text


def _places(said: m.SaidView) -> str:
    return "; ".join(f"{cite.source}, {cite.place}" for cite in said.cites)
