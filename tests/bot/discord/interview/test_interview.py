"""`/interview` on Discord: what is asked, how an answer is judged, what is saved, and all of it after a restart."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import simcord

from bot.discord.interview.controls import mark_of
from bot.store.errors import DatabaseUnavailable
from bot.study.tutor import Tutor
from knowledge.bank.interviews import follow_ups
from knowledge.bank.kinds import Open
from knowledge.bank.loader import load_bank
from knowledge.grading.grader import Grader
from knowledge.search.encoder_choice import open_encoder
from runners.local import LocalRunner
from tests.bot.discord.ask.test_ask import Scripted
from tests.bot.discord.ui.test_base import HOSTILE
from tests.bot.world import World, controls_of, discord_world, make_bot, text_of

BANK = load_bank()
GAN = BANK["gan"]
ITEMS = [item for item in GAN.quiz if isinstance(item, Open)]
GOOD_ANSWER = (
    "The Generator turns random noise into samples, the discriminator outputs the probability that a sample is real. "
    "They are trained in turns: first D with G fixed (label 1 for real, 0 for fakes), then G "
    "with D fixed."
)


@pytest.fixture(scope="module")
def grader() -> Grader:
    return Grader(BANK, open_encoder())


def tutor(grader: Grader) -> Tutor:
    return Tutor(BANK, Scripted(RuntimeError("nobody asks here")), LocalRunner(), grader=grader)


async def begin(world: World, **options: str) -> simcord.ResponseMessage:
    shown = await world.alice.slash(world.channel, "interview", **options)
    assert shown.ephemeral
    assert shown.response is not None
    return shown.response


def first_item(world: World) -> None:
    world.bot.services.learning.chance.random = lambda: 0.5  # type: ignore[method-assign]


async def answer(world: World, message: simcord.ResponseMessage, text: str, label: str = "Answer") -> None:
    opened = await world.alice.click(message, label=label)
    await world.alice.submit_modal(opened, {"answer": text})


async def test_an_answer_is_judged_point_by_point_and_counts_as_a_review(tmp_path: Path, grader: Grader) -> None:
    async with discord_world(tmp_path, tutor(grader)) as world:
        first_item(world)
        message = await begin(world, topic="gan")
        assert ITEMS[0].prompt.en in text_of(message)
        assert list(controls_of(message).values()) == ["Answer", "Another question"]
        asked = text_of(message)
        assert not any(GAN.meta.key_points[index].en[:30] in asked for index in ITEMS[0].points)
        opened = await world.alice.click(message, label="Answer")
        assert opened.modal is not None
        assert ITEMS[0].prompt.en in str(opened.modal["components"]), "the question can be read while one types"
        assert await world.bot.services.store.reviews.log(world.alice.id) == []
        await world.alice.submit_modal(opened, {"answer": GOOD_ANSWER})
        told = text_of(message)
        assert "You made 2 of 4 points" in told
        assert [line[0] for line in told.splitlines() if line[:1] in "✅⬜🟡" and line] == ["✅", "⬜", "✅", "⬜"]
        quoted = [line for line in told.splitlines() if line.startswith("> ")]
        assert "The **Generator turns random noise**" in quoted[0].replace("** **", " "), quoted
        assert all(re.sub(r"\*\*", "", line[2:]) in GOOD_ANSWER for line in quoted), "the member's own words"
        assert "Noted as *Hard*" in told
        assert GAN.sections["en"]["answer"][:60] in told
        assert f"**Follow-up:** {follow_ups(GAN, 'en')[0].question}" in told
        labels = ["Follow up", "Answer again", "Open the explanation", "Another question"]
        assert list(controls_of(message).values()) == labels
        assert [entry[:3] for entry in await world.bot.services.store.reviews.log(world.alice.id)] == [
            ("gan", ITEMS[0].id, 2)
        ]


async def test_only_the_first_answer_to_an_asking_counts(tmp_path: Path, grader: Grader) -> None:
    async with discord_world(tmp_path, tutor(grader)) as world:
        first_item(world)
        message = await begin(world, topic="gan")
        await answer(world, message, "I do not know, something with two nets")
        await answer(world, message, GOOD_ANSWER, "Answer again")
        assert "You made 2 of 4 points" in text_of(message), "it is judged all the same"
        assert "Your first answer is the one that counts" in text_of(message)
        assert [entry[2] for entry in await world.bot.services.store.reviews.log(world.alice.id)] == [1]


async def test_a_follow_up_is_compared_with_the_checked_answer_and_leads_on_to_the_next_item(
    tmp_path: Path, grader: Grader
) -> None:
    async with discord_world(tmp_path, tutor(grader)) as world:
        first_item(world)
        message = await begin(world, topic="gan")
        await answer(world, message, GOOD_ANSWER)
        section = follow_ups(GAN, "en")[: len(follow_ups(GAN, "en")) // 2]
        after = [*(each.question for each in section[1:]), ITEMS[1].prompt.en]
        for asked, following in zip(section, after, strict=True):
            await answer(world, message, "the samples look the same", "Follow up")
            told = text_of(message)
            assert "> the samples look the same" in told
            assert asked.answer[:40] in told
            assert f"**Follow-up:** {following}" in told
        assert len(await world.bot.services.store.reviews.log(world.alice.id)) == 1, (
            "nothing to grade by, nothing to count"
        )
        await answer(world, message, "In theory D is 1/2 everywhere and p_g = p_data.", "Follow up")
        assert "of 3 points" in text_of(message)
        items = [entry[1] for entry in await world.bot.services.store.reviews.log(world.alice.id)]
        assert items == [ITEMS[0].id, ITEMS[1].id], "an item that follows counts for itself"


async def test_every_button_and_an_open_form_work_after_a_restart(tmp_path: Path, grader: Grader) -> None:
    async with discord_world(tmp_path, tutor(grader)) as world:
        first_item(world)
        message = await begin(world, topic="gan")

        async def restart() -> None:
            world.bot = make_bot(tmp_path, tutor(grader))
            await world.env.restart_bot(world.bot)

        await restart()
        opened = await world.alice.click(message, label="Answer")
        await restart()
        await world.alice.submit_modal(opened, {"answer": GOOD_ANSWER})
        assert "You made 2 of 4 points" in text_of(message)
        await restart()
        await answer(world, message, GOOD_ANSWER, "Answer again")
        assert "Your first answer is the one that counts" in text_of(message)
        explained = await world.alice.click(message, label="Open the explanation")
        assert explained.ephemeral
        assert GAN.sections["en"]["answer"][:60] in text_of(explained.response)
        await answer(world, message, "they look alike", "Follow up")
        assert "You said" in text_of(message)
        await world.alice.click(message, label="Another question")
        assert list(controls_of(message).values()) == ["Answer", "Another question"]
        assert len(await world.bot.services.store.reviews.log(world.alice.id)) == 1


async def test_an_answer_that_could_not_be_saved_is_not_confirmed(
    tmp_path: Path, grader: Grader, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with discord_world(tmp_path, tutor(grader)) as world:
        first_item(world)
        message = await begin(world, topic="gan")

        async def fail(*_: object) -> None:
            raise DatabaseUnavailable("the database is away")

        monkeypatch.setattr(world.bot.services.store.reviews, "record", fail)
        opened = await world.alice.click(message, label="Answer")
        sent = await world.alice.submit_modal(opened, {"answer": GOOD_ANSWER})
        assert sent.followups, "the member is told"
        assert "points" not in text_of(message).replace("which points", "")
        assert "Answer" in controls_of(message).values(), "and can answer again"
        monkeypatch.undo()
        await answer(world, message, GOOD_ANSWER)
        assert "Noted as *Hard*" in text_of(message), "and then it counts"


@pytest.mark.parametrize(("text", "said"), [("?!", "only symbols"), (" \n ", "no answer")])
async def test_what_cannot_be_graded_is_refused_in_words_and_the_question_stays(
    tmp_path: Path, grader: Grader, text: str, said: str
) -> None:
    async with discord_world(tmp_path, tutor(grader)) as world:
        message = await begin(world, topic="gan")
        before = text_of(message)
        opened = await world.alice.click(message, label="Answer")
        sent = await world.alice.submit_modal(opened, {"answer": text})
        assert said in text_of(sent.followups[0])
        assert text_of(message) == before
        assert await world.bot.services.store.reviews.log(world.alice.id) == []


@pytest.mark.parametrize("text", HOSTILE)
async def test_hostile_answers_are_quoted_harmlessly(tmp_path: Path, grader: Grader, text: str) -> None:
    async with discord_world(tmp_path, tutor(grader)) as world:
        first_item(world)
        message = await begin(world, topic="gan")
        given = f"the generator {text} turns random noise into samples {text}"[:4000]
        for label in ("Answer", "Follow up"):
            await answer(world, message, given, label)
            shown = text_of(message).replace("\\[", "")
            for sign in ("@everyone", "<@1>", "```", "\u202e", "\x1b", "\u0301" * 3, "[click](https://e"):
                assert sign not in shown


async def test_ids_say_nothing_of_the_points(tmp_path: Path, grader: Grader) -> None:
    async with discord_world(tmp_path, tutor(grader)) as world:
        first_item(world)
        message = await begin(world, topic="gan")
        assert [re.sub(r"[0-9a-f]+$", "SALT", custom) for custom in controls_of(message)][0] == (
            f"epoch:interview:gan:{mark_of(ITEMS[0].id)}:en:SALT"
        )


async def test_without_a_topic_it_asks_what_the_member_needs_and_another_asks_something_else(
    tmp_path: Path, grader: Grader
) -> None:
    async with discord_world(tmp_path, tutor(grader), locale="zh-CN") as world:
        message = await begin(world)
        asked = [text_of(message)]
        for _ in range(3):
            await world.alice.click(message, label="换一题")
            asked.append(text_of(message))
            assert asked[-1] != asked[-2]
        assert "模拟面试" in asked[0]


async def test_topics_are_offered_as_one_types_and_an_unknown_one_is_answered(tmp_path: Path, grader: Grader) -> None:
    async with discord_world(tmp_path, tutor(grader)) as world:
        offered = await world.alice.autocomplete(world.channel, "interview", "topic", "gan")
        assert offered[0]["value"] == "gan"
        shown = await world.alice.slash(world.channel, "interview", topic="blockchain")
        assert "blockchain" in text_of(shown.response)


async def test_a_topic_without_open_items_says_so(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        assert "no question to answer in words" in text_of(await begin(world, topic="cnn"))


async def test_a_question_that_left_the_bank_makes_room_for_another(tmp_path: Path, grader: Grader) -> None:
    async with discord_world(tmp_path, tutor(grader)) as world:
        first_item(world)
        message, other = await begin(world, topic="gan"), await begin(world, topic="gan")
        opened = await world.alice.click(message, label="Answer")
        left = GAN.model_copy(update={"quiz": tuple(item for item in GAN.quiz if item.kind != "open")})
        world.bot.services.tutor.bank = BANK.model_copy(update={"topics": {**BANK.topics, "gan": left}})
        await world.alice.submit_modal(opened, {"answer": GOOD_ANSWER})
        assert "has left the bank" in text_of(message)
        pressed = await world.alice.click(other, label="Answer")
        assert pressed.modal is None
        assert "has left the bank" in text_of(other)
        assert list(controls_of(other).values()) == ["Answer", "Another question"], "and another one is asked"
        assert await world.bot.services.store.reviews.log(world.alice.id) == []
