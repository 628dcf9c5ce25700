"""The summary of findings as CSV: a line for each outcome, one for the overall certainty; numbers in full."""

from __future__ import annotations

import csv
import io

from decidua.reports.grade import models as m
from decidua.reports.grade.text import all_flags

HEADER = (
    "row", "id", "outcome", "kind", "importance", "participants", "studies", "measure", "estimate", "lower", "upper",
    "baseline_per_1000", "with_per_1000", "difference_per_1000", "difference_lower", "difference_upper", "no_absolute",
    "certainty", "certainty_lowest", "certainty_highest", "certainty_words", "footnotes", "comment", "flags",
)  # fmt: skip


def grade_csv(report: m.GradeReport) -> str:
    """Empty: there is no such value. Rows: outcome, then overall, footnote, flag, warning."""
    out = io.StringIO()
    writer = csv.DictWriter(out, HEADER, lineterminator="\n")
    writer.writeheader()
    for one in report.outcomes:
        writer.writerow({"row": "outcome", **{name: _cell(value) for name, value in _outcome(one).items()}})
    writer.writerow({"row": "overall", **_certainty(report.overall)})
    said = (
        ("footnote", [note.words for note in report.footnotes]), ("flag", all_flags(report)),
        ("warning", report.warnings),
    )  # fmt: skip
    for row, lines in said:
        for line in lines:
            writer.writerow({"row": row, "comment": _cell(line)})
    return out.getvalue()


def _outcome(one: m.OutcomeView) -> dict[str, object]:
    effect = one.relative
    relative = {name: getattr(effect, name) for name in ("measure", "estimate", "lower", "upper")} if effect else {}
    return {
        "id": one.id, "outcome": one.name, "kind": one.kind, "importance": one.importance,
        "participants": one.participants, "studies": one.studies, **relative, **_absolute(one.absolute),
        "no_absolute": one.no_absolute, **_certainty(one.certainty), "footnotes": " ".join(one.footnotes),
        "comment": one.comment, "flags": " ".join(flag.id for flag in one.flags),
    }  # fmt: skip


def _absolute(found: m.AbsoluteView | None) -> dict[str, object]:
    if found is None:
        return {}
    return {
        "baseline_per_1000": found.baseline, "with_per_1000": found.risk, "difference_per_1000": found.difference,
        "difference_lower": found.lower, "difference_upper": found.upper,
    }  # fmt: skip


def _certainty(found: m.CertaintyView) -> dict[str, object]:
    return {
        "certainty": found.stated, "certainty_lowest": found.lowest, "certainty_highest": found.highest,
        "certainty_words": found.words,
    }  # fmt: skip


def _cell(value: object) -> object:
    """A text that a spreadsheet would run as a formula is put in quotes."""
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return f"'{value}"
    return value
