"""Pooling of studies: numbers only, usable without the rest of the package (NumPy and SciPy are all it needs).

Arrays of (analyses, studies) with a mask are the primitive, so that ten thousand analyses are one call; one analysis
is a batch of one. Effects are on the analysis scale: logarithms for ratios.

>>> table = counts([4, 6, 3], [123, 306, 231], [11, 29, 11], [139, 303, 220])
>>> pooled = pool_random(binary_effects(table, "RR"), "REML", "hksj")
>>> round(float(pooled.estimate[0]), 4), pooled.conventions["tau2"]
(-1.3302, 'REML')
"""

from decidua.synthesis.arrays import Effects, effects, refuse_reviews
from decidua.synthesis.asymmetry import begg, egger, harbord, peters
from decidua.synthesis.binary import binary_effects
from decidua.synthesis.continuous import continuous_effects, means
from decidua.synthesis.counts import Counts, counts
from decidua.synthesis.heterogeneity import q_profile
from decidua.synthesis.influence import influence
from decidua.synthesis.mantel_haenszel import pool_mantel_haenszel, pool_mantel_haenszel_random
from decidua.synthesis.peto import pool_peto
from decidua.synthesis.pooled import Pooled
from decidua.synthesis.pooling import pool_fixed, pool_random
from decidua.synthesis.refusals import Refusal
from decidua.synthesis.regression import regress
from decidua.synthesis.reported import reported_effects
from decidua.synthesis.sensitivity import cumulative, leave_one_out
from decidua.synthesis.subgroups import subgroups
from decidua.synthesis.trim_fill import trim_and_fill

__all__ = [
    "Counts", "Effects", "Pooled", "Refusal", "begg", "binary_effects", "continuous_effects", "counts", "cumulative",
    "effects", "egger", "harbord", "influence", "leave_one_out", "means", "peters", "pool_fixed",
    "pool_mantel_haenszel", "pool_mantel_haenszel_random", "pool_peto", "pool_random", "q_profile", "refuse_reviews",
    "regress", "reported_effects", "subgroups", "trim_and_fill",
]  # fmt: skip
