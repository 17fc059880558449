"""What members ask for and do not get: one error for all of it, which says why in words."""

from __future__ import annotations


class Refusal(Exception):
    """What a member asked for is not done: not now, not here, not for this member, or not in this form.

    Attributes:
        key: of the text that says why, as `run.refused.off`.
        values: what that text names.
    """

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key, self.values = key, values
