"""Outcomes, comparisons, baselines, harms, plots: what they name exists, and doubts about an outcome are judged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from decidua.check.problem import Problem, at, from_text, near
from decidua.content import Content
from decidua.errors import ContentError
from decidua.evidence import Evidence, read_evidence, read_verdicts
from decidua.evidence.comparisons import GROUPS, NOTHING, Weighed
from decidua.evidence.estimates import Estimate, Estimates, read_estimates
from decidua.evidence.plots import read_plots
from decidua.guidelines import Knowledge
from decidua.provenance import Discrepancy


def comparison_problems(knowledge: Knowledge) -> Iterator[Problem]:
    """Nothing where the tables themselves cannot be read: those problems are told elsewhere."""
    content = knowledge.content
    try:
        evidence = read_evidence(content)
    except ContentError:
        return
    try:
        estimates = read_estimates(content, evidence)
        read_plots(content, evidence, estimates, read_verdicts())
    except ContentError as error:
        yield from map(from_text, error.problems)
        return
    yield from _options(knowledge, estimates)
    yield from _weighed(content, evidence, estimates, knowledge.discrepancies)


def _options(knowledge: Knowledge, estimates: Estimates) -> Iterator[Problem]:
    for one in estimates.estimates.values():
        item = knowledge.content.items["comparisons"][one.said_in]
        named = [*one.said.options, *([one.said.against] if one.said.against not in (None, *NOTHING, *GROUPS) else [])]
        for option in named:
            if option not in knowledge.options:
                message = f"names the option '{option}', which does not exist{near(str(option), knowledge.options)}."
                yield at(item, ["rows"], f"{one.id}: {message}")
    for harm in estimates.harms.values():
        for option in harm.options:
            if option not in knowledge.options:
                item = knowledge.content.items["harms"][harm.id]
                yield at(item, ["options"], f"names the option '{option}', which does not exist.")


def _weighed(
    content: Content, evidence: Evidence, estimates: Estimates, discrepancies: Mapping[str, Discrepancy]
) -> Iterator[Problem]:
    """A contradiction about what is counted may not be passed over: it bars absolute numbers, or says why not."""
    claims = {verdict.claim.rsplit("/", 1)[0] for verdict in read_verdicts().values()}
    for one in estimates.estimates.values():
        item = content.items["comparisons"][one.said_in]
        judged = {weighed.of for weighed in one.said.weighed}
        for id_ in sorted(set(_doubts(one, evidence, discrepancies)) - judged):
            message = f"{one.id}: '{id_}' contradicts its outcome; weigh it: does it bar absolute numbers, and why?"
            yield at(item, ["rows"], message)
        yield from (at(item, ["rows"], f"{one.id}: {said}") for said in _lost(one.said.weighed, discrepancies, claims))
    for harm in estimates.harms.values():
        item = content.items["harms"][harm.id]
        yield from (at(item, ["weighed"], said) for said in _lost(harm.weighed, discrepancies, claims))


def _doubts(one: Estimate, evidence: Evidence, discrepancies: Mapping[str, Discrepancy]) -> Iterator[str]:
    """Discrepancies of kind outcome that cite the row; numbers in running text share their lines with much else."""
    if evidence.tables[one.table].kind == "numbers":
        return
    for found in discrepancies.values():
        cited = {line for place in found.places for line in place.lines}
        if found.kind == "outcome" and found.effect == "evidence" and cited & set(one.row.lines):
            yield found.id


def _lost(
    weighed: tuple[Weighed, ...], discrepancies: Mapping[str, Discrepancy], claims: set[str]
) -> Iterator[str]:  # fmt: skip
    for one in weighed:
        if one.of not in discrepancies and one.of not in claims:
            yield f"weighs '{one.of}', which is neither a discrepancy nor a claim{near(one.of, discrepancies)}."
