"""A consultation into the output contract, in one language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from decidua import __version__
from decidua.answers import AGAINST, FOR, SILENT, WEAK
from decidua.consult import Cell, Consultation, Finding, Worked, deciding_sets, explain, kind_labels
from decidua.criteria import Criterion, Trace
from decidua.criteria.phrases import joint, phrase
from decidua.criteria.tree import And, AtLeast, Choose, Is, Not, OneOf, Or
from decidua.criteria.tree import Compare as CompareNode
from decidua.facts import Value, show_value
from decidua.facts.values import plain
from decidua.guidelines import Knowledge, Regimen
from decidua.language import Lang, Text, say
from decidua.provenance import Citation, Cited
from decidua.reports import models as m

Ways = Sequence[tuple[str, str]]


def group_of(answer: str) -> m.Group:
    """The screen group of an answer."""
    groups: Sequence[tuple[m.Group, Iterable[str]]] = (
        ("for", FOR), ("against", AGAINST), ("weak", WEAK), ("silent", SILENT),
    )  # fmt: skip
    return next((group for group, answers in groups if answer in answers), "open")


def build_report(
    consultation: Consultation, lang: Lang, *, title: str | None = None, warnings: Sequence[str] = (),
    why: bool = True, deciding: bool = True,
) -> m.Report:  # fmt: skip
    """`why`: with traces; `deciding`: with deciding sets (both cost time on large screens)."""
    return _Builder(consultation, lang, why, deciding).report(title, warnings)


class _Builder:
    def __init__(self, consultation: Consultation, lang: Lang, why: bool, deciding: bool) -> None:
        self.c, self.lang, self.why, self.deciding = consultation, lang, why, deciding
        self.k: Knowledge = consultation.knowledge
        self.values = consultation.patient.values

    # ---- the whole ---------------------------------------------------------------------------------------------

    def report(self, title: str | None, warnings: Sequence[str]) -> m.Report:
        reviewed = sum(s.review.level == "clinician" for s in self.k.statements.values())
        total = len(self.k.statements)
        patient, chances = self.c.patient, self.c.chances
        use = say(
            self.lang, "report.use", version=__version__, hash=self.k.content.hash, reviewed=reviewed, total=total
        )
        return m.Report(
            software=f"decidua {__version__}",
            content=m.ContentView(hash=self.k.content.hash, statements=total, reviewed=reviewed),
            as_of=patient.as_of.isoformat() if patient.as_of else None,
            language=self.lang,
            intended_use=use,
            title=title,
            patient=tuple(self.fact(id_, value) for id_, value in sorted(patient.values.items(), key=self.fact_order)),
            warnings=tuple(warnings),
            guidelines=tuple(self.guideline(id_) for id_ in self.c.guidelines),
            disagreements=tuple(self.disagreements()),
            asks=self.asks(),
            alone=tuple(self.alone(g, options) for g, options in self.c.alone),
            chances=tuple(self.said(chance) for chance in chances),
            chances_note=None if chances else say(self.lang, "report.no-chance"),
            not_covered=tuple(item.says[self.lang] for item in self.k.not_covered.values()),
        )

    def fact_order(self, pair: tuple[str, Value]) -> tuple[int, str]:
        order = list(self.k.vocabulary.facts)
        return (order.index(pair[0]) if pair[0] in order else len(order), pair[0])

    def fact(self, id_: str, value: Value) -> m.FactView:
        patient = self.c.patient
        fact = self.k.vocabulary.facts.get(id_)
        shown = show_value(fact, value, self.lang) if fact else say(self.lang, "value.yes" if value else "value.no")
        return m.FactView(
            fact=id_, label=self.label(id_), value=shown, given=patient.given.get(id_), origin=self.origin(id_)
        )

    def origin(self, id_: str) -> str | None:
        """Where a value comes from that was not given directly, in words."""
        source = self.c.patient.origins.get(id_)
        known = ("derived", "pregnancies", "latest", "persistent")
        return None if source is None else say(self.lang, f"origin.{source if source in known else 'constraint'}")

    def label(self, id_: str) -> str:
        if id_ in self.k.vocabulary.facts:
            return self.k.vocabulary.facts[id_].label[self.lang]
        return self.k.named[id_].label[self.lang]

    # ---- guidelines and cells ----------------------------------------------------------------------------------

    def guideline(self, id_: str) -> m.GuidelineView:
        meant = self.k.guidelines[id_]
        cells = [cell for cell in self.c.cells if cell.guideline == id_]
        return m.GuidelineView(
            id=id_,
            name=meant.name[self.lang],
            society=meant.society,
            year=meant.year,
            basis=meant.basis[self.lang],
            definition=self.definition(id_),
            tests=tuple(self.test(cell) for cell in cells if cell.option.startswith("test:")),
            options=tuple(m.OptionView(**self.option(cell)) for cell in cells if not cell.option.startswith("test:")),
        )

    def definition(self, id_: str) -> m.DefinitionView:
        meant = self.k.guidelines[id_]
        state = next(d for d in self.c.definitions if d.guideline == id_)
        return m.DefinitionView(
            met=state.met,
            says=meant.definition_says[self.lang],
            by_reading=tuple((self.choices(way), met) for way, met in state.by_reading),
            trace=self.trace(state.trace),
            cites=self.cites(meant.definition_cites),
        )

    def test(self, cell: Cell) -> m.TestView:
        return m.TestView(**self.option(cell), done=dict(self.c.done)[cell.option])

    def option(self, cell: Cell) -> dict[str, object]:
        speaking = cell.speaking
        return {
            "option": cell.option,
            "label": self.k.options[cell.option].label[self.lang],
            "answer": cell.answer,
            "group": group_of(cell.answer),
            "possible": cell.standing.possible,
            "bound": cell.standing.bound,
            "readings": tuple(
                m.BranchView(readings=self.choices(branch.readings), possible=branch.possible)
                for branch in cell.branches
                if branch.readings
            ),
            "depends_on": cell.readings,
            "strength": tuple(dict.fromkeys(s.strength.printed for s in speaking if s.strength.printed)),
            "certainty": tuple(dict.fromkeys(s.certainty.printed for s in speaking if s.certainty.printed)),
            "statements": tuple(self.statement(f) for f in cell.findings if f.statement.kind != "remark"),
            "regimens": tuple(self.regimen(worked) for worked in cell.regimens),
            "before": tuple(
                m.PrecautionView(**self.said_parts(p.precaution), state=p.state) for p in cell.before
            ),
            "legal": tuple(
                m.LegalView(
                    **self.said_parts(state.legal), country=state.country, countries=state.legal.countries,
                    dated=state.legal.dated,
                )
                for state in cell.legal
            ),
            "now": cell.now,
            "other_indications": tuple(self.said(indication) for indication in cell.other_indications),
            "notes": tuple(self.said(note) for note in cell.notes),
            "nearest": tuple(s.id for s in cell.nearest),
            "relevant": cell.relevant,
            "deciding": self.deciding_views(cell) if self.deciding else (),
        }  # fmt: skip

    def deciding_views(self, cell: Cell) -> tuple[m.DecidingView, ...]:
        return tuple(
            m.DecidingView(
                facts=found.facts,
                when={fact: self.plain_words(node) for fact, node in zip(found.facts, found.when, strict=True)},
                words=tuple(self.words(node) for node in found.when),
                answer=found.answer,
            )
            for found in deciding_sets(self.c.answers, cell)
        )

    def statement(self, finding: Finding) -> m.StatementView:
        s = finding.statement
        population = self.k.own_populations[s.id]
        return m.StatementView(
            **self.said_parts(s),
            kind=s.kind,
            applies=finding.applies,
            answer=s.answer,
            verb=s.verb,
            because=s.because[self.lang] if s.because else None,
            strength=s.strength.printed,
            certainty=s.certainty.printed,
            certainty_of=s.certainty.of[self.lang] if s.certainty.of else None,
            by_reading=tuple((self.choices(way), applies) for way, applies in finding.by_reading),
            population=self.words(population),
            trace=self.trace(explain(self.k, s, self.values)) if self.why else None,
        )

    # ---- parts --------------------------------------------------------------------------------------------------

    def said(self, item: Cited) -> m.SaidView:
        return m.SaidView(**self.said_parts(item))

    def said_parts(self, item: Cited) -> dict[str, object]:
        return {
            "id": item.id,
            "says": item.says[self.lang],
            "mark": item.mark,
            "correction": item.correction[self.lang] if item.correction else None,
            "review": item.review.level,
            "ko_status": item.says.ko_status,
            "cites": self.cites(item.cites),
        }

    def cites(self, cites: Sequence[Citation]) -> tuple[m.CitationView, ...]:
        return tuple(m.CitationView(source=c.source, place=c.place, lines=c.lines) for c in cites)

    def choices(self, way: Ways) -> tuple[m.ChoiceView, ...]:
        return tuple(
            m.ChoiceView(reading=id_, alternative=slug, text=self.k.readings[id_].alternatives[slug][self.lang])
            for id_, slug in way
        )

    def regimen(self, worked: Worked) -> m.RegimenView:
        r = worked.regimen
        return m.RegimenView(
            statement=worked.statement.id,
            drug=r.drug[self.lang],
            printed=printed_dose(r, self.lang),
            for_whom=_text(r.for_, self.lang),
            start=_text(r.start, self.lang),
            stop=_text(r.stop, self.lang),
            note=_text(r.note, self.lang),
            calculated=worked.arithmetic or (printed_dose(r, self.lang) if worked.amount else None),
            why_not=tuple(say(self.lang, f"whynot.{reason}") for reason in worked.why_not),
            readings=(*r.readings, *r.timing_readings),
            cites=self.cites(r.cites),
        )

    def trace(self, trace: Trace) -> m.TraceView:
        node = trace.node
        drawn = isinstance(node, And | Or | Not | AtLeast | Choose)
        fact = node.fact if isinstance(node, Is | OneOf | CompareNode) else None
        value = trace.value
        shown = show_value(self.k.vocabulary.facts[fact], value, self.lang) if fact and value is not None else None
        return m.TraceView(
            text=joint(node, self.lang, self.k.labels) if drawn else self.words(node),
            truth=trace.truth,
            value=shown,
            stated=trace.stated,
            parts=self.alternatives(node, trace) if isinstance(node, Choose) else tuple(map(self.trace, trace.parts)),
        )

    def alternatives(self, node: Choose, trace: Trace) -> tuple[m.TraceView, ...]:
        """Each alternative of an ambiguity under its own words."""
        slugs = {part: slug for slug, part in node.alternatives}
        return tuple(
            m.TraceView(
                text=self.k.labels[f"{node.reading}/{slugs[part.node]}"][self.lang], truth=part.truth,
                parts=(self.trace(part),),
            )
            for part in trace.parts
        )  # fmt: skip

    def words(self, node: Criterion) -> str:
        """A criterion in words; conditions on stated names speak through the name's label."""
        if isinstance(node, Is) and node.fact in self.k.named:
            return self.k.named[node.fact].label[self.lang]
        if isinstance(node, Not) and isinstance(node.part, Is) and node.part.fact in self.k.named:
            return say(self.lang, "phrase.not", part=self.k.named[node.part.fact].label[self.lang])
        return phrase(node, self.k.vocabulary, self.k.labels, self.lang)

    def plain_words(self, node: Criterion) -> str:
        """A condition for machines: `true`, `false`, choices, or comparisons."""
        if isinstance(node, Is):
            return "true"
        if isinstance(node, Not):
            return "false"
        if isinstance(node, OneOf):
            return " or ".join(node.choices)
        if isinstance(node, CompareNode):
            return f"{node.op} {node.printed}"
        assert isinstance(node, And | Or)
        joiner = " and " if isinstance(node, And) else " or "
        return joiner.join(self.plain_words(part) for part in node.parts)

    # ---- across guidelines --------------------------------------------------------------------------------------

    def disagreements(self) -> Iterable[m.DisagreementView]:
        labels = kind_labels(self.k.content)
        for found in self.c.disagreements:
            words = labels[found.kind][self.lang] if found.kind in labels else say(self.lang, f"kind.{found.kind}")
            answers = tuple(self._answer_of(g, found.option) for g in found.between)
            yield m.DisagreementView(
                option=found.option,
                label=self.k.options[found.option].label[self.lang],
                kind=found.kind,
                words=words,
                between=found.between,
                answers=(answers[0], answers[1]),
                differs_in=found.differs_in,
                about=found.about,
            )

    def _answer_of(self, guideline: str, option: str) -> str:
        return self.c.cell(guideline, option).answer

    def asks(self) -> m.AsksView:
        asked = self.c.asks
        return m.AsksView(
            look_up=tuple(
                m.AskView(fact=ask.fact, label=self.label(ask.fact), help=self._help(ask.fact), about=ask.cells)
                for ask in asked.look_up
            ),
            authors=tuple(
                m.AskAuthorsView(
                    reading=ask.reading,
                    question=self.k.readings[ask.reading].question[self.lang],
                    alternatives=tuple(t[self.lang] for t in self.k.readings[ask.reading].alternatives.values()),
                    about=ask.cells,
                )
                for ask in asked.authors
            ),
            tests=tuple(
                m.AskTestView(
                    test=ask.test,
                    label=self.test_label(ask.test, ask.facts),
                    facts=ask.facts,
                    labels=tuple(map(self.label, ask.facts)),
                    about=ask.cells,
                    stances=tuple(m.StanceView(guideline=g, answer=answer) for g, answer in ask.stances),
                )
                for ask in asked.tests
            ),
        )

    def test_label(self, test: str | None, facts: Sequence[str]) -> str:
        option = self.k.options.get(test or "")
        return option.label[self.lang] if option else "; ".join(map(self.label, facts))

    def _help(self, id_: str) -> str | None:
        fact = self.k.vocabulary.facts.get(id_)
        text = fact.help if fact else self.k.named[id_].says
        return text[self.lang] if text else None

    def alone(self, guideline: str, options: tuple[str, ...]) -> m.AloneView:
        labels = ", ".join(self.k.options[option].label[self.lang] for option in options)
        return m.AloneView(
            guideline=guideline, options=options,
            words=say(self.lang, "report.alone", guideline=self.k.guidelines[guideline].society, options=labels),
        )  # fmt: skip


def _text(text: Text | None, lang: Lang) -> str | None:
    return text[lang] if text else None


def printed_dose(r: Regimen, lang: Lang) -> str:
    """The regimen as printed: dose with unit, route, frequency; a part that is not printed is said to be so."""
    missing = say(lang, "regimen.not-printed")
    dose = f"{_span(r.dose)} {r.unit}" if r.dose is not None and r.unit else missing
    every = missing
    if r.every is not None and r.every_unit:
        times = plain(r.times) if r.times else "1"
        every = say(lang, f"regimen.every-{r.every_unit}", every=_span(r.every), times=times)
    return say(lang, "regimen.line", dose=dose, route=r.route or missing, every=every)


def _span(value: Decimal | tuple[Decimal, Decimal]) -> str:
    return f"{plain(value[0])}–{plain(value[1])}" if isinstance(value, tuple) else plain(value)
