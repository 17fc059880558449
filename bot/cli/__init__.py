"""The `epoch` command: one thin Typer function a command, grouped by what they touch.

Exit status: 0 done; 1 the thing asked for failed; 2 wrong usage; 130 on Ctrl-C.
"""

from __future__ import annotations

from bot.cli import (  # registers the commands, after the app they hang on
    ask,
    bank,
    bench,
    export,
    front,
    gaps,
    grade,
    importing,
    quiz,
    review,
    run,
)
from bot.cli._base import (
    EXIT_FAILED,
    EXIT_INTERRUPTED,
    EXIT_USAGE,
    app,
    complain,
    interface_lang,
    locale_lang,
    log_to_stderr,
)

__all__ = [
    "EXIT_FAILED",
    "EXIT_INTERRUPTED",
    "EXIT_USAGE",
    "app",
    "ask",
    "bank",
    "bench",
    "complain",
    "export",
    "front",
    "gaps",
    "grade",
    "importing",
    "interface_lang",
    "locale_lang",
    "log_to_stderr",
    "quiz",
    "review",
    "run",
]
