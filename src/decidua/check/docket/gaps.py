"""What a guideline leaves out: cut-offs, methods, parts of a regimen, recommendations, strength, certainty."""

from __future__ import annotations

import re
from collections.abc import Iterator

from decidua.answers import Answers
from decidua.check.docket.question import Question, ask, unique
from decidua.check.reach import Unreached, unreached
from decidua.criteria import Criterion, OneOf, walk
from decidua.criteria.phrases import phrase
from decidua.guidelines import Knowledge, Regimen, Statement
from decidua.language import LANGUAGES, Text
from decidua.provenance import Citation

JUDGED = {"raised", "positive"}
"""Values that a laboratory gives by its own cut-off."""


def cut_offs(knowledge: Knowledge) -> Iterator[Question]:
    """Markers that a population asks for as raised or positive, while the source prints no cut-off."""
    for (guideline, fact), places in _markers(knowledge).items():
        label = knowledge.vocabulary.facts[fact].label
        text = ask("docket.cut-off", {"marker": label})
        yield Question(0, f"cut-off.{guideline}.{fact}", "cut-off", guideline, text, unique(places))


def _markers(knowledge: Knowledge) -> dict[tuple[str, str], list[Citation]]:
    found: dict[tuple[str, str], list[Citation]] = {}
    for statement in knowledge.statements.values():
        for owner, cites in _owners(knowledge, statement):
            for leaf in walk(owner):
                if isinstance(leaf, OneOf) and set(leaf.choices) & JUDGED:
                    found.setdefault((statement.guideline, leaf.fact), []).extend(cites)
    return found


def _owners(knowledge: Knowledge, statement: Statement) -> Iterator[tuple[Criterion, tuple[Citation, ...]]]:
    """The statement's population and every named criterion under it, with their citations."""
    population = knowledge.own_populations[statement.id]
    yield population, statement.cites
    for name in sorted(knowledge.names_under(population)):
        yield knowledge.names[name], knowledge.named[name].cites


def methods(knowledge: Knowledge) -> Iterator[Question]:
    """Markers that the vocabulary records with a method (`<marker>_method`), used without naming one."""
    for guideline in knowledge.guidelines:
        said = [one for one in knowledge.statements.values() if one.guideline == guideline]
        used = {one.id: knowledge.expand(knowledge.own_populations[one.id]) for one in said}
        for fact in knowledge.vocabulary.facts.values():
            method = f"{fact.id.split('_')[0]}_method"
            if method not in knowledge.vocabulary.facts or fact.ask != "test":
                continue
            places = [
                cite for one in said if fact.id in used[one.id] and method not in used[one.id] for cite in one.cites
            ]
            if places:
                text = ask("docket.method", {"marker": fact.label})
                yield Question(0, f"method.{guideline}.{fact.id}", "method", guideline, text, unique(places))


def missing_doses(knowledge: Knowledge) -> Iterator[Question]:
    """Parts of a regimen that are not printed; and treatments that are advised without any regimen."""
    for statement in knowledge.statements.values():
        for index, regimen in enumerate(statement.regimens, start=1):
            for part in _missing(regimen):
                text = ask(f"docket.{part}", {"drug": regimen.drug})
                id_ = f"{part}.{statement.id}.{index}"
                yield Question(0, id_, "regimen", statement.guideline, text, regimen.cites)
        if _lacks_regimen(knowledge, statement):
            text = ask("docket.regimen", {"option": knowledge.options[statement.options[0]].label})
            yield Question(0, f"regimen.{statement.id}", "regimen", statement.guideline, text, statement.cites)


def _missing(regimen: Regimen) -> list[str]:
    if regimen.dose is None:
        lacking = ["dose"]
    else:
        lacking = ["unit"] if regimen.unit is None else []
    lacking += ["route"] if regimen.route is None else []
    lacking += ["frequency"] if regimen.every is None or regimen.every_unit is None else []
    return lacking + (["stop"] if regimen.stop is None else [])


def _lacks_regimen(knowledge: Knowledge, statement: Statement) -> bool:
    option = knowledge.options.get(statement.options[0])
    if option is None or option.kind != "treatment" or statement.answer not in ("recommended", "conditional"):
        return False
    said = knowledge.said(statement.guideline, option.id)
    return not any(one.regimens for one in said)


def unreachable(knowledge: Knowledge) -> Iterator[Question]:
    """Groups that the source names and that nobody can belong to."""
    for one in unreached(knowledge):
        if one.how == "unreachable":
            for statement in _users(knowledge, one):
                group = _group(knowledge, one)
                text = ask("docket.unreachable", {"group": group, "says": statement.says})
                id_ = f"unreachable.{statement.id}.{re.sub('[^a-z0-9]+', '-', group.en.lower()).strip('-')}"
                yield Question(0, id_, "unreachable", statement.guideline, text, statement.cites)


def _group(knowledge: Knowledge, one: Unreached) -> Text:
    """The part in words; for the whole of a statement or name, what it is called."""
    if one.part is None:
        return (
            knowledge.named[one.owner].label if one.owner in knowledge.named else knowledge.statements[one.owner].says
        )
    en, ko = (phrase(one.part, knowledge.vocabulary, knowledge.labels, lang) for lang in LANGUAGES)
    return Text(en=en, ko=ko)


def _users(knowledge: Knowledge, one: Unreached) -> list[Statement]:
    if one.user in knowledge.statements:
        return [knowledge.statements[one.user]]
    populations = knowledge.own_populations
    return [s for s in knowledge.statements.values() if one.owner in knowledge.names_under(populations[s.id])]


def lone_evidence(knowledge: Knowledge) -> Iterator[Question]:
    """Options for which some patients get an effect told and no recommendation."""
    answers = Answers(knowledge)
    for (guideline, option), said in knowledge.by_cell.items():
        evidence = [statement for statement in said if statement.kind == "evidence"]
        function = answers.function(guideline, option)
        if evidence and option in knowledge.options and "evidence-only" in function.diagrams.reachable(function.root):
            text = ask("docket.evidence", {"option": knowledge.options[option].label})
            places = unique([cite for statement in evidence for cite in statement.cites])
            id_ = f"evidence.{guideline}.{option}"
            yield Question(0, id_, "evidence-without-recommendation", guideline, text, places)


def unprinted(knowledge: Knowledge) -> Iterator[Question]:
    """Recommendations without a printed strength or certainty."""
    for statement in knowledge.statements.values():
        if statement.kind != "recommendation":
            continue
        if statement.strength.printed is None:
            text = ask("docket.strength", {"says": statement.says})
            yield Question(0, f"strength.{statement.id}", "strength", statement.guideline, text, statement.cites)
        if statement.certainty.printed is None:
            text = ask("docket.certainty", {"says": statement.says})
            yield Question(0, f"certainty.{statement.id}", "certainty", statement.guideline, text, statement.cites)
