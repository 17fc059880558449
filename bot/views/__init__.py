"""Buttons, selects and modals; those that must outlive a restart are dynamic items."""
