"""The daily question pings one role, which members take themselves, and has a thread: over the wire, over a restart."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.discord.client import EpochBot
from tests.discord import payloads
from tests.discord.server import LoopbackDiscord
from tests.discord.test_daily import LONG_S, NINE, Group, becomes

pytestmark = pytest.mark.timeout(900)
ROLE, POWERFUL = "777000000000000001", "777000000000000002"
BAN_MEMBERS = 1 << 2


@pytest.fixture(autouse=True)
def _often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.discord.daily.service.LOOK_S", 0.05)


@pytest_asyncio.fixture
async def group(tmp_path: Path) -> AsyncIterator[Group]:
    async with LoopbackDiscord(ack_limit_s=60) as discord:
        discord.state.roles += [payloads.role(ROLE, "daily"), payloads.role(POWERFUL, "mods", BAN_MEMBERS)]
        made = Group(discord, tmp_path)
        yield made
        await made.tutor.close()


async def wants(group: Group, bot: EpochBot, role: str | None, *, thread: bool) -> None:
    await group.set_up(bot)
    changes = {"daily_role": int(role) if role is not None else None, "daily_thread": thread}
    await bot.services.servers.change(group.guild_id, **changes)


async def test_members_take_and_give_back_the_role_and_nothing_else_is_pinged(group: Group) -> None:
    async with group.bot() as bot:
        await wants(group, bot, ROLE, thread=True)
        group.now = NINE
        posted = await group.message("Question of 24 November")
        sent = next(r.body for r in group.discord.requests if r.method == "POST" and "Question of" in str(r.body))
        assert sent["allowed_mentions"]["roles"] == [int(ROLE)]
        assert sent["allowed_mentions"].get("parse", []) == []
        assert f"<@&{ROLE}>" in posted.text
        await becomes(lambda: group.discord.state.threads.get(posted.id) is not None)
        assert group.discord.state.threads[posted.id].startswith("24 November · ")
        assert "You are pinged when" in await group.press(posted, "Remind me", "ada")
        assert group.discord.state.people["ada"].roles == [ROLE]
        assert "不再提醒你了" in await group.press(posted, "Remind me", "ada", "zh-CN")
        assert group.discord.state.people["ada"].roles == []
        await bot.services.servers.change(group.guild_id, daily_role=None)
        assert "reminds nobody" in await group.press(posted, "Remind me", "ada")


async def test_a_role_with_rights_is_handed_to_nobody_and_a_refusal_is_said(group: Group) -> None:
    async with group.bot() as bot:
        await wants(group, bot, POWERFUL, thread=False)
        group.now = NINE
        posted = await group.message("Question of 24 November")
        assert "grants more than being pinged" in await group.press(posted, "Remind me", "ada")
        assert group.discord.state.people["ada"].roles == []
        assert group.discord.state.threads == {}, "the control: no thread is wanted"
        await bot.services.servers.change(group.guild_id, daily_role=int(ROLE))
        group.discord.fail_next("PUT", "/roles/", 403, body={"code": 50013, "message": "No"})
        assert "grant me *Manage Roles*" in await group.press(posted, "Remind me", "ada")


async def test_without_a_role_nobody_is_pinged(group: Group) -> None:
    async with group.bot() as bot:
        await wants(group, bot, None, thread=False)
        group.now = NINE
        posted = await group.message("Question of 24 November")
        assert "Remind me" not in str(posted.components)
        sent = next(r.body for r in group.discord.requests if r.method == "POST" and "Question of" in str(r.body))
        assert not sent["allowed_mentions"].get("roles")
        assert sent["allowed_mentions"].get("parse", []) == []


async def test_a_question_without_its_thread_is_asked_all_the_same(group: Group) -> None:
    async with group.bot() as bot:
        await wants(group, bot, ROLE, thread=True)
        group.discord.fail_next("POST", "/threads$", 403, body={"code": 50013, "message": "No"})
        group.now = NINE
        posted = await group.message("Question of 24 November")
        await group.discord.until(lambda: any("/threads" in r.path for r in group.discord.requests), "a try", LONG_S)
        assert "is noted" in await group.press(posted, "A", "ada")
        assert len(group.posted("Question of 24 November")) == 1
