"""From a question to the passage that answers it."""
