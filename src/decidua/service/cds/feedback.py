"""What users did with cards, in a SQLite file that the user of this service names; without one nothing is kept.

Kept are codes: the EHR, the service, the card's id and topic, the outcome, one of this service's own reasons (any
other is `other`: a foreign code could say anything), and the day. What a user wrote is kept only if the settings say
so. Nothing of a patient is known here: a card's id is random, and no list of cards is kept.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from uuid import UUID

import msgspec
from msgspec import Struct

from decidua.errors import UsageError
from decidua.fhir.cards import REASONS, REASONS_SYSTEM, topic_of_card
from decidua.intake.problems import quoted
from decidua.service.ehr.settings import Feedback as Settings
from decidua.web.refused import Refused

MOST, COMMENT = 100, 1000
"""Items of one request; characters of a comment that are kept."""
TABLE = """
CREATE TABLE IF NOT EXISTS feedback (
  ehr TEXT NOT NULL, service TEXT NOT NULL, card TEXT NOT NULL, topic TEXT, outcome TEXT NOT NULL, reason TEXT,
  day TEXT NOT NULL, comment TEXT
)
"""


class Reason(Struct):
    code: str
    system: str


class Override(Struct):
    reason: Reason | None = None
    userComment: str | None = None


class Accepted(Struct):
    id: str


class Item(Struct, kw_only=True):
    card: str
    outcome: str
    outcomeTimestamp: str
    acceptedSuggestions: list[Accepted] | None = None
    overrideReason: Override | None = None


class Told(Struct):
    feedback: list[Item]


@dataclass(frozen=True)
class Kept:
    """One row."""

    card: str
    topic: str | None
    outcome: str
    reason: str | None
    day: str
    comment: str | None


_TOLD = msgspec.json.Decoder(Told)


def read_feedback(body: bytes, topics: Iterable[str], *, comments: bool) -> list[Kept]:
    """Raises Refused 400 with one sentence."""
    try:
        items = _TOLD.decode(body).feedback
    except msgspec.ValidationError as error:
        raise Refused(400, "cds.call-shape", problem=quoted(str(error))) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Refused(400, "cds.call-json") from None
    if not 1 <= len(items) <= MOST:
        raise Refused(400, "cds.call-shape", problem=f"Expected 1 to {MOST} items - at `$.feedback`")
    known = list(topics)
    return [_kept(item, count, known, comments) for count, item in enumerate(items)]


def _kept(item: Item, count: int, topics: Sequence[str], comments: bool) -> Kept:
    card, day = _uuid(item.card), _day(item.outcomeTimestamp)
    accepted = item.outcome == "accepted"
    if card is None or day is None or item.outcome not in ("accepted", "overridden"):
        wrong = "card" if card is None else "outcomeTimestamp" if day is None else "outcome"
        raise Refused(400, "cds.call-shape", problem=f"Not an allowed value - at `$.feedback[{count}].{wrong}`")
    if accepted and not item.acceptedSuggestions:
        raise Refused(400, "cds.call-shape", problem=f"Missing - at `$.feedback[{count}].acceptedSuggestions`")
    override = item.overrideReason or Override()
    comment = override.userComment[:COMMENT] if comments and override.userComment else None
    return Kept(str(card), topic_of_card(card, topics), item.outcome, _reason(override.reason), day, comment)


def _reason(reason: Reason | None) -> str | None:
    if reason is None:
        return None
    return reason.code if reason.system == REASONS_SYSTEM and reason.code in REASONS else "other"


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if len(text) == 36 else None
    except ValueError:
        return None


def _day(text: str) -> str | None:
    """The day in UTC: the minute would help to find a visit."""
    try:
        return datetime.fromisoformat(text).astimezone(UTC).date().isoformat() if "T" in text.upper() else None
    except (ValueError, OverflowError):
        return None


class Store:
    """The file; its owner alone may read it. Raises UsageError where it cannot be opened."""

    def __init__(self, settings: Settings) -> None:
        self.settings, self.turn = settings, Lock()
        try:
            _touch(settings.file)
            self.base = sqlite3.connect(settings.file, timeout=5, check_same_thread=False)
            with self.base:
                self.base.execute(TABLE)
        except (OSError, sqlite3.Error) as error:
            reason = getattr(error, "strerror", None) or type(error).__name__
            raise UsageError("error.ehr-feedback", file=settings.file, reason=reason) from None

    def keep(self, ehr: str, service: str, found: Iterable[Kept]) -> None:
        rows = [(ehr, service, k.card, k.topic, k.outcome, k.reason, k.day, k.comment) for k in found]
        with self.turn, self.base:
            self.base.executemany("INSERT INTO feedback VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)

    def close(self) -> None:
        self.base.close()


def _touch(file: Path) -> None:
    os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
