"""What is kept of a member: shown, given out, deleted."""
