"""Players that press whatever question is open, and remember what was confirmed to them.

`python -m tests.discord.crowd [DATABASE_URL]` measures two hundred of them.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from tests.discord.process import Serve, serving
from tests.discord.server import TOKEN, LoopbackDiscord
from tests.discord.state import Interaction, Message

COMMAND = ("-m", "tests.discord.quizbot")
START_S = 120.0
_LETTER = re.compile(r"\*\*([A-D])\*\*")
_ASKED = re.compile(r"epoch:answer:(\d+):(\d+):([A-D])")


@asynccontextmanager
async def quizbot(
    discord: LoopbackDiscord, folder: Path, database_url: str, command: Sequence[str] = COMMAND, **more: str
) -> AsyncIterator[Serve]:
    """Start the bot and wait until it is connected; kill it at the end. `more` goes into its environment."""
    discord.gateway.sessions.clear()
    environment: Mapping[str, str] = {
        "DISCORD_TOKEN": TOKEN, "DISCORD_API_URL": discord.api_url, "DISCORD_GATEWAY_URL": discord.gateway_url,
        "EPOCH_CACHE_DIR": str(folder / "cache"), "EPOCH_RUN_DIR": str(folder / "runs"),
        "EPOCH_DATABASE_URL": database_url, **more,
    }  # fmt: skip
    async with serving(folder, environment, command) as served:
        ready = asyncio.create_task(discord.wait_until_ready(START_S))
        ended = asyncio.create_task(served.ended(START_S + 10))
        await asyncio.wait([ready, ended], return_when=asyncio.FIRST_COMPLETED)
        assert not ended.done(), f"the bot ended:\n{served.stderr}"
        ended.cancel()
        await ready
        yield served


def open_question(discord: LoopbackDiscord) -> tuple[Message, int, int] | None:
    """Return the question that can be answered, with its round and number."""
    for message in reversed(discord.messages):
        for part in message.components:
            if match := _ASKED.fullmatch(str(part.get("custom_id", ""))):
                return message, int(match[1]), int(match[2])
    return None


@dataclass
class Crowd:
    """Members who answer until they are told to leave.

    Attributes:
        discord: where.
        names: who.
        rng: what they press and when.
        confirmed: (round, question, member) → what was last confirmed to them.
    """

    discord: LoopbackDiscord
    names: list[str]
    rng: Random
    confirmed: dict[tuple[int, int, str], str] = field(default_factory=dict)

    async def play(self) -> None:
        """Press and press again, for as long as it takes."""
        await asyncio.gather(*(self._player(name) for name in self.names))

    async def _player(self, name: str) -> None:
        while True:
            await asyncio.sleep(self.rng.uniform(0.05, 0.5))
            if (found := open_question(self.discord)) is None:
                continue
            message, round_id, number = found
            if (round_id, number, name) in self.confirmed and self.rng.random() < 0.8:
                continue
            await self.press(name, message, round_id, number, self.rng.choice("ABCD"))

    async def press(self, name: str, message: Message, round_id: int, number: int, letter: str) -> None:
        """Press a letter and note what is confirmed, if anything is within five seconds."""
        custom_id = f"epoch:answer:{round_id}:{number}:{letter}"
        try:
            pressed = await self.discord.click(message, custom_id, user=name)
        except LookupError:
            return  # it was closed meanwhile
        try:
            reply = await self.discord.answer_to(pressed, timeout=5.0)
        except AssertionError:
            return  # the bot is dead
        self.note(round_id, number, name, reply)

    def note(self, round_id: int, number: int, name: str, reply: Message) -> None:
        """Note what a reply confirms."""
        if match := _LETTER.search(reply.text):
            self.confirmed[round_id, number, name] = match[1]

    async def all_at_once(self, message: Message, round_id: int, number: int) -> list[float]:
        """Let everyone press within one second; return the seconds until each was acknowledged."""

        async def press(index: int, name: str) -> float:
            await asyncio.sleep(index / len(self.names))
            custom_id = f"epoch:answer:{round_id}:{number}:{'ABCD'[index % 4]}"
            pressed = await self.discord.click(message, custom_id, user=name)
            self.note(round_id, number, name, await self.discord.answer_to(pressed, timeout=60.0))
            assert pressed.ack_s is not None
            return pressed.ack_s

        return await asyncio.gather(*(press(index, name) for index, name in enumerate(self.names)))


async def opened(discord: LoopbackDiscord, owner: str = "alice", **options: object) -> Interaction:
    """Open and start a round."""
    asked = await discord.slash("quiz start", {"kinds": "choice", **options}, user=owner)
    lobby = await discord.answer_to(asked, lambda m: "Join" in str(m.components), timeout=START_S)
    return await discord.click(lobby, label="Start", user=owner)


async def measure(database_url: str, folder: Path, players: int = 200) -> dict[str, float]:
    """Return how long two hundred presses within one second wait for their confirmation while a run trains."""
    async with (
        LoopbackDiscord(ack_limit_s=60) as discord,
        quizbot(discord, folder, database_url, QUIZ_HURRY_S="8"),
    ):
        crowd = Crowd(discord, [f"player{number}" for number in range(players)], Random(5))
        await discord.slash("run", {"topic": "gan"}, user="trainer")
        await opened(discord, crowd.names[0], rounds=1, seconds=60)
        took = sorted(await crowd.all_at_once(*await discord.until(lambda: open_question(discord), "question", 60.0)))
        return {"players": players, "confirmed": len(crowd.confirmed), "median_s": round(took[players // 2], 3),
                "p99_s": round(took[int(players * 0.99) - 1], 3), "max_s": round(took[-1], 3)}  # fmt: skip


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        url = sys.argv[1] if len(sys.argv) > 1 else f"sqlite+aiosqlite:///{place}/epoch.db"
        print(json.dumps(asyncio.run(measure(url, Path(place)))))  # noqa: T201 - its output
