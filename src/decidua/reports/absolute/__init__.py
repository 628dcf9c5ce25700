"""Printed effects in absolute terms: built, said, drawn."""
