"""Drills: functions that members write themselves."""
