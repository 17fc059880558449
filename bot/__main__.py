"""`python -m bot` and the `epoch` command."""

from __future__ import annotations

import gc
import sys

from bot import exits


def main() -> None:
    """Run the command line and exit with its status."""
    try:
        # To import all that a command needs takes a second, in which Ctrl-C is pressed as well as later.
        gc.disable()  # of what is imported nothing is garbage, and to look for some takes a sixth of that time
        from bot.cli import _entry

        gc.enable()
        _entry.main()
    except KeyboardInterrupt:
        sys.exit(exits.INTERRUPTED)


if __name__ == "__main__":
    main()
