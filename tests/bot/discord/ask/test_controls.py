"""What stands under an answer, and what each of it does."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.discord.ask.controls import _extras
from bot.discord.ui.base import OPTIONS
from bot.discord.ui.items import mark_of
from bot.study.cards import Card
from bot.study.learning import GivenAnswer
from bot.study.schedule import GOOD
from knowledge.bank.loader import load_bank
from knowledge.search.retriever import Reply
from tests.bot.discord.ask.test_ask import NEAREST, scripted
from tests.bot.world import World, controls_of, discord_world, make_bot, make_tutor, text_of

LETTERS = ("A", "B", "C", "D")


async def answered(world: World, question: str = "what is mode collapse"):  # noqa: ANN201 - simcord's own
    response = (await world.alice.slash(world.channel, "ask", question=question)).response
    assert response is not None
    return response


async def test_an_answer_has_few_rows_and_the_most_wanted_first(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        assert list(controls_of(await answered(world)).items()) == [
            ("epoch:run:gan:main", "Run example"),
            ("epoch:quizme:gan:en", "Quiz me"),
            ("epoch:ask:gan:en", "Ask more"),
            ("epoch:vote:gan:answer:en:good", ""),
            ("epoch:vote:gan:answer:en:bad", ""),
            ("epoch:lang:gan:answer:en", "中文"),
            ("epoch:notebook:gan:en", "Notebook"),
            ("epoch:more:gan:en", "Read on…"),
            ("epoch:extra:gan:en", "Related topics, more examples…"),
        ]


async def test_the_other_language_opens_for_who_wants_it(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        answer = await answered(world)
        page = await world.bob.click(answer, custom_id="epoch:lang:gan:answer:en")
        assert page.ephemeral
        assert "### 生成对抗网络（GAN）\n-# 回答" in text_of(page.response)
        assert not any(custom_id.startswith("epoch:vote") for custom_id in controls_of(page.response))


async def test_a_related_topic_opens_for_all(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        answer = await answered(world)
        page = await world.bob.select(answer, ["topic:overfitting"], custom_id="epoch:extra:gan:en")
        assert not page.ephemeral
        assert "### Overfitting" in text_of(page.response)


async def test_the_notebook_comes_as_a_file_to_who_asked_for_it(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        answer = await answered(world)
        sent = await world.bob.click(answer, custom_id="epoch:notebook:gan:en")
        assert sent.ephemeral
        assert "open it in Jupyter" in text_of(sent.response)
        assert sent.response is not None
        assert [file.filename for file in sent.response.message.attachments] == ["gan.ipynb"]
        (shown,) = [c for c in sent.response.message.components[0].to_dict()["components"] if c["type"] == 13]
        assert shown["file"]["url"].endswith("/gan.ipynb")


def test_no_topic_has_more_to_offer_than_a_select_takes() -> None:
    bank = load_bank()
    for topic in bank.topics.values():
        options = _extras(topic, "en", bank)
        assert len(options) == len(topic.examples) - 1 + len(topic.meta.related), "the main example has a button"
        assert len(options) <= OPTIONS


async def test_a_vote_is_kept_without_a_name_and_can_be_changed(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        answer = await answered(world)
        for member, vote in ((world.alice, "good"), (world.bob, "good"), (world.bob, "bad")):
            pressed = await member.click(answer, custom_id=f"epoch:vote:gan:answer:en:{vote}")
            assert pressed.ephemeral
            assert ("👍" if vote == "good" else "👎") in text_of(pressed.response)
        (tally,) = await world.bot.services.store.feedback.tallies()
        assert (tally.topic, tally.section, tally.lang, tally.good, tally.bad) == ("gan", "answer", "en", 1, 1)


async def test_quiz_me_asks_one_member_and_tells_the_answer_after_the_press(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        answer = await answered(world)
        asked = await world.bob.click(answer, label="Quiz me")
        assert asked.ephemeral
        assert asked.response is not None
        assert list(controls_of(asked.response).values()) == list(LETTERS)
        assert "Because" not in text_of(asked.response)
        right = re.search(r"\*\*(.)\*\* the right one", text_of(asked.response))
        assert right is not None
        pressed = await world.bob.click(asked.response, label=right[1])
        told = text_of(pressed.response)
        assert f"✅ **{right[1]}** the right one" in told
        assert "Because" in told
        assert "Explain" not in told, "no button can answer an open item"
        again = await world.bob.click(asked.response, label="Another one")
        assert text_of(again.response).split("Item ")[1][:5] != told.split("Item ")[1][:5], "another item comes"
        assert not again.followups, "on the same page"


async def test_a_wrong_press_shows_both(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        asked = (await world.bob.click(await answered(world), label="Quiz me")).response
        assert asked is not None
        right = re.search(r"\*\*(.)\*\* the right one", text_of(asked))
        assert right is not None
        wrong = next(letter for letter in LETTERS if letter != right[1])
        told = text_of((await world.bob.click(asked, label=wrong)).response)
        assert f"✅ **{right[1]}**" in told
        assert f"❌ **{wrong}**" in told


async def test_an_answer_is_recorded_under_a_source_of_its_own(tmp_path: Path) -> None:
    told: list[GivenAnswer] = []

    async def record(answers: Sequence[GivenAnswer]) -> list[Card]:
        told.extend(answers)
        return []

    async with discord_world(tmp_path) as world:
        world.bot.services.learning.record = record  # type: ignore[method-assign]
        asked = (await world.bob.click(await answered(world), label="Quiz me")).response
        assert asked is not None
        right = re.search(r"\*\*(.)\*\* the right one", text_of(asked))
        assert right is not None
        await world.bob.click(asked, label=right[1])
        (answer,) = told
        assert (answer.member_id, answer.topic, answer.grade) == (world.bob.id, "gan", GOOD)
        assert answer.item in ("first", "second")
        assert re.fullmatch(r"quizme:[0-9a-f]+", answer.source)


async def test_an_item_asked_before_a_restart_is_judged_as_it_was_shown(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        asked = (await world.bob.click(await answered(world), label="Quiz me")).response
        assert asked is not None
        right = re.search(r"\*\*(.)\*\* the right one", text_of(asked))
        assert right is not None
        world.bot = make_bot(tmp_path, make_tutor())
        await world.env.restart_bot(world.bot)
        assert "✅ Right" in text_of((await world.bob.click(asked, label=right[1])).response)


async def test_nothing_about_the_buttons_tells_which_option_is_right(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        answer = await answered(world)
        places = set()
        for _ in range(12):
            asked = (await world.bob.click(answer, label="Quiz me")).response
            ids = [custom_id.rpartition(":") for custom_id in controls_of(asked)]
            assert len({head for head, _, _ in ids}) == 1, "the ids differ by their letters alone"
            assert ids[0][0].split(":")[3] in {mark_of("first"), mark_of("second")}
            found = re.search(r"\*\*(.)\*\* the right one", text_of(asked))
            assert found is not None
            places.add(found[1])
        assert len(places) > 1, "the right option, first in the bank, is shuffled"


async def test_a_question_in_the_modal_is_answered_for_all_and_stays_with_the_topic(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        answer = await answered(world)
        opened = await world.bob.click(answer, label="Ask more")
        sent = await world.bob.submit_modal(opened, {"question": "and its drawbacks?"})
        assert not sent.ephemeral
        assert "### Generative adversarial networks (GAN)\n-# Pitfalls" in text_of(sent.response)
        assert "> and its drawbacks?" in text_of(sent.response)


async def test_a_modal_opened_before_a_restart_is_answered_after_it(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        opened = await world.bob.click(await answered(world), label="Ask more")
        world.bot = make_bot(tmp_path, make_tutor())
        await world.env.restart_bot(world.bot)
        sent = await world.bob.submit_modal(opened, {"question": "and its drawbacks?"})
        assert "### Generative adversarial networks (GAN)\n-# Pitfalls" in text_of(sent.response)


@pytest.mark.parametrize("where", ["mention", "reply", "dm"])
async def test_a_follow_up_stays_with_the_topic(tmp_path: Path, where: str) -> None:
    async with discord_world(tmp_path) as world:
        assert world.bot.user is not None
        mention = f"<@{world.bot.user.id}>"
        if where == "dm":
            await world.alice.send_dm("what is mode collapse")
            await world.alice.send_dm("and its drawbacks?")
            last = world.alice.user.dm_channel.last_message
        elif where == "mention":
            await world.alice.send(world.channel, f"{mention} what is mode collapse")
            await world.alice.send(world.channel, f"{mention} and its drawbacks?")
            last = world.last
        else:
            answer = await answered(world)
            await answered(world, "how to avoid overfitting")
            await world.bob.send(world.channel, f"{mention} and its drawbacks?", reply_to=answer.message)
            last = world.last
        assert "### Generative adversarial networks (GAN)\n-# Pitfalls" in text_of(last)


async def test_without_a_topic_under_discussion_a_follow_up_is_no_answer(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        assert world.bot.user is not None
        await answered(world)  # alice's, not bob's
        await world.bob.send(world.channel, f"<@{world.bot.user.id}> and its drawbacks?")
        assert "-# Pitfalls" not in text_of(world.last)


async def test_a_message_of_somebody_else_can_be_asked_about(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        asked = await world.bob.send(world.channel, "what is mode collapse")
        result = await world.alice.context_menu(world.channel, "Ask Epoch about this", asked)
        assert "> what is mode collapse" in text_of(result.response)
        assert "### Generative adversarial networks (GAN)" in text_of(result.response)
        empty = await world.bob.send(world.channel, "", attachments=[("a.png", b"1")])
        result = await world.alice.context_menu(world.channel, "Ask Epoch about this", empty)
        assert "no question in this message" in text_of(result.response)


async def test_a_question_without_an_answer_is_noted_without_any_id(tmp_path: Path) -> None:
    reply = Reply("decline", None, None, 0.1, "en", NEAREST)
    async with discord_world(tmp_path, scripted(reply)) as world:
        for _ in range(2):
            await world.alice.slash(world.channel, "ask", question=f"<@{world.bob.id}> what is   @x <#12> LoRA?")
        (gap,) = await world.bot.services.store.gaps.all()
        assert (gap.question, gap.lang, gap.count) == ("what is @x LoRA?", "en", 2)
        assert gap.nearest == tuple(candidate.topic for candidate in NEAREST)


@pytest.mark.parametrize("outcome", ["answer", "clarify"])
async def test_what_was_found_or_may_be_meant_is_not_noted(tmp_path: Path, outcome: str) -> None:
    topic = "gan" if outcome == "answer" else None
    reply = Reply(outcome, topic, "answer" if topic else None, 0.5, "en", NEAREST)  # type: ignore[arg-type]
    async with discord_world(tmp_path, scripted(reply)) as world:
        await world.alice.slash(world.channel, "ask", question="gan")
        assert await world.bot.services.store.gaps.all() == []
