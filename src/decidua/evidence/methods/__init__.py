"""Candidate methods, one module for each family. Imported only to recompute: most need SciPy."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

from decidua.evidence.methods.candidate import Candidate, Family, Given, Outcome

FAMILIES: Mapping[str, tuple[str, str]] = {
    "percentage": ("percentages", "percentage"),
    "whole-number": ("percentages", "whole_number"),
    "effect": ("effects", "effect"),
    "proportion-interval": ("proportions", "proportion_interval"),
    "p-from-counts": ("two_by_two", "p_from_counts"),
    "p-from-percentages": ("two_by_two", "p_from_percentages"),
    "p-from-means": ("means", "p_from_means"),
    "middle": ("limits", "middle"),
    "p-from-interval": ("limits", "p_from_interval"),
    "sum": ("sums", "total"),
    "equal": ("sums", "equal"),
    "conversion": ("sums", "conversion"),
    "pool": ("pooling", "pool"),
    "pool-estimates": ("pooling", "pool_estimates"),
    "from-chi2": ("heterogeneity", "from_chi2"),
    "p-from-z": ("heterogeneity", "p_from_z"),
    "subgroup-difference": ("heterogeneity", "subgroup_difference"),
    "interaction": ("heterogeneity", "interaction"),
}
"""Name of a family in the content → its module and function."""

__all__ = ["FAMILIES", "Candidate", "Family", "Given", "Outcome", "family"]


def family(name: str) -> Family:
    module, function = FAMILIES[name]
    found: Family = getattr(import_module(f"decidua.evidence.methods.{module}"), function)
    return found
