"""Today's plan towards a day, and reminders of it."""
