"""The patient as the guidelines can meet her: stated names checked against what the facts give."""

from __future__ import annotations

from dataclasses import replace

from decidua.answers import conclude
from decidua.criteria import truth
from decidua.errors import PatientConflictError
from decidua.facts import Patient
from decidua.guidelines import Knowledge


def admit(knowledge: Knowledge, patient: Patient) -> Patient:
    """The patient with what follows from the names that are stated.

    Raises PatientConflictError where a stated name contradicts what the other facts compute.
    """
    for name in sorted(knowledge.stated & set(patient.values)):
        values = {fact: value for fact, value in patient.values.items() if fact != name}
        computed = truth(knowledge.names[name], values, knowledge.names, knowledge.settled)
        if computed is not None and computed is not patient.values[name]:
            label = knowledge.named[name].label
            key = "error.stated-yes" if patient.values[name] else "error.stated-no"
            raise PatientConflictError(key, name=name, label_en=label.en, label_ko=label.ko)
    values, origins = conclude(knowledge, patient.values)
    return replace(patient, values=values, origins={**patient.origins, **origins})
