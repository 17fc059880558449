"""What a member gets alone, over the wire: a picture of what they know, a topic to take along."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import nbformat

from tests.bot.world import make_tutor
from tests.discord.inside import bot_in
from tests.discord.server import LoopbackDiscord

PNG = b"\x89PNG\r\n\x1a\n"


async def test_what_quiz_me_asked_shows_in_the_progress_of_who_answered(tmp_path: Path) -> None:
    async with LoopbackDiscord(ack_limit_s=30) as discord:
        tutor = make_tutor()
        async with bot_in(discord, tmp_path, tutor) as bot:
            answer = await discord.answer_to(await discord.slash("ask", {"question": "what is mode collapse"}))
            item = await discord.answer_to(await discord.click(answer, "epoch:quizme:gan:en"))
            await discord.click(item, label="A")
            await discord.until(lambda: "Because" in item.text, "answer to the item")
            member = int(discord.state.user("learner").id)
            async with asyncio.timeout(20):
                while not (await bot.services.learning.standing(member)).today:  # it is told first, then counted
                    await asyncio.sleep(0.02)
            shown = await discord.answer_to(await discord.slash("progress"))
            assert shown.ephemeral
            assert "**Strongest**: Generative adversarial networks" in shown.text
            assert shown.files["progress.png"].startswith(PNG)
            other = await discord.answer_to(await discord.slash("progress", user="bob"))
            assert "Nothing to show yet" in other.text
            assert other.files == {}
        await tutor.close()


async def test_the_notebook_under_an_answer_is_posted_whole_to_who_asked_for_it(tmp_path: Path) -> None:
    async with LoopbackDiscord(ack_limit_s=30) as discord:
        tutor = make_tutor()
        async with bot_in(discord, tmp_path, tutor):
            answer = await discord.answer_to(await discord.slash("ask", {"question": "what is mode collapse"}))
            chosen = await discord.select(answer, "epoch:rest", ["epoch:notebook:gan:en"], locale="zh-CN")
            sent = await discord.answer_to(chosen)
            assert sent.ephemeral
            assert "用 Jupyter 打开" in sent.text
            nbformat.validate(json.loads(sent.files["gan.ipynb"]))
            assert "# Generative adversarial networks (GAN)" in sent.files["gan.ipynb"].decode()
        await tutor.close()
