"""Whole interviews."""
