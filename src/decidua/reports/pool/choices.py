"""Which methods a report of `decidua pool` was computed with, read from its named conventions."""

from __future__ import annotations

from dataclasses import dataclass

from decidua.reports.pool.models import PoolReport
from decidua.synthesis.pooled import PREDICTIONS

_MODELS = {
    "fixed, inverse variance": "fixed-iv", "random, inverse variance": "random-iv",
    "fixed, Mantel-Haenszel": "fixed-mh", "fixed, Peto": "fixed-peto", "random, RevMan 5": "random-mh",
}  # fmt: skip
_INTERVALS = {
    "Wald": "wald", "Hartung-Knapp-Sidik-Jonkman with floor": "hksj-floor", "Hartung-Knapp-Sidik-Jonkman": "hksj"
}  # fmt: skip
_ZERO = {
    "metafor: 0.5": "metafor", "metafor: nothing": "metafor-mh", "RevMan 5": "revman", "nothing added": "peto",
}  # fmt: skip


@dataclass(frozen=True)
class Choices:
    """`model`: fixed-iv, fixed-mh, fixed-peto, random-iv or random-mh. `interval`: wald, hksj or hksj-floor.

    `tau2`: the estimator; None where there is none, or where the model says it. `zero`: None: there are no counts.
    `i2_from_q`: else I² comes from tau².
    """

    model: str
    tau2: str | None
    interval: str
    prediction: str | None
    zero: str | None
    i2_from_q: bool

    @property
    def random(self) -> bool:
        return self.model.startswith("random")


def choices(report: PoolReport) -> Choices:
    said = report.conventions
    model = _named(_MODELS, said["model"])
    return Choices(
        model=model,
        tau2=said["tau2"] if model == "random-iv" else None,
        interval=_named(_INTERVALS, said["ci"]),
        prediction=next((name for name, words in PREDICTIONS.items() if words == said.get("prediction")), None),
        zero=_named(_ZERO, said["zero"]) if "zero" in said else None,
        i2_from_q=said["i2"].startswith("from Q"),
    )


def _named(names: dict[str, str], said: str) -> str:
    """The first name whose words begin what is said. Raises KeyError where none does: a convention without a name."""
    for words, name in names.items():
        if said.startswith(words):
            return name
    raise KeyError(said)
