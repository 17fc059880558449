"""`python -m bot` and the `epoch` command: the one place where settings are built."""

from __future__ import annotations

import sys

from pydantic import ValidationError

from bot.cli import EXIT_FAILED, EXIT_INTERRUPTED, EXIT_USAGE, app, log_to_stderr
from bot.console import streams
from bot.settings import Settings
from knowledge.silence import silence


def main() -> None:
    """Run the command line and exit with its status."""
    streams.mend()
    silence()
    sys.exit(_status())


def _status() -> int:
    try:
        settings = Settings()
    except ValidationError as error:
        return _complain(unusable(error), EXIT_USAGE)
    server = sys.argv[1:2] == ["serve"]
    if streams.is_lost("stdout") and not server:
        return _complain("standard output is closed, so there is nowhere to print to; leave it open, or use > FILE")
    log_to_stderr(settings.log_level, server=server)
    try:
        app(obj=settings)
        status = 0
    except KeyboardInterrupt:
        status = EXIT_INTERRUPTED
    except SystemExit as ended:
        status = ended.code if isinstance(ended.code, int) else 0
    unwritten = streams.finish()
    if unwritten is None:
        return status
    return _complain(f"the output cannot be written: {unwritten}; make room for it") if unwritten else EXIT_FAILED


def _complain(message: str, status: int = EXIT_FAILED) -> int:
    sys.stderr.write(f"epoch: {message}\n")
    return status


def unusable(error: ValidationError) -> str:
    """Say in one line which variable has a value that does not fit, and never what the value was."""
    first = error.errors(include_input=False)[0]
    field = str(first["loc"][0]).upper()
    variable = field if field.startswith("DISCORD") else f"EPOCH_{field}"
    return f"{variable} is not usable: {first['msg']}; .env.example shows what fits"


if __name__ == "__main__":
    main()
