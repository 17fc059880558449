"""An interview answer graded against the key points of a topic."""
