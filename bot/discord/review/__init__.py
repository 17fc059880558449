"""Spaced repetition."""
