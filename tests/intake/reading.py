"""What the intake tests share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from decidua.intake import Intake

AS_OF = date(2024, 6, 1)
STATED = ("unexplained@asri-2025", "unexplained@eshre-2022", "persistent_apl")
Read = Callable[..., Intake]
"""Text or bytes, and an as-of date (AS_OF) → Intake."""
