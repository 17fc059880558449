"""A loopback Discord, the checks on what reaches it, and the real `epoch serve` against both."""
