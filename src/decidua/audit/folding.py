"""From what was counted to the rows of an audit: everything is a fold of a few counts."""

from __future__ import annotations

from collections.abc import Iterator

from decidua.answers import AGAINST, FOR
from decidua.audit.counting import Counting
from decidua.audit.counts import WHOLE, Counts, Group
from decidua.audit.questions import unpacked
from decidua.guidelines import in_force

MET = ("yes", "no", "unknown", "disputed")
YES = 2
"""The code of *done*; 1 is not done, 0 not recorded."""


def folded(counting: Counting) -> Counts:
    """The counts under the names that they have outside of this process."""
    counts = Counts()
    counts.add(counting.counts)
    for ((kind, *about), sizes), keys in counting.raw.items():
        for key, n in keys.items():
            _FOLDS[kind](counting, counts, about, unpacked(key, sizes), n)
    for still_open in counting.open:
        changing, settling = still_open.counts()
        for cell in still_open.column.cells:
            counts.open.update({(cell, fact): n for fact, n in changing.items()})
            counts.alone.update({(cell, fact): n for fact, n in settling.items()})
    return counts


def _joint(counting: Counting, counts: Counts, about: list[str], numbers: tuple[int, ...], n: int) -> None:
    option, group = about
    *classes, done, value = numbers
    columns = [counting.plan.columns[guideline, option] for guideline in counting.plan.guidelines]
    found = tuple(column.classes[at] for column, at in zip(columns, classes, strict=True))
    for where in _where(counting, group, value):
        counts.joint[option, where, found, done] += n


def _definition(counting: Counting, counts: Counts, about: list[str], numbers: tuple[int, ...], n: int) -> None:
    guideline, group = about
    met, value = numbers
    for where in _where(counting, group, value):
        counts.definitions[guideline, where, MET[met]] += n


def _care(counting: Counting, counts: Counts, about: list[str], numbers: tuple[int, ...], n: int) -> None:
    guideline, option, group = about
    plan, column = counting.plan, counting.plan.columns[guideline, option]
    at, era, *speak, done, value = numbers
    answer = column.answer(at)
    said = [s for s, speaks in zip(plan.measured(guideline, option), speak, strict=True) if speaks]
    day = plan.day(era)
    against = tuple(
        sorted(s.id for s in said if s.answer == answer and in_force(s, plan.knowledge.guidelines[guideline], day))
    )
    for where in _where(counting, group, value):
        counts.care[(guideline, option), where, against, verdict(answer, bool(against), done)] += n


def verdict(answer: str, measured: bool, done: int) -> str:
    """Care beside an answer: only what a strong statement surely says for or against can be called by its name."""
    if done == 0:
        return "not-recorded"
    if not measured or answer not in (*FOR, *AGAINST):
        return "variation"
    return "concordant" if (done == YES) == (answer in FOR) else "discordant"


def _where(counting: Counting, group: str, value: int) -> Iterator[Group]:
    """The group of a count, and the whole cohort, which is the sum over the first column to group by."""
    names = counting.plan.groups
    if group:
        yield group, counting.values[group].known[value]
    if group == (names[0] if names else ""):
        yield WHOLE


_FOLDS = {"joint": _joint, "definition": _definition, "care": _care}
