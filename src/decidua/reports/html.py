"""The printable page: one HTML file without script, without any request, in light, dark and on paper.

The words of the talk and of the user are escaped by the template engine; a missing name stops the drawing
(StrictUndefined) instead of leaving a gap. The page's policy allows its own style sheet, by hash, and nothing else.
"""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import ClassVar, Literal

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from decidua.answers import FOR
from decidua.language import Lang, Model, say, words
from decidua.reports import models as m
from decidua.reports.wording import country_names

SUPPORTIVE = "supportive-care"
SYMBOLS: Mapping[m.Group, str] = {"for": "●", "against": "✕", "weak": "◐", "silent": "–", "open": "?"}
APPLIES = ("applies", "undetermined", "does-not-apply")
LAST: Mapping[str, int] = {"some": 1, "silent": 2}
_PLAIN = re.compile(r"[A-Za-z0-9]")
_HANGUL = re.compile(r"[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]")

Row = tuple[m.OptionView, ...]
TextKind = Literal["discrepancy", "reading", "basis", "because"]
"""Texts of the content that stand in a report without the standing of their Korean."""


def render_html(report: m.Report) -> str:
    """The whole page as one text; write it as UTF-8."""
    page = Page(report)
    style = page.style()
    return _environment().get_template("report.html.j2").render(
        page=page, r=report, say=page.say, style=Markup(style), style_hash=_sha256(style)
    )  # fmt: skip


@cache
def _environment() -> Environment:
    loader = PackageLoader("decidua.reports", "templates")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


def _sha256(text: str) -> str:
    return b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")


def css_string(text: str) -> str:
    """A text as a CSS string: everything but ascii letters and digits as hexadecimal escapes."""
    return '"' + "".join(c if _PLAIN.match(c) else f"\\{ord(c):06x}" for c in text) + '"'


@dataclass(frozen=True)
class Page:
    """What the template asks of a report: its words, and the cells in rows."""

    report: m.Report

    unfolded: ClassVar[bool] = False
    """Whether the criterion of a statement is shown point by point without being asked for."""

    @property
    def lang(self) -> Lang:
        return self.report.language

    def say(self, key: str, **parts: object) -> str:
        return say(self.lang, key, **parts)

    def marked(self, key: str, **parts: object) -> Markup:
        """A sentence whose parts may carry marks of language; all other parts are escaped."""
        return Markup(words(self.lang)[key]).format(**parts)

    def style(self) -> str:
        """The style sheet, with the line that stands at the foot of every printed page."""
        css = (files("decidua.reports") / "templates" / "report.css").read_text("utf-8")
        return css.replace('"{foot}"', css_string(self.foot))

    @property
    def foot(self) -> str:
        content = self.report.content
        return self.say(
            "html.foot", software=self.report.software, hash=content.hash, reviewed=content.reviewed,
            total=content.statements,
        )  # fmt: skip

    # ---- names --------------------------------------------------------------------------------------------------

    @cached_property
    def names(self) -> Mapping[str, str]:
        """Guideline id → society and year."""
        return {g.id: f"{g.society} {g.year}" for g in self.report.guidelines}

    @cached_property
    def labels(self) -> Mapping[str, str]:
        """Option id → label, tests too; an option that is not shown keeps its id."""
        return {o.option: o.label for g in self.report.guidelines for o in (*g.options, *g.tests)}

    @cached_property
    def questions(self) -> Mapping[str, str]:
        return {ask.reading: ask.question for ask in self.report.asks.authors}

    def countries(self, codes: Sequence[str]) -> str:
        return country_names(codes, self.lang)

    def symbol(self, group: m.Group) -> str:
        return SYMBOLS[group]

    def table_address(self, table: str) -> str | None:  # noqa: ARG002  # a printed page leads nowhere
        """Where the page of a study table is, if there is one."""
        return None

    def original(self, said: m.SaidView) -> str | None:  # noqa: ARG002  # a report holds one language
        """The English beside Korean that no person has checked, where the page can have it."""
        return None

    def unchecked_text(self, kind: TextKind, id_: str) -> bool:  # noqa: ARG002  # the head of a report says it of all
        """Whether a text is Korean that no person has checked, where the page can know."""
        return False

    def printed(self, text: str) -> Markup:
        """Words of the source, marked with their language where it is not the page's."""
        tongue = "ko" if _HANGUL.search(text) else "en"
        return escape(text) if tongue == self.lang else Markup('<span lang="{}">{}</span>').format(tongue, text)

    def joined(self, parts: Sequence[str], key: str) -> str:
        return self.say(key).join(parts)

    # ---- rows ---------------------------------------------------------------------------------------------------

    def supportive(self) -> list[Row]:
        return [row for row in self._rows("options") if row[0].option == SUPPORTIVE]

    def treatments(self) -> list[Row]:
        return [row for row in self._rows("options") if row[0].option != SUPPORTIVE]

    def tests(self) -> list[Row]:
        return self._rows("tests")

    def _rows(self, kind: str) -> list[Row]:
        columns: list[Row] = [getattr(guideline, kind) for guideline in self.report.guidelines]
        return list(zip(*columns, strict=True))

    def has_time(self, option: m.OptionView) -> bool:
        """Only an answer for has a time; that none is printed is said of therapies that are answered for."""
        if option.now == "not-printed":
            return option.group == "for" and not isinstance(option, m.TestView)
        return bool(set(FOR) & set(option.possible))

    def says_more(self, option: m.OptionView) -> bool:
        """Whether there is anything to open below the answer."""
        return any((option.statements, option.regimens, option.before, option.legal, option.notes, option.deciding))

    def nearest(self, option: m.OptionView) -> tuple[m.StatementView, ...]:
        """For other-population: the statements on others that come nearest; else none is set apart."""
        apart = option.nearest if option.answer == "other-population" else ()
        return tuple(s for s in option.statements if s.id in apart)

    def other_statements(self, option: m.OptionView) -> tuple[m.StatementView, ...]:
        """The other statements, those that apply first."""
        apart = {s.id for s in self.nearest(option)}
        rest = (s for s in option.statements if s.id not in apart)
        return tuple(sorted(rest, key=lambda s: APPLIES.index(s.applies)))

    def settling(self, option: m.OptionView) -> tuple[m.DecidingView, ...]:
        """The deciding sets that settle something. Where the same facts, however they turn out, leave the answer to
        the reading of the source, knowing them decides nothing."""
        answers: dict[tuple[str, ...], set[str]] = {}
        ways: Counter[tuple[str, ...]] = Counter(found.facts for found in option.deciding)
        for found in option.deciding:
            answers.setdefault(found.facts, set()).add(found.answer)
        return tuple(d for d in option.deciding if ways[d.facts] == 1 or answers[d.facts] != {"disputed"})

    def branches(self, option: m.OptionView) -> list[tuple[str, str]]:
        """By reading, in words: the alternatives that bear on the answer, and the answers possible under them."""
        found: dict[tuple[str, ...], dict[str, None]] = {}
        for branch in option.readings:
            texts = tuple(c.text for c in branch.readings if c.reading in option.depends_on)
            found.setdefault(texts, {}).update(dict.fromkeys(branch.possible))
        return [
            (self.joined(texts, "phrase.and"), self.joined([self.say(f"answer.{a}") for a in answers], "phrase.or"))
            for texts, answers in found.items()
            if texts
        ]

    # ---- the rest -----------------------------------------------------------------------------------------------

    def disagreements(self) -> list[tuple[str, list[m.DisagreementView]]]:
        """Grouped by kind, in order of appearance; what is not settled, and mere silence, last."""
        groups: dict[str, list[m.DisagreementView]] = {}
        for found in sorted(self.report.disagreements, key=lambda d: LAST.get(d.kind, 0)):
            groups.setdefault(found.kind, []).append(found)
        return [(found[0].words, found) for found in groups.values()]

    def unchecked(self) -> bool:
        """Whether Korean that no person has checked stands on the page."""
        return self.lang == "ko" and any(said.ko_status == "machine" for said in _said(self.report))


def _said(part: object) -> Iterator[m.SaidView]:
    """Everything on the page that a source says."""
    if isinstance(part, m.SaidView):
        yield part
    children: Iterable[object] = ()
    if isinstance(part, Model):
        children = (getattr(part, name) for name in type(part).model_fields)
    elif isinstance(part, tuple):
        children = part
    for child in children:
        yield from _said(child)
