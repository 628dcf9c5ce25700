"""Files of studies: CSV with metafor's column names, and RevMan 5's .rm5; every row keeps its line."""

from decidua.studies.read import read_studies, read_study_bytes
from decidua.studies.table import StudyTable

__all__ = ["StudyTable", "read_studies", "read_study_bytes"]
