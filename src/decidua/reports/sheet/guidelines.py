"""What each guideline says about an option, one whole sentence for each kind of answer, always “guideline X says”."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from decidua.answers import SILENT
from decidua.consult import Cell, Consultation
from decidua.guidelines import Knowledge, Statement
from decidua.language import Text
from decidua.reports.sheet.models import Given, GuidelineBlock, Line, Run
from decidua.reports.sheet.tongue import Tongue, joined

OPEN = ("needs-data", "disputed")


def guideline_blocks(
    consultation: Consultation, option: str, tongue: Tongue, left_out: Sequence[Given]
) -> tuple[GuidelineBlock, ...]:
    """A line for each guideline; `left_out`: what gave way, so that guidelines may share one."""
    shared = (*(SILENT if "merge" in left_out else ()), *(OPEN if "open" in left_out else ()))
    groups: list[list[Cell]] = []
    for cell in (consultation.cell(guideline, option) for guideline in consultation.guidelines):
        alike = [group for group in groups if cell.answer in shared and group[0].answer == cell.answer]
        if alike:
            alike[0].append(cell)
        else:
            groups.append([cell])
    return tuple(_block(consultation, group, tongue, left_out) for group in groups)


def missing(consultation: Consultation, cells: Sequence[Cell]) -> tuple[str, ...]:
    """What is not known and may change these answers: facts, or a name that could be stated instead of several."""
    knowledge, asks = consultation.knowledge, consultation.asks
    at = {(cell.guideline, cell.option) for cell in cells}
    relevant = {fact for cell in cells for fact in cell.relevant}
    names = [ask.fact for ask in asks.look_up if ask.fact in knowledge.named and at & set(ask.cells)]
    below = {fact for name in names for fact in knowledge.expand(knowledge.names[name])}
    asked = [*(ask.fact for ask in asks.look_up), *(fact for ask in asks.tests for fact in ask.facts)]
    return (*names, *(fact for fact in asked if fact in relevant and fact not in below))


def listed_facts(knowledge: Knowledge, facts: Iterable[str], tongue: Tongue) -> Line:
    """Their labels; a label is a clinical term, so in Korean it stands only where a person has checked it."""
    return tongue.listed(tongue.content(_label(knowledge, fact), fact) for fact in facts)


def _label(knowledge: Knowledge, fact: str) -> Text:
    known = knowledge.vocabulary.facts
    return known[fact].label if fact in known else knowledge.named[fact].label


def _block(
    consultation: Consultation, group: Sequence[Cell], tongue: Tongue, left_out: Sequence[Given]
) -> GuidelineBlock:  # fmt: skip
    ids, answer = tuple(cell.guideline for cell in group), group[0].answer
    names = [guideline_name(consultation.knowledge, id_) for id_ in ids]
    if len(group) > 1:
        line = tongue.statement(f"sheet.say.many.{answer}", guidelines=tongue.listed(names))
    elif "open" in left_out and answer in OPEN:
        line = tongue.statement(f"sheet.say.short.{answer}", guideline=names[0])
    else:
        line = _line(consultation, group[0], tongue, left_out)
    return GuidelineBlock(guidelines=ids, answer=answer, line=line)


def _line(consultation: Consultation, cell: Cell, tongue: Tongue, left_out: Sequence[Given]) -> Line:
    name = guideline_name(consultation.knowledge, cell.guideline)
    if cell.answer == "needs-data":
        labels = 1 if "missing" in left_out else 2
        return joined(_open(consultation, cell, name, tongue, labels), *_bound(cell, tongue))
    if cell.answer == "disputed":
        ways = dict.fromkeys(answer for branch in cell.branches for answer in branch.possible)
        answers = tongue.listed(_quoted(tongue.statement(f"sheet.say.way.{way}")) for way in ways)
        return tongue.statement("sheet.say.disputed", guideline=name, answers=answers)
    return joined(
        tongue.statement(f"sheet.say.{cell.answer}", guideline=name),
        *_printed(name, cell, tongue, "of-what" not in left_out),
    )


def _open(consultation: Consultation, cell: Cell, name: Line, tongue: Tongue, labels: int) -> Line:
    facts = missing(consultation, [cell])
    key = "sheet.say.needs-data-more" if len(facts) > labels else "sheet.say.needs-data"
    named = listed_facts(consultation.knowledge, facts[:labels], tongue)
    return tongue.statement(key, guideline=name, facts=named)


def _bound(cell: Cell, tongue: Tongue) -> list[Line]:
    bound = cell.standing.bound
    return [] if bound == "open" else [tongue.statement(f"sheet.say.{bound}")]


def _printed(name: Line, cell: Cell, tongue: Tongue, of_what: bool) -> list[Line]:
    """Every strength and certainty of the statements that speak, as printed; none stands above another."""
    found = []
    for printed in dict.fromkeys(statement.strength.printed for statement in cell.speaking):
        if printed:
            sources = [statement.id for statement in cell.speaking if statement.strength.printed == printed]
            words = _as_printed(printed)
            found.append(tongue.statement("sheet.say.strength", sources=sources, guideline=name, printed=words))
    return [*found, *certainties(name, cell.speaking, tongue, of_what)]


def certainties(name: Line, statements: Iterable[Statement], tongue: Tongue, of_what: bool = True) -> list[Line]:
    """What one guideline prints as certainty, and of what (if there is room); the same about the same once."""
    told: dict[tuple[str, str | None], list[Statement]] = {}
    for statement in statements:
        printed, of = statement.certainty.printed, statement.certainty.of
        if printed:
            told.setdefault((printed.lower(), of.en if of and of_what else None), []).append(statement)
    return [_certainty(name, alike, tongue, of_what) for alike in told.values()]


def _certainty(name: Line, alike: Sequence[Statement], tongue: Tongue, of_what: bool) -> Line:
    first, sources = alike[0], [statement.id for statement in alike]
    printed, of = _as_printed(first.certainty.printed or ""), first.certainty.of
    if of is None or not of_what:
        key = "sheet.say.certainty-of-unprinted" if of_what else "sheet.say.certainty-short"
        return tongue.statement(key, sources=sources, guideline=name, printed=printed)
    about = tongue.content(of, first.id)
    return tongue.statement("sheet.say.certainty", sources=sources, guideline=name, of=about, printed=printed)


def _as_printed(text: str) -> Line:
    """Words of a source in the language in which it prints them, in quotation marks."""
    korean = any("\uac00" <= letter <= "\ud7a3" for letter in text)
    return Line(runs=(Run(text=f"“{text}”", lang="ko" if korean else "en"),))


def guideline_name(knowledge: Knowledge, id_: str) -> Line:
    guideline = knowledge.guidelines[id_]
    return Line(runs=(Run(text=f"{guideline.society} {guideline.year}", lang="en"),), sources=(id_,))


def _quoted(line: Line) -> Line:
    runs = line.runs
    return Line(runs=(Run(text="“", lang=runs[0].lang), *runs, Run(text="”", lang=runs[-1].lang)))
