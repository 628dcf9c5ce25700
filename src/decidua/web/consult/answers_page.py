"""A report as the consult page shows it: rows that a filter leaves, what to heed, addresses of other pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import ClassVar
from urllib.parse import quote

from decidua.guidelines import Knowledge
from decidua.language import Text
from decidua.reports import models as m
from decidua.reports.html import Page, Row, TextKind
from decidua.reports.wording import country_names
from decidua.web.consult.looking import CellId, Looking

Heeded = tuple[str, m.SaidView, str]
"""Label of the option, what is to be heeded, and its state in words."""


@dataclass(frozen=True)
class AnswersPage(Page):
    """`opened`: what is shown of the cells that are open, by (guideline, option)."""

    knowledge: Knowledge
    looking: Looking = field(default_factory=Looking)
    opened: dict[CellId, m.OptionView] = field(default_factory=dict)
    unfolded: ClassVar[bool] = True

    def table_address(self, table: str) -> str | None:
        return f"/{self.lang}/evidence/{quote(table)}"

    def original(self, said: m.SaidView) -> str | None:
        statement = self.knowledge.statements.get(said.id)
        unchecked = self.lang == "ko" and said.ko_status == "machine"
        return statement.says.en if statement and unchecked else None

    def unchecked_text(self, kind: TextKind, id_: str) -> bool:
        text = self._text(kind, id_)
        return self.lang == "ko" and text is not None and text.ko_status == "machine"

    def _text(self, kind: TextKind, id_: str) -> Text | None:
        match kind:
            case "discrepancy":
                return self.knowledge.discrepancies[id_].says
            case "reading":
                return self.knowledge.readings[id_].question
            case "basis":
                return self.knowledge.guidelines[id_].basis
            case "because":
                return self.knowledge.statements[id_].because

    def not_covered(self) -> list[tuple[str, bool]]:
        """What the source does not speak of, and whether it is Korean that no person has checked."""
        texts = [item.says for item in self.knowledge.not_covered.values()]
        return [(text[self.lang], self.lang == "ko" and text.ko_status == "machine") for text in texts]

    def slug(self, option: str) -> str:
        """An option's id as part of an element's id."""
        return option.replace(":", "-")

    # ---- rows that the filter leaves --------------------------------------------------------------------------

    def shown(self, rows: Sequence[Row]) -> list[Row]:
        return [row for row in rows if self._passes(row)]

    def row(self, option: str) -> Row:
        return next(row for row in (*self._rows("options"), *self._rows("tests")) if row[0].option == option)

    def _passes(self, row: Row) -> bool:
        if self.looking.kind:
            kinds = {d.kind for d in self.differences.get(row[0].option, ())}
            return self.looking.kind in kinds and (self.looking.show != "open" or self._is_open(row))
        if self.looking.show == "differ":
            return bool(self.row_kinds(row))
        return self.looking.show != "open" or self._is_open(row)

    def _is_open(self, row: Row) -> bool:
        return any(option.group == "open" for option in row)

    @cached_property
    def differences(self) -> dict[str, list[m.DisagreementView]]:
        """Disagreements that a row tells, by option."""
        found: dict[str, list[m.DisagreementView]] = {}
        for one in self.report.disagreements:
            found.setdefault(one.option, []).append(one)
        return found

    def kinds(self) -> list[tuple[str, str, int]]:
        """Each kind of disagreement here, its words, and how many rows have it."""
        rows: dict[tuple[str, str], set[str]] = {}
        for one in self.report.disagreements:
            rows.setdefault((one.kind, one.words), set()).add(one.option)
        return [(kind, words, len(options)) for (kind, words), options in rows.items()]

    def row_kinds(self, row: Row) -> list[str]:
        """In words, each once; that somebody is silent is seen in the row itself."""
        found = self.differences.get(row[0].option, ())
        return list(dict.fromkeys(d.words for d in found if d.kind not in ("silent", "some")))

    def shorts(self, option: m.OptionView) -> list[str]:
        """The answers that are possible, in few words."""
        return [self.say(f"short.{answer}") for answer in option.possible]

    def state(self, row: Row) -> str:
        """What a row says, so that a change of it can be seen."""
        return " ".join(f"{o.answer}:{'+'.join(o.possible)}" for o in row)

    # ---- the rest ----------------------------------------------------------------------------------------------

    def heeded(self) -> list[Heeded]:
        """Law that holds or may, failing precautions, and unknown ones where an answer is for or she has the drug."""
        return list({(label, said.says): (label, said, state) for label, said, state in self._heeded()}.values())

    def _heeded(self) -> Iterator[Heeded]:
        for option in (option for guideline in self.report.guidelines for option in guideline.options):
            near = option.group == "for" or bool(option.other_indications)
            for legal in option.legal:
                if legal.country == "here" or (near and legal.country == "unknown"):
                    where = country_names(legal.countries, self.lang)
                    yield (
                        option.label,
                        legal,
                        self.say("html.countries", countries=where, state=self.say(f"country.{legal.country}")),
                    )
            for check in option.before:
                if check.state == "failing" or (near and check.state != "done"):
                    yield option.label, check, self.say(f"check.{check.state}")

    def field_of(self, fact: str) -> str:
        """The id of the place where a fact, or a name that may be stated, is entered."""
        return f"f-{fact}"
