"""One member interviews another."""
