"""Running a script safely and streaming what it does. Knows nothing of topics or Discord."""
