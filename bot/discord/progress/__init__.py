"""A member's own progress."""
