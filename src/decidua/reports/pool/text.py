"""The pooled effect as text (readable at 80 columns) and as CSV."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Sequence

from rich.table import Table
from rich.text import Text

from decidua.language import say
from decidua.reports.formulas import safe
from decidua.reports.pool import models as m
from decidua.synthesis.reported import is_ratio

SHOWN = 60
"""Studies that the text shows; CSV and JSON have all."""
Row = Sequence[object]


def pool_text(report: m.PoolReport) -> Iterable[object]:
    lang = report.language
    yield Text(report.title or say(lang, "pool.title", measure=report.measure, k=report.k), style="bold")
    yield Text(f"{report.software} · {report.intended_use}", style="dim")
    yield from _studies(report)
    yield from _pooled(report)
    for part in (_subgroups, _regression, _steps, _influence, _asymmetry, _fill):
        yield from part(report)
    yield Text()
    for note in report.notes:
        yield Text(f"! {note}")
    for name, said in report.conventions.items():
        yield Text(f"{name}: {said}", style="dim")


def _effect(report: m.PoolReport, estimate: float | None, ci: m.Interval | None) -> str:
    """As papers print it: back on the scale of the ratio."""
    if estimate is None or ci is None:
        return "—"
    values = [math.exp(v) if is_ratio(report.measure) else v for v in (estimate, *ci)]
    return "{} [{}, {}]".format(*(f"{value:.4g}" for value in values))


def _grid(rows: Iterable[Sequence[str]]) -> Table:
    table = Table.grid(padding=(0, 2))
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    return table


def _studies(report: m.PoolReport) -> Iterable[object]:
    lang = report.language
    yield Text()
    yield _grid(
        (s.study, _effect(report, s.estimate, s.ci), "" if s.weight is None else f"{s.weight:.1f} %", s.why_not or "")
        for s in report.studies[:SHOWN]
    )
    if len(report.studies) > SHOWN:
        yield Text(say(lang, "pool.more-studies", count=len(report.studies) - SHOWN))


def _pooled(report: m.PoolReport) -> Iterable[object]:
    lang = report.language
    yield Text()
    yield Text(
        say(lang, "pool.pooled", measure=report.measure, effect=_effect(report, report.estimate, report.ci),
            level=f"{report.level:.0%}", p=_p(report.p), k=report.k),
        style="bold",
    )  # fmt: skip
    if report.q is not None:
        yield Text(
            say(lang, "pool.q", q=_n(report.q), df=report.q_df, p=_p(report.q_p), i2=_n(report.i2), h2=_n(report.h2))
        )
    if report.tau2 is not None:
        bounds = report.heterogeneity.tau2_ci
        between = f"[{_n(bounds[0])}, {_n(bounds[1])}]" if bounds else "—"
        yield Text(say(lang, "pool.tau2", tau2=_n(report.tau2), bounds=between))
    if report.prediction:
        yield Text(say(lang, "pool.prediction", effect=_effect(report, report.estimate, report.prediction)))


def _subgroups(report: m.PoolReport) -> Iterable[object]:
    if found := report.subgroups:
        yield Text()
        yield _grid(
            (g.name, f"k = {g.k}", _effect(report, g.estimate, g.ci), f"I² = {_n(g.i2)} %") for g in found.groups
        )
        yield Text(say(report.language, "pool.between", column=found.column, q=_n(found.q), df=found.df, p=_p(found.p)))


def _regression(report: m.PoolReport) -> Iterable[object]:
    if found := report.regression:
        yield Text()
        yield _grid(
            (c.name, f"{c.estimate:.5g} [{c.ci[0]:.5g}, {c.ci[1]:.5g}]", f"p = {_p(c.p)}") for c in found.coefficients
        )
        yield Text(
            say(report.language, "pool.regression", k=found.k, q=_n(found.q), df=found.df, p=_p(found.p),
                tau2=_n(found.tau2), explained=_n(found.explained))
        )  # fmt: skip


def _steps(report: m.PoolReport) -> Iterable[object]:
    for key, steps in (("pool.without", report.leave_one_out), ("pool.up-to", report.cumulative)):
        if steps:
            yield Text()
            yield Text(say(report.language, key), style="bold")
            yield _grid((s.study, _effect(report, s.estimate, s.ci), f"I² = {_n(s.i2)} %") for s in steps)


def _influence(report: m.PoolReport) -> Iterable[object]:
    if report.influence:
        yield Text()
        yield _grid([
            ("", "r", "DFFITS", "Cook", "hat", ""),
            *((i.study, _n(i.residual), _n(i.dffits), _n(i.cook), _n(i.hat), "●" if i.influential else "")
              for i in report.influence),
        ])  # fmt: skip


def _asymmetry(report: m.PoolReport) -> Iterable[object]:
    for test in report.asymmetry or ():
        yield Text(f"{test.test.capitalize()}: {_n(test.statistic)}, p = {_p(test.p)}, k = {test.k}")


def _fill(report: m.PoolReport) -> Iterable[object]:
    for fill in report.trim_and_fill or ():
        effect = _effect(report, fill.estimate, fill.ci)
        side = say(report.language, f"pool.side-{fill.side}")
        yield Text(
            say(report.language, "pool.fill", counter=fill.counter, missing=fill.missing, side=side, effect=effect)
        )


def _n(value: float | None) -> str:
    return "—" if value is None else f"{value:.4g}"


def _p(value: float | None) -> str:
    if value is None:
        return "—"
    return "< 0.0001" if value < 1e-4 else f"{value:.4f}"


HEADER = ("row", "name", "k", "estimate", "se", "lower", "upper", "weight", "p", "tau2", "q", "q_df", "q_p", "i2", "h2",
          "prediction_lower", "prediction_upper", "note")  # fmt: skip


def pool_csv(report: m.PoolReport) -> str:
    """One line per study, then per subgroup, then `pooled`; numbers on the analysis scale, in full."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADER)
    for s in report.studies:
        ci = s.ci or ("", "")
        writer.writerow([s.row, safe(s.study), "", s.estimate, s.se, *ci, s.weight, *[""] * 9, safe(s.why_not)])
    for group in report.subgroups.groups if report.subgroups else ():
        writer.writerow(_line("subgroup", group.name, group, ""))
    writer.writerow(_line("pooled", report.measure, report, " | ".join(report.notes)))
    return out.getvalue()


def _line(row: str, name: str, n: m.Numbers, note: str) -> Row:
    bounds, expected = n.ci or ("", ""), n.prediction or ("", "")
    whole = 100.0 if row == "pooled" else ""
    return [row, safe(name), n.k, n.estimate, n.se, *bounds, whole, n.p, n.tau2, n.q, n.q_df, n.q_p, n.i2, n.h2,
            *expected, safe(note)]  # fmt: skip
