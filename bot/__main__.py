"""`python -m bot` and the `epoch` command: the one place where settings are built and errors become exit statuses."""

from __future__ import annotations

import sys

from bot.cli import EXIT_INTERRUPTED, app


def main() -> None:
    """Run the command line and exit with its status."""
    try:
        app()
    except KeyboardInterrupt:
        sys.exit(EXIT_INTERRUPTED)


if __name__ == "__main__":
    main()
