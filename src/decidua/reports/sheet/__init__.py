"""The counselling sheet: one A4 page for one patient and a few therapies, opened by a clinician."""

from decidua.reports.sheet.build import CARE, MOST, build_sheet, sheet_for
from decidua.reports.sheet.models import Sheet
from decidua.reports.sheet.numbers import Numbers, read_numbers

__all__ = ["CARE", "MOST", "Numbers", "Sheet", "build_sheet", "read_numbers", "sheet_for"]
