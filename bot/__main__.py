"""`python -m bot` and the `epoch` command: the one place where settings are built."""

from __future__ import annotations

import sys

from pydantic import ValidationError

from bot.cli import EXIT_INTERRUPTED, EXIT_USAGE, app, log_to_stderr
from bot.settings import Settings


def main() -> None:
    """Run the command line and exit with its status."""
    try:
        settings = Settings()
    except ValidationError as error:
        sys.stderr.write(f"epoch: {unusable(error)}\n")
        sys.exit(EXIT_USAGE)
    log_to_stderr(settings.log_level, server=sys.argv[1:2] == ["serve"])
    try:
        app(obj=settings)
    except KeyboardInterrupt:
        sys.exit(EXIT_INTERRUPTED)


def unusable(error: ValidationError) -> str:
    """Say in one line which variable has a value that does not fit, and never what the value was."""
    first = error.errors(include_input=False)[0]
    field = str(first["loc"][0]).upper()
    variable = field if field.startswith("DISCORD") else f"EPOCH_{field}"
    return f"{variable} is not usable: {first['msg']}; .env.example shows what fits"


if __name__ == "__main__":
    main()
