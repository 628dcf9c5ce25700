"""SMART App Launch: the consult form filled from an EHR's record, for a clinician who allows it there."""
