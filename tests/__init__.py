"""The tests mirror the source tree; `tests.discord` also holds a loopback Discord of its own."""
