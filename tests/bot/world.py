"""A small world for the Discord tests: a bank whose examples take no time, the real tutor over it, the real bot."""

from __future__ import annotations

import asyncio
import base64
import contextvars
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any
from unittest.mock import patch

import discord
import simcord

from bot.discord.client import EpochBot
from bot.discord.hosting import orders
from bot.settings import Settings
from bot.store import database
from bot.store.errors import StoreError
from bot.study import tutor as tutor_module
from bot.study.cards import Card
from bot.study.drills.models import AnswerJudge
from bot.study.learning import GivenAnswer, Learning
from bot.study.refusals import Refusal
from bot.study.schedule import Grade
from bot.study.tutor import Grades, Tutor
from knowledge.bank.errors import KnowledgeError
from knowledge.bank.kinds import Choice as MultipleChoice
from knowledge.bank.kinds import Open
from knowledge.bank.models import Bank, Example, ExampleMeta, Text, Transcript
from knowledge.search.retriever import Retriever
from runners.errors import RunnerError
from runners.local import LocalRunner
from runners.models import Event, Job, Runner
from runners.walls.table import Wall, WallChoice
from tests.bot.study.drills.samples import DRILL
from tests.discord.limits import Upload
from tests.discord.validation import validate
from tests.knowledge.banks import small_bank

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
MAIN = f"""\
import base64
for step in range(3):
    print(f"step {{step}}: loss {{1 / (step + 1):.2f}}")
open("loss.png", "wb").write(base64.b64decode({base64.b64encode(PNG).decode()!r}))
"""
SLOW = """\
import time
print("begun", flush=True)
time.sleep(60)
"""
LOUD = """\
for line in range(2000):
    print(f"line {line} of a long story")
"""
HOSTILE = r"""
print("```\n@everyone <@123> \x1b[31mred\x1b[0m \u202eevil \u0301" + "z" + "\u0301" * 200)
"""
BROKEN = """\
print("so far so good")
assert 1 > 2, "one is not more than two"
"""
TUNED = """\
STEPS = 3  # how many steps, 1..9
RATE = 0.5  # length of a step, 0.1..2
print("steps", STEPS, "rate", RATE)
assert RATE < 10, "the rate must stay small"
"""
MANY = "".join(f"P{n} = {n}  # value number {n}, 0..9\n" for n in range(1, 8)) + "print(P1 + P7)\n"
EXAMPLES = {
    "main": MAIN, "slow": SLOW, "loud": LOUD, "hostile": HOSTILE, "broken": BROKEN, "tuned": TUNED, "many": MANY,
}  # fmt: skip


def _choice(item_id: str, right: str) -> MultipleChoice:
    """An item whose right option, the first in the bank, says so itself: a test can tell where it went."""
    options = tuple(Text(zh=text, en=text) for text in (right, f"{item_id} b", f"{item_id} c", f"{item_id} d"))
    prompt, why = Text(zh=f"题目 {item_id}", en=f"Item {item_id}"), Text(zh="因为", en="Because")
    return MultipleChoice(id=item_id, kind="choice", prompt=prompt, options=options, answer=0, why=why)


QUIZ = (
    _choice("first", "the right one"),
    _choice("second", "the right one, too"),
    Open(id="in-words", kind="open", prompt=Text(zh="说说看", en="Explain"), points=(0,)),
)


SOURCES = (
    "Goodfellow et al. 2014, Generative adversarial nets, arXiv:1406.2661", "[a] *Bold* title, doi:10.1000/x(y)z",
    "A book, chapter 3",
)  # fmt: skip


def bank() -> Bank:
    """Four topics; `gan` has examples of every temper, of which only `tuned` takes the counter they all name."""
    small = small_bank()
    examples = {}
    for name, source in EXAMPLES.items():
        title = Text(zh=f"示例 {name}", en=f"The {name} example")
        why = Text(zh="步子太大，越走越远。", en="The step is too long, so it walks away.")
        meanings = {"STEPS": "走几步", "RATE": "一步的长度"} if name == "tuned" else {}
        meta = ExampleMeta(title=title, counter="RATE=100.0", counter_why=why, parameters=meanings)
        file = "example.py" if name == "main" else f"example_{name}.py"
        bare = Example(name=name, file=file, source=source, meta=meta)
        examples[name] = bare.model_copy(update={"transcript": Transcript(sha256=bare.sha256, text="")})
    of_gan = {"related": ("overfitting", "cnn"), "questions": (7,), "sources": SOURCES, "checked": "2026-11"}
    meta = small["gan"].meta.model_copy(update=of_gan)
    parts = {"meta": meta, "examples": tuple(examples.values()), "quiz": QUIZ, "drills": (DRILL,)}
    gan = small["gan"].model_copy(update=parts)
    fitted = small["overfitting"]
    fitted = fitted.model_copy(update={"meta": fitted.meta.model_copy(update={"questions": (3,)})})
    return Bank(topics={**small.topics, "gan": gan, "overfitting": fitted})


_RETRIEVER = {}
_MADE: list[EpochBot] = []
#: Seconds of virtual time between two looks of the bot at a run; longer than any action may take.
LOOK_S = 100.0


def make_retriever() -> Retriever:
    """The real retriever, without an encoder; made once."""
    if not _RETRIEVER:
        _RETRIEVER["it"] = Retriever.open(bank(), cache_dir=None, encoder=False)
    return _RETRIEVER["it"]


def make_tutor(wall: WallChoice = "auto", runner: Runner | None = None, grader: Grades | None = None) -> Tutor:
    """The real tutor, with the retriever that needs no encoder."""
    return Tutor(bank(), make_retriever(), runner or LocalRunner(wall), grader=grader)


class Outside:
    """The local runner, its work told apart from the bot's: the simulation waits for the bot, not for the program.

    Needs the fixture `rare_looks`: the simulation also waits for timers that are soon due. `World.look` lets the
    program work, then the bot look at it.
    """

    def __init__(self) -> None:
        self.inner = LocalRunner()
        self.env: simcord.Env | None = None

    @property
    def wall(self) -> Wall:
        return self.inner.wall

    async def run(self, job: Job) -> AsyncIterator[Event]:
        assert self.env is not None
        events: asyncio.Queue[Event | None] = asyncio.Queue()

        async def pump() -> None:
            async with aclosing(self.inner.run(job)) as stream:
                async for event in stream:
                    events.put_nowait(event)
            events.put_nowait(None)

        pumping = contextvars.Context().run(asyncio.create_task, pump())
        try:
            while (event := await self.env.external_wait(events.get(), reason="a program runs")) is not None:
                yield event
        finally:
            pumping.cancel()
            await asyncio.wait({pumping})

    async def close(self) -> None:
        await self.inner.close()


async def review(
    learning: Learning, member_id: int, topic: str, item: str, grade: Grade, source: str, guild_id: int | None = None
) -> Card | None:
    """Give one answer now; return the card that moved, None where the answer counted before."""
    moved = await learning.record([GivenAnswer(member_id, topic, item, grade, source, guild_id=guild_id)])
    return moved[0] if moved else None


def make_settings(tmp_path: Path) -> Settings:
    """Settings of nobody's environment."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'epoch.db'}"
    folders = {"cache_dir": tmp_path / "cache", "run_dir": tmp_path / "runs", "data_dir": tmp_path / "data"}
    return Settings(_env_file=None, database_url=url, **folders)  # type: ignore[call-arg,arg-type]


def ids() -> Iterator[str]:
    """Ids that a test knows beforehand: 0001, 0002, …"""
    return (f"{number:04x}" for number in count(1))


class Clock:
    """The bot's clock: the machine's, until a test sets it."""

    now: float | None = None

    def __call__(self) -> float:
        return time.time() if self.now is None else self.now


def make_bot(
    tmp_path: Path, tutor: Tutor | None = None, clock: Callable[[], float] = time.time, judge: AnswerJudge | None = None
) -> EpochBot:
    """The real bot; ids of errors and runs are 0001, 0002, …"""
    bot = EpochBot(tutor or make_tutor(), make_settings(tmp_path), new_id=ids().__next__, clock=clock, judge=judge)
    _MADE.append(bot)
    return bot


async def close_stores() -> None:
    """Close the databases of all bots made so far: the simulation lets go of a bot without closing it."""
    while _MADE:
        bot = _MADE.pop()
        if hasattr(bot, "services"):
            await bot.services.rounds.close()
            await bot.services.store.close()


@dataclass
class World:
    """A server with one channel and two members, and the real bot in it."""

    env: simcord.Env
    bot: EpochBot
    guild: simcord.GuildHandle
    channel: simcord.ChannelHandle
    alice: simcord.MemberActor
    bob: simcord.MemberActor
    clock: Clock
    locale: str = "en-US"
    bugs_expected: bool = False
    pings_expected: int = 0

    async def look(self) -> None:
        """Let the program work for a moment, then the bot look at it."""
        await asyncio.sleep(0.7)
        await self.env.advance_time(LOOK_S)

    @property
    def last(self) -> discord.Message:
        """The newest message of the channel."""
        message = self.channel.last_message
        assert message is not None
        return message

    def sent(self, method: str, path: str) -> list[Any]:
        """Bodies of the requests the bot made to paths that end so."""
        return [r.json for r in self.env.http_requests if r.method == method and r.path.endswith(path)]


@asynccontextmanager
async def discord_world(
    tmp_path: Path,
    tutor: Tutor | None = None,
    locale: str = "en-US",
    settle_s: float = 20.0,
    judge: AnswerJudge | None = None,
) -> AsyncIterator[World]:
    """Start the bot in a simulated Discord that grants no privileged intent; check all it sent when the test is over.

    Args:
        tmp_path: for the bot's cache.
        tutor: closed at the end, whoever made it.
        locale: of every interaction (`World.locale` can be changed on the way).
        settle_s: how long an action may keep the bot busy.
        judge: of drills.
    """
    clock = Clock()
    bot = make_bot(tmp_path, tutor, clock, judge)
    unprivileged = discord.Intents.default()
    async with AsyncExitStack() as stack:
        stack.push_async_callback(close_stores)
        # The simulation takes a pause that is shorter than `settle_s` for work that is still to be done.
        stack.enter_context(patch.object(orders, "LOOK_S", 3_600.0))
        stack.enter_context(patch.object(database, "_SETTLE_S", 3_600.0))
        stack.enter_context(patch.object(tutor_module, "_REST_S", 3_600.0))
        env = await stack.enter_async_context(
            simcord.run(bot, approved_intents=unprivileged, settle_timeout=settle_s, shard_count=1)
        )
        guild = env.create_guild()
        channel = guild.create_text_channel("ml")
        alice, bob = (guild.add_member(env.create_user(name)) for name in ("alice", "bob"))
        world = World(env, bot, guild, channel, alice, bob, clock, locale)
        if isinstance(bot.services.tutor.runner, Outside):
            bot.services.tutor.runner.env = env

        def speak(event: str, payload: dict[str, Any]) -> None:  # the simulation knows one locale only
            if event == "INTERACTION_CREATE":
                payload["locale"] = world.locale

        env.backend.subscribers.insert(0, speak)
        try:
            yield world
        finally:
            await world.bot.services.runs.stop_all()
            await world.bot.services.tutor.close()
        check_requests(env)
        pings = [r for r in env.http_requests if _roles(r.json)]
        assert len(pings) == world.pings_expected, "something pinged a role"
        # The simulation lists what the bot answered properly, too.
        causes = [getattr(error, "original", error) for error in env.errors]
        foreseen = KnowledgeError | RunnerError | StoreError | Refusal
        bugs = [cause for cause in causes if not isinstance(cause, foreseen)]
        assert bool(bugs) == world.bugs_expected, bugs


def _roles(body: Any) -> Any:  # noqa: ANN401 - JSON
    data = body.get("data", body) if isinstance(body, dict) else {}
    return (data.get("allowed_mentions") or {}).get("roles") if isinstance(data, dict) else None


def check_requests(env: simcord.Env) -> None:
    """Hold everything the bot sent against Discord's API description and limits."""
    for request in env.http_requests:
        body = request.json
        data = body.get("data", body) if isinstance(body, dict) else {}
        data = data if isinstance(data, dict) else {}
        files = [Upload(int(item["id"]), item["filename"], b"") for item in data.get("attachments") or ()]
        validate(request.method, request.path, body, files)


def text_of(message: discord.Message | simcord.ResponseMessage | None) -> str:
    """All text of a message, whichever kind of components it has."""
    assert message is not None
    raw = message.message if isinstance(message, simcord.ResponseMessage) else message
    parts = [raw.content]

    def walk(components: Iterable[Any]) -> None:
        for component in components:
            if component.get("type") == 10:
                parts.append(component["content"])
            walk(component.get("components", ()))

    walk([component.to_dict() for component in raw.components])
    return "\n".join(part for part in parts if part)


def options_of(message: discord.Message | simcord.ResponseMessage | None) -> dict[str, str]:
    """Values of the options of a message's selects, with their labels."""
    assert message is not None
    raw = message.message if isinstance(message, simcord.ResponseMessage) else message
    found: dict[str, str] = {}

    def walk(components: Iterable[Any]) -> None:
        for component in components:
            found.update({option["value"]: option["label"] for option in component.get("options", ())})
            walk(component.get("components", ()))

    walk([component.to_dict() for component in raw.components])
    return found


def controls_of(message: discord.Message | simcord.ResponseMessage | None) -> dict[str, str]:
    """Custom ids of a message's buttons and selects, with their labels or placeholders."""
    assert message is not None
    raw = message.message if isinstance(message, simcord.ResponseMessage) else message
    found: dict[str, str] = {}

    def walk(components: Iterable[Any]) -> None:
        for component in components:
            if "custom_id" in component:
                found[component["custom_id"]] = component.get("label") or component.get("placeholder") or ""
            walk(component.get("components", ()))
            walk([component["accessory"]] if component.get("accessory") else ())

    walk([component.to_dict() for component in raw.components])
    return found
