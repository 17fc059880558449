"""The judge's process, as Epoch sees it: started at the first question, kept, and replaced when it hangs or dies."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import knowledge

log = logging.getLogger(__name__)
#: Seconds for one answer. A good drill's judge takes milliseconds; a busy machine stretches the first, which imports.
PATIENCE_S = 20.0
#: Bytes of one answer at most.
_LONGEST = 32 << 20
_BOOT = (
    "import sys; sys.path[:] = {path!r}; import runpy; "
    "runpy.run_module('knowledge.grading.drills.server', run_name='__main__')"
)
#: Its whole environment: no secret of Epoch's own is in it, and one thread is enough for small arrays.
_ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}


class ProcessFailed(Exception):
    """The judge's process hung or died over a question, and so did the next one over the same."""


class JudgeProcess:
    """One process that answers one question after the other.

    Args:
        patience_s: seconds for one answer, after which it is killed and another one asked.
    """

    def __init__(self, patience_s: float = PATIENCE_S) -> None:
        self._patience_s = patience_s
        self._turn = asyncio.Lock()
        self._process: asyncio.subprocess.Process | None = None
        self._asked = 0

    @property
    def pid(self) -> int | None:
        """Of the process; None while there is none."""
        return None if self._process is None else self._process.pid

    async def ask(self, question: Mapping[str, Any]) -> dict[str, Any]:
        """Return the answer to one question (`knowledge.grading.drills.verdicts`), in its turn.

        Raises:
            ProcessFailed: two processes hung or died over it.
        """
        async with self._turn:
            for left in (1, 0):
                try:
                    return await self._ask(question)
                except (TimeoutError, EOFError, OSError, ValueError) as error:
                    await self._end()
                    why = f"{type(error).__name__}: {error}".rstrip(": ")
                    log.warning("the judge's process failed (%s) and is replaced", why)
                    if not left:
                        raise ProcessFailed(why) from error
                except BaseException:
                    await self._end()  # whoever asked has gone: the next must not read this one's answer
                    raise
            raise AssertionError  # not reached

    async def _ask(self, question: Mapping[str, Any]) -> dict[str, Any]:
        self._asked += 1
        async with asyncio.timeout(self._patience_s):
            process = await self._started()
            assert process.stdin
            assert process.stdout
            process.stdin.write(json.dumps({**question, "id": self._asked}).encode() + b"\n")
            await process.stdin.drain()
            line = await process.stdout.readline()
        if not line:
            raise EOFError
        answer = json.loads(line)
        if not isinstance(answer, dict) or answer.pop("id", None) != self._asked:
            raise ValueError("it answered another question")
        return answer

    async def _started(self) -> asyncio.subprocess.Process:
        if self._process is None or self._process.returncode is not None:
            root = str(Path(knowledge.__file__).resolve().parent.parent)
            path = [root, *(entry for entry in sys.path if entry and entry != root)]
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-I", "-B", "-X", "utf8", "-c", _BOOT.format(path=path),
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
                env=_ENVIRONMENT, cwd="/", limit=_LONGEST,
            )  # fmt: skip
        return self._process

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):  # it has ended by itself
            process.kill()
        await asyncio.shield(process.wait())
        # A transport that still holds what was not written would complain when it is collected.
        if process.stdin is not None:
            process.stdin.close()
            with contextlib.suppress(OSError):
                await process.stdin.wait_closed()

    async def close(self) -> None:
        """End the process, once the question it is at is answered."""
        async with self._turn:
            await self._end()
