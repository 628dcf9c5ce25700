"""Pooled effects of a table's studies, by every estimator of `decidua.synthesis`; and of two printed effects."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from decidua.evidence.methods.candidate import Candidate, Given, Outcome, sure

if TYPE_CHECKING:
    from decidua.synthesis.counts import Counts
    from decidua.synthesis.pooled import Pooled

Z = 1.959963984540054


def pool(given: Given) -> Iterator[Candidate]:
    """Candidates of the printed model first. Studies with an empty group are left out: they hold no comparison."""
    rows, table = _studies(given)
    measure, model = given.options["measure"], given.options["model"]
    found = sorted(_pools(table, measure), key=lambda one: one[1] != model)
    for method, _, pooled in found:
        yield Candidate(method, _parts(pooled, rows, measure))


def _studies(given: Given) -> tuple[list[str], Counts]:
    from decidua.synthesis.counts import counts

    rows, columns = [], []
    for row in given.options["rows"]:
        refs = [f"{given.options['table']}/{row}/{given.options[name]}" for name in ("a", "n1", "c", "n2")]
        cells = [printed.value for ref in refs if (printed := given.look(ref)) is not None]
        if len(cells) == 4 and cells[1] > 0 and cells[3] > 0:
            rows.append(row)
            columns.append(cells)
    a, n1, c, n2 = ([list(column)] for column in zip(*columns, strict=True))
    return rows, counts(a, n1, c, n2)


def _pools(table: Counts, measure: str) -> Iterator[tuple[str, str, Pooled]]:
    from decidua.synthesis.binary import binary_effects
    from decidua.synthesis.mantel_haenszel import pool_mantel_haenszel, pool_mantel_haenszel_random
    from decidua.synthesis.peto import pool_peto
    from decidua.synthesis.pooling import pool_fixed, pool_random
    from decidua.synthesis.tau2 import ESTIMATORS

    own = binary_effects(table, measure)
    yield "mh-random-revman", "random", pool_mantel_haenszel_random(table, measure)
    for estimator in ESTIMATORS:
        yield f"iv-random-{estimator.lower()}", "random", pool_random(own, estimator)
    yield "mh-fixed", "fixed", pool_mantel_haenszel(table, measure, "revman")
    yield "iv-fixed", "fixed", pool_fixed(own)
    yield "peto", "fixed", pool_peto(table)


def _parts(pooled: Pooled, rows: Sequence[str], measure: str) -> dict[str, Outcome]:
    """The first (only) analysis, on the printed scale."""
    back = math.exp if measure != "RD" else float
    values = {
        "estimate": back(pooled.estimate[0]), "lower": back(pooled.lower[0]), "upper": back(pooled.upper[0]),
        "tau2": 0.0 if pooled.tau2 is None else pooled.tau2.value[0], "chi2": pooled.q[0], "df": pooled.q_df[0],
        "p": pooled.q_p[0], "i2": pooled.i2[0], "z": abs(pooled.statistic[0]), "p-effect": pooled.p[0],
    }  # fmt: skip
    values |= {f"weight-{row}": weight for row, weight in zip(rows, pooled.weights[0], strict=True)}
    return {part: sure(float(value)) for part, value in values.items()}


def pool_estimates(given: Given) -> Iterator[Candidate]:
    """Two printed ratios with intervals, pooled by inverse variance."""
    from decidua.synthesis.arrays import effects
    from decidua.synthesis.pooling import pool_fixed, pool_random

    logs = [math.log(given[f"estimate{i}"]) for i in (1, 2)]
    errors = [math.log(given[f"upper{i}"] / given[f"lower{i}"]) / (2 * Z) for i in (1, 2)]
    two = effects("RR", [logs], [[error**2 for error in errors]])
    for method, pooled in (("iv-fixed", pool_fixed(two)), ("iv-random-dl", pool_random(two, "DL"))):
        limits = ("estimate", pooled.estimate), ("lower", pooled.lower), ("upper", pooled.upper)
        yield Candidate(method, {part: sure(math.exp(value[0])) for part, value in limits})
