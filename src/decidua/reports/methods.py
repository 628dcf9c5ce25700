"""A paragraph on methods, written from the analysis itself: what was done is said, what was not is absent.

Each sentence is a whole template; each cites the papers of what it names, and only these are listed.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.resources import files

import yaml

from decidua.language import Lang, Model, say
from decidua.reports.pool.choices import Choices, choices
from decidua.reports.pool.models import PoolReport
from decidua.synthesis.reported import is_ratio

TAU2 = {
    "DL": "dersimonian-1986", "PM": "paule-1982", "REML": "viechtbauer-2005", "ML": "hardy-1996", "EB": "morris-1983",
    "SJ": "sidik-2005", "HE": "hedges-1983", "HS": "hunter-1990",
}  # fmt: skip
MODELS = {
    "fixed-iv": (), "random-iv": (), "fixed-mh": ("mantel-1959",), "fixed-peto": ("yusuf-1985",),
    "random-mh": ("deeks-2010", "mantel-1959", "dersimonian-1986"),
}  # fmt: skip
VARIANCES = {
    "Robins, Breslow and Greenland 1986": "robins-1986", "Greenland and Robins 1985": "greenland-1985",
    "Sato, Greenland and Robins 1989": "sato-1989",
}  # fmt: skip
INTERVALS = {"wald": (), "hksj": ("knapp-2003", "sidik-2002"), "hksj-floor": ("knapp-2003", "sidik-2002")}
PREDICTIONS = {"higgins": ("higgins-2009",), "inthout": ("inthout-2016",), "normal": ()}
TESTS = {"egger": "egger-1997", "begg": "begg-1994", "peters": "peters-2006", "harbord": "harbord-2006"}

Sentence = tuple[str, tuple[str, ...], dict[str, object]]
"""Key, cited papers, parts"""


class Reference(Model):
    """`doi`: None where the paper has none, or none could be verified."""

    number: int
    id: str
    text: str
    doi: str | None


class Methods(Model):
    text: str
    references: tuple[Reference, ...]


def write_methods(report: PoolReport) -> Methods:
    """In the report's language; references are numbered in the order in which they are cited."""
    order: dict[str, int] = {}
    said = []
    for key, cited, parts in _sentences(report, choices(report)):
        for paper in cited:
            order.setdefault(paper, len(order) + 1)
        numbers = ", ".join(str(order[paper]) for paper in cited)
        said.append(say(report.language, key, cite=f"[{numbers}]", **parts))
    papers = _papers()
    listed = tuple(
        Reference(number=number, id=paper, text=papers[paper]["text"], doi=papers[paper].get("doi"))
        for paper, number in order.items()
    )
    return Methods(text=" ".join(said), references=listed)


@cache
def _papers() -> dict[str, dict[str, str]]:
    text = (files("decidua.reports") / "references.yaml").read_text("utf-8")
    found: dict[str, dict[str, str]] = yaml.load(text, Loader=yaml.CSafeLoader)
    return found


def _sentences(report: PoolReport, chosen: Choices) -> Iterator[Sentence]:
    yield from _effects(report, chosen)
    yield from _model(report, chosen)
    yield from _heterogeneity(report, chosen)
    yield from _further(report, chosen)
    yield from _small_studies(report)
    yield "methods.software", (), {"software": report.software}


def _effects(report: PoolReport, chosen: Choices) -> Iterator[Sentence]:
    name = measure_name(report.language, report.measure)
    if report.measure == "SMD" and "standardised" in report.conventions:
        yield "methods.measure-smd", ("hedges-1981",), {"measure": name}
    else:
        key = "methods.measure-ratio" if is_ratio(report.measure) else "methods.measure-difference"
        yield key, (), {"measure": name}
    if "standard error" in report.conventions:
        yield "methods.reported", (), {}
    if chosen.zero is not None:
        yield f"methods.zero-{chosen.zero}", (), {}


def _model(report: PoolReport, chosen: Choices) -> Iterator[Sentence]:
    left = len(report.studies) - report.k
    cited: tuple[str, ...] = MODELS[chosen.model]
    if chosen.model == "fixed-mh":
        cited = (*cited, VARIANCES[report.conventions["variance"]])
    yield f"methods.model-{chosen.model}", cited, {"k": report.k}
    if left:
        yield "methods.left-out", (), {"count": left}
    if report.tau2 is not None and chosen.tau2 is not None:
        yield f"methods.tau2-{chosen.tau2}", (TAU2[chosen.tau2],), {}
    yield f"methods.interval-{chosen.interval}", INTERVALS[chosen.interval], {"level": percent(report.level)}


def _heterogeneity(report: PoolReport, chosen: Choices) -> Iterator[Sentence]:
    if report.q is not None:
        source = "q" if chosen.i2_from_q else "tau2"
        yield f"methods.heterogeneity-{source}", ("higgins-2002",), {}
    if report.heterogeneity.tau2_ci is not None:
        yield "methods.q-profile", ("viechtbauer-2007",), {"level": percent(report.level)}
    if report.prediction is not None and chosen.prediction is not None:
        yield f"methods.prediction-{chosen.prediction}", PREDICTIONS[chosen.prediction], {}


def _further(report: PoolReport, chosen: Choices) -> Iterator[Sentence]:
    if report.subgroups is not None:
        key = "methods.subgroups-random" if chosen.random else "methods.subgroups-fixed"
        yield key, ("borenstein-2009",), {"column": report.subgroups.column}
    if report.regression is not None:
        names = ", ".join(c.name for c in report.regression.coefficients if c.name != "intercept")
        yield "methods.regression", (), {"names": names}
    if report.leave_one_out is not None:
        yield "methods.leave-one-out", (), {}
    if report.cumulative is not None:
        yield "methods.cumulative", ("lau-1995",), {}
    if report.influence is not None:
        yield "methods.influence", ("viechtbauer-2010",), {}


def _small_studies(report: PoolReport) -> Iterator[Sentence]:
    for test in report.asymmetry or ():
        yield f"methods.{test.test}", (TESTS[test.test],), {}
    if report.asymmetry:
        yield "methods.asymmetry-limits", ("sterne-2011",), {}
    if report.trim_and_fill is not None:
        yield "methods.trim-fill", ("duval-2000a", "duval-2000b"), {}


def measure_name(lang: Lang, measure: str) -> str:
    """The measure in words, small letters. Raises KeyError for one that is not known."""
    return say(lang, f"picture.measure-{measure}")


def percent(level: float) -> str:
    return f"{100 * level:.6g}%"
