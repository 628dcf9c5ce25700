"""Decidua: guidelines for recurrent pregnancy loss, computable and side by side."""

__version__ = "0.1.0"
