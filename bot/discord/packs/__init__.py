"""Trivia packs that the host of a server uploads."""
