"""Members who study whatever happens to the bot: an interview, a whole one, the daily question, a duel, each day.

What they read as kept is noted in a `Book`. What they got no answer to they do again, as a member would.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Literal, TypeVar

from bot.discord.ui.items import mark_of
from bot.study.drills.choosing import every
from bot.study.schedule import AGAIN, EASY, GOOD, HARD, Grade
from knowledge.bank.drills import Drill
from knowledge.bank.kinds import Open
from knowledge.bank.loader import load_bank
from tests.discord.daysbot import DAY_S
from tests.discord.payloads import Snowflakes
from tests.discord.server import LoopbackDiscord
from tests.discord.state import Interaction, Message

Kind = Literal["interview", "loop", "daily", "duel"]
KINDS: tuple[Kind, ...] = ("interview", "loop", "daily", "duel")
BANK = load_bank()
#: One for each day: a duel is fought at a drill that is new to both.
DRILLS = [drill for drill in every(BANK) if "numpy" in drill.variants]
ROLE = "mle"
#: How long an answer may take on a busy machine; longer is never.
LONG_S = 180.0
T = TypeVar("T")
#: What takes a whole interview on.
_LOOP_STEP = re.compile(r"epoch:(loopanswer:\d+:\d+|loopguess:\d+:\d+:A|loopmove:\d+:\d+:(done|resume))")


class Died(Exception):
    """The bot was killed before it answered."""


@dataclass
class Book:
    """What members read as kept.

    Attributes:
        interviews: source of the review → member, topic, item, what the answer counted as.
        loops: (interview, part) → member, answer.
        reports: (member, interview) whose report they read.
        daily: (question, member) → letter.
        passed: (member, drill) for each drill of which they read that it was passed.
    """

    interviews: dict[str, tuple[str, str, str, Grade]] = field(default_factory=dict)
    loops: dict[tuple[int, int], tuple[str, str]] = field(default_factory=dict)
    reports: set[tuple[str, int]] = field(default_factory=set)
    daily: dict[tuple[int, str], str] = field(default_factory=dict)
    passed: set[tuple[str, str]] = field(default_factory=set)


class World:
    """The days as they pass, and whether the bot is there.

    Attributes:
        day: how many days it is later than it is.
        dawn: no message of this day has a smaller id.
        life: which of the bot's lives this is.
        up: whether it is there.
        waiting: for how many answers of each kind members wait just now.
        book: what members read as kept.
    """

    def __init__(self, discord: LoopbackDiscord, rng: Random) -> None:
        self.discord, self.rng, self.book = discord, rng, Book()
        self.day, self.life, self.up = 1, 0, asyncio.Event()
        self.waiting: Counter[Kind] = Counter()
        discord.state.ids = Snowflakes(self.clock)
        self.dawn = int(discord.state.ids.next())

    def clock(self) -> float:
        """Return the time, on this day."""
        return time.time() + self.day * DAY_S

    def begins(self) -> None:
        """The bot is there."""
        self.up.set()

    def ends(self) -> None:
        """The bot is there no more."""
        self.up.clear()
        self.life += 1
        self.discord.state.changed()

    def night(self) -> None:
        """Let the next day begin."""
        self.day += 1
        self.dawn = int(self.discord.state.ids.next())

    def waits(self) -> list[Kind]:
        """Return what members wait for just now."""
        return [kind for kind in KINDS if self.waiting[kind]]

    def duel(self) -> Message | None:
        """Return this day's duel, for all to see."""
        shown = [m for m in self.discord.messages if "⚔️" in m.text and not m.ephemeral and int(m.id) > self.dawn]
        return shown[-1] if shown else None


class Student:
    """One member.

    Args:
        world: where.
        name: who.
    """

    def __init__(self, world: World, name: str) -> None:
        self.world, self.discord, self.name = world, world.discord, name
        self.id = int(world.discord.state.user(name).id)
        self.last_daily = 0

    async def studies(self, challenger: Student, rival: Student) -> None:
        """Do all that there is to do on a day; two of all have a duel."""
        todo: list[Callable[[], Awaitable[None]]] = [partial(each, self) for each in (interview, loop, daily)]
        if self in (challenger, rival):
            todo.append(Fight(self, challenger, rival).fight)
        self.world.rng.shuffle(todo)
        for each in todo:
            await each()

    async def asks(self, command: Kind, options: Mapping[str, object], shows: str) -> Message:
        """Use a command until it is answered by a message with a control whose id begins so."""
        found: list[Message] = []

        async def ask() -> bool:
            sent = await self.discord.slash(command, options, user=self.name)
            message = await self.answered(command, lambda: _said(sent))
            if _ids(message, shows):
                found.append(message)
            return bool(found)

        await self.until_done(ask)
        return found[0]

    async def fill_in(self, kind: Kind, form: Interaction, message: Message, typed: str) -> None:
        """Send a form, and wait until the message shows what came of it."""
        edits = len(message.edited_at)
        await self.discord.submit_modal(form, {"answer": typed})
        await self.answered(kind, lambda: len(message.edited_at) > edits)

    async def until_done(self, step: Callable[[], Awaitable[bool]]) -> None:
        """Take a step again and again until it says that all is done; nobody presses while the bot is away."""
        while True:
            await self.world.up.wait()
            with suppress(Died, LookupError):  # a button may be gone just when it is pressed
                if await step():
                    return
            await asyncio.sleep(self.world.rng.uniform(0.05, 0.2))

    async def answered(self, kind: Kind, found: Callable[[], T | None]) -> T:
        """Wait for an answer, and return it.

        Raises:
            Died: none will come.
        """
        life = self.world.life
        self.world.waiting[kind] += 1
        self.discord.state.changed()
        try:
            what = f"answer to {self.name} at the {kind}"
            await self.discord.until(lambda: bool(found()) or self.world.life != life, what, LONG_S)
            if not (came := found()):
                raise Died
            return came
        finally:
            self.world.waiting[kind] -= 1


async def interview(who: Student) -> None:
    """Answer one question of an interview; answered once more, it is still one answer."""
    message = await who.asks("interview", {}, "epoch:interview:")
    button = _ids(message, "epoch:interview:")[0]
    _, _, slug, mark, _, salt = button.split(":")
    item = next(each for each in BANK[slug].quiz if isinstance(each, Open) and mark_of(each.id) == mark)
    said = BANK[slug].meta.key_points[item.points[0]]["en"]

    async def answer() -> bool:
        form = await who.discord.click(message, button, user=who.name)
        await who.answered("interview", lambda: form.modal)
        await who.fill_in("interview", form, message, said)
        who.world.book.interviews[f"interview:{salt}"] = (who.name, slug, item.id, _grade(message))
        return True

    await who.until_done(answer)


async def loop(who: Student) -> None:
    """Go through a whole interview, part by part, to its report."""
    message = await who.asks("loop", {"role": ROLE, "minutes": 180}, "epoch:loop")
    said: dict[int, str] = {}  # what was sent, part by part, and is not known to be kept

    async def press(button: str) -> Interaction | None:
        """Press a button; return what it opened, or None where the message shows where it stands instead."""
        edits = len(message.edited_at)
        pressed = await who.discord.click(message, button, user=who.name)
        await who.answered("loop", lambda: bool(pressed.modal) or len(message.edited_at) > edits)
        return pressed if pressed.modal else None

    async def step() -> bool:
        shown = [each for each in _ids(message, "epoch:loop") if _LOOP_STEP.fullmatch(each)]
        if over := _ids(message, "epoch:looppart:"):
            number, at = int(over[0].split(":")[2]), 1_000
        else:
            number, at = map(int, shown[0].split(":")[2:4])
        for part in [part for part in said if part < at]:  # the message has gone on from it
            who.world.book.loops[number, part] = (who.name, said.pop(part))
        if over:
            who.world.book.reports.add((who.name, number))
            return True
        if shown[0].startswith("epoch:loopanswer:"):
            if (form := await press(shown[0])) is not None:
                said[at] = f"I would say: the loss goes down, which is my answer to part {at} of {number}."
                await who.fill_in("loop", form, message, said[at])
        elif shown[0].startswith("epoch:loopguess:"):
            letter = said.setdefault(at, who.world.rng.choice("AB"))
            await press(f"epoch:loopguess:{number}:{at}:{letter}")
        else:
            await press(shown[0])
        return False

    await who.until_done(step)


async def daily(who: Student) -> None:
    """Answer this day's question; every other time answer it differently right after."""
    letters: list[str] = []

    async def answer(message: Message, question: int, letter: str) -> None:
        pressed = await who.discord.click(message, f"epoch:daily:{question}:{letter}", user=who.name)
        reply = await who.answered("daily", lambda: _said(pressed))
        (stands,) = re.findall(r"\*\*([A-Z])\*\*", reply.text)
        who.world.book.daily[question, who.name] = stands

    async def step() -> bool:
        asked = await who.discord.slash("daily", user=who.name)
        message = await who.answered("daily", lambda: _said(asked))
        there = [button.split(":") for button in _ids(message, "epoch:daily:")]
        question = int(there[0][2]) if there else 0
        if question <= who.last_daily:
            return False  # that of this day is still to come
        if not letters:
            letters.extend(who.world.rng.sample([each[3] for each in there], who.world.rng.choice((1, 2))))
        for letter in letters:
            await answer(message, question, letter)
        who.last_daily = question
        return True

    await who.until_done(step)


class Fight:
    """A duel as one of the two fights it: first with what does not pass, then with what does."""

    def __init__(self, who: Student, challenger: Student, rival: Student) -> None:
        self._who, self._challenger, self._rival = who, challenger, rival
        self._drill = drill_of(who.world.day)
        self._write = f"epoch:drillwrite:{self._drill.topic}:{mark_of(self._drill.name)}"
        sources = self._drill.variants["numpy"]
        self._codes = [sources.start, sources.solution]
        self._unsure = False  # whether an answer was sent of which nothing was heard

    async def fight(self) -> None:
        """Go through it until it is over, and all that was handed in has had its verdict."""
        await self._who.until_done(self._step)

    async def _step(self) -> bool:
        who, duel = self._who, self._who.world.duel()
        if duel is None:
            if who is self._challenger:
                asked = {"topic": self._drill.id, "duel": str(self._rival.id)}
                sent = await who.discord.slash("drill", asked, user=who.name)
                await who.answered("duel", lambda: _said(sent))
        elif accepts := _ids(duel, "epoch:duelyes:"):
            if who is self._rival:
                await who.discord.click(duel, accepts[0], user=who.name)
                await who.answered("duel", lambda: not _ids(duel, "epoch:duelyes:"))
        elif _ids(duel, self._write):
            if (who.name, self._drill.id) not in who.world.book.passed:
                await self._hand_in(duel)
        elif self._unsure:  # it is over, and its message has no way to an answer any more
            sent = await who.discord.slash("drill", {"topic": self._drill.id}, user=who.name)
            await self._hand_in(await who.answered("duel", lambda: _said(sent)))
        else:
            return True
        return False

    async def _hand_in(self, message: Message) -> None:
        who = self._who
        form = await who.discord.click(message, _ids(message, self._write)[0], user=who.name)
        await who.answered("duel", lambda: form.modal)
        self._unsure = True
        sent = await who.discord.submit_modal(form, {"code": self._codes[0]})
        told = await who.answered("duel", lambda: _said(sent))
        self._unsure = False
        if "All checks passed" in told.text:
            who.world.book.passed.add((who.name, self._drill.id))
        elif "❌" in told.text and len(self._codes) > 1:
            self._codes.pop(0)


def drill_of(day: int) -> Drill:
    """Return the drill of a day's duel."""
    return DRILLS[day % len(DRILLS)]


def _said(asked: Interaction) -> Message | None:
    """Return what an interaction was answered with; None where nothing was said yet."""
    return next((message for message in asked.replies if message.text), None)


def _ids(message: Message, begins: str) -> list[str]:
    """Return the custom ids of a message that begin so."""
    ids = [str(part["custom_id"]) for part in message.components if part.get("custom_id")]
    return [each for each in ids if each.startswith(begins)]


def _grade(message: Message) -> Grade:
    """Return what an answer counts as by the marks under it, as the member reads them."""
    marks = [line[0] for line in message.text.splitlines() if line[:1] in tuple("✅🟡⬜")]
    assert marks, message.text
    share = sum({"✅": 2, "🟡": 1, "⬜": 0}[mark] for mark in marks) / (2 * len(marks))
    return EASY if share == 1 else GOOD if share >= 2 / 3 else HARD if share >= 1 / 3 else AGAIN
