"""What the words of a resource mean, learnt once from the one-patient reader and remembered.

A saying is learnt by giving the resource to the functions of `intake/fhir`, so that there is one meaning and no second
reading of FHIR here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

import msgspec

from decidua.errors import PatientError
from decidua.facts import Vocabulary
from decidua.intake.bulk.days import BAD, LATER, UNDATED
from decidua.intake.bulk.done import Act, Acts
from decidua.intake.bulk.reasons import Reason, reason_of
from decidua.intake.bulk.sayings import (
    AGE,
    DENIED,
    DONE,
    FIXED,
    FLAG,
    GROWS,
    NOT_DONE,
    NOTHING,
    NOW,
    ODD,
    ROW,
    Sayings,
    Told,
    Values,
)  # fmt: skip
from decidua.intake.fhir import resources as r
from decidua.intake.fhir.bundle import Located, References
from decidua.intake.fhir.codes import Codes
from decidua.intake.fhir.heard import Hearing, Row
from decidua.intake.fhir.notes import Note, Notes
from decidua.intake.fhir.observations import NOT_PREGNANT, aged
from decidua.intake.fhir.pregnancy_rows import is_own
from decidua.intake.fhir.read import READERS
from decidua.intake.fhir.settle import one_analyte
from decidua.intake.fhir.tables import tables
from decidua.intake.fhir.times import maybe_span
from decidua.intake.fhir.values import quantity
from decidua.intake.given import UNEXPLAINED

MOST = 1_000_000
"""Remembered words of resources."""
_QUANTITY = msgspec.json.Decoder(r.Quantity)


@dataclass(frozen=True)
class Pattern:
    """What an observation says whatever its number (`fixed`), or with it (`number` is the saying that holds it)."""

    found: list[int]
    fixed: bool
    number: int | None


class Meanings:
    """Learns sayings as of a day. Not for several threads."""

    def __init__(self, vocabulary: Vocabulary, stated: Collection[str], as_of: date, acts: Acts | None = None) -> None:
        self.vocabulary, self.as_of, self.acts = vocabulary, as_of, acts
        self.codes = Codes(vocabulary, stated, tables())
        self.facts: tuple[str, ...] = (*vocabulary.facts, *sorted(stated))
        self.number = {fact: number for number, fact in enumerate(self.facts)}
        self.values, self.sayings = Values(), Sayings()
        self.own_days: dict[int, int] = {}
        """Saying → the day that its words hold, where the resource has no date of the usual kind."""
        self._put_before: dict[tuple[object, ...], int] = {}
        self._aged: dict[tuple[int, int], int] = {}
        self._patterns: dict[tuple[object, ...], Pattern] = {}
        self._unions: dict[tuple[tuple[int, int], ...], list[tuple[int, int]]] = {}
        self.odd = self._put(ODD, None, None)

    def hearing(self, as_of: date | None = None) -> Hearing:
        return Hearing(self.vocabulary, self.codes, tables(), as_of or self.as_of, References([]), Notes())

    def learn(self, kind: str, data: bytes) -> list[int]:
        """The sayings of one resource; exactly one of them stands for the resource where it says nothing."""
        try:
            resource = r.decode(kind, data)
        except RecursionError:
            return [self.nothing(Reason("fhir.deep", kind))]
        except (msgspec.DecodeError, UnicodeDecodeError):
            return [self.nothing(Reason("fhir.element", kind))]
        assert resource is not None
        if resource.contained:
            return [self.odd]
        acts = self.acts.of(kind, resource) if self.acts else []
        own = _period_start(resource, self.as_of) if acts else 0
        says = self._says(kind, _without_text(resource))
        if acts and self.odd not in says:  # its code means an option, if no fact
            says = [one for one in says if (why := self.sayings.reasons[one]) is None or why.key != "fhir.no-fact"]
        return [*says, *(self._act(act, own) for act in acts)]

    def learn_number(self, number: bytes, rest: bytes, data: bytes) -> list[int]:
        """The sayings of an observation with a quantity; what else it says (`rest`) is learnt once for all numbers."""
        try:
            given = _QUANTITY.decode(number)
        except msgspec.MsgspecError:
            return self.learn("Observation", data)
        key = (rest, given.comparator, given.unit, given.system, given.code)
        pattern = self._patterns.get(key) if given.value is not None else None
        if pattern is None:
            found = self.learn("Observation", data)
            if given.value is not None:
                if len(self._patterns) > MOST:
                    self._patterns.clear()
                self._patterns[key] = self._pattern(found)
            return found
        if pattern.number is None:
            return pattern.found if pattern.fixed else self.learn("Observation", data)
        return self._with_number(pattern, given) or self.learn("Observation", data)

    def _pattern(self, found: list[int]) -> Pattern:
        """Whether the sayings depend on the number, and if so in a way that can be worked out from it alone."""
        s = self.sayings
        numeric = [one for one in found if (row := s.rows[one]) is not None and self.codes.fact(row.fact).numeric]
        plain = len(numeric) == 1 and s.kind[numeric[0]] == ROW and s.value[numeric[0]] != 0
        return Pattern(found, not numeric, numeric[0] if plain and not self.own_days.get(numeric[0]) else None)

    def _with_number(self, pattern: Pattern, given: r.Quantity) -> list[int] | None:
        assert pattern.number is not None
        row = self.sayings.rows[pattern.number]
        assert row is not None
        try:
            value, words = quantity(self.codes.fact(row.fact), given)
        except PatientError:
            return None
        number = self.row(replace(row, value=value, words=words))
        return [number if one == pattern.number else one for one in pattern.found]

    def _says(self, kind: str, resource: r.Resource) -> list[int]:
        if isinstance(resource, r.Observation):
            return self._observation(resource)
        if isinstance(resource, r.Medicine) and not resource.medicationCodeableConcept and resource.medicationReference:
            return [self.odd]
        if kind not in READERS:
            return [self.nothing(Reason("fhir.report" if kind == "DiagnosticReport" else "fhir.medication", kind))]
        return self._heard(self.hearing(), Located(kind, "", resource))

    def _observation(self, observation: r.Observation) -> list[int]:
        """As on the as-of date, so that nothing ages; what age does to it is learnt apart, by `aged`."""
        own, day = None, self.as_of
        if not observation.effectiveDateTime:
            own = self._own_day(observation)
        if own not in (LATER, BAD):
            observation = msgspec.structs.replace(
                observation, effectiveDateTime=day.isoformat(), effectivePeriod=None, effectiveInstant=None
            )
        one, hearing = Located("Observation", "", observation), self.hearing()
        if observation.focus or is_own(hearing, one):
            return [self.odd]
        found = self._heard(hearing, one)
        if own is not None and own > 0:
            found = [self._on(saying, own) for saying in found]
        return found

    def _own_day(self, observation: r.Observation) -> int:
        period = observation.effectivePeriod
        text = observation.effectiveInstant or ((period.start or period.end) if period else None)
        try:
            span = maybe_span(text, "effective")
        except PatientError:
            return BAD
        if span is None:
            return UNDATED
        if span.first > self.as_of:
            return LATER
        return span.day.toordinal() if span.day else UNDATED

    def _heard(self, hearing: Hearing, one: Located) -> list[int]:
        READERS[one.kind](hearing, one)
        found = [self.row(row) for row in hearing.rows]
        found += [self._put(FLAG, row, None) for row in hearing.flags]
        found += [self.nothing(reason_of(note)) for note in hearing.notes.all]
        return found or [self.nothing(Reason("fhir.no-value", one.kind))]

    def row(self, row: Row) -> int:
        if row.fact == UNEXPLAINED:  # one word for several names: their order in the bundle would matter
            return self.odd
        denied = row.value is None and row.words == NOT_PREGNANT
        return self._put(DENIED if denied else ROW, row, None, self._how_it_ages(row))

    def _how_it_ages(self, row: Row) -> int:
        fact = self.codes.fact(row.fact)
        if tables().speaks_of_now(row.fact) or row.fact == "age":
            return AGE if row.fact == "age" else NOW
        return GROWS if fact.group == "history" and fact.type == "integer" else FIXED

    def nothing(self, reason: Reason) -> int:
        return self._put(NOTHING, None, reason)

    def _on(self, saying: int, day: int) -> int:
        """The same saying with a day of its own."""
        s = self.sayings
        found = self._put(s.kind[saying], s.rows[saying], s.reasons[saying], s.ages[saying], day)
        self.own_days[found] = day
        return found

    def _act(self, act: Act, own_day: int) -> int:
        """own_day: the day that its words hold, which counts where the resource has no date of the usual kind."""
        saying = self._put(DONE if act.done else NOT_DONE, None, Reason("", "", act.key))
        return self._on(saying, own_day) if own_day else saying

    def key(self, saying: int) -> str:
        """Of DONE and NOT_DONE."""
        reason = self.sayings.reasons[saying]
        return reason.fact if reason else ""

    def _put(self, kind: int, row: Row | None, reason: Reason | None, ages: int = FIXED, own_day: int = 0) -> int:
        """The number of a saying; the same words in other letters are the same saying."""
        s, value = self.sayings, row.value if row else None
        number, text = self.values.id(value), self.values.text(value)
        code = (row.fact, row.match.code.code, row.match.whole) if row else ()
        found = self._put_before.setdefault((kind, code, number, text, reason, ages, own_day), len(s))
        if found == len(s):
            part = row is not None and not row.match.whole
            new = (kind, self.number[row.fact] if row else -1, number, text, ages, int(part))
            for column, cell in zip((s.kind, s.fact, s.value, s.text, s.ages, s.part), new, strict=True):
                column.append(cell)
            s.rows.append(row)
            s.reasons.append(reason)
        return found

    def aged(self, saying: int, day: int) -> int:
        """The saying as it speaks of the as-of date, by the one-patient reader; NOTHING where it no longer counts.

        day: of the row, or UNDATED. What no longer depends on the day is learnt once, for all days that are old.
        """
        if (saying, day) not in self._aged:
            row, hearing = self.sayings.rows[saying], self.hearing()
            assert row is not None
            now = aged(hearing, replace(row, on=date.fromordinal(day) if day > 0 else None))
            if now is None:
                found = self.nothing(reason_of(hearing.notes.all[-1]))
            else:
                denied = self.sayings.kind[saying] == DENIED
                found = self._put(DENIED if denied else ROW, now, None)
            self._aged[saying, day] = found
        return self._aged[saying, day]

    def union(self, rows: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
        """(saying, day) of a union from those of its parts, by the one-patient reader.

        Only the order of days matters, so that a pattern is learnt once.
        """
        days = sorted({day for _, day in rows if day > 0})
        ranks = {day: rank for rank, day in enumerate(days, 1)}
        key = tuple(sorted((ranks.get(day, 0), saying) for saying, day in rows))
        if key not in self._unions:
            self._unions[key] = self._union(key)
        return [(saying, days[rank - 1] if rank else UNDATED) for saying, rank in self._unions[key]]

    def _union(self, key: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
        rows = []
        for rank, saying in key:
            row = self.sayings.rows[saying]
            assert row is not None
            rows.append(replace(row, on=date.fromordinal(rank) if rank else None))
        found = one_analyte(self.hearing(), rows)
        whole = [replace(row, match=replace(row.match, whole=True)) for row in found]
        return [(self._put(ROW, row, None), row.on.toordinal() if row.on else UNDATED) for row in whole]

    def told(self, numbers: Iterable[int]) -> list[Told]:
        """Sayings in a form that another process can adopt."""
        s = self.sayings
        return [(s.kind[one], s.rows[one], s.reasons[one], s.ages[one]) for one in numbers]

    def adopted(self, told: Iterable[Told]) -> list[int]:
        """The numbers here of sayings that another process learnt."""
        return [self.odd if kind == ODD else self._put(kind, *rest) for kind, *rest in told]  # type: ignore[arg-type]

    def add(self, kind: int | None, row: Row) -> int:
        """A row that stands as it is."""
        return self._put(ROW if kind is None else kind, row, None)

    def noted(self, note: Note) -> int:
        return self.nothing(reason_of(note))


def _period_start(resource: r.Resource, as_of: date) -> int:
    """The first day of a medicine or procedure, 0 where it is not known; LATER after the as-of date."""
    period = getattr(resource, "effectivePeriod", None) or getattr(resource, "performedPeriod", None)
    try:
        span = maybe_span(period.start if period else None, "period")
    except PatientError:
        return UNDATED
    if span is None or span.day is None:
        return UNDATED
    return LATER if span.first > as_of else span.first.toordinal()


def _without_text(resource: r.Resource) -> r.Resource:
    """Text is never read, so it must not be told either: an account names codes only."""
    for name in ("code", "medicationCodeableConcept"):
        concept = getattr(resource, name, None)
        if concept is not None and concept.text is not None:
            resource = msgspec.structs.replace(resource, **{name: msgspec.structs.replace(concept, text=None)})
    parts = getattr(resource, "component", None)
    if parts:
        resource = msgspec.structs.replace(resource, component=[_without_text(part) for part in parts])
    return resource
