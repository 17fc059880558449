"""The bank of topics, and how a question finds its answer. Knows no front and no database."""
