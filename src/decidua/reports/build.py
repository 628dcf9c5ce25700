"""A consultation into the output contract, in one language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from decidua import __version__
from decidua.answers import AGAINST, SILENT, WEAK
from decidua.consult import Consultation, kind_labels
from decidua.facts import Range, Value, show_value
from decidua.language import Lang, say
from decidua.reports import models as m
from decidua.reports.cell_views import CellViews

ORIGINS = ("derived", "pregnancies", "latest", "persistent")


def build_report(
    consultation: Consultation,
    lang: Lang,
    *,
    title: str | None = None,
    warnings: Sequence[str] = (),
    why: bool = True,
    deciding: bool = True,
) -> m.Report:
    """`why`: with traces; `deciding`: with deciding sets (both cost time on large screens)."""
    return _Builder(consultation, CellViews(consultation, lang, why, deciding)).report(title, warnings)


class _Builder:
    def __init__(self, consultation: Consultation, views: CellViews) -> None:
        self.c, self.views, self.w = consultation, views, views.w
        self.k, self.lang = views.w.k, views.w.lang

    def report(self, title: str | None, warnings: Sequence[str]) -> m.Report:
        patient, content, chances = self.c.patient, self.content(), self.c.chances
        return m.Report(
            software=f"decidua {__version__}",
            content=content,
            as_of=patient.as_of.isoformat() if patient.as_of else None,
            language=self.lang,
            intended_use=self.use(content),
            title=title,
            patient=tuple(self.fact(id_, value) for id_, value in sorted(self.shown(), key=self.fact_order)),
            warnings=tuple(warnings),
            guidelines=tuple(self.views.guideline(id_) for id_ in self.c.guidelines),
            disagreements=tuple(self.disagreements()),
            asks=self.asks(),
            alone=tuple(self.alone(g, options) for g, options in self.c.alone),
            chances=tuple(self.w.said(chance) for chance in chances),
            chances_note=None if chances else say(self.lang, "report.no-chance"),
            not_covered=tuple(item.says[self.lang] for item in self.k.not_covered.values()),
            sources=self.w.once("sources", self.sources),
        )

    def content(self) -> m.ContentView:
        statements = self.k.statements.values()
        reviewed = sum(s.review.level == "clinician" for s in statements)
        return m.ContentView(hash=self.k.content.hash, statements=len(statements), reviewed=reviewed)

    def use(self, content: m.ContentView) -> str:
        return say(
            self.lang,
            "report.use",
            version=__version__,
            hash=content.hash,
            reviewed=content.reviewed,
            total=content.statements,
        )

    def sources(self) -> tuple[m.SourceView, ...]:
        return tuple(
            m.SourceView(
                id=source.id, title=source.title[self.lang], year=source.year, url=source.url, read=source.read
            )
            for source in self.k.sources.values()
        )

    def shown(self) -> Iterable[tuple[str, Value]]:
        """What is known, without what only repeats it: bounds from constraints, and tests done because of a result.

        Bounds that the table of pregnancies gives are shown: they decide, and nobody wrote them."""
        patient, facts = self.c.patient, self.k.vocabulary.facts
        for id_, value in patient.values.items():
            follows = id_ in patient.origins and id_ not in patient.given
            bounded = isinstance(value, Range) and patient.origins.get(id_) not in ORIGINS
            repeats = bounded or (id_ in facts and facts[id_].group == "done")
            if not (follows and repeats):
                yield id_, value

    def fact_order(self, pair: tuple[str, Value]) -> tuple[int, str]:
        order: dict[str, int] = self.w.once("order", self.order)
        return (order.get(pair[0], len(order)), pair[0])

    def order(self) -> dict[str, int]:
        return {id_: place for place, id_ in enumerate(self.k.vocabulary.facts)}

    def fact(self, id_: str, value: Value) -> m.FactView:
        fact, given = self.k.vocabulary.facts.get(id_), self.c.patient.given.get(id_)
        given = None if isinstance(value, bool) else given
        shown = show_value(fact, value, self.lang) if fact else say(self.lang, "value.yes" if value else "value.no")
        origin = self.origin(id_)
        return m.FactView(fact=id_, label=self.w.label(id_), value=shown, given=given, origin=origin)

    def origin(self, id_: str) -> str | None:
        """Where a value comes from that was not given directly, in words."""
        source = self.c.patient.origins.get(id_)
        if source is None:
            return None
        if source in self.k.named:
            return say(self.lang, "origin.stated", name=self.w.label(source))
        return say(self.lang, f"origin.{source if source in ORIGINS else 'constraint'}")

    def disagreements(self) -> Iterable[m.DisagreementView]:
        labels = self.w.once("kinds", kind_labels, self.k.content)
        for found in self.c.disagreements:
            words = labels[found.kind][self.lang] if found.kind in labels else say(self.lang, f"kind.{found.kind}")
            cells = [self.c.cell(guideline, found.option) for guideline in found.between]
            one, other = (cell.answer for cell in cells)
            sides = [set(cell.standing.possible) for cell in cells]
            unsure = any(side <= {*WEAK, *SILENT} for side in sides)
            yield m.DisagreementView(
                option=found.option,
                label=self.k.options[found.option].label[self.lang],
                kind=found.kind,
                words=words,
                between=found.between,
                answers=(one, other),
                differs_in=found.differs_in,
                mild=unsure and not any(side & set(AGAINST) for side in sides),
                about=found.about,
            )

    def asks(self) -> m.AsksView:
        asked = self.c.asks
        return m.AsksView(
            look_up=tuple(
                m.AskView(fact=ask.fact, label=self.w.label(ask.fact), help=self.help(ask.fact), about=ask.cells)
                for ask in asked.look_up
            ),
            authors=tuple(
                m.AskAuthorsView(
                    reading=ask.reading,
                    question=self.k.readings[ask.reading].question[self.lang],
                    alternatives=tuple(t[self.lang] for t in self.k.readings[ask.reading].alternatives.values()),
                    bears_on=self.k.readings[ask.reading].bears_on,
                    about=ask.cells,
                )
                for ask in asked.authors
            ),
            tests=tuple(
                m.AskTestView(
                    test=ask.test,
                    label=self.test_label(ask.test, ask.facts),
                    facts=ask.facts,
                    labels=tuple(map(self.w.label, ask.facts)),
                    about=ask.cells,
                    stances=tuple(m.StanceView(guideline=g, answer=answer) for g, answer in ask.stances),
                )
                for ask in asked.tests
            ),
        )

    def test_label(self, test: str | None, facts: Sequence[str]) -> str:
        option = self.k.options.get(test or "")
        return option.label[self.lang] if option else "; ".join(map(self.w.label, facts))

    def help(self, id_: str) -> str | None:
        fact = self.k.vocabulary.facts.get(id_)
        return self.w.text(fact.help if fact else self.k.named[id_].says)

    def alone(self, guideline: str, options: tuple[str, ...]) -> m.AloneView:
        labels = ", ".join(self.k.options[option].label[self.lang] for option in options)
        society = self.k.guidelines[guideline].society
        words = say(self.lang, "report.alone", guideline=society, options=labels)
        return m.AloneView(guideline=guideline, options=options, words=words)
