"""What every card has: its source, where it leads, how it may be dismissed, and how far it was reviewed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from decidua import __version__
from decidua.fhir.cards.models import LONGEST, Card, Coding, Link, Source
from decidua.fhir.cards.naming import card_id, override_reasons
from decidua.guidelines import Knowledge
from decidua.language import Lang, say


@dataclass(frozen=True)
class Setting:
    """`base`: the public address of the service, without a slash at its end. `smart`: the client can launch it.

    `not_read`: names of the prefetch keys for which there were no data; every card says so.
    """

    base: str
    lang: Lang
    smart: bool = False
    not_read: tuple[str, ...] = ()


def card(
    knowledge: Knowledge, setting: Setting, *, topic: Coding, summaries: Sequence[str], detail: Sequence[str],
    indicator: Literal["info", "warning"], page: str,
) -> Card:  # fmt: skip
    """`summaries`: the first that is short enough is taken. `page`: a path of this service, without a patient."""
    return Card(
        uuid=card_id(topic.code),
        summary=fitting(summaries),
        detail="\n\n".join([*detail, *foot(knowledge, setting)]),
        indicator=indicator,
        source=Source(
            label=say(setting.lang, "cds.source", names=", ".join(names(knowledge))),
            url=f"{setting.base}/{setting.lang}/guidelines",
            topic=topic,
        ),
        overrideReasons=override_reasons(setting.lang),
        links=links(setting, page),
    )


def fitting(summaries: Sequence[str]) -> str:
    short = next((one for one in summaries if len(one) <= LONGEST), summaries[-1])
    return short if len(short) <= LONGEST else short[: LONGEST - 1] + "…"


def links(setting: Setting, page: str) -> tuple[Link, ...]:
    """No address says anything of the patient. The launch gets her from the client, not from here."""
    read = Link(label=say(setting.lang, "cds.link-page"), url=f"{setting.base}{page}", type="absolute")
    form = Link(label=say(setting.lang, "cds.link-form"), url=f"{setting.base}/{setting.lang}/consult", type="absolute")
    launch = Link(label=say(setting.lang, "cds.link-launch"), url=f"{setting.base}/smart/launch", type="smart")
    return (*([launch] if setting.smart else [form]), read)


def names(knowledge: Knowledge) -> list[str]:
    """Society and year of every guideline, by year."""
    return [f"{one.society} {one.year}" for one in sorted(knowledge.guidelines.values(), key=lambda g: g.year)]


def by_year(knowledge: Knowledge) -> list[str]:
    return sorted(knowledge.guidelines, key=lambda id_: knowledge.guidelines[id_].year)


def society(knowledge: Knowledge, guideline: str) -> str:
    return f"{knowledge.guidelines[guideline].society} {knowledge.guidelines[guideline].year}"


def foot(knowledge: Knowledge, setting: Setting) -> list[str]:
    """What was not read; version, hash and how much a clinician has reviewed; Korean that nobody has checked."""
    statements = knowledge.statements.values()
    reviewed = sum(one.review.level == "clinician" for one in statements)
    lines = [say(setting.lang, "cds.not-read", kinds=", ".join(setting.not_read))] if setting.not_read else []
    if reviewed < len(statements):
        lines.append(say(setting.lang, "cds.unreviewed", reviewed=reviewed, total=len(statements)))
    lines.append(say(
        setting.lang, "report.use", version=__version__, hash=knowledge.content.hash, reviewed=reviewed,
        total=len(statements),
    ))  # fmt: skip
    return lines + ([say("ko", "report.unchecked-korean")] if setting.lang == "ko" else [])


def markdown(text: str) -> str:
    """Words of content as they are: no character of theirs is markup."""
    return "".join(f"\\{letter}" if letter in r"\`*_{}[]<>#+!|~" else letter for letter in text)
