"""A whole run of the command line, from the settings to the exit status: the one place where settings are built."""

from __future__ import annotations

import os
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
from bot.logs import log_as_a_service
from bot.settings import Settings
from bot.terminal import streams
from bot.wording.translation import speak
from knowledge.bank.models import LANGS
from knowledge.search.silence import silence


def main() -> None:
    """Run the command line and exit with its status."""
    streams.mend()
    silence()
    status = _status()
    unwritten = streams.finish()
    if unwritten and status == 0:  # else the command has failed by it, or by what it said itself
        complain(f"the output cannot be written: {unwritten}; make room for it")
    sys.exit(status if unwritten is None else exits.FAILED)


def _status() -> int:
    server = sys.argv[1:2] == ["serve"]
    try:
        settings = Settings()
    except ValidationError as error:
        # Of settings that cannot be read, this one may be all right.
        speak(next((lang for lang in LANGS if lang == os.environ.get("EPOCH_LANG")), locale_lang()))
        complain(unusable(error))
        return exits.CONFIG if server else exits.USAGE
    lang = interface_lang(settings)
    speak(lang)
    if streams.is_lost("stdout") and not server:
        complain("standard output is closed, so there is nowhere to print to; leave it open, or use > FILE")
        return exits.FAILED
    if server:
        log_as_a_service(settings.log_level, settings.log_format)
    else:
        log_to_stderr(settings.log_level)
    command = in_interface_lang(typer.main.get_command(app), lang)
    try:
        typed = as_options(sys.argv[1:])
        status = command.main(args=typed, prog_name="epoch", obj=settings, standalone_mode=False)
    except TyperException as error:
        if is_help(error):
            sys.stderr.write(f"{error.format_message()}\n")
        else:
            complain(usage_problem(error, lang))
        return exits.USAGE
    except (KeyboardInterrupt, typer.Abort):
        return exits.INTERRUPTED
    return status if isinstance(status, int) else 0


def as_options(typed: list[str]) -> list[str]:
    """Return what was typed, with the words `help` and `version` in front as the options that they mean."""
    match typed:
        case ["help", *of]:
            return [*of, "--help"]
        case ["version"]:
            return ["--version"]
    return typed


def unusable(error: ValidationError) -> str:
    """Say in one line which variable has a value that does not fit, and never what the value was."""
    first = error.errors(include_input=False)[0]
    field = str(first["loc"][0]).upper()
    variable = field if field.startswith("DISCORD") else f"EPOCH_{field}"
    return f"{variable} is not usable: {first['msg'].removeprefix('Value error, ')}; .env.example shows what fits"
