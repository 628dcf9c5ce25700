"""Pages without a patient: comparison, therapies and tests, evidence, guidelines, pooling, about."""
