"""What study must hold when the bot is killed while members study: nothing they read as kept is lost, or counts twice.

An interview, a whole one, the daily question and a duel at a drill, day after day, with `epoch serve` killed at random
moments while somebody waits for an answer of it.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, suppress
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest
import pytest_asyncio
from sqlalchemy import RowMapping, Table, select, update

from bot.settings import Settings
from bot.store import tables
from bot.store.daily import Daily
from bot.store.store import Store
from bot.study.loops.machine import Loop
from bot.study.rounds.scoring import RIGHT
from bot.study.schedule import grade_of_choice
from tests.discord.crowd import quizbot
from tests.discord.process import Serve, build_cache
from tests.discord.server import LoopbackDiscord
from tests.discord.studying import KINDS, Book, Kind, Student, World, drill_of

NAMES = ("ann", "bob", "cal")
LONG_S = 180.0
#: For how long at most an answer is waited for before the kill: about as long as it takes.
MOST_S: dict[Kind, float] = {"interview": 2.0, "loop": 2.0, "daily": 0.2, "duel": 4.0}


@pytest_asyncio.fixture
async def discord() -> AsyncIterator[LoopbackDiscord]:
    async with LoopbackDiscord(ack_limit_s=3_600) as server:  # a bot that was killed acknowledges nothing
        yield server


async def killed_at_random(discord: LoopbackDiscord, folder: Path, url: str, kills: int, seed: int) -> None:
    """Let members study, day after day, until the bot was killed so often; then hold what is kept against it."""
    world = World(discord, Random(seed))
    students = [Student(world, name) for name in NAMES]
    cache = Settings(_env_file=None).cache_dir  # the index that all tests share
    build_cache(cache)
    await set_up(url, int(discord.state.guild_id), int(discord.state.channel["id"]))
    killed: Counter[Kind] = Counter()
    done = days = 0
    while done < kills:
        days += 1
        challenger, rival = students[days % 3], students[(days + 1) % 3]
        day = asyncio.gather(*(each.studies(challenger, rival) for each in students))
        try:
            while not day.done():
                async with serves(discord, folder, url, world, cache) as bot:
                    world.begins()
                    if done == kills:
                        await day
                    elif await somebody_waits(world, day, min(KINDS, key=killed.__getitem__)):
                        killed.update(world.waits())
                        done += 1
                    await bot.kill()
                    world.ends()
            await day  # it may have failed
        finally:
            day.cancel()
            with suppress(asyncio.CancelledError):
                await day
        world.night()
    async with serves(discord, folder, url, world, cache):
        await all_is_told(url, max(question for question, _ in world.book.daily))
    print(f"{done} kills on {days} days, while members waited for: {dict(killed)}")  # noqa: T201 - for -s
    assert kills < 50 or all(killed[kind] for kind in KINDS), killed
    await is_kept(url, world, days)
    await is_noticed(url, world, days)


def serves(
    discord: LoopbackDiscord, folder: Path, url: str, world: World, cache: Path
) -> AbstractAsyncContextManager[Serve]:
    """Serve on the day that it is."""
    command = ("-m", "tests.discord.daysbot", str(world.day))
    more = {"EPOCH_CACHE_DIR": str(cache), "EPOCH_DATA_DIR": str(folder / "data")}
    return quizbot(discord, folder, url, command, **more)


async def set_up(url: str, guild_id: int, channel_id: int) -> None:
    """Set what a host would: a daily question at an hour that has just come, where midnight is far."""
    async with await Store.open(url) as store:
        ahead = 12 - datetime.now(UTC).hour  # hours by which that zone is ahead of UTC; POSIX has the sign turned round
        zone = f"Etc/GMT{-ahead:+d}" if ahead else "Etc/GMT"
        daily = {"channel_id": channel_id, "hour": 12, "zone": zone, "since": 0.0}
        await store.guilds.change(guild_id, time.time(), run_cooldown_s=0, daily=daily)


async def somebody_waits(world: World, day: asyncio.Future[list[None]], kind: Kind) -> bool:
    """Wait for a random moment at which somebody waits for an answer, of that kind if it may be; False for none."""
    discord, rng = world.discord, world.rng
    if rng.random() < 0.8:  # else right at the beginning, while the bot takes up what it was killed at
        with suppress(AssertionError):
            await discord.until(lambda: day.done() or world.waiting[kind] > 0, "one who waits", 15.0)
    await asyncio.sleep(rng.uniform(0.0, MOST_S[kind]))
    await discord.until(lambda: day.done() or world.waits(), "anyone who waits", LONG_S)
    return not day.done()


async def all_is_told(url: str, last: int) -> None:
    """Wait until the results of the last question that was answered are posted, and the next one is."""
    async with asyncio.timeout(LONG_S), await Store.open(url) as store:
        while [each.id > last and each.message_id is not None for each in await store.daily.open()] != [True]:
            await asyncio.sleep(0.2)


@dataclass
class Kept:
    """What is in the database at the end, by names of members.

    Attributes:
        reviews: (member, source) → topic, item, grade; `twice` has the sources that are there more than once.
        answers: how many answers each member's days have.
        questions: the daily questions.
        daily: (question, member) → letter, whether it is right.
        points: (question, member) → points, right answers.
        loops: the whole interviews, each with whose it is.
        duels: how each ended, by its drill.
        passed: (member, topic, item) of drills that were passed.
    """

    reviews: dict[tuple[str, str], tuple[str, str, int]] = field(default_factory=dict)
    twice: list[tuple[str, str]] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)
    questions: dict[int, Daily] = field(default_factory=dict)
    daily: dict[tuple[int, str], tuple[str, bool]] = field(default_factory=dict)
    points: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)
    loops: list[tuple[str, Loop]] = field(default_factory=list)
    duels: list[tuple[str, str, str | None]] = field(default_factory=list)
    passed: set[tuple[str, str, str]] = field(default_factory=set)


async def read(url: str, world: World) -> Kept:
    """Read all that is kept."""
    kept, names = Kept(), {int(world.discord.state.user(name).id): name for name in NAMES}
    async with await Store.open(url) as store, store.database.reading() as connection:

        async def rows(table: Table) -> list[RowMapping]:
            return list((await connection.execute(select(table))).mappings())

        for row in await rows(tables.reviews):
            key = (names[row["member_id"]], row["source"])
            kept.twice += [key] if key in kept.reviews else []
            kept.reviews[key] = (row["topic"], row["item"], row["rating"])
        for row in await rows(tables.activity):
            kept.answers[names[row["member_id"]]] += row["answers"]
        kept.questions = {row["id"]: Daily(**row) for row in await rows(tables.daily)}
        for row in await rows(tables.daily_answers):
            kept.daily[row["daily_id"], names[row["member_id"]]] = (row["final"], row["correct"])
        for row in await rows(tables.scores):
            kept.points[row["source"], names[row["member_id"]]] = (row["points"], row["correct"])
        for row in await rows(tables.loops):
            loop = await store.loops.get(row["id"], row["member_id"])
            assert loop is not None
            kept.loops.append((names[loop.member_id], loop))
        kept.duels = [(row["topic"], row["item"], row["end"]) for row in await rows(tables.duels)]
        for member_id, name in names.items():
            done = await store.drills.all(member_id)
            kept.passed |= {(name, *drill) for drill, at in done.items() if at.passed is not None}
    return kept


async def is_kept(url: str, world: World, days: int) -> None:
    """Hold what is kept against what members read as kept, and what counts against what is kept."""
    kept, book = await read(url, world), world.book
    drills = {drill.id: drill for drill in map(drill_of, range(1, days + 1))}
    daily_is_kept(kept, book, days)
    counts: dict[tuple[str, str], list[str | int | None]] = {
        (name, source): [*told] for source, (name, *told) in book.interviews.items()
    }
    counts |= loops_are_kept(kept, book)
    for (number, name), (_, right) in kept.daily.items():
        question = kept.questions[number]
        counts[name, f"daily:{number}"] = [question.topic, question.item, grade_of_choice(right)]

    assert kept.twice == []
    others = {key: told for key, told in kept.reviews.items() if not key[1].startswith("drill:")}
    assert set(others) == set(counts), "each answer that is kept counts, and nothing else"
    for key, (topic, item, grade) in others.items():
        assert [topic, item, counts[key][2] or grade] == [*counts[key][:2], grade], "it counts as it was said to"
    passes = Counter((name, *kept.reviews[name, source][:2]) for name, source in kept.reviews if "drill:" in source)
    told = {(name, drills[drill].topic, drills[drill].item) for name, drill in book.passed}
    assert passes == Counter(told), "each drill that was passed counts, once"
    assert kept.passed == told, "each drill that was passed is kept"
    assert kept.answers == Counter(name for name, _ in kept.reviews), "days with answers"

    assert all(end is not None for *_, end in kept.duels), "each duel has its end"
    won = Counter((topic, item) for topic, item, end in kept.duels if end == "won")
    assert won == Counter((drill.topic, drill.item) for drill in drills.values()), "each duel was won, once"
    shown_as_it_is(world, days)


def daily_is_kept(kept: Kept, book: Book, days: int) -> None:
    """Hold the daily questions against what members read, and their points against the answers."""
    assert book.daily == {key: letter for key, (letter, _) in kept.daily.items()}, "each daily answer is kept"
    over = [question for question in kept.questions.values() if question.closed is not None]
    assert len(over) == days == len(kept.questions) - 1, "each day had its question"
    assert kept.points == {
        (f"daily:{number}", name): (RIGHT * right, int(right)) for (number, name), (_, right) in kept.daily.items()
    }, "each right answer has its points, once"


def loops_are_kept(kept: Kept, book: Book) -> dict[tuple[str, str], list[str | int | None]]:
    """Hold the whole interviews against what members read; return what of them counts, as whatever it was judged."""
    assert {(name, loop.id) for name, loop in kept.loops} == book.reports, "each interview has its report"
    assert all(loop.ended is not None for _, loop in kept.loops)
    answered = {
        (loop.id, number): (name, part) for name, loop in kept.loops for number, part in enumerate(loop.parts)
        if part.answer is not None
    }  # fmt: skip
    assert book.loops == {key: (name, part.answer) for key, (name, part) in answered.items()}, "each part is kept"
    assert all(part.end == "answered" for _, part in answered.values())
    return {
        (name, f"loop:{loop_id}:{number}"): [part.topic, part.item, None]
        for (loop_id, number), (name, part) in answered.items() if part.item
    }  # fmt: skip


def shown_as_it_is(world: World, days: int) -> None:
    """Hold what all can see against each other: nothing is there twice, nothing goes on that is over."""
    public = [message for message in world.discord.messages if not message.ephemeral]
    heads = Counter(
        found[0] for message in public if (found := re.search(r"(Question|The answer) of .+? ·", message.text))
    )
    assert set(heads.values()) == {1}, "nothing is posted twice"
    assert len(heads) == 2 * days + 1
    fought = [message for message in public if "⚔️" in message.text]
    assert len([message for message in fought if "🏆" in message.text]) == days, "each duel shows its end, once"
    left = [message.text for message in fought if any(part.get("custom_id") for part in message.components)]
    assert left == [], "no duel goes on"
    wrong = [message.text for message in world.discord.messages if "Something went wrong" in message.text]
    assert wrong == [], "nobody read of an error"


async def is_noticed(url: str, world: World, days: int) -> None:
    """Show that one thing less, more or other than it was confirmed is noticed."""
    changes: list[tuple[Callable[[Book], object], str]] = [
        (lambda book: book.interviews.popitem(), "and nothing else"),
        (lambda book: book.loops.update({min(book.loops): ("ann", "what nobody said")}), "each part is kept"),
        (lambda book: book.daily.update({min(book.daily): "Z"}), "each daily answer is kept"),
        (lambda book: book.passed.pop(), "counts, once"),
        (lambda book: book.reports.pop(), "has its report"),
    ]
    told = world.book
    for change, said in changes:
        world.book = deepcopy(told)
        change(world.book)
        with pytest.raises(AssertionError, match=said):
            await is_kept(url, world, days)
    world.book = told
    async with await Store.open(url) as store, store.database.writing() as connection:
        await connection.execute(update(tables.activity).values(answers=tables.activity.c.answers + 1))
    with pytest.raises(AssertionError, match="days with answers"):
        await is_kept(url, world, days)


@pytest.mark.slow
@pytest.mark.timeout(5_400)
async def test_fifty_kills_lose_nothing_of_what_members_study_and_count_nothing_twice(
    discord: LoopbackDiscord, tmp_path: Path, url: str
) -> None:
    await killed_at_random(discord, tmp_path, url, kills=50, seed=19)
