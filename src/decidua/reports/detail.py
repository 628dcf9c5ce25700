"""One option of one guideline in full, as lines for the terminal."""

from __future__ import annotations

from collections.abc import Iterable

from rich.text import Text

from decidua.language import Lang, say
from decidua.reports import models as m

MARKS = {True: "✓", False: "✕", None: "?"}
DECIDING_SHOWN = 8


def option_detail(option: m.OptionView, lang: Lang, why: bool) -> Iterable[Text]:
    yield from _lead(option, lang)
    for statement in option.statements:
        yield from _statement(statement, lang, why)
    yield from _readings(option, lang)
    yield from _regimens(option, lang)
    yield from _before(option, lang)
    for legal in option.legal:
        dated = f" ({legal.dated})" if legal.dated else ""
        yield Text(f"{say(lang, 'option.legal')}: {legal.says}{dated} [{say(lang, f'country.{legal.country}')}]")
        yield from _correction(legal, lang)
    if option.notes:
        yield Text(f"{say(lang, 'option.notes')}:")
        for note in option.notes:
            yield Text(f"  – {note.says} [{places(note)}]")
    if option.discrepancies:
        yield Text(f"{say(lang, 'option.discrepancies')}:")
        for found in option.discrepancies:
            yield Text(f"  ≠ {found.says}")
    yield from _deciding(option, lang)


def _lead(option: m.OptionView, lang: Lang) -> Iterable[Text]:
    for indication in option.other_indications:
        yield Text(say(lang, "option.other-indication", says=indication.says), style="bold")
    answer = Text(f"→ {say(lang, f'answer.{option.answer}')}", style="bold")
    if len(option.possible) > 1:
        answer.append(": " + " / ".join(say(lang, f"answer.{a}") for a in option.possible))
        answer.append(f"; {say(lang, f'bound.{option.bound}')}")
    if option.now not in ("not-printed", "not-for"):
        answer.append(f"; {say(lang, f'now.{option.now}')}")
    yield answer


def _statement(s: m.StatementView, lang: Lang, why: bool) -> Iterable[Text]:
    yield Text(f"{_mark(s.applies)} {say(lang, f'applies.{s.applies}')}: {s.says}")
    details = [s.id, say(lang, f"mark.{s.mark}"), say(lang, f"review.{s.review}")]
    if s.strength:
        details.append(f"{say(lang, 'option.strength')}: {s.strength}")
    if s.certainty:
        of = f" ({s.certainty_of})" if s.certainty_of else ""
        details.append(f"{say(lang, 'option.certainty')}: {s.certainty}{of}")
    yield Text(f"    {' · '.join(details)}", style="dim")
    if s.because:
        yield Text(f"    {s.because}", style="dim")
    yield Text(f"    [{places(s)}]", style="dim")
    yield from _correction(s, lang)
    for table in s.evidence:
        yield Text(f"    {say(lang, 'evidence.rests-on', title=table.title, table=table.table, claims=table.claims)}")
        for wrong in table.mismatches:
            place, recomputed = wrong.place.split("/", 1)[1], wrong.recomputed or "?"
            yield Text(f"      ≠ {say(lang, 'evidence.wrong', place=place, printed=wrong.printed, value=recomputed)}")
    if why and s.trace:
        yield Text(f"    {say(lang, 'option.why')}:")
        yield from trace_lines(s.trace, lang, 3)


def _mark(applies: str) -> str:
    return {"applies": "✓", "does-not-apply": "✕", "undetermined": "?"}[applies]


def _correction(said: m.SaidView, lang: Lang) -> Iterable[Text]:
    if said.correction:
        yield Text(f"    {say(lang, 'option.correction', says=said.correction)}")


def trace_lines(trace: m.TraceView, lang: Lang, depth: int) -> Iterable[Text]:
    """The trace as an indented tree: ✓ ✕ ? and the value met."""
    value = f" [{trace.value}]" if trace.value is not None else ""
    stated = f" [{say(lang, 'option.stated')}]" if trace.stated else ""
    yield Text(f"{'  ' * depth}{MARKS[trace.truth]} {trace.text}{value}{stated}")
    for part in trace.parts:
        yield from trace_lines(part, lang, depth + 1)


def _readings(option: m.OptionView, lang: Lang) -> Iterable[Text]:
    if not option.depends_on:
        return
    yield Text(f"{say(lang, 'option.readings')}:")
    for branch in option.readings:
        taken = "; ".join(choice.text for choice in branch.readings if choice.reading in option.depends_on)
        yield Text(f"  {taken}: {' / '.join(say(lang, f'answer.{a}') for a in branch.possible)}")


def _regimens(option: m.OptionView, lang: Lang) -> Iterable[Text]:
    for r in option.regimens:
        whom = f" ({r.for_whom})" if r.for_whom else ""
        times = " – ".join(part for part in (r.start, r.stop) if part)
        note = f"; {r.note}" if r.note else ""
        yield Text(f"{say(lang, 'option.regimens')}: {r.drug}{whom}: {r.printed}{'; ' + times if times else ''}{note}")
        if r.calculated:
            yield Text(f"    {say(lang, 'option.calculated')}: {r.calculated}")
        else:
            yield Text(f"    {say(lang, 'option.as-printed', why='; '.join(r.why_not))}", style="dim")
        for reading in (*r.readings, *r.timing_readings):
            yield Text(f"    ? {reading.question}", style="dim")


def _before(option: m.OptionView, lang: Lang) -> Iterable[Text]:
    if option.before:
        yield Text(f"{say(lang, 'option.before')} ({say(lang, 'report.before-note')})")
    for precaution in option.before:
        yield Text(f"  {say(lang, f'check.{precaution.state}')}: {precaution.says} [{places(precaution)}]")


def _deciding(option: m.OptionView, lang: Lang) -> Iterable[Text]:
    if not option.deciding:
        return
    yield Text(f"{say(lang, 'option.deciding')}:")
    for found in option.deciding[:DECIDING_SHOWN]:
        when = say(lang, "phrase.and").join(found.words)
        yield Text("  " + say(lang, "option.if", when=when, answer=say(lang, f"answer.{found.answer}")))
    if len(option.deciding) > DECIDING_SHOWN:
        yield Text("  " + say(lang, "report.more", count=len(option.deciding) - DECIDING_SHOWN), style="dim")


def places(said: m.SaidView) -> str:
    """Citations in a line: source, place, lines."""
    return "; ".join(
        f"{cite.source}, {cite.place}" + (f", l. {', '.join(map(str, cite.lines))}" if cite.lines else "")
        for cite in said.cites
    )
