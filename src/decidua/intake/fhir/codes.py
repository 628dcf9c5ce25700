"""From the codes of a resource to the fact that it speaks of."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from decidua.facts import Fact, Vocabulary
from decidua.facts.vocabulary import Code
from decidua.intake.fhir.resources import Coding, Concept
from decidua.intake.fhir.tables import Tables
from decidua.intake.given import UNEXPLAINED
from decidua.language import Text

_NAME = Text(en="stated name", ko="직접 적은 판단")


@dataclass(frozen=True)
class Match:
    """`whole`: the code says what the fact says; else only a part of it, so that its absence is not the fact's."""

    fact: str
    code: Code
    whole: bool


class Codes:
    """Every code by which a fact, or a name that may be stated, can arrive."""

    def __init__(self, vocabulary: Vocabulary, stated: Collection[str], tables: Tables) -> None:
        self.tables, self.vocabulary = tables, vocabulary
        self.stated = frozenset(stated)
        self._folded = {tables.systems[name] for name in tables.categories}
        self._found: dict[tuple[str, str], list[Match]] = {}
        for fact in vocabulary.facts.values():
            self._add(fact.id, Code(system="local", code=fact.id, display=fact.label.en, status="local"), own=True)
            for code in fact.codes:
                self._add(fact.id, code, own=False)
        for name in [*self.stated, *([UNEXPLAINED] if self.unexplained else [])]:
            self._add(name, Code(system="local", code=name, display=name, status="local"), own=True)
        for more in tables.codes:
            if more.fact in vocabulary.facts:
                self._add(more.fact, more, own=False)

    @property
    def unexplained(self) -> list[str]:
        return sorted(name for name in self.stated if name.startswith(f"{UNEXPLAINED}@"))

    def _add(self, fact: str, code: Code, *, own: bool) -> None:
        system = self.tables.systems.get(code.system)
        if system is None:
            return
        whole = own or fact not in self.tables.unions
        matches = self._found.setdefault((system, self._spelled(system, code.code)), [])
        if fact not in (match.fact for match in matches):
            matches.append(Match(fact, code, whole))

    def _spelled(self, system: str, code: str) -> str:
        """Diagnoses are also written without their point, as in claims: M321."""
        return code.upper().replace(".", "") if system in self._folded else code

    def matches(self, concept: Concept | None) -> tuple[Match, ...]:
        """One match for each fact that a coding names; the first coding of a fact counts."""
        found: dict[str, Match] = {}
        for coding in concept.codings if concept else ():
            for match in self._of(coding):
                found.setdefault(match.fact, match)
        return tuple(found.values())

    def knows(self, coding: Coding) -> bool:
        """Whether a coding names a fact."""
        return bool(self._of(coding))

    def _of(self, coding: Coding) -> list[Match]:
        if not coding.system or not coding.code:
            return []
        code = self._spelled(coding.system, coding.code)
        exact = self._found.get((coding.system, code))
        if exact is not None or coding.system not in self._folded:
            return exact or []
        wider = self._found.get((coding.system, code[:3]), ())
        return [Match(match.fact, match.code, whole=False) for match in wider]

    def fact(self, id_: str) -> Fact:
        """The fact, or a name that may be stated in the shape of a fact."""
        known = self.vocabulary.facts.get(id_)
        return known or Fact(id=id_, group="stated", type="boolean", label=_NAME, ask="ask")


def spelled(concept: Concept | None) -> str:
    """The codes of a concept for a reader: `http://loinc.org 1234-5 (Text)`."""
    codings = concept.codings if concept else []
    shown = [
        " ".join(part for part in (coding.system, coding.code, f"({coding.display})" if coding.display else "") if part)
        for coding in codings
    ]
    return "; ".join(shown) or (concept.text if concept and concept.text else "-")
