"""Draft orders: which options they are for, and whether their reason is recurrent pregnancy loss.

Nothing is guessed: an order is known by its codes only, text is not read. An order that says `doNotPerform`, that has
a modifier extension, or that is for somebody else is no order here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec
import yaml
from msgspec import Raw, Struct

from decidua.facts.vocabulary import Code
from decidua.fhir.canonical import OPTIONS_SYSTEM
from decidua.guidelines import Knowledge
from decidua.intake.fhir import tables
from decidua.intake.fhir.resources import Anything, Coding, Concept, Reference
from decidua.language import Model

Reason = Literal["pregnancy-loss", "other", "none"]
MOST = 200
"""Draft orders that are looked at."""


class Order(Struct, kw_only=True):
    """The parts of a MedicationRequest or ServiceRequest that are read."""

    resourceType: str | None = None
    id: str | None = None
    status: str | None = None
    doNotPerform: bool | None = None
    code: Concept | None = None
    medicationCodeableConcept: Concept | None = None
    medicationReference: Reference | None = None
    subject: Reference | None = None
    reasonCode: list[Concept] | None = None
    reasonReference: list[Reference] | None = None
    contained: list[Raw] | None = None
    modifierExtension: list[Anything] | None = None
    implicitRules: str | None = None


class Coded(Struct, kw_only=True):
    """A Medication or a Condition that an order refers to."""

    resourceType: str | None = None
    id: str | None = None
    code: Concept | None = None


class OrderTables(Model):
    """`data/fhir/orders.yaml`."""

    options: Mapping[str, tuple[str, ...]]
    reasons: tuple[Code, ...]


@dataclass(frozen=True)
class Draft:
    """One order. `memory`: it was known by a code that is from memory only."""

    name: str
    options: tuple[str, ...]
    reason: Reason
    memory: bool
    selected: bool


_ORDER, _CODED = msgspec.json.Decoder(Order), msgspec.json.Decoder(Coded)
ORDERED = ("MedicationRequest", "ServiceRequest")


@cache
def order_tables() -> OrderTables:
    text = (files("decidua") / "data" / "fhir" / "orders.yaml").read_text("utf-8")
    return OrderTables.model_validate(yaml.load(text, Loader=yaml.CSafeLoader))


class OrderCodes:
    """Every code by which an option can be ordered; `knowledge.kept(OrderCodes)`."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.systems, self.folded = tables().systems, {tables().systems[one] for one in tables().categories}
        self.options: dict[tuple[str, str], dict[str, bool]] = {}
        for option in knowledge.options.values():
            self._add(option.id, OPTIONS_SYSTEM, option.id, memory=False)
            facts = {*order_tables().options.get(option.id, ()), *option.decides}
            for code in (code for fact in facts for code in self._codes_of(knowledge, fact)):
                self._add(option.id, self.systems.get(code.system, ""), code.code, memory=code.status == "memory")
        self.reasons = {(self.systems[code.system], code.code) for code in order_tables().reasons}

    @staticmethod
    def _codes_of(knowledge: Knowledge, fact: str) -> Iterator[Code]:
        if fact in knowledge.vocabulary.facts:
            yield from knowledge.vocabulary.facts[fact].codes
        yield from (code for code in tables().codes if code.fact == fact)

    def _add(self, option: str, system: str, code: str, *, memory: bool) -> None:
        found = self.options.setdefault((system, code), {})
        found[option] = memory and found.get(option, True)

    def meant(self, concept: Concept | None) -> dict[str, bool]:
        """Option → whether only codes from memory name it."""
        found: dict[str, bool] = {}
        for coding in concept.codings if concept else ():
            for option, memory in self.options.get((coding.system or "", coding.code or ""), {}).items():
                found[option] = memory and found.get(option, True)
        return found

    def is_loss(self, concept: Concept | None) -> bool:
        return any(self._is_loss(coding) for coding in (concept.codings if concept else ()))

    def _is_loss(self, coding: Coding) -> bool:
        system, code = coding.system or "", coding.code or ""
        if system in self.folded:  # O26.2 covers O26.20; a code may be written without its point
            spelled = code.upper().replace(".", "")
            return any(spelled.startswith(other.replace(".", "")) for at, other in self.reasons if at == system)
        return (system, code) in self.reasons


def drafts(
    knowledge: Knowledge, orders: Iterable[bytes | Raw], selections: Iterable[str], patient: str,
    conditions: Mapping[str, Concept],
) -> list[Draft]:  # fmt: skip
    """The orders that are for an option. `conditions`: reference (`Condition/1`) → code, for reasons by reference.

    An order that cannot be read is none: this service has nothing to say of it.
    """
    reader = _Reader(knowledge.kept(OrderCodes), orders, frozenset(selections), patient, conditions)
    return list(reader.read())


class _Reader:
    def __init__(
        self, codes: OrderCodes, orders: Iterable[bytes | Raw], selections: frozenset[str], patient: str,
        conditions: Mapping[str, Concept],
    ) -> None:  # fmt: skip
        self.codes, self.selections, self.patient = codes, selections, patient
        self.orders, self.coded = list[Order](), {**conditions}
        for raw in list(orders)[:MOST]:
            self._sort(raw)

    def _sort(self, raw: bytes | Raw) -> None:
        try:
            order = _ORDER.decode(raw)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return
        if order.resourceType in ORDERED:
            self.orders.append(order)
        elif order.code is not None:
            self.coded[f"{order.resourceType}/{order.id}"] = order.code

    def read(self) -> Iterator[Draft]:
        for order in self.orders:
            own = dict(self.coded) | _contained(order)
            meant = self.codes.meant(_concept(order, own)) if self._counts(order) else {}
            if meant:
                name = f"{order.resourceType}/{order.id}"
                chosen = name in self.selections or order.id in self.selections
                yield Draft(name, tuple(meant), self._reason(order, own), all(meant.values()), chosen)

    def _counts(self, order: Order) -> bool:
        whose = order.subject.reference if order.subject else None
        hers = whose is None or whose.rpartition("/")[2] == self.patient
        return hers and not (order.doNotPerform or order.modifierExtension or order.implicitRules)

    def _reason(self, order: Order, coded: Mapping[str, Concept]) -> Reason:
        """A reason that cannot be looked up is one all the same: what it is, is not known, and not assumed."""
        named = [*(order.reasonCode or ()), *(coded.get(_name(one)) for one in order.reasonReference or ())]
        if not named:
            return "none"
        return "pregnancy-loss" if any(map(self.codes.is_loss, named)) else "other"


def _concept(order: Order, coded: Mapping[str, Concept]) -> Concept | None:
    if order.resourceType == "ServiceRequest":
        return order.code
    if order.medicationCodeableConcept is not None:
        return order.medicationCodeableConcept
    return coded.get(_name(order.medicationReference)) if order.medicationReference else None


def _name(reference: Reference) -> str:
    """`Condition/1` of an absolute or relative reference; `#1` of a contained one."""
    text = (reference.reference or "").split("/_history/")[0]
    return text if text.startswith("#") else "/".join(text.rsplit("/", 2)[-2:])


def _contained(order: Order) -> dict[str, Concept]:
    found: dict[str, Concept] = {}
    for raw in order.contained or ():
        try:
            one = _CODED.decode(raw)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            continue
        if one.id and one.code is not None:
            found[f"#{one.id}"] = one.code
    return found
