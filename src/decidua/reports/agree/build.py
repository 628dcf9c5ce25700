"""From ratings to the report on them, in one language."""

from __future__ import annotations

from collections.abc import Iterator

from decidua import __version__
from decidua.appraisal.agree import DOMAINS, FEWEST, PREFERRED, DomainScore, Ratings, domain_scores, skipped
from decidua.language import Lang, say
from decidua.reports.agree import models as m


def build_agree_report(ratings: Ratings, lang: Lang) -> m.AgreeReport:
    scores = domain_scores(ratings)
    return m.AgreeReport(
        software=f"decidua {__version__}", language=lang, intended_use=say(lang, "agree.use"), file=ratings.file,
        document=ratings.document, edition=ratings.edition, read=ratings.read, date=ratings.date, note=ratings.note,
        appraisers=tuple(who.name for who in ratings.appraisers),
        domains=tuple(_domain(ratings, score, lang) for score in scores),
        overall=tuple(
            m.OverallView(appraiser=who.name, quality=who.overall, recommend=who.recommend)
            for who in ratings.appraisers
        ),
        notes=tuple(_notes(ratings, scores, lang)), source=say(lang, "agree.source"),
    )  # fmt: skip


def _domain(ratings: Ratings, score: DomainScore, lang: Lang) -> m.DomainView:
    own = tuple(None if one is None else float(one) for one in score.own)
    scored = [one for one in own if one is not None]
    return m.DomainView(
        domain=score.domain, label=say(lang, f"agree.domain-{score.domain}"),
        score=None if score.scaled is None else float(score.scaled),
        obtained=score.obtained, minimum=score.minimum, maximum=score.maximum,
        own=own, lowest=min(scored, default=None), highest=max(scored, default=None), sd=score.sd, uneven=score.uneven,
        items=tuple(_item(ratings, item) for item in DOMAINS[score.domain]),
    )  # fmt: skip


def _item(ratings: Ratings, item: int) -> m.ItemView:
    given = tuple(who.items[item] for who in ratings.appraisers)
    values = [value for value in given if isinstance(value, int)]
    return m.ItemView(
        item=item, ratings=given, lowest=min(values, default=None), highest=max(values, default=None)
    )  # fmt: skip


def _notes(ratings: Ratings, scores: list[DomainScore], lang: Lang) -> Iterator[str]:
    """What a reader must know beside the numbers."""
    yield say(lang, f"agree.read-{ratings.read}")
    yield say(lang, "agree.no-total")
    if any(score.sd is not None for score in scores):
        yield say(lang, "agree.sd-how")
    if (count := len(ratings.appraisers)) < FEWEST:
        yield say(lang, "agree.one-appraiser")
    elif count < PREFERRED:
        yield say(lang, "agree.few-appraisers", count=count)
    for score in scores:
        if score.scaled is None:
            domain, items = say(lang, f"agree.domain-{score.domain}"), ", ".join(map(str, score.unrated))
            yield say(lang, "agree.why-unrated" if items else "agree.why-skipped", domain=domain, items=items)
    for item, names, split in skipped(ratings):
        yield say(lang, "agree.item-split" if split else "agree.item-skipped", item=item, names=", ".join(names))
    if ratings.note:
        yield say(lang, "agree.note", note=ratings.note)
