"""The patient as entered in a form: raw fields, read as a patient file is read.

    fields  --write_case-->  the text of a patient file  --intake.read_patient-->  a patient

So the form has no meaning of its own: the same text, saved and given to the command, says the same.
"""

from decidua.web.patient_form.entered import Entered, FieldProblem, conflict, entered, loses
from decidua.web.patient_form.fields import Fields, patient_fields

__all__ = ["Entered", "FieldProblem", "Fields", "conflict", "entered", "loses", "patient_fields"]
