"""`python -m bot` and the `epoch` command."""

from __future__ import annotations

import sys

from bot import exits


def main() -> None:
    """Run the command line and exit with its status."""
    try:
        # To import all that a command needs takes a second, in which Ctrl-C is pressed as well as later.
        from bot.cli import _entry

        _entry.main()
    except KeyboardInterrupt:
        sys.exit(exits.INTERRUPTED)


if __name__ == "__main__":
    main()
