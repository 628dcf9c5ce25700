"""Made-up audits: women drawn one by one and counted, so that every table goes together with every other."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, replace

from decidua.audit.models import (
    About,
    AgreementRow,
    AnswerRow,
    Audit,
    ConcordanceRow,
    DefinitionRow,
    Met,
    ReadingRow,
    Screen,
    StepRow,
    UnknownRow,
)  # fmt: skip
from decidua.reports.audit.rows import screen_of

GUIDELINES = ("asrm-2012", "eshre-2022", "asri-2025")
OPTIONS = ("ivig", "heparin-aspirin", "lit", "test:vitamin-d")
ANSWERS = ("recommended", "conditional", "against", "insufficient", "out-of-scope", "needs-data", "disputed")
STATEMENT = "eshre-2022.ivig"
STEPS = (
    ("losses >= 2", "losses: 2 or more", "유산: 2회 이상"),
    ("unexplained@eshre-2022", "unexplained by this guideline", "이 가이드라인 기준 원인 불명"),
    ("losses >= 4", "losses: 4 or more", "유산: 4회 이상"),
)


@dataclass(frozen=True)
class Woman:
    centre: str | None
    year: str
    met: str
    done: tuple[Met, ...]
    answers: tuple[tuple[str, ...], ...]
    """By guideline, then by option."""
    steps: int


def women(count: int, seed: int = 1, centres: int = 5) -> list[Woman]:
    draw = random.Random(seed)
    names = [f"C{at}" for at in range(1, centres + 1)]
    weights = [3**at for at in range(centres, 0, -1)]
    return [_woman(draw, names, weights) for _ in range(count)]


def _woman(draw: random.Random, names: list[str], weights: list[int]) -> Woman:
    met = draw.choices(("yes", "no", "unknown"), (80, 12, 8))[0]
    answers = tuple(
        tuple(
            "out-of-scope" if met == "no" else "needs-data" if met == "unknown"
            else draw.choices(ANSWERS, (6 + 4 * g, 3, 5, 9, 0, 20, 1 if g == 2 else 0))[0]
            for _ in OPTIONS
        )
        for g in range(len(GUIDELINES))
    )  # fmt: skip
    done: tuple[Met, ...] = tuple(draw.choices(("yes", "no", "unknown"), (2, 6, 3))[0] for _ in OPTIONS)  # type: ignore[misc]
    centre = draw.choices([*names, None], [*weights, 1])[0]
    year = str(draw.choice((2018, 2019, 2020, 2021)))
    return Woman(centre, year, met, done, answers, 0 if met != "yes" else draw.choices((1, 2, 3), (5, 3, 2))[0])


def audit_of(cohort: list[Woman], *, synthetic: bool = True) -> Audit:
    about = About(
        software="0.1.0", content="0123456789ab", as_of="2025-06-30", synthetic=synthetic, seed=1,
        rows=len(cohort) + 3, refused=3, engine="polars", guidelines=GUIDELINES, options=OPTIONS,
        groups=("centre", "year"),
    )  # fmt: skip
    return Audit(
        about,
        definitions=tuple(
            DefinitionRow(g, group, value, met, n)  # type: ignore[arg-type]
            for g in GUIDELINES for (group, value, met), n in _grouped(cohort, lambda one: (one.met,))
        ),
        answers=tuple(
            row for g in range(len(GUIDELINES)) for o in range(len(OPTIONS)) for row in _answers(cohort, g, o)
        ),
        agreement=tuple(row for o in range(len(OPTIONS)) for row in _agreement(cohort, o)),
        concordance=tuple(row for o in range(len(OPTIONS)) for row in _concordance(cohort, o)),
        unknowns=(
            UnknownRow("eshre-2022", "ivig", "losses", len(cohort) // 5, len(cohort) // 9),
            UnknownRow("eshre-2022", "ivig", "peripheral_nk", 3, 1),
            UnknownRow("asri-2025", "ivig", "peripheral_nk", len(cohort) // 3, len(cohort) // 4),
        ),
        readings=(ReadingRow("asri-2025", "ivig", "asri-2025.ivig.connector", len(cohort) // 7),),
        attrition=tuple(_steps(cohort)),
    )  # fmt: skip


def _grouped(
    cohort: Iterable[Woman], key: Callable[[Woman], tuple[Hashable, ...]]
) -> Iterable[tuple[tuple[object, ...], int]]:
    found: Counter[tuple[object, ...]] = Counter()
    for one in cohort:
        for group, value in (("", ""), ("centre", one.centre), ("year", one.year)):
            found[group, value, *key(one)] += 1
    return found.items()


def _answers(cohort: list[Woman], g: int, o: int) -> Iterable[AnswerRow]:
    for (group, value, answer, done), n in _grouped(cohort, lambda one: (one.answers[g][o], one.done[o])):
        yield AnswerRow(GUIDELINES[g], OPTIONS[o], group, value, answer, done, n)  # type: ignore[arg-type]


def _screen(answer: str) -> Screen:
    screen = screen_of(answer)
    return "not-enough" if screen == "weak" else screen


def _agreement(cohort: list[Woman], o: int) -> Iterable[AgreementRow]:
    def key(one: Woman) -> tuple[Hashable, ...]:
        return tuple((g, _screen(one.answers[at][o])) for at, g in enumerate(GUIDELINES)), one.done[o]

    for (group, value, screens, done), n in _grouped(cohort, key):
        yield AgreementRow(OPTIONS[o], group, value, screens, done, n)  # type: ignore[arg-type]


def _concordance(cohort: list[Woman], o: int) -> Iterable[ConcordanceRow]:
    measured = OPTIONS[o] == "ivig"

    def key(one: Woman) -> tuple[Hashable, ...]:
        answer, done = one.answers[1][o], one.done[o]
        if done == "unknown":
            return ("not-recorded",)
        if not measured or answer not in ("recommended", "against"):
            return ("variation",)
        return ("concordant" if (answer == "recommended") == (done == "yes") else "discordant",)

    for (group, value, verdict), n in _grouped(cohort, key):
        statements = (STATEMENT,) if measured else ()
        yield ConcordanceRow("eshre-2022", OPTIONS[o], statements, group, value, verdict, n)  # type: ignore[arg-type]


def _steps(cohort: list[Woman]) -> Iterable[StepRow]:
    for at, (criterion, en, ko) in enumerate(STEPS):
        yes = sum(one.steps > at for one in cohort)
        unknown = sum(one.met == "unknown" for one in cohort)
        yield StepRow(
            "eshre-2022", "ivig", STATEMENT, at, criterion, en, ko, yes, len(cohort) - yes - unknown, unknown
        )  # fmt: skip


def without_mark(audit: Audit) -> Audit:
    return replace(audit, about=replace(audit.about, synthetic=False, seed=None))
