"""Lines from a person or a pipe, without ever blocking the event loop."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable
from threading import Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from prompt_toolkit import PromptSession
    from prompt_toolkit.completion import Completer
    from prompt_toolkit.history import History
    from prompt_toolkit.key_binding import KeyBindings

from bot.terminal.streams import typed

CHUNK = 65536
#: How often a prompt that changes with time is drawn anew, in seconds.
_REDRAWN_S = 0.5

#: What stands before the cursor: a text, or one that changes while the line is typed.
Prompt = str | Callable[[], str]


class Interrupted(Exception):
    """Ctrl-C at an empty line."""


def at_terminal() -> bool:
    """Tell whether a person types; a closed standard input is nobody."""
    return sys.stdin is not None and sys.stdin.isatty()


class Lines:
    """Reads lines: edited in a terminal, as they are from a pipe.

    In a terminal Ctrl-C clears what is typed, as in a shell, and only at an empty line interrupts.

    Args:
        interactive: whether somebody types them; `at_terminal` by default.
        completer: what Tab completes, where a call of `read` names nothing else.
        history: what the up arrow brings back; lines read with a completer of their own are no part of it.
    """

    def __init__(
        self, *, interactive: bool | None = None, completer: Completer | None = None, history: History | None = None
    ) -> None:
        self.interactive = at_terminal() if interactive is None else interactive
        self.completer = completer
        self._history = history
        self._main: PromptSession[str] | None = None
        self._aside: PromptSession[str] | None = None
        self._piped = _piped()

    async def read(self, prompt: Prompt, aside: Completer | None = None) -> str | None:
        """Return the next line, None after the last.

        Args:
            prompt: shown to who types; a callable is asked again and again, for a clock.
            aside: completes what is no command to the whole program: the letters of a question, say.

        Raises:
            Interrupted: Ctrl-C at an empty line.
        """
        if not self.interactive:
            return await anext(self._piped, None)
        from prompt_toolkit import PromptSession
        from prompt_toolkit.history import InMemoryHistory

        if aside is None:
            self._main = self._main or PromptSession(history=self._history, key_bindings=_keys())
            session = self._main
        else:
            self._aside = self._aside or PromptSession(history=InMemoryHistory(), key_bindings=_keys())
            session = self._aside
        try:
            return await session.prompt_async(
                prompt, completer=aside or self.completer, refresh_interval=0 if isinstance(prompt, str) else _REDRAWN_S
            )
        except EOFError:
            return None
        except KeyboardInterrupt:
            raise Interrupted from None


def words(*offered: str) -> Completer:
    """Return a completer of whole lines."""
    from prompt_toolkit.completion import WordCompleter

    # sentence=True: a command starts with "/", which the completer would else take for a word's end.
    return WordCompleter(list(offered), sentence=True, ignore_case=True)


def _keys() -> KeyBindings:
    from prompt_toolkit.enums import DEFAULT_BUFFER
    from prompt_toolkit.filters import has_focus
    from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent

    keys = KeyBindings()

    # <sigint> is the same from outside: `kill -INT`.
    @keys.add("c-c", filter=has_focus(DEFAULT_BUFFER))
    @keys.add("<sigint>", filter=has_focus(DEFAULT_BUFFER))
    def clear_or_interrupt(event: KeyPressEvent) -> None:
        if event.current_buffer.text:
            event.current_buffer.reset()
        else:
            event.app.exit(exception=KeyboardInterrupt, style="class:aborting")

    return keys


async def _piped() -> AsyncIterator[str]:
    if sys.stdin is None:
        return
    # A daemon thread over the bare descriptor: an executor's thread would keep Ctrl-C waiting for the next line, and
    # one inside sys.stdin would hold its lock when the interpreter ends. Files and pipes are read alike.
    loop = asyncio.get_running_loop()
    chunks: asyncio.Queue[bytes] = asyncio.Queue()

    def pump(descriptor: int) -> None:
        while chunk := os.read(descriptor, CHUNK):
            loop.call_soon_threadsafe(chunks.put_nowait, chunk)
        loop.call_soon_threadsafe(chunks.put_nowait, b"")

    Thread(target=pump, args=(sys.stdin.fileno(),), daemon=True, name="stdin").start()
    rest = b""
    while chunk := await chunks.get():
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            yield typed(line)
    if rest:
        yield typed(rest)
