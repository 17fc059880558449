"""What was typed in earlier chats, in a file that only its owner reads."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from prompt_toolkit.history import History

log = logging.getLogger(__name__)

FILE = "chat-history"


def open_history(folder: Path) -> History:
    """Return the history kept in `folder`; one that ends with the program where nothing can be kept."""
    from prompt_toolkit.history import FileHistory, InMemoryHistory

    class Kept(FileHistory):
        """A file that may stop taking lines, as on a full disk: they then last as long as the program."""

        def store_string(self, string: str) -> None:
            """Keep one line, unless there is nothing in it."""
            try:
                if string.strip():
                    super().store_string(string)
            except OSError as error:
                log.warning("what is typed is no longer kept: %s", error)
                self.store_string = lambda string: None  # type: ignore[method-assign]

    path = folder / FILE
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # Whatever the umask: questions are nobody else's business.
        descriptor = os.open(path, os.O_CREAT | os.O_RDWR | os.O_APPEND, 0o600)
        try:
            os.fchmod(descriptor, 0o600)
        finally:
            os.close(descriptor)
    except OSError as error:
        log.warning("what is typed is not kept: %s", error)
        return InMemoryHistory()
    return Kept(str(path))
