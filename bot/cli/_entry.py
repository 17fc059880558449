"""A whole run of the command line, from the settings to the exit status: the one place where settings are built."""

from __future__ import annotations

import sys

import typer
from pydantic import ValidationError
from typer.exceptions import TyperException

from bot import exits
from bot.cli import (
    app,
    complain,
    interface_lang,
    locale_lang,
    log_to_stderr,
)
from bot.cli._language import in_interface_lang, is_help, usage_problem
from bot.settings import Settings
from bot.terminal import streams
from bot.wording.translation import speak
from knowledge.search.silence import silence


def main() -> None:
    """Run the command line and exit with its status."""
    streams.mend()
    silence()
    status = _status()
    unwritten = streams.finish()
    if unwritten:
        complain(f"the output cannot be written: {unwritten}; make room for it")
    sys.exit(status if unwritten is None else exits.FAILED)


def _status() -> int:
    try:
        settings = Settings()
    except ValidationError as error:
        speak(locale_lang())
        complain(unusable(error))
        return exits.USAGE
    lang = interface_lang(settings)
    speak(lang)
    server = sys.argv[1:2] == ["serve"]
    if streams.is_lost("stdout") and not server:
        complain("standard output is closed, so there is nowhere to print to; leave it open, or use > FILE")
        return exits.FAILED
    log_to_stderr(settings.log_level, server=server)
    command = in_interface_lang(typer.main.get_command(app), lang)
    try:
        status = command.main(prog_name="epoch", obj=settings, standalone_mode=False)
    except TyperException as error:
        if is_help(error):
            sys.stderr.write(f"{error.format_message()}\n")
        else:
            complain(usage_problem(error, lang))
        return exits.USAGE
    except (KeyboardInterrupt, typer.Abort):
        return exits.INTERRUPTED
    return status if isinstance(status, int) else 0


def unusable(error: ValidationError) -> str:
    """Say in one line which variable has a value that does not fit, and never what the value was."""
    first = error.errors(include_input=False)[0]
    field = str(first["loc"][0]).upper()
    variable = field if field.startswith("DISCORD") else f"EPOCH_{field}"
    return f"{variable} is not usable: {first['msg']}; .env.example shows what fits"
