"""Labelled interview answers: those the grader is fitted on, and those kept apart; of claims turned round both."""

from __future__ import annotations

from pathlib import Path

_DATA = Path(__file__).parents[1] / "data"
FITTED = _DATA / "grading.jsonl"
HELD = _DATA / "grading_held.jsonl"
TURNED = _DATA / "grading_turned.jsonl"
