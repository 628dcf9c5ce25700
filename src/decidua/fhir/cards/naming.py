"""Names that cards carry: codes of topics and of reasons for dismissing a card, and ids that name their topic."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from secrets import token_bytes
from uuid import RFC_4122, UUID

from decidua.fhir.canonical import BASE, OPTIONS_SYSTEM
from decidua.fhir.cards.models import Coding
from decidua.language import Lang, say

TOPICS_SYSTEM = f"{BASE}/CodeSystem/card-topics"
REASONS_SYSTEM = f"{BASE}/CodeSystem/card-override-reasons"
IN_SCOPE = "in-scope"
REASONS = ("not-for-pregnancy-loss", "considered", "record-wrong", "not-relevant", "disagree")


def override_reasons(lang: Lang) -> tuple[Coding, ...]:
    return tuple(Coding(system=REASONS_SYSTEM, code=code, display=say(lang, f"cds.reason-{code}")) for code in REASONS)


def topic_of_option(option: str, label: str) -> Coding:
    return Coding(system=OPTIONS_SYSTEM, code=option, display=label)


def scope_topic(lang: Lang) -> Coding:
    return Coding(system=TOPICS_SYSTEM, code=IN_SCOPE, display=say(lang, "cds.topic-in-scope"))


def card_id(topic: str) -> str:
    """A random UUID (version 8) whose last six bytes are a digest of the rest and the topic.

    So what a user says of a card later can be counted by topic, without anything being kept of the card itself.
    """
    start = bytearray(token_bytes(10))
    start[6] = 0x80 | start[6] & 0x0F
    start[8] = 0x80 | start[8] & 0x3F
    return str(UUID(bytes=bytes(start) + _digest(bytes(start), topic)))


def topic_of_card(uuid: UUID, topics: Iterable[str]) -> str | None:
    """The topic of a card by its id; None for an id that is not ours."""
    start, end = uuid.bytes[:10], uuid.bytes[10:]
    if uuid.variant != RFC_4122:
        return None
    return next((topic for topic in topics if _digest(start, topic) == end), None)


def _digest(start: bytes, topic: str) -> bytes:
    return sha256(start + topic.encode()).digest()[:6]
