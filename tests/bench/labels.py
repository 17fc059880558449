"""Labelled interview answers: those the grader's weights are fitted on, and those kept apart."""

from __future__ import annotations

from pathlib import Path

_DATA = Path(__file__).parents[1] / "data"
FITTED = _DATA / "grading.jsonl"
HELD = _DATA / "grading_held.jsonl"
