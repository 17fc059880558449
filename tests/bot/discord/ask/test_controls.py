"""What stands under an answer, and what each of it does."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import discord
import pytest
from discord import ui

from bot.discord.ask.controls import answer_views
from bot.discord.ask.earlier import ExtraSelect, MoreSelect
from bot.discord.ask.followups import AskMoreButton
from bot.discord.ask.parts import LanguageButton, NotebookButton, PartButton, SourcesButton
from bot.discord.ask.votes import VoteButton
from bot.discord.ui.base import OPTIONS, layout, rows
from bot.discord.ui.errors import Gone
from bot.discord.ui.items import QuizMeButton, mark_of
from bot.discord.ui.rest import RestSelect
from bot.discord.ui.topic_controls import RunButton, TopicButton
from bot.study.cards import Card
from bot.study.learning import GivenAnswer
from bot.study.schedule import GOOD
from knowledge.bank.loader import load_bank
from knowledge.bank.models import LANGS, SECTIONS, Lang
from knowledge.search.retriever import Reply
from tests.bot.discord.ask.test_ask import NEAREST, scripted
from tests.bot.world import EXAMPLES, World, controls_of, discord_world, make_bot, make_tutor, options_of, text_of
from tests.discord.validation import validate

LETTERS = ("A", "B", "C", "D")


async def answered(world: World, question: str = "what is mode collapse"):  # noqa: ANN201 - simcord's own
    response = (await world.alice.slash(world.channel, "ask", question=question)).response
    assert response is not None
    return response


async def rest(member: Any, message: object, value: str):  # noqa: ANN201, ANN401 - simcord's own
    """Pick from the select below a message."""
    return await member.select(message, [value], custom_id="epoch:rest")


async def test_an_answer_has_one_row_of_four_and_one_select_with_all_the_rest(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        answer = await answered(world)
        assert list(controls_of(answer).items()) == [
            ("epoch:run:gan:main", "Run"),
            ("epoch:quizme:gan:en", "Quiz"),
            ("epoch:onward:gan:answer:en", "Go on"),
            ("epoch:judge:gan:answer:en", "👍👎"),
            ("epoch:rest", "Read on, ask more, 中文…"),
        ]
        assert list(options_of(answer).items()) == [
            ("epoch:part:gan:how:en", "Section: How it works"),
            ("epoch:part:gan:practice:en", "Section: In practice"),
            ("epoch:part:gan:pitfalls:en", "Section: Pitfalls"),
            ("epoch:part:gan:interview:en", "Section: In the interview"),
            ("epoch:ask:gan:en", "Ask more…"),
            ("epoch:save:gan:answer:en", "Save"),
            ("epoch:lang:gan:answer:en", "中文"),
            ("epoch:source:gan:main:en", "Code of the example"),
            ("epoch:notebook:gan:en", "Notebook (Jupyter)"),
            ("epoch:sources:gan:en", "Sources"),
            ("epoch:link:gan:answer:en", "Link to this"),
            *((f"epoch:run:gan:{name}", f"Run: The {name} example") for name in EXAMPLES if name != "main"),
            ("epoch:topic:overfitting:en", "Related: Overfitting"),
            ("epoch:topic:cnn:en", "Related: Convolutional neural networks (CNN)"),
        ]


@pytest.mark.parametrize("lang", LANGS)
def test_whatever_is_shown_of_a_page_all_of_it_can_be_reached_from_there(lang: Lang) -> None:
    bank = load_bank()
    for topic in bank.topics.values():
        places = [(unit.section, unit.id) for unit in topic.units[lang]] + [(each, None) for each in SECTIONS]
        for section, unit in places:
            for private in (False, True):
                *_, view = answer_views(topic, section, lang, lang, bank=bank, unit=unit, private=private)
                items = [*view.walk_children()]
                row, below = [each for each in items if isinstance(each, ui.ActionRow)]
                assert len(row.children) <= 4
                assert isinstance(below.children[0], RestSelect)
                options = below.children[0].item.options
                assert len(options) <= OPTIONS
                assert len({each.value for each in options}) == len(options)
                assert all(each.label and len(each.label) <= 100 for each in options)
                parts = [
                    found for each in options if (found := PartButton.decode(each.value)) and found.slug == topic.slug
                ]
                own = [each for each in topic.units[lang] if each.section == section]
                shown_whole = unit is None or len(own) == 1
                assert {each.section for each in parts if each.unit is None} == set(SECTIONS) - (
                    {section} if shown_whole else set()
                )
                others = len(options) - len(parts)
                near = [each.unit for each in parts if each.unit]
                if not shown_whole:
                    wanted = min(len(own) - 1, OPTIONS - 5 - others)
                    assert len([mark for mark in near if mark in {mark_of(each.id) for each in own}]) == wanted
                assert mark_of(unit or "") not in near, "what is shown already is not offered"


@pytest.mark.parametrize("lang", LANGS)
def test_discord_takes_the_longest_unit_and_the_longest_section_of_every_topic(lang: Lang) -> None:
    bank = load_bank()
    for topic in bank.topics.values():
        unit = max(topic.units[lang], key=lambda each: len(each.text))
        section = max(SECTIONS, key=lambda each: len(topic.sections[lang][each]))
        for place in ((unit.section, unit.id), (section, None)):
            for view in answer_views(topic, place[0], lang, lang, question="?" * 500, bank=bank, unit=place[1]):
                body = {"flags": 1 << 15, "components": view.to_components(), "allowed_mentions": {"parse": []}}
                validate("POST", "/channels/1/messages", body)


def test_no_answer_has_more_to_offer_than_a_select_takes() -> None:
    bank = load_bank()
    for topic in bank.topics.values():
        *_, view = answer_views(topic, "how", "en", "en", bank=bank, unit=topic.units["en"][-1].id)
        values = [
            each.value for item in view.walk_children() if isinstance(item, RestSelect) for each in item.item.options
        ]
        for slug in topic.meta.related:
            assert TopicButton(slug, "en").encode() in values
        for example in topic.examples[1:]:
            assert RunButton(topic.slug, example.name).encode() in values
        assert LanguageButton.codec.prefix in "".join(values)
        assert SourcesButton(topic.slug, "en").encode() in values
        assert len(values) <= OPTIONS


async def test_the_other_language_opens_for_who_wants_it(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        page = await rest(world.bob, await answered(world), "epoch:lang:gan:answer:en")
        assert page.ephemeral
        assert "### 生成对抗网络（GAN）\n-# 回答" in text_of(page.response)
        assert not any(custom_id.startswith("epoch:judge") for custom_id in controls_of(page.response))


async def test_going_on_opens_a_page_of_ones_own_which_then_turns(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        answer = await answered(world)
        page = await world.bob.click(answer, label="Go on")
        assert page.ephemeral
        assert "-# How it works" in text_of(page.response)
        assert page.response is not None
        turned = await world.bob.click(page.response, label="Go on")
        assert not turned.followups
        assert "-# In practice" in text_of(page.response)
        back = await rest(world.bob, page.response, "epoch:part:gan:answer:en")
        assert not back.followups
        assert "-# Answer" in text_of(page.response)
        assert "-# Answer" in text_of(answer), "what all see stays as it is"
        last = await rest(world.bob, answer, "epoch:part:gan:interview:en")
        assert "Go on" not in controls_of(last.response).values(), "the page ends here"


async def test_a_related_topic_opens_for_all(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        answer = await answered(world)
        page = await rest(world.bob, answer, "epoch:topic:overfitting:en")
        assert not page.ephemeral
        assert "### Overfitting" in text_of(page.response)
        own = await rest(world.bob, answer, "epoch:part:gan:how:en")
        assert own.response is not None
        turned = await rest(world.bob, own.response, "epoch:part:overfitting:answer:en")
        assert not turned.followups
        assert "### Overfitting" in text_of(own.response), "on a page of one's own it turns the page"


async def test_the_notebook_comes_as_a_file_to_who_asked_for_it(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        sent = await rest(world.bob, await answered(world), "epoch:notebook:gan:en")
        assert sent.ephemeral
        assert "open it in Jupyter" in text_of(sent.response)
        assert sent.response is not None
        assert [file.filename for file in sent.response.message.attachments] == ["gan.ipynb"]
        (shown,) = [c for c in sent.response.message.components[0].to_dict()["components"] if c["type"] == 13]
        assert shown["file"]["url"].endswith("/gan.ipynb")


async def test_the_code_of_the_example_comes_to_who_asked_for_it_with_the_button_that_runs_it(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        sent = await rest(world.bob, await answered(world), "epoch:source:gan:main:en")
        assert sent.ephemeral
        assert "```py\nimport base64" in text_of(sent.response)
        assert controls_of(sent.response) == {"epoch:run:gan:main": "Run example"}


async def test_sources_come_as_links_to_who_asked_for_them(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        sent = await rest(world.bob, await answered(world), "epoch:sources:gan:en")
        assert sent.ephemeral
        assert text_of(sent.response).splitlines() == [
            "### Generative adversarial networks (GAN)",
            "-# Sources · checked 2026-11",
            "1. [Goodfellow et al. 2014, Generative adversarial nets](https://arxiv.org/abs/1406.2661)",
            r"2. [\[a\] \*Bold\* title](https://doi.org/10.1000/x%28y%29z)",
            "3. A book, chapter 3",
        ]


async def test_what_a_select_does_not_offer_is_not_done(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        answer = await answered(world)
        for value in ("epoch:topic:activation-functions:en", "epoch:rest", "epoch:meant:en", "epoch:nothing", ""):
            select = RestSelect()
            select.item._values = [value]
            assert answer.message is not None
            told: list[Exception] = []
            interaction = SimpleNamespace(
                message=answer.message, client=SimpleNamespace(
                    report=lambda _, error, told=told: told_of(told, error), button_of=world.bot.button_of
                ),
            )  # fmt: skip
            await select.callback(interaction)  # type: ignore[arg-type]
            assert [each.what for each in told if isinstance(each, Gone)] == ["choice"], value


async def told_of(told: list[Exception], error: Exception) -> None:
    told.append(error)


async def test_what_stands_under_old_answers_still_works(tmp_path: Path) -> None:
    """As an earlier version posted it: seven buttons and two selects."""
    votes = [VoteButton("gan", "answer", "en", good) for good in (True, False)]
    buttons = [RunButton("gan"), QuizMeButton("gan", "en"), AskMoreButton("gan", "en"), *votes,
               LanguageButton("gan", "answer", "en"), NotebookButton("gan", "en")]  # fmt: skip
    more = MoreSelect("gan", "en", [("how", "How it works")])
    extras = [("example:broken", "broken"), ("topic:overfitting", "Overfitting")]
    extra = ExtraSelect("gan", "en", [discord.SelectOption(label=label, value=value) for value, label in extras])
    old = layout("### Generative adversarial networks (GAN)\n-# Answer", *rows(*buttons, more, extra))
    async with discord_world(tmp_path) as world:
        answer = await world.bot.get_channel(world.channel.id).send(view=old)  # type: ignore[union-attr]
        page = await world.bob.select(answer, ["how"], custom_id="epoch:more:gan:en")
        assert page.ephemeral
        assert "-# How it works" in text_of(page.response)
        assert not (
            await world.bob.select(page.response, ["epoch:part:gan:pitfalls:en"], custom_id="epoch:rest")
        ).followups
        ran = await world.bob.select(answer, ["example:broken"], custom_id="epoch:extra:gan:en")
        assert "The program failed" in text_of(ran.response)
        related = await world.bob.select(answer, ["topic:overfitting"], custom_id="epoch:extra:gan:en")
        assert not related.ephemeral
        assert "### Overfitting" in text_of(related.response)
        other = await world.bob.click(answer, custom_id="epoch:lang:gan:answer:en")
        assert "-# 回答" in text_of(other.response)
        assert (await world.bob.click(answer, custom_id="epoch:vote:gan:answer:en:good")).ephemeral
        assert (await world.bob.click(answer, custom_id="epoch:vote:gan:answer:en:bad")).modal, "it is asked why"
        (tally,) = await world.bot.services.store.feedback.tallies()
        assert (tally.good, tally.bad) == (0, 1), "the later one counts"
        opened = await world.bob.click(answer, custom_id="epoch:ask:gan:en")
        sent = await world.bob.submit_modal(opened, {"question": "and its drawbacks?"})
        assert "-# Pitfalls" in text_of(sent.response)
        assert world.bot.user is not None
        await world.alice.send(world.channel, f"<@{world.bot.user.id}> go on", reply_to=answer)
        assert "-# How it works" in text_of(world.last), "it is known what the old message shows"


async def test_a_vote_is_kept_without_a_name_and_can_be_changed(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        answer = await answered(world)
        for member, label in ((world.alice, "It did"), (world.bob, "It did")):
            asked = await member.click(answer, label="👍👎")
            assert asked.ephemeral
            assert asked.response is not None
            pressed = await member.click(asked.response, label=label)
            assert not pressed.followups, "on the same page"
            assert "Thanks, 👍" in text_of(asked.response)
        opened = await world.bob.click(asked.response, label="It did not")
        await world.bob.submit_modal(opened, {"why": ""})
        assert "Thanks, 👎" in text_of(asked.response)
        again = await world.bob.click(answer, label="👍👎")
        await world.bob.click(again.response, label="It did not")
        (tally,) = await world.bot.services.store.feedback.tallies()
        assert (tally.topic, tally.section, tally.lang, tally.good, tally.bad) == ("gan", "answer", "en", 1, 1)


async def test_quiz_me_asks_one_member_and_tells_the_answer_after_the_press(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        answer = await answered(world)
        asked = await world.bob.click(answer, label="Quiz")
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
        asked = (await world.bob.click(await answered(world), label="Quiz")).response
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
        asked = (await world.bob.click(await answered(world), label="Quiz")).response
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
        asked = (await world.bob.click(await answered(world), label="Quiz")).response
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
            asked = (await world.bob.click(answer, label="Quiz")).response
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
        opened = await rest(world.bob, answer, "epoch:ask:gan:en")
        sent = await world.bob.submit_modal(opened, {"question": "and its drawbacks?"})
        assert not sent.ephemeral
        assert "### Generative adversarial networks (GAN)\n-# Pitfalls" in text_of(sent.response)
        assert "> and its drawbacks?" in text_of(sent.response)


async def test_a_modal_opened_before_a_restart_is_answered_after_it(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        opened = await rest(world.bob, await answered(world), "epoch:ask:gan:en")
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
