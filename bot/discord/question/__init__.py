"""The source questions by number."""
