"""Quiz rounds in a channel."""
