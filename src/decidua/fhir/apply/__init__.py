"""PlanDefinition/$apply (FHIR R4): what is asked, what holds for the patient, and the CarePlan that says so."""

from decidua.fhir.apply.asked import Asked, read_asked
from decidua.fhir.apply.care_plan import care_plan
from decidua.fhir.apply.decided import Open, decided

__all__ = ["Asked", "Open", "care_plan", "decided", "read_asked"]
