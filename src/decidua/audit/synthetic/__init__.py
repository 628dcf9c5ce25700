"""Synthetic cohorts for benchmarks, tests and trying things out. Plausible, not real; needs the extras below.

Needs the extras `columns` (Polars) and `evidence` (NumPy). No conclusion about care may be drawn from what is made.
"""

from decidua.audit.synthetic.cohort import Cohort
from decidua.audit.synthetic.load import Model, read_model

__all__ = ["Cohort", "Model", "read_model"]
