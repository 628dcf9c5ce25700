"""The numbers of every outcome: pooled from a file or from rows of a shipped table, or as others printed them."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

from decidua.appraisal.grade.bodies import Cells, Numbers, Pooling, StudyFile
from decidua.appraisal.grade.body import Asymmetry, Body, StudyEffect
from decidua.appraisal.grade.cells import contradicted, printed_effect, studies_of
from decidua.appraisal.grade.magnitude import FEWEST
from decidua.appraisal.grade.model import Appraisal, Outcome
from decidua.appraisal.grade.rows import Shipped, take
from decidua.appraisal.grade.values import in_language
from decidua.content import line_of
from decidua.errors import DeciduaError
from decidua.language import Lang
from decidua.reports.pool import models as m
from decidua.reports.pool.build import build_pool_report
from decidua.reports.pool.plan import Asked
from decidua.studies import read_studies
from decidua.studies.table import StudyTable
from decidua.synthesis.reported import is_ratio


def bodies_of(path: Path, appraisal: Appraisal, shipped: Shipped, lang: Lang) -> dict[str, Body | None]:
    """Outcome → numbers, None where there are none. Raises DeciduaError with the line of the body that is wrong."""
    found: dict[str, Body | None] = {}
    for at, outcome in enumerate(appraisal.outcomes):
        try:
            found[outcome.id] = _body(path, outcome, shipped, lang)
        except DeciduaError as error:
            raise error.at(f"{path}:{line_of(path, ('outcomes', at, 'body'))}") from None
    return found


def _body(path: Path, outcome: Outcome, shipped: Shipped, lang: Lang) -> Body | None:
    given = outcome.body
    if given is None:
        return None
    if given.numbers is not None:
        return _as_printed(given.numbers, lang)
    if given.studies is not None:
        return _from_file(path, given.studies, lang)
    return None if given.cells is None else _from_cells(given.cells, shipped, lang)


def _as_printed(given: Numbers, lang: Lang) -> Body:
    return Body(
        in_language(given.source, lang), given.measure, given.estimate, given.lower, given.upper,
        studies=given.studies, participants=given.participants, events=given.events, i2=given.i2, q_p=given.q_p,
        prediction=given.prediction, computed=False,
    )  # fmt: skip


def _from_file(path: Path, given: StudyFile, lang: Lang) -> Body:
    asked = _asked(given, 0)
    table = read_studies(str(path.parent / given.file), asked.wanted)
    return _pooled(table, given, given.file, lang)


def _from_cells(given: Cells, shipped: Shipped, lang: Lang) -> Body:
    taken = take(given, shipped)
    own, beside = contradicted(taken)
    printed = printed_effect(taken)
    source = f"{given.table}: {', '.join(given.rows)}"
    body = _as_printed(printed, lang) if printed else _pooled(studies_of(taken), given, source, lang)
    return replace(
        body, source=source, mismatched=own, beside=beside, refused=taken.refused, designs=taken.designs,
        unrecorded=taken.unrecorded,
    )  # fmt: skip


def _asked(given: Pooling, studies: int) -> Asked:
    extras = ("asymmetry",) if studies >= FEWEST else ()
    return Asked(given.measure, given.model, given.method, given.tau2, given.ci, given.zero, extras=extras)


def _pooled(table: StudyTable, given: Pooling, source: str, lang: Lang) -> Body:
    report = build_pool_report(table, _asked(given, int(table.given.sum())), lang)
    back = report.back_transformed
    if back.estimate is None or back.ci is None:
        raise AssertionError("pooling reports what cannot be estimated itself")
    people, events = _counted(table, report)
    return Body(
        source, report.measure, back.estimate, *back.ci, studies=report.k, participants=people, events=events,
        effects=tuple(_effect(study, report.measure) for study in report.studies if study.weight is not None),
        i2=report.i2, tau2=report.tau2, q_p=report.q_p, prediction=back.prediction,
        asymmetry=tuple(Asymmetry(t.test, t.p, t.k) for t in report.asymmetry or () if t.test in ("egger", "peters")),
        notes=report.notes, conventions=report.conventions,
    )  # fmt: skip


def _counted(table: StudyTable, report: m.PoolReport) -> tuple[int | None, int | None]:
    """Participants and events of the studies that are in the estimate."""
    inside = [study.weight is not None for study in report.studies]
    if table.kind == "reported":
        return None, None
    people = sum(int(table.numbers[name][inside].sum()) for name in ("n1i", "n2i"))
    if table.kind == "means":
        return people, None
    return people, sum(int(table.numbers[name][inside].sum()) for name in ("ai", "ci"))


def _effect(study: m.StudyView, measure: str) -> StudyEffect:
    if study.estimate is None or study.ci is None:
        raise AssertionError("a study with a weight has an effect")
    values = (study.estimate, *study.ci)
    return StudyEffect(study.study, *(math.exp(v) if is_ratio(measure) else v for v in values))
