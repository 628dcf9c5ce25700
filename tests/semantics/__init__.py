"""What the words mean: truth, possible worlds, masks. Brute force is the judge."""
