"""Drills: a learner's own code, judged by what it gives back."""
