"""Both bots under the same bursts of interactions, for `epoch bench discord`."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from itertools import count
from pathlib import Path

from tests.discord.process import Serve, serving
from tests.discord.server import LoopbackDiscord
from tests.discord.state import Message

#: What is trained all the time.
TRAINED = "gan"
_START_S, _ANSWER_S, _RUN_S = 300.0, 300.0, 300.0
Times = list[list[float]]


async def measure(
    environment: Mapping[str, str],
    questions: Sequence[str],
    bursts: int,
    training: int,
    progress: Callable[[str], None],
) -> tuple[Times, Times, Times]:
    """Return the seconds, by burst: until Epoch acknowledged, until the bare bot did, until Epoch had answered."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="epoch-bench-")))
        ours, theirs = [
            await stack.enter_async_context(LoopbackDiscord(ack_limit_s=_ANSWER_S, strict=False)) for _ in range(2)
        ]
        epoch = await _start(stack, ours, folder / "epoch", environment, ("-m", "bot", "serve"))
        await _start(stack, theirs, folder / "bare", environment, ("-m", "tests.discord.barebot"))
        progress("both bots are connected; running something until the runner is warm")
        await _run_once(ours, "warmer")
        trainers = [asyncio.create_task(_train(ours, f"trainer{n}")) for n in range(training)]
        try:
            acks: Times = []
            bare: Times = []
            answers: Times = []
            for burst in range(bursts + 1):  # the first one warms both
                progress(f"burst {burst} of {bursts}" if burst else "a burst to warm both")
                await ours.until(lambda: _running(ours) >= training, "runs that train", _RUN_S)
                took, answered = await _burst(ours, questions, answers_too=True)
                await ours.until(lambda: _running(ours) >= training, "runs that train", _RUN_S)
                beside, _ = await _burst(theirs, questions, answers_too=False)
                if burst:
                    acks.append(took)
                    bare.append(beside)
                    answers.append(answered)
        finally:
            for task in trainers:
                task.cancel()
            await asyncio.gather(*trainers, return_exceptions=True)
        assert "Traceback" not in epoch.stderr, epoch.stderr
        return acks, bare, answers


async def _start(
    stack: AsyncExitStack, discord: LoopbackDiscord, folder: Path, given: Mapping[str, str], command: tuple[str, ...]
) -> Serve:
    folder.mkdir()
    environment = {
        **given, "DISCORD_TOKEN": discord.token, "DISCORD_API_URL": discord.api_url,
        "DISCORD_GATEWAY_URL": discord.gateway_url, "EPOCH_DATABASE_URL": f"sqlite+aiosqlite:///{folder / 'epoch.db'}",
    }  # fmt: skip
    served = await stack.enter_async_context(serving(folder, environment, command))
    ready = asyncio.create_task(discord.wait_until_ready(_START_S))
    ended = asyncio.create_task(served.ended(_START_S))
    await asyncio.wait([ready, ended], return_when=asyncio.FIRST_COMPLETED)
    if ended.done():
        ready.cancel()
        raise RuntimeError(f"{' '.join(command)} ended: {served.stderr[-2_000:]}")
    ended.cancel()
    await ready
    return served


async def _run_once(discord: LoopbackDiscord, user: str) -> None:
    asked = await discord.slash("run", {"topic": TRAINED}, user=user)
    await discord.answer_to(asked, lambda message: not _has(message, "Stop"), _RUN_S)


async def _train(discord: LoopbackDiscord, name: str) -> None:
    """Keep one run going; a new member each time, as a member's own runs keep a distance."""
    for number in count():
        await _run_once(discord, f"{name}-{number}")


def _running(discord: LoopbackDiscord) -> int:
    return sum(_has(message, "Stop") and "Running" in message.text for message in discord.messages)


def _has(message: Message, label: str) -> bool:
    return any(part.get("label") == label for part in message.components)


async def _burst(
    discord: LoopbackDiscord, questions: Sequence[str], *, answers_too: bool
) -> tuple[list[float], list[float]]:
    """Ask all at once; return the seconds until each was acknowledged, and until each was answered."""
    asked = [await discord.slash("ask", {"question": question}, user=f"m{n}") for n, question in enumerate(questions)]
    took = [await discord.acknowledged(each, _ANSWER_S) for each in asked]
    if not answers_too:
        return took, []
    for each in asked:
        await discord.answer_to(each, timeout=_ANSWER_S)
    answered = [each.original.edited_at[0] - each.dispatched_at for each in asked if each.original is not None]
    return took, answered
