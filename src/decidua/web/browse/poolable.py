"""Shipped tables whose printed studies can be pooled again, and how far another method comes from the print.

Which tables: those of which a declared claim pools rows by counts. Nothing is guessed about the others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING

from decidua.errors import UsageError
from decidua.evidence import Declared, Evidence
from decidua.language import Lang, say
from decidua.web.browse.pictures import Pooled
from decidua.web.shelf import Shelf

if TYPE_CHECKING:
    from decidua.reports.pool.models import PoolReport
    from decidua.reports.pool.plan import Asked
    from decidua.studies import StudyTable

COLUMNS = ("a", "n1", "c", "n2")
SHOWN = ("estimate", "lower", "upper", "tau2", "chi2", "i2")
"""Printed parts that stand beside the recomputed ones."""


@dataclass(frozen=True)
class Poolable:
    """One pooled line of a table. `id`: the row that prints it."""

    id: str
    claim: Declared
    label: str

    @property
    def table(self) -> str:
        return str(self.claim.options["table"])

    @property
    def measure(self) -> str:
        return str(self.claim.options["measure"])

    @property
    def model(self) -> str:
        return str(self.claim.options["model"])


@dataclass(frozen=True)
class Beside:
    """A printed number, the recomputed one, and whether it rounds to the print."""

    name: str
    printed: str
    recomputed: str
    agrees: bool


def poolables(evidence: Evidence, table: str) -> tuple[Poolable, ...]:
    """Largest first; empty where the table cannot be pooled."""
    claims = [one for one in evidence.claims.values() if one.method == "pool" and one.options.get("table") == table]
    found = [Poolable(_row(one), one, _label(evidence, one)) for one in claims]
    return tuple(sorted(found, key=lambda one: -len(one.claim.options["rows"])))


def _row(claim: Declared) -> str:
    return claim.prints["estimate"].split("/")[1]


def _label(evidence: Evidence, claim: Declared) -> str:
    """The names of its studies."""
    rows = evidence.rows[str(claim.options["table"])]
    return ", ".join(rows[key].printed[0] for key in claim.options["rows"])


def study_table(evidence: Evidence, chosen: Poolable) -> StudyTable:
    """The printed counts; an empty or missing cell is not a zero."""
    import numpy as np

    from decidua.studies import StudyTable
    from decidua.studies.table import COUNTS

    rows = [evidence.rows[chosen.table][key] for key in chosen.claim.options["rows"]]
    numbers = {
        name: np.array([_number(evidence, chosen, row.key, part) for row in rows])
        for name, part in zip(COUNTS, COLUMNS, strict=True)
    }
    given = np.isfinite(np.stack(list(numbers.values()))).all(axis=0) & (numbers["n1i"] > 0) & (numbers["n2i"] > 0)
    return StudyTable(chosen.table, "counts", tuple(row.printed[0] for row in rows),
                      tuple(row.lines[0] for row in rows), numbers, given)  # fmt: skip


def _number(evidence: Evidence, chosen: Poolable, row: str, part: str) -> float:
    found = evidence.number(f"{chosen.table}/{row}/{chosen.claim.options[part]}")
    return found.value if found else float("nan")


def require_numpy() -> None:
    """Raises UsageError where pooling cannot compute; browsing works without."""
    if not (find_spec("numpy") and find_spec("scipy")):
        raise UsageError("error.pool-numpy")


def recompute(shelf: Shelf, chosen: Poolable, asked: Asked, lang: Lang) -> Pooled:
    """Raises UsageError for choices that do not go together, StudyError where nothing can be estimated."""
    require_numpy()
    from decidua.reports.pool.build import build_pool_report

    table = study_table(shelf.evidence, chosen)
    report = build_pool_report(table, asked, lang)
    return Pooled(report.model_copy(update={"title": shelf.evidence.tables[chosen.table].title[lang]}), table)


def beside(shelf: Shelf, chosen: Poolable, report: PoolReport, lang: Lang) -> tuple[Beside, ...]:
    """Only where the same measure is pooled; another measure has nothing to stand beside."""
    if report.measure != chosen.measure:
        return ()
    values = _values(report)
    found = []
    for part in SHOWN:
        ref = chosen.claim.prints.get(part)
        printed = shelf.evidence.number(ref) if ref else None
        value = values.get(part)
        if printed is not None and value is not None:
            shown = f"{value:.{printed.decimals}f}"
            name = say(lang, f"pages.part-{part}")
            found.append(Beside(name, printed.text, shown, float(shown) == printed.value))
    return tuple(found)


def _values(report: PoolReport) -> Mapping[str, float | None]:
    whole = report.back_transformed
    lower, upper = whole.ci or (None, None)
    return {
        "estimate": whole.estimate, "lower": lower, "upper": upper, "tau2": report.tau2, "chi2": report.q,
        "i2": report.i2,
    }  # fmt: skip
