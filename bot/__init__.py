"""The fronts (Discord, terminal) and what they share; the only package that knows either."""
