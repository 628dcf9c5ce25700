"""From a patient file to a Patient: the table of pregnancies, dated results, stated against computed."""

from decidua.intake.blank import blank_patient
from decidua.intake.patient_file import read_patient, read_patient_file
from decidua.intake.pregnancies import Pregnancy
from decidua.intake.problems import PatientErrors
from decidua.intake.results import Result
from decidua.intake.steps import Intake

__all__ = [
    "Intake", "PatientErrors", "Pregnancy", "Result", "blank_patient", "read_patient", "read_patient_file",
]  # fmt: skip
