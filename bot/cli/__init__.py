"""The `epoch` command: one thin Typer function a command, grouped by what they touch.

Every module here whose name does not begin with an underscore is imported, which hangs its commands on the app; for
`epoch serve`, which a service manager waits for, only the one that has it. Exit
status: 0 done; 1 the thing asked for failed; 2 wrong usage; 130 on Ctrl-C (`bot.exits`).
"""

from __future__ import annotations

import sys
from importlib import import_module
from pkgutil import iter_modules

from bot.cli._base import app, complain, interface_lang, locale_lang, log_to_stderr

__all__ = ["app", "complain", "interface_lang", "locale_lang", "log_to_stderr"]

#: The bot is up sooner where the other commands, with a terminal's libraries, are not imported.
_serves = sys.argv[1:2] == ["serve"]
for _module in iter_modules(__path__):
    if not _module.name.startswith("_") and (not _serves or _module.name == "serve"):
        import_module(f"{__name__}.{_module.name}")
