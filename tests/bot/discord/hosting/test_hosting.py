"""What a host sets, and that it holds everywhere; what a host is shown of questions without an answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import discord
import pytest
import simcord

from bot.discord.hosting.controls import daily_lacks
from bot.store.errors import DatabaseUnavailable
from bot.store.guilds import DailyTime, GuildSettings
from knowledge.search.retriever import Reply
from tests.bot.discord.ask.test_ask import NEAREST, scripted
from tests.bot.world import World, controls_of, discord_world, make_bot, options_of, text_of

DECLINED = Reply("decline", None, None, 0.1, "en", NEAREST)
HOST = discord.Permissions(manage_guild=True)


def host_of(world: World) -> simcord.MemberActor:
    role = world.guild.create_role("hosts", permissions=HOST)
    return world.guild.add_member(world.env.create_user("host"), roles=[role])


async def panel_of(world: World, host: simcord.MemberActor, control: str | None = None) -> simcord.ResponseMessage:
    """Open the panel, at the page with a control where there is more than one page."""
    shown = await host.slash(world.channel, "settings")
    assert shown.ephemeral
    assert shown.response is not None
    return shown.response if control is None else await turned(host, shown.response, control)


async def turned(host: simcord.MemberActor, panel: simcord.ResponseMessage, control: str) -> simcord.ResponseMessage:
    """Turn the panel to the page with a control; on which page it is depends on how many settings there are."""
    for lead in [custom_id for custom_id in controls_of(panel) if custom_id.startswith("epoch:setpage:")]:
        if control in controls_of(panel):
            break
        await host.click(panel, custom_id=lead)
    assert control in controls_of(panel)
    return panel


async def choose(
    host: simcord.MemberActor, panel: simcord.ResponseMessage, chosen: Sequence[Any], control: str
) -> simcord.InteractionResult:
    """Choose in a select of the panel, on whichever page it is."""
    return await host.select(await turned(host, panel, control), chosen, custom_id=control)


async def test_the_panel_is_for_those_who_manage_the_server(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        assert "settings" not in world.alice.available_commands(world.channel)
        host = host_of(world)
        panel = await panel_of(world, host)
        for control in (
            "epoch:set:language", "epoch:setin:channels", "epoch:setrole", "epoch:set:runs", "epoch:set:longest",
            "epoch:set:atonce", "epoch:set:edited", "epoch:setin:daily",
        ):  # fmt: skip
            await turned(host, panel, control)


async def test_every_setting_is_saved_shown_and_there_after_a_restart(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        host, helpers = host_of(world), world.guild.create_role("helpers")
        panel = await panel_of(world, host)
        await choose(host, panel, ["zh"], "epoch:set:language")
        assert "Epoch 在这个服务器里" in text_of(panel), "it shows what was set, in the language that was set"
        await choose(host, panel, [world.channel], "epoch:setin:channels")
        await choose(host, panel, [helpers], "epoch:setrole")
        await choose(host, panel, ["60"], "epoch:set:runs")
        await choose(host, panel, ["30"], "epoch:set:longest")
        await choose(host, panel, ["1"], "epoch:set:atonce")
        await choose(host, panel, ["managers"], "epoch:set:edited")
        await choose(host, panel, [world.channel], "epoch:setin:daily")
        opened = await host.click(panel, custom_id="epoch:settime")
        await host.submit_modal(opened, {"hour": "7", "zone": "Europe/Berlin"})
        assert controls_of(panel)["epoch:settime"] == "7:00 · Europe/Berlin"
        world.bot = make_bot(tmp_path)
        await world.env.restart_bot(world.bot)
        kept = world.bot.services.servers.of(world.guild.id)
        assert (kept.lang, kept.channels, kept.helper_role) == ("zh", (world.channel.id,), helpers.id)
        assert (kept.runs, kept.run_cooldown_s, kept.edited_code) == (True, 60, "managers")
        assert (kept.run_seconds, kept.runs_at_once) == (30, 1)
        assert kept.daily is not None
        assert kept.daily == DailyTime(
            channel_id=world.channel.id, hour=7, zone="Europe/Berlin", since=kept.daily.since
        )
        await choose(host, panel, ["off"], "epoch:set:runs")
        await choose(host, panel, [], "epoch:setin:daily")
        await choose(host, panel, [], "epoch:setrole")
        kept = world.bot.services.servers.of(world.guild.id)
        assert (kept.runs, kept.daily, kept.helper_role) == (False, None, None)


@pytest.mark.parametrize(
    ("hour", "zone"), [("25", "UTC"), ("-1", "UTC"), ("nine", "UTC"), ("9", "Mars/Olympus"), ("9", "../../etc/passwd")]
)
async def test_a_time_that_does_not_fit_changes_nothing(tmp_path: Path, hour: str, zone: str) -> None:
    async with discord_world(tmp_path) as world:
        host = host_of(world)
        panel = await panel_of(world, host)
        await choose(host, panel, [world.channel], "epoch:setin:daily")
        before = world.bot.services.servers.of(world.guild.id)
        opened = await host.click(panel, custom_id="epoch:settime")
        sent = await host.submit_modal(opened, {"hour": hour, "zone": zone})
        assert "is no time I can use" in text_of(sent.followups[-1])
        assert world.bot.services.servers.of(world.guild.id) == before


async def test_the_panel_says_when_the_next_daily_question_comes_and_never_for_an_hour_that_has_passed(
    tmp_path: Path,
) -> None:
    async with discord_world(tmp_path) as world:
        host, three = host_of(world), datetime(2026, 11, 24, 15, tzinfo=UTC).timestamp()
        world.clock.now = three
        panel = await panel_of(world, host)
        await choose(host, panel, [world.channel], "epoch:setin:daily")
        assert f"The next one comes <t:{int(three + 18 * 3_600)}:F>" in text_of(panel), "nine has passed"
        opened = await host.click(panel, custom_id="epoch:settime")
        await host.submit_modal(opened, {"hour": "16", "zone": "UTC"})
        assert f"The next one comes <t:{int(three + 3_600)}:F>" in text_of(panel)
        kept = world.bot.services.servers.of(world.guild.id).daily
        assert kept is not None
        assert kept.since == three
        world.clock.now = three + 7_200
        other = world.guild.create_text_channel("random")
        await choose(host, panel, [other], "epoch:setin:daily")
        moved = world.bot.services.servers.of(world.guild.id).daily
        assert moved == kept.model_copy(update={"channel_id": other.id}), "another channel changes no time"


async def test_a_channel_the_bot_may_not_post_in_is_marked_in_the_panel(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        host = host_of(world)
        panel = await panel_of(world, host)
        await choose(host, panel, [world.channel], "epoch:setin:daily")
        assert "may not post" not in text_of(panel), "the control"
        await world.bot.services.servers.change(world.guild.id, daily={"channel_id": 1})
        assert "⚠️ Epoch may not post in that channel" in text_of(await panel_of(world, host, "epoch:setin:daily"))


async def test_what_the_bot_lacks_for_the_role_and_the_thread_stands_beside_them(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        host = host_of(world)
        below, above = world.guild.create_role("daily"), world.guild.create_role("owners", position=90)
        guild = world.bot.get_guild(world.guild.id)
        assert guild is not None
        everything, nothing = discord.Permissions.all(), discord.Permissions.none()
        chosen = GuildSettings(daily_role=below.id, daily_thread=True)
        assert daily_lacks(chosen, guild, everything) == (), "the control"
        assert daily_lacks(chosen, guild, nothing) == ("daily_thread_shut",)
        chosen = GuildSettings(daily_role=above.id)
        assert daily_lacks(chosen, guild, everything) == ("daily_role_shut",), "its own role is not above that one"
        assert daily_lacks(GuildSettings(), guild, nothing) == (), "nothing is lacking for what nobody chose"
        panel = await panel_of(world, host)
        await choose(host, panel, [world.channel], "epoch:setin:daily")
        assert "Manage Roles" not in text_of(panel), "the control"
        await world.bot.services.servers.change(world.guild.id, daily_role=above.id)
        assert "⚠️ Epoch may not hand out that role yet: grant it *Manage Roles*" in text_of(
            await panel_of(world, host, "epoch:setin:daily")
        )


async def test_who_lost_the_right_can_change_nothing_with_an_old_panel(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        host = host_of(world)
        panel = await panel_of(world, host)
        (role,) = (role for name, role in world.guild.roles.items() if name == "hosts")
        world.env.backend.remove_member_role(world.guild.id, host.id, role.id)
        pressed = await choose(host, panel, ["zh"], "epoch:set:language")
        assert "Only members who may manage the server" in text_of(pressed.followups[-1])
        assert world.bot.services.servers.of(world.guild.id).lang is None


async def test_the_language_of_the_server_goes_before_that_of_the_member(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        await world.bot.services.servers.change(world.guild.id, lang="zh")
        answer = (await world.alice.slash(world.channel, "ask", question="what is mode collapse")).response
        assert controls_of(answer)["epoch:run:gan:main"] == "运行"
        assert "### Generative" in text_of(answer), "the answer comes in the language of the question"


async def test_elsewhere_a_command_says_privately_where_to_go_and_a_mention_is_left_alone(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        assert world.bot.user is not None
        other = world.guild.create_text_channel("random")
        await world.bot.services.servers.change(world.guild.id, channels=[other.id])
        asked = await world.alice.slash(world.channel, "ask", question="what is mode collapse")
        assert asked.ephemeral
        assert text_of(asked.response) == f"In this server, ask here: <#{other.id}>"
        ran = await world.alice.slash(world.channel, "run", topic="gan")
        assert ran.ephemeral
        message = await world.alice.send(world.channel, "what is mode collapse")
        assert (await world.alice.context_menu(world.channel, "Ask Epoch about this", message)).ephemeral
        await world.alice.send(world.channel, f"<@{world.bot.user.id}> what is mode collapse")
        assert not world.sent("POST", "/messages")
        answer = await world.alice.slash(other, "ask", question="what is mode collapse")
        assert "### Generative" in text_of(answer.response), "the control"
        host = host_of(world)
        assert "epoch:set:language" in controls_of(await panel_of(world, host)), "a host can always get at the settings"


async def test_a_thread_belongs_to_its_channel(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        assert world.bot.user is not None
        await world.bot.services.servers.change(world.guild.id, channels=[world.channel.id])
        world.env.backend.create_thread(world.channel.id, "gan", world.alice.id)
        (handle,) = world.channel.threads
        await world.alice.send(handle, f"<@{world.bot.user.id}> what is mode collapse")
        assert handle.last_message is not None
        assert "### Generative" in text_of(handle.last_message)


async def test_a_helper_is_called_once_by_a_members_own_press(tmp_path: Path) -> None:
    async with discord_world(tmp_path, scripted(DECLINED)) as world:
        helpers = world.guild.create_role("helpers", mentionable=True)
        declined = (await world.alice.slash(world.channel, "ask", question="what is LoRA?")).response
        assert "epoch:helper" not in controls_of(declined), "the control: nobody is named"
        await world.bot.services.servers.change(world.guild.id, helper_role=helpers.id)
        declined = (await world.alice.slash(world.channel, "ask", question="what is @everyone LoRA?")).response
        assert declined is not None
        called = await world.alice.click(declined, label="Ask a person")
        assert not called.ephemeral
        assert f"<@&{helpers.id}> alice has a question" in text_of(called.response)
        assert f"/{world.guild.id}/{world.channel.id}/{declined.id}" in text_of(called.response)
        callbacks = world.sent("POST", "/callback")
        assert callbacks[-1]["data"]["allowed_mentions"] == {"parse": [], "roles": [helpers.id]}
        again = await world.bob.click(declined, label="Ask a person")
        assert "already" in text_of(again.response)
        another = (await world.bob.slash(world.channel, "ask", question="what is QLoRA?")).response
        assert another is not None
        soon = await world.bob.click(another, label="Ask a person")
        assert "only just now" in text_of(soon.response)
        world.pings_expected = 1


async def test_a_button_whose_role_is_no_helper_any_more_calls_nobody(tmp_path: Path) -> None:
    async with discord_world(tmp_path, scripted(DECLINED)) as world:
        helpers = world.guild.create_role("helpers", mentionable=True)
        await world.bot.services.servers.change(world.guild.id, helper_role=helpers.id)
        declined = (await world.alice.slash(world.channel, "ask", question="what is LoRA?")).response
        assert declined is not None
        await world.bot.services.servers.change(world.guild.id, helper_role=None)
        pressed = await world.alice.click(declined, label="Ask a person")
        assert pressed.ephemeral
        assert "named nobody" in text_of(pressed.response)


async def test_a_database_that_fails_costs_the_note_and_not_the_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(*_: object, **__: object) -> None:
        raise DatabaseUnavailable("the disk is full")

    async with discord_world(tmp_path, scripted(DECLINED)) as world:
        monkeypatch.setattr(world.bot.services.store.gaps, "note", fail)
        declined = (await world.alice.slash(world.channel, "ask", question="what is LoRA?")).response
        assert "the bank has no answer" in text_of(declined)
    assert "was not noted: the disk is full" in caplog.text


async def test_a_name_that_tries_to_ping_does_not(tmp_path: Path) -> None:
    async with discord_world(tmp_path, scripted(DECLINED)) as world:
        helpers = world.guild.create_role("helpers", mentionable=True)
        await world.bot.services.servers.change(world.guild.id, helper_role=helpers.id)
        mallory = world.guild.add_member(world.env.create_user("mallory"), nick="@everyone <@&1> **x**")
        declined = (await mallory.slash(world.channel, "ask", question="what is LoRA?")).response
        assert declined is not None
        called = text_of((await mallory.click(declined, label="Ask a person")).response)
        assert "@everyone" not in called
        assert "<@&1>" not in called
        assert "**x**" not in called
        world.pings_expected = 1


async def test_a_host_sees_questions_without_an_answer_together_and_harmless(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        for question, lang, times in (
            ("how to prune a decision tree @everyone ```", "en", 3),
            ("prune decision trees how", "en", 1),
            ("红烧肉怎么做", "zh", 1),
        ):
            for _ in range(times):
                await world.bot.services.store.gaps.note(question, lang, ["overfitting"], 1.0, guild_id=world.guild.id)
        await world.bot.services.store.feedback.vote(
            message_id=1, member_id=2, topic="gan", section="how", lang="en", good=False, at=1.0
        )
        shown = await host_of(world).slash(world.channel, "gaps")
        assert shown.ephemeral
        text = text_of(shown.response)
        assert "Asked without an answer: 5, in groups: 2" in text
        assert "**1. how to prune a decision tree" in text
        assert "Also: prune decision trees how" in text
        assert "Nearest: Overfitting" in text
        assert "👎 1 👍 0 · Generative adversarial networks (GAN) · How it works · en" in text
        assert "@everyone" not in text
        assert "```" not in text


async def test_one_host_does_not_read_what_the_members_of_another_ask(tmp_path: Path) -> None:
    async with discord_world(tmp_path, scripted(DECLINED)) as world:
        other = world.env.create_guild()
        there = other.create_text_channel("there")
        for guild, channel in ((world.guild, world.channel), (other, there)):
            member = guild.add_member(world.env.create_user("asker"))
            await member.slash(channel, "ask", question=f"a question of {channel.name}")
            await member.slash(channel, "ask", question="what both ask")
        await world.alice.send_dm("a question of nobody else")
        found = {gap.question: gap.count for gap in await world.bot.services.store.gaps.all()}
        assert found["what both ask"] == 2

        host = host_of(world)
        seen = text_of((await host.slash(world.channel, "gaps")).response)
        assert "Asked in this server · Asked without an answer: 2" in seen
        assert "a question of ml" in seen
        assert "what both ask** · 1×" in seen
        assert not {"there", "nobody"} & set(seen.split()), seen

        world.bot.owner_id = host.id
        everything = text_of((await host.slash(world.channel, "gaps")).response)
        assert "Asked anywhere" in everything
        assert all(f"a question of {place}" in everything for place in ("ml", "there", "nobody else"))
        assert "what both ask** · 2×" in everything


@pytest.mark.parametrize(
    ("typed", "number", "opened"),
    [("7", 7, "gan"), ("第 7 题", 7, "gan"), ("#7", 7, "gan"), ("adversarial", 7, "gan"), ("过拟合", 3, "overfitting")],
)
async def test_a_source_question_opens_by_number_or_title(tmp_path: Path, typed: str, number: int, opened: str) -> None:
    async with discord_world(tmp_path) as world:
        result = await world.alice.slash(world.channel, "question", number=typed)
        assert f"epoch:ask:{opened}:en" in options_of(result.response)
        assert text_of(result.response).startswith(f"> {number}")


async def test_a_number_there_is_not_names_those_there_are(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        result = await world.alice.slash(world.channel, "question", number="41 @everyone")
        assert "There is no question “41" in text_of(result.response)
        assert "The numbers are 3, 7." in text_of(result.response)
        assert "@everyone" not in text_of(result.response)


async def test_questions_are_offered_in_both_languages_while_one_types(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        every = await world.alice.autocomplete(world.channel, "question", "number", "")
        assert [choice["value"] for choice in every] == ["3", "7"]
        world.locale = "zh-CN"
        (found,) = await world.alice.autocomplete(world.channel, "question", "number", "对抗")
        assert (found["name"], found["value"]) == ("7. 生成对抗网络（GAN）", "7")
        (found,) = await world.alice.autocomplete(world.channel, "question", "number", "overfit")
        assert found["value"] == "3"
