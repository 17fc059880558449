"""A large community, simulated: its servers on the tests' Discord, its members in a real SQLite file, one bot.

10,000 servers in READY, of which 1,000 have their daily question due, and had one on each of 200 days before
100,000 members with 15 cards each
a bank of 1,000 topics: the packaged ones again and again, loaded only
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from shutil import copytree
from statistics import median, quantiles
from time import perf_counter, time
from typing import Any

from bot.settings import Settings
from bot.store.store import Store
from knowledge.bank.loader import topics_root
from knowledge.bank.models import LANGS, Bank
from tests.bench.serve import pss_mb, started
from tests.discord import payloads
from tests.discord.process import ROOT
from tests.discord.server import LoopbackDiscord

SERVERS, DAILIES, DAYS, MEMBERS, CARDS, TOPICS = 10_000, 1_000, 200, 100_000, 15, 1_000
#: How long the dailies may take, and how often a question is asked meanwhile.
_DAILIES_S, _ASK_EVERY_S = 600.0, 1.0
#: Members of the store have ids from here on.
_FIRST_MEMBER = 1_000
Log = Callable[[str], None]

_LOAD = """
import resource, sys, time
from pathlib import Path
from knowledge.bank.loader import load_bank
began = time.perf_counter()
bank = load_bank(Path(sys.argv[1]))
print(len(bank), time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def measure(settings: Settings, bank: Bank, progress: Log = lambda line: None) -> dict[str, Any]:
    """Return what a start, the memory and the latency come to."""
    with tempfile.TemporaryDirectory(prefix="epoch-bench-") as folder:
        return asyncio.run(_measure(settings, bank, Path(folder), progress))


async def _measure(settings: Settings, bank: Bank, folder: Path, progress: Log) -> dict[str, Any]:
    progress(f"{MEMBERS} members with {CARDS} cards each go into a database")
    database = folder / "epoch.db"
    async with await Store.open(f"sqlite+aiosqlite:///{database}"):
        pass
    async with LoopbackDiscord(ack_limit_s=60, strict=False) as discord:
        servers = populate(discord, SERVERS)
        await asyncio.to_thread(_fill, database, servers[:DAILIES], bank)
        progress(f"a start with {SERVERS} servers, {DAILIES} dailies due")
        async with started(settings, folder, discord) as (epoch, took):
            asked = asyncio.create_task(_ask_all_the_time(discord, bank))
            began = perf_counter()
            await discord.until(lambda: len(_posts(discord)) >= DAILIES, "daily questions", _DAILIES_S)
            dailies = perf_counter() - began
            asked.cancel()
            # The first was asked as soon as the bot was ready: before it Discord tells of every server, one by one.
            first, *acks = [each.ack_s for each in discord.acks if each.ack_s is not None]
            answers = [
                each.original.edited_at[0] - each.dispatched_at
                for each in discord.acks
                if each.original is not None and each.original.edited_at
            ]
            memory = pss_mb(epoch, alone=True)["bot"]
    progress(f"a bank of {TOPICS} topics")
    return {
        "simulated": True,
        "servers": SERVERS,
        "members": MEMBERS,
        "cards": MEMBERS * CARDS,
        "start_s": round(took, 1),
        "bot_pss_mb": round(memory),
        "dailies": DAILIES,
        "dailies_before": DAILIES * DAYS,
        "dailies_s": round(dailies, 1),
        "asks_meanwhile": len(acks),
        "load": round(os.getloadavg()[0], 1),
        "ack_at_ready_ms": round(1000 * first),
        "ack_p50_ms": round(1000 * median(acks)),
        "ack_worst_ms": round(1000 * max(acks)),
        "answer_p50_ms": round(1000 * median(answers)),
        "answer_p90_ms": round(1000 * quantiles(answers, n=10)[-1]),
        "database_mb": round(database.stat().st_size / 1e6),
        **await asyncio.to_thread(_large_bank, folder),
        "measured_with_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def populate(discord: LoopbackDiscord, servers: int) -> list[tuple[int, int]]:
    """Let the bot be in so many more servers, each with one channel; return their ids, and those of the channels."""
    state = discord.state
    found = []
    for number in range(servers):
        guild_id, channel_id = state.ids.next(), state.ids.next()
        channel = payloads.text_channel(channel_id, guild_id, f"group-{number}")
        state.channels[channel_id] = channel
        state.others[guild_id] = payloads.guild(guild_id, [channel], [state.bot], state.owner)
        found.append((int(guild_id), int(channel_id)))
    return found


def _fill(database: Path, servers: list[tuple[int, int]], bank: Bank) -> None:
    """Give servers a daily question that is due, and members their cards."""
    hour = datetime.fromtimestamp(time(), UTC).hour
    items = [(topic.slug, item.id) for topic in bank.topics.values() for item in topic.quiz][:CARDS]
    card = json.dumps({"state": 2, "step": None, "stability": 2.3065, "difficulty": 2.1181, "last_review": 0.0})
    content = json.dumps({"question": "x" * 1000})  # as long as most are, and never read again
    connection = sqlite3.connect(database)
    with connection:
        for guild_id, channel_id in servers:
            chosen = json.dumps({"daily": {"channel_id": channel_id, "hour": hour, "zone": "UTC", "since": 0.0}})
            connection.execute("INSERT INTO guilds (guild_id, settings, changed) VALUES (?, ?, 0)", (guild_id, chosen))
            connection.executemany(
                "INSERT INTO daily (guild_id, day, channel_id, message_id, topic, item, content, closed, told) "
                "VALUES (?, date('now', ?), ?, 1, ?, ?, ?, 0, 0)",
                [
                    (guild_id, f"-{ago} days", channel_id, *items[ago % len(items)], content)
                    for ago in range(1, DAYS + 1)
                ],
            )  # fmt: skip
        for topic, item in items:
            connection.execute(
                "WITH RECURSIVE members(id) AS (SELECT ? UNION ALL SELECT id + 1 FROM members WHERE id < ?) "
                "INSERT INTO cards (member_id, topic, item, state, due) SELECT id, ?, ?, ?, id FROM members",
                (_FIRST_MEMBER, _FIRST_MEMBER + MEMBERS - 1, topic, item, card),
            )
    connection.close()


def _posts(discord: LoopbackDiscord) -> list[Any]:
    return [message for message in discord.messages if message.payload["channel_id"] != discord.state.channel["id"]]


async def _ask_all_the_time(discord: LoopbackDiscord, bank: Bank) -> None:
    asks = [ask for topic in bank.topics.values() for lang in LANGS for ask in topic.meta.asks[lang]]
    for number, ask in enumerate(asks):
        await discord.slash("ask", {"question": ask}, user=f"member{number}")
        await asyncio.sleep(_ASK_EVERY_S)


def _large_bank(folder: Path) -> dict[str, Any]:
    """Load the packaged bank, and a thousand topics made of it; return seconds a topic and megabytes of both."""
    packaged = sorted(place for place in topics_root().iterdir() if (place / "topic.toml").is_file())
    large = folder / "topics"
    for number in range(TOPICS):
        source = packaged[number % len(packaged)]
        again = number // len(packaged)
        copytree(source, large / (f"{source.name}-{again}" if again else source.name))
    figures = {}
    for name, root in (("packaged", topics_root()), ("large", large)):
        done = subprocess.run([sys.executable, "-c", _LOAD, str(root)], capture_output=True, text=True, check=True,
                              cwd=ROOT)  # fmt: skip
        topics, seconds, peak = done.stdout.split()
        figures[f"{name}_bank"] = {
            "topics": int(topics), "load_ms_a_topic": round(1000 * float(seconds) / int(topics), 1),
            "peak_mb": round(float(peak)),
        }  # fmt: skip
    return figures
