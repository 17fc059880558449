"""What every command shares: the app, settings, and the rule by which an error becomes one line and a status."""

from __future__ import annotations

import functools
import json
import logging
import os
import sys
from collections.abc import Callable
from importlib.metadata import version
from typing import Annotated, Any, NoReturn, ParamSpec, TypeVar

import typer

from bot import exits
from bot.endings import Ending, ending
from bot.settings import Settings
from bot.store.errors import StoreError
from bot.study.rounds.errors import PackError
from bot.terminal.streams import can_show, carries_utf8, is_lost
from bot.wording.languages import BASE, LANGUAGES, of_locale
from bot.wording.translation import spoken, spoken_problem
from knowledge.bank.errors import KnowledgeError
from knowledge.bank.models import Lang, Problem
from runners.errors import RunnerError

P = ParamSpec("P")
R = TypeVar("R")

app = typer.Typer(
    name="epoch",
    help="A tutor for machine-learning interviews, in Chinese and English: checked answers, examples that really run.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(asked: bool) -> None:
    if asked:
        sys.stdout.write(f"epoch {version('epoch-tutor')}\n")
        raise typer.Exit


@app.callback()
def _epoch(
    _: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    pass


JsonFlag = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else on standard output.")]
LangOption = Annotated[
    Lang | None, typer.Option("--lang", help="Language of the answer; by default the question's own.")
]
QuestionsLangOption = Annotated[
    Lang | None, typer.Option("--lang", help="Language of the questions; by default the interface's.")
]

ZoneOption = Annotated[
    str | None,
    typer.Option("--zone", help="Your time zone, such as Europe/Berlin, where the system has none; it is kept."),
]


class UsageProblem(Exception):
    """The command was called in a way that makes no sense; exits with status 2."""


def fail(message: str, status: int = exits.FAILED) -> NoReturn:
    """Print one plain line on stderr, in the language of the interface, and exit with `status`."""
    complain(message)
    raise typer.Exit(status)


def complain(message: str) -> None:
    """Print one plain line on stderr, in the language of the interface."""
    sys.stderr.write(f"epoch: {spoken(' '.join(message.split()))}\n")


class InLang(logging.Formatter):
    """A log in the language of the interface."""

    def format(self, record: logging.LogRecord) -> str:
        if isinstance(record.args, tuple):
            args = tuple(spoken_problem(arg) if isinstance(arg, Problem) else arg for arg in record.args)
            record = logging.makeLogRecord({**record.__dict__, "args": args})
        said = logging.makeLogRecord({**record.__dict__, "msg": spoken(record.getMessage()), "args": ()})
        return super().format(said)


def plain_errors(command: Callable[P, R]) -> Callable[P, R]:
    """Turn the errors Epoch raises on purpose into one line and a status; a bug still shows its traceback."""
    return _plain(command, lambda _: exits.FAILED)


def plain_errors_of_a_service(command: Callable[P, R]) -> Callable[P, R]:
    """Do the same, with the exit statuses that a service manager can tell apart (`bot.endings`)."""
    return _plain(command, lambda end: end.status)


def _plain(command: Callable[P, R], status_of: Callable[[Ending], int]) -> Callable[P, R]:
    @functools.wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except KeyboardInterrupt:
            # Typer would say "Aborted!" and exit with 1.
            raise typer.Exit(exits.INTERRUPTED) from None
        except UsageProblem as error:
            fail(str(error), exits.USAGE)
        except BrokenPipeError:
            raise typer.Exit(exits.FAILED) from None  # the reader (`| head`) has gone: no error to tell of
        except PackError as error:
            fail(str(error))
        except (KnowledgeError, RunnerError, StoreError, OSError) as error:
            end = ending(error)
            fail(end.text, status_of(end))

    return wrapped


def needs_input() -> None:
    """Refuse to go on where standard input was closed, for commands that read what is typed or piped."""
    if is_lost("stdin"):
        fail("standard input is closed, so nothing can be read; start it in a terminal, or pipe lines into it")


def log_to_stderr(level: str) -> None:
    """Send Epoch's own log to stderr, in lines that look like a command's own messages.

    Args:
        level: what the host asked for. A command shows warnings only, unless that is DEBUG.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(InLang("epoch: %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    for package in ("bot", "knowledge", "runners", "discord"):
        logging.getLogger(package).setLevel(level if level == "DEBUG" else logging.WARNING)


def interface_lang(read: Settings) -> Lang:
    """Return the language of the interface: the setting, or else the locale's."""
    return read.lang if read.lang != "auto" else locale_lang()


def locale_lang() -> Lang:
    """Return the language of the locale, where its encoding has the characters; English for every other."""
    locale = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    lang = of_locale(locale)
    return lang if can_show(LANGUAGES[lang].sample) else BASE


def print_json(value: Any) -> None:  # noqa: ANN401 - anything JSON can hold
    """Print one compact JSON line, in ASCII where the terminal's encoding is not the one that JSON is read in."""
    sys.stdout.write(json.dumps(value, ensure_ascii=not carries_utf8(), separators=(",", ":")) + "\n")
    sys.stdout.flush()
