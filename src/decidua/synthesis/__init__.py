"""Pooling of studies: numbers only, usable without the rest of the package.

Arrays of (analyses, studies) with a mask are the primitive, so that ten thousand analyses are one call; one analysis
is a batch of one. Effects are on the analysis scale: logarithms for ratios.
"""
