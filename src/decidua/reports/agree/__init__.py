"""Ratings by AGREE II: built and shown."""
