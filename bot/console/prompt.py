"""Lines from a person or a pipe, without ever blocking the event loop."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Sequence
from threading import Thread

from bot.console.streams import typed

CHUNK = 65536


class Interrupted(Exception):
    """Ctrl-C at the prompt."""


async def read_lines(words: Sequence[str], *, interactive: bool) -> AsyncIterator[str]:
    """Yield lines until the input ends.

    Args:
        words: what Tab completes.
        interactive: edit lines with history and completion; otherwise read standard input as it is.

    Raises:
        Interrupted: Ctrl-C while waiting for a line.
    """
    if not interactive:
        async for line in _piped():
            yield line
        return
    from prompt_toolkit import PromptSession
    from prompt_toolkit.completion import WordCompleter

    # sentence=True: a command starts with "/", which the completer would else take for a word's end.
    session: PromptSession[str] = PromptSession(completer=WordCompleter(list(words), sentence=True))
    while True:
        try:
            yield await session.prompt_async("epoch> ")
        except EOFError:
            return
        except KeyboardInterrupt:
            raise Interrupted from None


async def _piped() -> AsyncIterator[str]:
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
