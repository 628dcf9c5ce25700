"""Tables of one option that say the same women in other words: printed only where nothing beside them is hidden.

Agreement is made of the answers of all guidelines, care beside a recommendation of answers and done, a last step of an
answer. Each table by itself hides what is small, but what one hides to protect a small count another might print. So
what is made of several tables is left out as soon as one of them hides anything; who is counted, answers, done and
definitions come first.
"""

from __future__ import annotations

from collections.abc import Iterable

from decidua.language import Model
from decidua.reports.audit import models as m


def without_links(option: m.OptionView, definitions: Iterable[m.DefinitionView]) -> m.OptionView:
    """The option without what could tell, by its other tables, what they hide."""
    outside = {one.guideline: not_all(one.shares) for one in definitions}
    cells = tuple(_cell(cell, option, outside[cell.guideline]) for cell in option.cells)
    agreement = option.agreement and _agreement(option.agreement, option)
    return option.model_copy(update={"cells": cells, "agreement": agreement})


def whole(definition: m.DefinitionView) -> m.DefinitionView:
    """A definition of which all is told, or nothing: how often it is unknown, open answers may tell once more, and then
    what is hidden is what the others leave."""
    if not not_all(definition.shares):
        return definition
    shares, by = tuple(map(_hidden, definition.shares)), tuple(_by(group, (), True) for group in definition.by)
    return definition.model_copy(update={"shares": shares, "by": by})


def not_all(part: object) -> bool:
    """Whether anything of it is hidden or withheld."""
    if isinstance(part, m.Count):
        return part.hidden
    if isinstance(part, m.ByGroup) and part.withheld:
        return True
    if isinstance(part, Model):
        return any(not_all(getattr(part, name)) for name in type(part).model_fields)
    return any(map(not_all, part)) if isinstance(part, tuple) else False


def _cell(cell: m.CellView, option: m.OptionView, outside: bool) -> m.CellView:
    answers = outside or not_all(tuple(line.women for line in cell.answers))
    return cell.model_copy(update={
        "attrition": tuple(map(_no_steps, cell.attrition)) if answers else cell.attrition,
        "concordance": tuple(_concordance(one, cell, option) for one in cell.concordance),
    })  # fmt: skip


def _concordance(one: m.ConcordanceView, cell: m.CellView, option: m.OptionView) -> m.ConcordanceView:
    every = tuple(by for view in cell.concordance for by in view.by)
    beside = (*cell.by, *option.done_by, *every)
    hide = not_all(option.done) or any(_not_done(line.done) for line in cell.answers)
    hide = hide or not_all(tuple(view.shares for view in cell.concordance))
    shares = tuple(map(_hidden, one.shares)) if hide else one.shares
    return one.model_copy(update={"shares": shares, "by": tuple(_by(group, beside, hide) for group in one.by)})


def _agreement(agreement: m.AgreementView, option: m.OptionView) -> m.AgreementView:
    answers = tuple(line for cell in option.cells for line in cell.answers)
    lines = agreement.lines
    hide = not_all((agreement.opposed, *(one.women for one in answers), *(one.women for one in lines)))
    dones = (*(one.done for one in answers), *(one.done for one in lines))
    no_done = hide or not_all(option.done) or any(map(_not_done, dones))
    beside = tuple(group for cell in option.cells for group in cell.by) + option.done_by + agreement.by
    return agreement.model_copy(update={
        "lines": tuple(_line(line, hide, no_done) for line in agreement.lines),
        "opposed": _hidden(agreement.opposed) if hide else agreement.opposed,
        "by": tuple(_by(group, beside, hide) for group in agreement.by),
    })  # fmt: skip


def _line(line: m.BreadthLine, hide: bool, no_done: bool) -> m.BreadthLine:
    women = _hidden(line.women) if hide else line.women
    return line.model_copy(update={"women": women, "done": None if no_done else line.done})


def _not_done(done: m.Done | None) -> bool:
    """Hidden in part, or withheld."""
    return done is None or not_all(done)


def _by(group: m.ByGroup, beside: tuple[m.ByGroup, ...], hide: bool) -> m.ByGroup:
    """Withheld where a table by the same property hides anything."""
    if not hide and not any(not_all(one) for one in beside if one.group == group.group):
        return group
    rows = tuple(row.model_copy(update={"shares": tuple(map(_hidden, row.shares))}) for row in group.rows)
    return group.model_copy(update={"withheld": True, "rows": rows})


def _no_steps(one: m.AttritionView) -> m.AttritionView:
    steps = (step.model_copy(update={name: _hidden(getattr(step, name)) for name in ("yes", "no", "unknown")})
             for step in one.steps)  # fmt: skip
    return one.model_copy(update={"steps": tuple(steps)})


def _hidden(_: m.Share) -> m.Share:
    return m.Share(n=None, hidden=True, of=None, share=None, low=None, high=None)
