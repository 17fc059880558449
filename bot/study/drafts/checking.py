"""`epoch check` on one draft: in a process of its own, of low priority and with a limit, its code behind the wall.

    files of the draft + links to the bank's topics → a folder
    → a process that reads them → problems, nearly always
    → a process that runs them, where there are none → problems, or the files with their transcripts

The draft is checked as one topic of the whole bank, for names and questions must be unique in it. Only what a person
wrote is put there: a transcript that came with it would let a script run without a wall.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import shlex
import shutil
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import bot
from bot import exits
from bot.study.drafts.uploads import is_transcript
from bot.study.refusals import Refusal
from knowledge.bank.loader import topics_root
from knowledge.bank.models import Problem
from runners.walls.table import WallChoice

log = logging.getLogger(__name__)

#: How long a check may take. A topic has a dozen runs of up to 20 s, several at once.
CHECK_S = 480.0
#: Problems that are read; whoever has as many starts anew.
_MOST = 500
_LINE = 2**20
#: Ends by itself a little after its limit, though nobody is left to end it.
_PROGRAM = """
import os, signal, sys
signal.alarm(int(sys.argv.pop(1)))
os.nice(5)
sys.path.append(sys.argv.pop(1))
from bot.__main__ import main
main()
"""
_SPARE_S = 15
#: What a check has no business with.
_KEPT_BACK = ("DISCORD_TOKEN", "EPOCH_DATABASE_URL")


@dataclass(frozen=True, slots=True)
class DraftVerdict:
    """What a check found.

    Attributes:
        problems: everything wrong.
        files: all files of the topic as they were checked, with their transcripts; empty where something is wrong.
    """

    problems: tuple[Problem, ...]
    files: Mapping[str, str]


class DraftChecker:
    """Checks drafts, one at a time: each takes the machine's cores.

    Args:
        room: a folder for the files of a check, which is emptied.
        cache_dir: of the settings, like the wall.
        wall: the wall around the draft's code.
        bank_root: the topics that it is to be one of; None for the package's own.
        seconds: how long a check may take.
    """

    def __init__(
        self, room: Path, cache_dir: Path, wall: WallChoice, *, bank_root: Path | None = None, seconds: float = CHECK_S
    ) -> None:
        self.seconds = seconds
        self._room = room
        self._cache_dir = cache_dir
        self._wall = wall
        self._bank_root = bank_root
        self._turn = asyncio.Lock()

    async def check(self, slug: str, files: Mapping[str, str]) -> DraftVerdict:
        """Check a draft.

        Raises:
            Refusal: the bank has a topic of that name, or the check took too long, or did not come to an end.
        """
        async with self._turn:
            folder = self._room / str(os.getpid())
            laid_out = asyncio.create_task(asyncio.to_thread(self._lay_out, folder, slug, files))
            try:
                await asyncio.shield(laid_out)
                try:
                    async with asyncio.timeout(self.seconds):
                        problems = await self._run(folder, slug, "--no-run")
                        # Only a run writes transcripts, and this was none.
                        problems = [each for each in problems if not is_transcript(each.path.rpartition("/")[2])]
                        problems = problems or await self._run(folder, slug, "--accept")
                except TimeoutError:
                    raise Refusal("drafting.check.slow", minutes=max(1, round(self.seconds / 60))) from None
                return DraftVerdict(tuple(problems), {} if problems else await asyncio.to_thread(_read, folder / slug))
            finally:
                await asyncio.wait([laid_out])  # its thread writes on when this task is cancelled
                await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)

    def _lay_out(self, folder: Path, slug: str, files: Mapping[str, str]) -> None:
        """Put the draft among links to the topics."""
        topics = topics_root() if self._bank_root is None else self._bank_root
        if (topics / slug).exists():
            raise Refusal("drafting.check.taken", slug=slug)
        shutil.rmtree(folder, ignore_errors=True)
        (folder / slug).mkdir(parents=True, mode=0o700)
        for topic in topics.iterdir():
            if topic.is_dir() and topic.name != "__pycache__":
                (folder / topic.name).symlink_to(topic.resolve(), target_is_directory=True)
        for name, text in files.items():
            (folder / slug / name).write_text(text, encoding="utf-8", newline="\n")

    async def _run(self, folder: Path, slug: str, how: str) -> list[Problem]:
        """Return the problems that a check names; `Refusal` where it did not come to an end."""
        source = Path(bot.__file__).resolve().parents[1]
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-P", "-c", _PROGRAM, str(int(self.seconds) + _SPARE_S), str(source),
            "check", slug, "--root", str(folder), "--json", how,
            stdin=DEVNULL, stdout=PIPE, stderr=DEVNULL, cwd=folder, env=self.environment(), limit=_LINE,
            start_new_session=True,
        )  # fmt: skip
        try:
            problems = await _problems(process, folder)
            if len(problems) == _MOST:
                return problems
            status = await process.wait()
        finally:
            _kill(process)
            await asyncio.shield(process.wait())
        if status != (exits.FAILED if problems else 0):
            log.error("the check of the draft %s ended with %s and named %d problems", slug, status, len(problems))
            raise Refusal("drafting.check.broke")
        return problems

    def environment(self) -> dict[str, str]:
        """Return the environment of a check's process: this one's without secrets, and with the wall."""
        kept = {name: value for name, value in os.environ.items() if name not in _KEPT_BACK}
        return kept | {"EPOCH_WALL": self._wall, "EPOCH_CACHE_DIR": str(self._cache_dir)}


async def _problems(process: Process, folder: Path) -> list[Problem]:
    assert process.stdout is not None
    # The fixes name the folder of the check, which nobody else has.
    option = f" --root {shlex.quote(str(folder))}"
    found: list[Problem] = []
    async for line in process.stdout:
        problem = Problem.model_validate(json.loads(line))
        found.append(problem.model_copy(update={"fix": problem.fix.replace(option, "")}))
        if len(found) == _MOST:
            break
    return found


def _kill(process: Process) -> None:
    if process.returncode is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def _read(folder: Path) -> dict[str, str]:
    return {file.name: file.read_text(encoding="utf-8") for file in sorted(folder.iterdir()) if file.is_file()}


def summary(problems: Sequence[Problem]) -> list[Problem]:
    """Return the problems, what is still to be written last: there is most of that in a draft, and the least to it."""
    return sorted(problems, key=lambda each: "TODO" in each.problem)
