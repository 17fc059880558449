"""What members say about the answer before them, in mentions, replies, direct messages and `/ask`."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.study.tutor import Tutor
from bot.wording import say
from knowledge.bank.models import LANGS, Bank, Lang, SectionId, Unit
from knowledge.search.retriever import Reply
from runners.local import LocalRunner
from tests.bot.discord.ask.test_ask import NEAREST, Scripted, scripted
from tests.bot.world import World, bank, controls_of, discord_world, make_bot, text_of

TEXTS: dict[tuple[SectionId, str], str] = {
    ("answer", "answer"): "what it is", ("answer", "roles"): "two nets", ("how", "loss"): "the loss",
    ("how", "js"): "the divergence", ("interview", "interview"): "the last of it",
}  # fmt: skip


def paged_bank() -> Bank:
    """The world's bank; the page of `gan` is made of units, which say their language."""
    small = bank()

    def units(lang: Lang) -> tuple[Unit, ...]:
        return tuple(
            Unit(id=id_, section=section, lead="", text=f"{lang}: {text}") for (section, id_), text in TEXTS.items()
        )

    sections = {lang: {section: small["gan"].sections[lang][section] for section, _ in TEXTS} for lang in LANGS}
    units_of = {lang: units(lang) for lang in LANGS}
    gan = small["gan"].model_copy(update={"units": units_of, "sections": sections})
    return Bank(topics={**small.topics, "gan": gan})


def paged(reply: Reply | Exception) -> Tutor:
    return Tutor(paged_bank(), Scripted(reply), LocalRunner())


ANSWER = Reply("answer", "gan", "answer", 0.9, "en", NEAREST, unit="roles")


async def mention(world: World, said: str, **kwargs: object) -> str:
    """Say something to the bot and return what it replied."""
    assert world.bot.user is not None
    await world.alice.send(world.channel, f"<@{world.bot.user.id}> {said}", **kwargs)  # type: ignore[arg-type]
    return text_of(world.last)


async def test_a_mention_goes_on_from_the_unit_shown_last_and_looks_nothing_up(tmp_path: Path) -> None:
    scripted_finder = Scripted(ANSWER)
    tutor = Tutor(paged_bank(), scripted_finder, LocalRunner())
    async with discord_world(tmp_path, tutor) as world:
        assert "en: two nets" in await mention(world, "what do the nets do")
        scripted_finder.reply = RuntimeError("looked up")
        assert "en: the loss" in await mention(world, "tell me more")
        assert "en: the divergence" in await mention(world, "为什么？")
        assert "zh: the divergence" in await mention(world, "用中文再说一遍")
        assert "zh: the last of it" in await mention(world, "继续")
        assert say("talk.end", "zh") in await mention(world, "继续")
        assert "en: the last of it" in await mention(world, "in English please")
        assert await world.bot.services.store.gaps.all() == []


async def test_code_comes_as_a_block_with_its_run_button_and_a_wish_to_run_gets_that_button(tmp_path: Path) -> None:
    async with discord_world(tmp_path, paged(ANSWER)) as world:
        await mention(world, "what do the nets do")
        shown = await mention(world, "给我代码")
        assert "```py\nimport base64" in shown
        assert controls_of(world.last)["epoch:run:gan:main"] == "Run example"
        assert "press to run" in await mention(world, "run it")
        ran = await world.bob.click(world.last, custom_id="epoch:run:gan:main")
        assert "step 2: loss 0.33" in text_of(ran.response)


async def test_who_does_not_get_it_is_shown_what_the_example_prints(tmp_path: Path) -> None:
    tutor = paged(ANSWER)
    main = tutor.bank["gan"].example()
    printed = main.model_copy(update={"transcript": main.transcript.model_copy(update={"text": "loss 0.5\n"})})  # type: ignore[union-attr]
    gan = tutor.bank["gan"].model_copy(update={"examples": (printed,)})
    tutor.bank = Bank(topics={**tutor.bank.topics, "gan": gan})
    async with discord_world(tmp_path, tutor) as world:
        await mention(world, "what do the nets do")
        shown = await mention(world, "I don't get it")
        assert "The main example" in shown
        assert "```\nloss 0.5\n```" in shown
        assert "epoch:run:gan:main" in controls_of(world.last)
        assert "en: the loss" in await mention(world, "go on"), "the place on the page stays"


async def test_quiz_me_asks_one_item_that_can_be_answered(tmp_path: Path) -> None:
    async with discord_world(tmp_path, paged(ANSWER)) as world:
        await mention(world, "what do the nets do")
        assert "Item " in await mention(world, "quiz me")
        guesses = [each for each in controls_of(world.last) if each.startswith("epoch:guess:gan:")]
        assert len(guesses) == 4
        await world.alice.click(world.last, custom_id=guesses[0])
        assert "Because" in text_of(world.last)


@pytest.mark.parametrize("said", ["go on", "没懂", "code", "运行一下", "考考我", "in English please"])
async def test_with_nothing_under_discussion_one_line_says_what_to_ask_first(tmp_path: Path, said: str) -> None:
    async with discord_world(tmp_path, scripted(RuntimeError("looked up"))) as world:
        lang: Lang = "en" if said.isascii() else "zh"
        assert await mention(world, said) == say("talk.nothing", lang)
        await world.bob.send_dm(said)
        assert text_of(world.bob.user.dm_channel.last_message) == say("talk.nothing", lang)
        asked = await world.alice.slash(world.channel, "ask", question=said)
        assert text_of(asked.response) == f"> {said}\n{say('talk.nothing', lang)}"
        assert controls_of(asked.response) == {}
        assert await world.bot.services.store.gaps.all() == []


async def test_a_reply_goes_on_from_the_unit_it_answers_after_a_restart_and_for_anybody(tmp_path: Path) -> None:
    async with discord_world(tmp_path, paged(ANSWER)) as world:
        answer = (await world.bob.slash(world.channel, "ask", question="what do the nets do")).response
        assert answer is not None
        world.bot = make_bot(tmp_path, paged(RuntimeError("looked up")))
        await world.env.restart_bot(world.bot)
        assert "en: the loss" in await mention(world, "go on", reply_to=answer.message)
        assert "zh: two nets" in await mention(world, "in Chinese", reply_to=answer.message)


async def test_ask_with_what_is_no_question_goes_on_and_runs_for_real(tmp_path: Path) -> None:
    async with discord_world(tmp_path, paged(ANSWER)) as world:
        await world.alice.slash(world.channel, "ask", question="what do the nets do")
        more = await world.alice.slash(world.channel, "ask", question="tell me more")
        assert text_of(more.response).startswith("> tell me more\n### ")
        assert "en: the loss" in text_of(more.response)
        ran = await world.alice.slash(world.channel, "ask", question="运行一下")
        assert "step 2: loss 0.33" in text_of(ran.response)
        other = await world.bob.slash(world.channel, "ask", question="go on")
        assert say("talk.nothing", "en") in text_of(other.response), "in a channel several talk at once"


async def test_run_it_above_ones_own_code_means_that_code(tmp_path: Path) -> None:
    async with discord_world(tmp_path, paged(ANSWER)) as world:
        await mention(world, "what do the nets do")
        shown = await mention(world, "run it\n```py\nprint(1)\n```")
        assert shown == say("run.offer.text", "en")
        assert not any(custom_id.startswith("epoch:run:") for custom_id in controls_of(world.last))


async def test_a_question_behind_thanks_or_that_begins_with_why_is_looked_up(tmp_path: Path) -> None:
    async with discord_world(tmp_path, paged(ANSWER)) as world:
        for question in ("thanks, what is dropout?", "why does dropout work", "code for dropout"):
            assert "en: two nets" in await mention(world, question)
