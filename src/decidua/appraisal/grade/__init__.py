"""GRADE: judgements as people recorded them, the numbers that bear on them, and where the two contradict each other."""

from __future__ import annotations

from decidua.appraisal.grade.appraised import Appraised, AppraisedOutcome, appraise
from decidua.appraisal.grade.body import Asymmetry, Body, StudyEffect
from decidua.appraisal.grade.certainty import Certainty, Overall, overall, rate
from decidua.appraisal.grade.check import Check
from decidua.appraisal.grade.file import read_appraisal
from decidua.appraisal.grade.flags import Flag
from decidua.appraisal.grade.model import Appraisal, Outcome
from decidua.appraisal.grade.rows import Shipped, read_shipped
from decidua.appraisal.grade.scale import DOMAINS, LEVELS, SYMBOLS, Level

__all__ = [
    "DOMAINS", "LEVELS", "SYMBOLS", "Appraisal", "Appraised", "AppraisedOutcome", "Asymmetry", "Body", "Certainty",
    "Check", "Flag", "Level", "Outcome", "Overall", "Shipped", "StudyEffect", "appraise", "overall", "rate",
    "read_appraisal", "read_shipped",
]  # fmt: skip
