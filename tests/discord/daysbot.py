"""`epoch serve` on a later day than this one; all else is as it is.

python -m tests.discord.daysbot DAYS_AHEAD
"""

from __future__ import annotations

import sys
import time
from functools import partial

from bot.discord import client

DAY_S = 86_400.0


def main() -> None:
    """Serve until told to stop, or killed."""
    ahead_s = float(sys.argv[1]) * DAY_S
    client.EpochBot = partial(client.EpochBot, clock=lambda: time.time() + ahead_s)  # type: ignore[assignment,misc]
    sys.argv = ["epoch", "serve"]
    from bot.__main__ import main as epoch

    epoch()


if __name__ == "__main__":
    main()
