"""Packs of a server's own, and cards to take along, over the wire: uploaded, refused by line, corrected, played."""

from __future__ import annotations

import asyncio
import csv
import io
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.study.learning import GivenAnswer
from bot.study.schedule import AGAIN, GOOD
from bot.study.tutor import Tutor
from tests.bot.world import make_tutor
from tests.discord.inside import bot_in
from tests.discord.server import LoopbackDiscord
from tests.discord.test_ways_on import LONG_S, labels, shown, turned

pytestmark = [pytest.mark.timeout(900)]
GOOD_PACK = "Which function squashes to (0, 1)?:\n- sigmoid\n- logistic\n"
BAD_PACK = "Which function squashes to (0, 1)?: sigmoid\nWho `@everyone`?:\n- me\n- [a, b]\n"


@pytest_asyncio.fixture
async def discord() -> AsyncIterator[LoopbackDiscord]:
    async with LoopbackDiscord(ack_limit_s=60) as server:
        server.state.user("host", manager=True)
        yield server


@pytest_asyncio.fixture
async def tutor() -> AsyncIterator[Tutor]:
    made = make_tutor()
    yield made
    await made.close()


async def test_a_pack_is_uploaded_refused_by_line_corrected_played_and_deleted(
    discord: LoopbackDiscord, tmp_path: Path, tutor: Tutor
) -> None:
    async with bot_in(discord, tmp_path, tutor) as bot:
        listed = await shown(discord, await discord.slash("packs", user="host"))
        assert listed.ephemeral
        assert "None yet" in listed.text
        form = await discord.click(listed, label="Upload a pack", user="host")
        files = {"file": {"ML Basics.yaml": BAD_PACK.encode()}}
        wrong = await shown(discord, await discord.submit_modal(form, {}, files=files))
        assert "ML Basics.yaml was not saved**: 2 places" in wrong.text
        assert "- **line 1**: `'Which function" in wrong.text
        assert "- **line 4**: `an answer to" in wrong.text
        assert wrong.text.count("ML Basics.yaml") == 1, "the file is named once"
        chinese = await shown(
            discord, await discord.submit_modal(form, {"text": BAD_PACK, "name": "ml"}, locale="zh-CN")
        )
        assert "- **第 4 行**：`" in chinese.text
        assert "line" not in chinese.text
        assert "@everyone" not in wrong.text.replace("@\u200beveryone", "")
        assert await bot.services.store.packs.names(int(discord.state.guild_id)) == []
        again = await discord.click(wrong, label="Open it with what you typed", user="host")
        assert again.modal is None or "sigmoid" in str(again.modal), "the form has the text of the file"
        saved = await shown(discord, await discord.submit_modal(again, {"text": GOOD_PACK}))
        assert "**ml-basics** is saved: 1 question." in saved.text
        offered = await discord.autocomplete("quiz start", "topics", "ml-b", user="bob")
        assert [choice["value"] for choice in offered] == ["pack:ml-basics"]
    async with bot_in(discord, tmp_path, tutor):
        lobby = await discord.slash("quiz start", {"topics": "pack:ml-basics"}, user="bob")
        assert "📦 ml-basics" in (await shown(discord, lobby)).text
        await discord.slash("quiz stop", user="bob")
        listed = await shown(discord, await discord.slash("packs", user="host"))
        await discord.select(listed, "epoch:pack", ["ml-basics"], user="host")
        await turned(discord, listed, "It begins:")
        taken = await shown_file(discord, listed, "Get the file")
        assert taken == {"ml-basics.yaml": GOOD_PACK.encode()}
        corrected = await discord.click(listed, label="Correct", user="host")
        await shown(discord, await discord.submit_modal(corrected, {"text": f"{GOOD_PACK}More?: [yes]\n"}))
        await discord.click(listed, label="Delete", user="host")
        await turned(discord, listed, "**ml-basics** is deleted")
        assert listed.files["ml-basics.yaml"].decode().endswith("More?: [yes]\n"), "what was deleted can be kept"


async def shown_file(discord: LoopbackDiscord, message: object, label: str) -> dict[str, bytes]:
    pressed = await discord.click(message, label=label, user="host")  # type: ignore[arg-type]
    reply = await discord.answer_to(pressed, lambda each: bool(each.files), timeout=LONG_S)
    return reply.files


@pytest.mark.parametrize(
    ("values", "files", "says"),
    [
        ({"name": "ml", "text": " "}, {}, "neither a file nor text"),
        ({"name": "!", "text": "a?: [b]"}, {}, "“!” is no name for a pack"),
        ({}, {"ml.txt": b"a?: [b]"}, "no .yaml file"),
        ({}, {"ml.yaml": b"\xff\xfe"}, "not UTF-8"),
        ({}, {"ml.yaml": b"a: &a [*a, *a]\nb: !!python/object:os.system [x]\n"}, "was not saved"),
        ({}, {"ml.yaml": b"x" * 1_000_001}, "too large"),
    ],
)
async def test_what_is_no_pack_is_refused_in_words_and_nothing_of_it_is_kept(
    discord: LoopbackDiscord, tmp_path: Path, tutor: Tutor, values: dict[str, str], files: dict[str, bytes], says: str
) -> None:
    async with bot_in(discord, tmp_path, tutor) as bot:
        listed = await shown(discord, await discord.slash("packs", user="host"))
        form = await discord.click(listed, label="Upload a pack", user="host")
        sent = await discord.submit_modal(form, values, files={"file": files} if files else None)
        assert says in (await shown(discord, sent)).text
        assert await bot.services.store.packs.names(int(discord.state.guild_id)) == []


async def test_only_who_manages_the_server_changes_its_packs(
    discord: LoopbackDiscord, tmp_path: Path, tutor: Tutor
) -> None:
    async with bot_in(discord, tmp_path, tutor):
        refused = await shown(discord, await discord.slash("packs", user="bob"))
        assert "Only members who may manage the server" in refused.text
        assert labels(refused) == []


async def test_cards_are_of_the_bank_or_of_what_was_answered_wrong(
    discord: LoopbackDiscord, tmp_path: Path, tutor: Tutor
) -> None:
    async with bot_in(discord, tmp_path, tutor) as bot:
        none = await shown(discord, await discord.slash("export", {"cards": "csv_mistakes"}))
        assert "You have had nothing wrong so far" in none.text
        assert labels(none) == ["Review"]
        member = int(discord.state.user("learner").id)
        given = [GivenAnswer(member, "gan", "first", AGAIN, "a"), GivenAnswer(member, "gan", "second", GOOD, "b")]
        await bot.services.learning.record(given)
        mine = await shown(discord, await discord.slash("export", {"cards": "csv_mistakes"}, locale="zh-CN"))
        assert mine.ephemeral
        assert "1 张卡片" in mine.text
        rows = [*csv.DictReader(io.StringIO(mine.files["epoch-mistakes-zh.csv"].decode("utf-8-sig")))]
        assert [(row["item"], row["back"]) for row in rows] == [("gan/first", "A. the right one")]
        assert rows[0]["front"].startswith("题目 first\nA. the right one")
        whole = await shown(discord, await discord.slash("export", {"cards": "anki_bank"}))
        with zipfile.ZipFile(io.BytesIO(whole.files["epoch-bank-en.apkg"])) as package:
            assert "collection.anki2" in package.namelist()
        kept = await shown(discord, await discord.slash("export"))
        assert "epoch-export.json" in kept.files, "without cards it is what is kept, as before"
        await asyncio.sleep(0)
