"""Rate limits as Discord announces them: a bucket for each route and channel, in the headers of every answer."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable

#: (method, path below /api/v10) → requests a window, seconds of the window. What isn't here has no limit of its own.
LIMITS: tuple[tuple[re.Pattern[str], int, float], ...] = (
    (re.compile(r"POST (/channels/\d+/messages)"), 5, 5.0),
    (re.compile(r"PATCH (/channels/\d+/messages)/\d+"), 5, 5.0),
    (re.compile(r"(?:POST|PATCH|GET|DELETE) (/webhooks/\d+/[^/]+)(?:/.*)?"), 5, 2.0),
)


class Buckets:
    """Counts requests in fixed windows."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._windows: dict[str, tuple[float, int]] = {}

    def take(self, method: str, path: str) -> tuple[dict[str, str], float | None]:
        """Count one request and return the headers of its answer, and how long to wait if it is one too many."""
        for pattern, limit, window in LIMITS:
            if match := pattern.fullmatch(f"{method} {path}"):
                key = f"{method} {match[1]}"
                return self._count(key, limit, window)
        return {}, None

    def _count(self, key: str, limit: int, window: float) -> tuple[dict[str, str], float | None]:
        now = self._clock()
        until, used = self._windows.get(key, (0.0, 0))
        if now >= until:
            until, used = now + window, 0
        self._windows[key] = (until, used + 1)
        headers = {
            "X-RateLimit-Limit": str(limit),
            "X-RateLimit-Remaining": str(max(0, limit - used - 1)),
            "X-RateLimit-Reset": f"{until:.3f}",
            "X-RateLimit-Reset-After": f"{until - now:.3f}",
            "X-RateLimit-Bucket": hashlib.sha256(key.encode()).hexdigest()[:16],
        }
        return headers, until - now if used >= limit else None
