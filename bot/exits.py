"""Exit statuses of the `epoch` command; 0 is done."""

from __future__ import annotations

#: The thing asked for failed.
FAILED = 1
#: It was asked for in a way that makes no sense.
USAGE = 2
#: Ctrl-C, as shells have it.
INTERRUPTED = 130
