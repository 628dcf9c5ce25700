"""The page that a clinician sits in front of: her patient on the left, what each guideline says on the right."""
