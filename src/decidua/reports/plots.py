"""Study tables as forest plots: values as printed, a mark where they do not fit, diamonds only where a source pools."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from decidua.evidence import Evidence, Verdict
from decidua.evidence.estimates import Estimate
from decidua.evidence.plots import Diamond, TablePlot
from decidua.evidence.randomised import mismatches, recomputed
from decidua.language import Lang, say
from decidua.reports.absolute.words import Phrases, plain
from decidua.reports.pictures.models import Column, ForestPlot, Row, RowKind, Side


class Plots:
    """Turns the plots of one content into pictures' contracts, in one language."""

    def __init__(self, evidence: Evidence, verdicts: Mapping[str, Verdict], phrases: Phrases) -> None:
        self.evidence = evidence
        self.verdicts = verdicts
        self.phrases = phrases
        self.lang: Lang = phrases.lang
        self.shared: set[str] = set()
        """Rows of the plot at hand whose doubts are said once, over the plot."""

    def forest(self, plot: TablePlot) -> ForestPlot:
        said, lang = plot.said, self.lang
        table = self.evidence.tables[said.table]
        outcome = plot.rows[0].outcome
        assert outcome is not None  # a plot has one outcome; checked when it was read
        counted = any(row.counts for row in plot.rows)
        headers = ("plots.treated", "plots.control") if counted else ()
        treated, label = said.treated[lang], outcome.label[lang]
        doubts = _common(self._doubts(row) for row in plot.rows) if len(plot.rows) > 1 else ()
        self.shared = {row.id for row in _all_rows(plot)} if doubts else set()
        rows = tuple(self._rows(plot, counted))
        return ForestPlot(
            lang=lang, title=table.title[lang],
            subtitle=" ".join((self.say("subtitle", outcome=label, table=table.id), *doubts)),
            measure=said.measure, measure_name=say(lang, f"picture.measure-{said.measure}"),
            log=said.measure != "RD", no_effect=0.0 if said.measure == "RD" else 1.0,
            label_header=self.say("rows-reviews" if _reviews(plot) else "rows-studies"),
            columns=tuple(Column(header=say(lang, header, treated=treated)) for header in headers), rows=rows,
            squares="precision", show_weights=False,
            favours_left=self.say("fewer", outcome=label, treated=treated),
            favours_right=self.say("more", outcome=label, treated=treated), good=_good(outcome.good),
            lines=tuple(self._lines(plot)),
        )  # fmt: skip

    def say(self, key: str, **parts: object) -> str:
        return say(self.lang, f"plots.{key}", **parts)

    # ---- rows ------------------------------------------------------------------------------------------------------

    def _rows(self, plot: TablePlot, counted: bool) -> Iterator[Row]:
        for group in plot.groups:
            if group.label:
                yield Row(kind="group", label=group.label[self.lang])
            for row in group.rows:
                yield self._row(row, counted)
            if group.subtotal:
                yield from self._diamond(group.subtotal, "subgroup")
        if plot.total:
            yield from self._diamond(plot.total, "pooled")

    def _row(self, one: Estimate, counted: bool) -> Row:
        kind: RowKind = "review" if one.row.review else "study"
        cells = self._cells(one) if counted else ()
        effect, mark = one.effect, self._mark(one)
        if effect is None:
            return Row(kind=kind, label=self.phrases.row(one), cells=cells, why_not=self._why_not(one), mark=mark)
        return Row(
            kind=kind, label=self.phrases.row(one), cells=cells, estimate=effect.estimate,
            interval=(effect.lower, effect.upper), effect=None if one.from_counts else self._printed(one), mark=mark,
        )  # fmt: skip

    def _cells(self, one: Estimate) -> tuple[str, ...]:
        if one.counts is None:
            return "", ""
        a, n1, c, n2 = one.counts
        return f"{a}/{n1}", f"{c}/{n2}"

    def _printed(self, one: Estimate) -> str:
        """The three numbers as the source prints them."""
        place = f"{one.table}/{one.row.key}/{one.said.effect}"
        numbers = [self.evidence.number(f"{place}.{part}") for part in ("estimate", "lower", "upper")]
        estimate, lower, upper = (number.text if number else "?" for number in numbers)
        return f"{estimate} [{lower}, {upper}]"

    def _why_not(self, one: Estimate) -> str:
        if one.said.effect and one.measure is None:
            return self.say("no-measure")
        return one.row.note[self.lang] if one.row.note else self.say("no-effect")

    def _mark(self, one: Estimate) -> str | None:
        """What does not fit, with the recomputed value; then what is in doubt."""
        cleared = {weighed.of for weighed in one.said.weighed if not weighed.bars}
        wrong = [
            self.say("mismatch", place=verdict.ref, printed=verdict.printed, value=recomputed(verdict))
            for verdict in mismatches(one.refs, self.verdicts)
            if verdict.claim.rsplit("/", 1)[0] not in cleared
        ]
        return " ".join((*wrong, *(self._doubts(one) if one.id not in self.shared else ()))) or None

    def _doubts(self, one: Estimate) -> tuple[str, ...]:
        return tuple(self.say("doubt", because=said.because[self.lang]) for said in one.said.weighed if said.bars)

    def _diamond(self, diamond: Diamond, kind: RowKind) -> Iterator[Row]:
        """The source's, and the recomputed one beside it."""
        effect = diamond.printed.effect
        if effect is None:
            return
        yield Row(
            kind=kind, label=self.say("printed-total"), estimate=effect.estimate, interval=(effect.lower, effect.upper),
            effect=self._printed(diamond.printed), mark=self._mark(diamond.printed),
        )  # fmt: skip
        if diamond.recomputed:
            estimate, lower, upper = diamond.recomputed.values
            method = self.evidence.methods.get(diamond.recomputed.method or "")
            yield Row(
                kind=kind, label=self.say("recomputed-total"), estimate=estimate, interval=(lower, upper),
                effect=f"{plain(estimate)} [{plain(lower)}, {plain(upper)}]",
                under=method.says[self.lang] if method else None,
            )  # fmt: skip

    # ---- below the plot --------------------------------------------------------------------------------------------

    def _lines(self, plot: TablePlot) -> Iterator[str]:
        table = self.evidence.tables[plot.said.table]
        if any(row.from_counts for row in plot.rows):
            yield self.say("from-counts")
        if any(row.said.exposure for row in plot.rows):
            yield self.say("exposure")
        if all(row.said.subgroup for row in plot.rows):
            yield self.say("parts")
        if plot.total is None and not _reviews(plot) and len(plot.rows) > 1:
            yield self.say("not-pooled")
        for key in plot.said.quoted:
            yield self.say("quoted", printed=" ".join(filter(None, self.evidence.rows[plot.said.table][key].printed)))
        yield self.say("lines", lines=", ".join(str(line) for row in _all_rows(plot) for line in row.row.lines))
        if table.note:
            yield table.note[self.lang]


def _common(doubts: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """What is doubtful of every row alike."""
    every = list(doubts)
    return tuple(one for one in every[0] if all(one in other for other in every))


def _all_rows(plot: TablePlot) -> Iterator[Estimate]:
    """Each printed row once."""
    seen: set[str] = set()
    diamonds = [group.subtotal for group in plot.groups] + [plot.total]
    for one in (*plot.rows, *(diamond.printed for diamond in diamonds if diamond)):
        if one.row.key not in seen:
            seen.add(one.row.key)
            yield one


def _reviews(plot: TablePlot) -> bool:
    return any(row.row.review for row in plot.rows)


def _good(good: str | None) -> Side | None:
    """A ratio above 1 is more of the outcome with the first group."""
    return None if good is None else "right" if good == "more" else "left"
