"""A draft from a suggestion to its patch, over real sockets, with the real check in a process of its own."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from bot.discord.client import EpochBot
from bot.study.drafts.checking import DraftChecker
from knowledge.bank.loader import read_transcript
from tests.bot.study.drafts.test_drafts import small_bank, zipped
from tests.bot.world import make_tutor
from tests.discord.inside import bot_in
from tests.discord.server import LoopbackDiscord
from tests.discord.state import Message
from tests.knowledge.tiny import EXAMPLE, FILES

CHECK_S = 300.0


@pytest_asyncio.fixture
async def discord() -> AsyncIterator[LoopbackDiscord]:
    async with LoopbackDiscord(ack_limit_s=30) as server:
        server.state.user("host", manager=True)
        yield server


async def suggested(discord: LoopbackDiscord, bot: EpochBot) -> Message:
    """A draft that the host has opened."""
    told = await discord.slash("suggest", {"question": "what is a sample mean?"}, user="ada")
    assert (await discord.answer_to(told)).ephemeral
    listed = await discord.answer_to(await discord.slash("drafts", user="host"))
    (draft,) = await bot.services.store.drafts.all()
    opened = await discord.select(listed, "epoch:drafts", [draft.slug], user="host")
    return await discord.answer_to(opened, lambda message: "Check and accept" in str(message.components))


def button(message: Message, action: str) -> str:
    return next(str(part["custom_id"]) for part in message.components if f":{action}:" in str(part.get("custom_id")))


async def attach(discord: LoopbackDiscord, shown: Message, files: dict[str, str]) -> None:
    form = await discord.click(shown, button(shown, "draftedit"), user="host")
    await discord.submit_modal(form, {}, files={"files": {"mean.zip": zipped(files)}})
    await discord.until(lambda: "Saved: " in shown.text, "what was saved", 30)


async def test_a_draft_that_passes_becomes_a_patch_and_one_that_lies_does_not(
    discord: LoopbackDiscord, tmp_path: Path
) -> None:
    tutor = make_tutor()
    async with bot_in(discord, tmp_path, tutor) as bot:
        drafts = bot.services.drafts
        drafts.checker = DraftChecker(  # type: ignore[attr-defined]
            tmp_path / "checks", tmp_path / "cache", "auto", bank_root=small_bank(tmp_path), seconds=CHECK_S
        )
        shown = await suggested(discord, bot)
        await discord.click(shown, button(shown, "draftok"), user="host")
        await discord.until(lambda: "problems.txt" in shown.files, "what is wrong", CHECK_S)
        assert "things to mend" in shown.text
        assert "TODO" in shown.files["problems.txt"].decode()

        lie = FILES | {"example.py": EXAMPLE.replace("abs(mean) < 0.15, f", "abs(mean) < -1, f")}
        await attach(discord, shown, lie)
        assert not shown.files, "what was wrong before is said no more"
        await discord.click(shown, button(shown, "draftok"), user="host")
        await discord.until(lambda: "does not run" in shown.text, "a claim that fails", CHECK_S)
        (draft,) = await bot.services.store.drafts.all()
        assert (draft.state, draft.patch) == ("open", None)

        await attach(discord, shown, FILES)
        pressed = await discord.click(shown, button(shown, "draftok"), user="host")
        await discord.until(lambda: "being checked" in shown.text.casefold(), "the check", 30)
        assert not any("draftok" in str(part.get("custom_id")) for part in shown.components)
        name = f"{draft.slug}.patch"
        await discord.until(lambda: name in shown.files, f"the patch of {pressed}", CHECK_S)
        assert f"git apply {name}" in shown.text
        (draft,) = await bot.services.store.drafts.all()
        assert draft.state == "accepted"
        assert draft.patch is not None
        assert shown.files[name] == draft.patch.encode()
        assert draft.slug not in bot.services.tutor.bank.topics, "it goes live when it is merged, and not before"
    await tutor.close()
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    subprocess.run(["git", "apply", "-"], cwd=tmp_path, input=shown.files[name], check=True)
    topic = tmp_path / "knowledge" / "topics" / draft.slug
    assert {file.name for file in topic.iterdir()} == {*FILES, "output.txt"}
    assert read_transcript((topic / "output.txt").read_text()) is not None


async def test_a_bot_that_closes_leaves_no_check_behind_and_the_next_one_opens_the_draft_again(
    discord: LoopbackDiscord, tmp_path: Path
) -> None:
    tutor = make_tutor()
    async with bot_in(discord, tmp_path, tutor) as bot:
        shown = await suggested(discord, bot)
        await discord.click(shown, button(shown, "draftok"), user="host")
        await discord.until(lambda: "Being checked" in shown.text, "the check", 30)
        checks = tmp_path / "data" / "drafts" / ".checks"
        while not (checks.is_dir() and any(checks.iterdir())):
            await asyncio.sleep(0.02)
    assert not any(checks.iterdir())
    async with bot_in(discord, tmp_path, tutor) as bot:
        await discord.until(lambda: "cut the check off" in shown.text, "the message", 30)
        (draft,) = await bot.services.store.drafts.all()
        assert draft.state == "open"
    await tutor.close()
