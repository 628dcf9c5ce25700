"""What CDS Hooks 2.0 sends: services, cards, links. Nothing is null or empty; what has no value is left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import ConfigDict, Field

from decidua.language import Model

Hook = Literal["patient-view", "order-select"]
LONGEST = 139
"""Characters of a summary: the specification asks for fewer than 140."""


class Sent(Model):
    """Base of what is sent. Built at once: FastAPI reads its fields."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=False)


class Coding(Sent):
    system: str
    code: str
    display: str | None = None


class Source(Sent):
    label: str
    url: str | None = None
    topic: Coding


class Link(Sent):
    label: str
    url: str
    type: Literal["absolute", "smart"]


class Card(Sent):
    """`indicator` is never critical, and there are no suggestions: nothing here creates or changes an order."""

    uuid: str
    summary: str = Field(max_length=LONGEST)
    detail: str
    indicator: Literal["info", "warning"]
    source: Source
    overrideReasons: tuple[Coding, ...] = Field(min_length=1)
    links: tuple[Link, ...] = Field(min_length=1)


class Cards(Sent):
    cards: tuple[Card, ...]


class Service(Sent):
    hook: Hook
    title: str
    description: str
    id: str
    prefetch: Mapping[str, str]
    usageRequirements: str


class Discovery(Sent):
    """`extension`: where there are no services, why."""

    services: tuple[Service, ...]
    extension: Mapping[str, str] | None = None
