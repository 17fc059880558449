"""From how a program ended to what it is called: outcome and limit.

The guard names the limits it enforced itself. Those that the kernel enforces show as a signal or as the program's own
last words; a program could fake the latter, and would mislead nobody but its author.
"""

from __future__ import annotations

import re
import signal

from runners.models import LimitName, Outcome

OUTCOMES: dict[LimitName, Outcome] = {
    "wall": "timeout",
    "cpu": "timeout",
    "memory": "memory",
    "processes": "error",
    "files": "disk_limit",
    "output": "output_limit",
    "disk": "disk_limit",
}
_SIGNALS: dict[int, LimitName] = {-signal.SIGXCPU: "cpu", -signal.SIGXFSZ: "files"}
_LAST_WORDS: tuple[tuple[re.Pattern[str], LimitName], ...] = (
    (re.compile(r"^(\w+\.)*_?(Array)?MemoryError\b|std::bad_alloc|OOM when allocating"), "memory"),
    (re.compile(r"^OSError: \[Errno 12\]"), "memory"),
    (re.compile(r"^OSError: \[Errno 28\]"), "disk"),
    (re.compile(r"^OSError: \[Errno 27\]"), "files"),
    (re.compile(r"can't start new thread|^BlockingIOError: \[Errno 11\]"), "processes"),
)


def judge(exit_code: int, named: str, last_words: str) -> tuple[Outcome, LimitName | None]:
    """Return outcome and limit of a program that ran.

    Args:
        exit_code: its exit status, negative for a signal.
        named: the limit the guard enforced, `disk?` when the disk was full at some moment, `-` for none.
        last_words: the end of its standard error.
    """
    limit: LimitName | None = next((name for name in OUTCOMES if name == named), None)
    if limit is None and exit_code != 0:
        limit = _SIGNALS.get(exit_code) or ("disk" if named == "disk?" else _said(last_words))
    if limit is not None:
        return OUTCOMES[limit], limit
    return ("ok" if exit_code == 0 else "error"), None


def _said(last_words: str) -> LimitName | None:
    for line in reversed(last_words.strip().splitlines()[-3:]):
        for pattern, limit in _LAST_WORDS:
            if pattern.search(line):
                return limit
    return None
