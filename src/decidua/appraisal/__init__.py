"""How far to trust the evidence: recorded judgements with the numbers that bear on them (GRADE, AGREE II)."""
