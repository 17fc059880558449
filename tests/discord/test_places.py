"""Where a member brings the bot along: servers that never invited it, groups of friends; forums, direct messages."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bot.world import make_tutor
from tests.discord.inside import bot_in
from tests.discord.server import LoopbackDiscord


@pytest.mark.parametrize("server", [True, False], ids=["a server it is not in", "a group of friends"])
async def test_everything_under_an_answer_works_where_the_bot_is_not_a_member(tmp_path: Path, server: bool) -> None:
    async with LoopbackDiscord(ack_limit_s=30) as discord:
        tutor = make_tutor()
        async with bot_in(discord, tmp_path, tutor):
            place = discord.elsewhere(server=server)
            asked = await discord.slash("ask", {"question": "what is mode collapse"}, place=place)
            answer = await discord.answer_to(asked)
            assert "Generative adversarial networks" in answer.text
            votes = await discord.answer_to(await discord.click(answer, "epoch:judge:gan:answer:en"))
            assert votes.ephemeral
            await discord.click(votes, label="It did")
            await discord.until(lambda: "Thanks, 👍" in votes.text, "the vote that counts")
            page = await discord.answer_to(await discord.select(answer, "epoch:rest", ["epoch:part:gan:how:en"]))
            assert "How it works" in page.text
            opened = await discord.select(answer, "epoch:rest", ["epoch:ask:gan:en"])
            sent = await discord.submit_modal(opened, {"question": "and its drawbacks?"})
            assert "Pitfalls" in (await discord.answer_to(sent)).text
            item = await discord.answer_to(await discord.click(answer, "epoch:quizme:gan:en"))
            revealed = await discord.click(item, label="A")
            await discord.until(lambda: "Because" in item.text, "answer to the item")
            assert revealed.ack_kind == 6, "the page turns, no new message comes"
            for command in ("quiz start", "settings", "gaps"):
                with pytest.raises(AssertionError, match="is not offered|cannot be brought along"):
                    await discord.slash(command, place=place)
            declined = await discord.slash("ask", {"question": "红烧肉怎么做才好吃"}, place=place)
            assert "epoch:helper" not in str((await discord.answer_to(declined)).components)
        await tutor.close()


async def test_elsewhere_is_said_before_any_deferral(tmp_path: Path) -> None:
    async with LoopbackDiscord(ack_limit_s=30) as discord:
        tutor = make_tutor()
        async with bot_in(discord, tmp_path, tutor) as bot:
            await bot.services.servers.change(int(discord.state.guild_id), channels=[1])
            told = await discord.answer_to(await discord.slash("ask", {"question": "what is mode collapse"}))
            assert told.ephemeral
            assert told.content == "In this server, ask here: <#1>"
            asked = await discord.slash("ask", {"question": "what is mode collapse"}, dm=True)
            assert "Generative" in (await discord.answer_to(asked)).text, "direct messages belong to no server"
        await tutor.close()


async def test_a_forwarded_message_is_asked_about_by_what_was_forwarded(tmp_path: Path) -> None:
    async with LoopbackDiscord(ack_limit_s=30) as discord:
        tutor = make_tutor()
        async with bot_in(discord, tmp_path, tutor):
            said = await discord.say("forwarded")
            original = {**said.payload, "content": "what is mode collapse"}
            said.payload |= {"content": "", "message_snapshots": [{"message": original}]}
            asked = await discord.message_menu("Ask Epoch about this", said)
            assert "Generative adversarial networks" in (await discord.answer_to(asked)).text
        await tutor.close()
