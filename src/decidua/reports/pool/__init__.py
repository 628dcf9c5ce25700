"""Pooled effects: planned, computed, said."""
