"""Buttons, selects and the layouts they stand in. All that must outlive a restart is a `Control`."""
