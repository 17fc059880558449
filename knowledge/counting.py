"""Numbers of things in English: the noun agrees with the number, and thousands are set apart."""

from __future__ import annotations


def counted(count: int, one: str, many: str | None = None) -> str:
    """Return `1 topic`, `2 topics`, `1,000 topics`; `many` is the plural where it is not `one` with an s."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"
