"""Audit: many patients met with every guideline, as counts."""
