"""`/review` on Discord: what is asked, saved, and still there after a restart."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import simcord

from bot.store.errors import DatabaseUnavailable
from bot.study.plan import Piece
from bot.study.schedule import AGAIN, GOOD
from bot.study.tutor import Tutor
from knowledge.bank.models import Bank
from runners.local import LocalRunner
from tests.bot.world import (
    World,
    bank,
    controls_of,
    discord_world,
    make_bot,
    make_retriever,
    review,
    text_of,
)
from tests.knowledge.bank.test_formerly import changed

LETTERS = "ABCD"


def prefer(world: World, wanted: Callable[[Piece], bool]) -> None:
    """Let chance choose what is wanted, where it is among what is worth the same."""
    world.bot.services.learning.chance.choice = lambda found: next(  # type: ignore[method-assign]
        (each for each in found if wanted(each.piece)), found[0]
    )


async def begin(world: World) -> simcord.ResponseMessage:
    """Open a review whose first item is the choice called `first`."""
    prefer(world, lambda piece: piece.item == "first")
    shown = await world.alice.slash(world.channel, "review")
    assert shown.ephemeral
    assert shown.response is not None
    return shown.response


def right_of(message: simcord.ResponseMessage) -> str:
    found = re.search(r"\*\*(.)\*\* the right one", text_of(message))
    assert found is not None
    return found[1]


def any_item(world: World) -> None:
    world.bot.services.learning.chance.choice = lambda found: found[0]  # type: ignore[method-assign]


async def test_an_item_is_asked_told_and_graded_in_one_private_message(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        message = await begin(world)
        assert "0 due" in text_of(message)
        assert list(controls_of(message).values()) == list(LETTERS)
        assert "Because" not in text_of(message)
        any_item(world)
        await world.alice.click(message, label=right_of(message))
        assert "Because" in text_of(message)
        assert [label.split(" · ")[0] for label in controls_of(message).values()] == ["Again", "Hard", "Good", "Easy"]
        assert await world.bot.services.store.reviews.log(world.alice.id) == [], "the grade is the answer"
        good = next(label for label in controls_of(message).values() if label.startswith("Good"))
        await world.alice.click(message, label=good)
        assert "Noted as *Good*" in text_of(message)
        assert "1 today · 🔥 1-day streak" in text_of(message)
        ((topic, item, grade, _),) = await world.bot.services.store.reviews.log(world.alice.id)
        assert (topic, item, grade) == ("gan", "first", 3)


async def test_after_a_wrong_choice_again_stands_out(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        message = await begin(world)
        wrong = next(letter for letter in LETTERS if letter != right_of(message))
        await world.alice.click(message, label=wrong)
        styles = {
            component["label"].split(" · ")[0]: component["style"]
            for row in message.message.components[0].to_dict()["components"] if row["type"] == 1
            for component in row["components"]
        }  # fmt: skip
        assert styles == {"Again": 1, "Hard": 2, "Good": 2, "Easy": 2}


async def test_a_review_goes_on_after_a_restart_and_a_grade_counts_once(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        message = await begin(world)
        right = right_of(message)
        world.bot = make_bot(tmp_path)
        await world.env.restart_bot(world.bot)
        any_item(world)
        await world.alice.click(message, label=right)
        assert "✅ Right" in text_of(message)
        easy = next(custom for custom, label in controls_of(message).items() if label.startswith("Easy"))
        again = easy[:-1] + "1"
        await world.alice.click(message, custom_id=easy)
        await world.bot.services.store.reviews.log(world.alice.id)
        topic, item, salt = re.findall(r"epoch:grade:([^:]+):([^:]+):en:([^:]+):4", easy)[0]
        assert (topic, bool(item), bool(salt)) == ("gan", True, True)
        assert await review(world.bot.services.learning, world.alice.id, "gan", "first", 1, f"review:{salt}") is None, (
            again
        )
        assert [entry[2] for entry in await world.bot.services.store.reviews.log(world.alice.id)] == [4]


async def test_a_grade_that_could_not_be_saved_is_not_confirmed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with discord_world(tmp_path) as world:
        message = await begin(world)
        await world.alice.click(message, label=right_of(message))

        async def fail(*_: object) -> None:
            raise DatabaseUnavailable("the database is away")

        monkeypatch.setattr(world.bot.services.store.reviews, "record", fail)
        good = next(custom for custom, label in controls_of(message).items() if label.startswith("Good"))
        pressed = await world.alice.click(message, custom_id=good)
        assert "Noted" not in text_of(message)
        assert pressed.followups, "the member is told"
        assert good in controls_of(message), "and can press again"


async def test_a_time_zone_is_kept_and_a_wrong_one_is_named(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        shown = await world.alice.slash(world.channel, "review", zone="Europe/Berlin")
        assert "Your time zone is Europe/Berlin now." in text_of(shown.response)
        shown = await world.alice.slash(world.channel, "review", zone="Mars/Olympus")
        assert "There is no time zone “Mars/Olympus”" in text_of(shown.response)
        assert (await world.bot.services.store.members.get(world.alice.id)).zone == "Europe/Berlin"


async def test_an_open_item_shows_the_points_of_a_full_answer(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        prefer(world, lambda piece: piece.kind == "open")
        message = (await world.alice.slash(world.channel, "review")).response
        assert message is not None
        assert list(controls_of(message).values()) == ["Show the answer"]
        await world.alice.click(message, label="Show the answer")
        assert "A full answer has:" in text_of(message)
        assert len(controls_of(message)) == 4


def order_of(message: simcord.ResponseMessage) -> list[tuple[str, str]]:
    found = re.findall(r"\*\*([A-D])\*\* (the right one|\w+ [b-d]\b)", text_of(message))
    assert len(found) == 4
    return found


async def restart_with(world: World, tmp_path: Path, now: Bank) -> None:
    world.bot = make_bot(tmp_path, Tutor(now, make_retriever(), LocalRunner()), world.clock)
    await world.env.restart_bot(world.bot)
    any_item(world)


async def test_a_review_follows_a_topic_and_an_item_that_were_renamed(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        message = await begin(world)
        right, before = right_of(message), order_of(message)
        await review(world.bot.services.learning, world.alice.id, "gan", "second", 1, "other:1")
        now = changed(to="adversarial-nets", was=("gan",), first=("opening", ("first",)))
        await restart_with(world, tmp_path, now)
        cards = await world.bot.services.store.reviews.cards(world.alice.id)
        assert [(card.topic, card.item) for card in cards] == [("adversarial-nets", "second")]
        await world.alice.click(message, label=right)
        assert "✅ Right" in text_of(message)
        assert order_of(message) == before, "the letters stand as they stood"
        good = next(custom for custom, label in controls_of(message).items() if label.startswith("Good"))
        await world.alice.click(message, custom_id=good)
        logged = await world.bot.services.store.reviews.log(world.alice.id)
        assert [each[:2] for each in logged] == [("adversarial-nets", "second"), ("adversarial-nets", "opening")]


async def test_what_has_left_the_bank_is_told_and_its_cards_are_due_no_more(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        message = await begin(world)
        letter = right_of(message)
        await review(world.bot.services.learning, world.alice.id, "gan", "second", 1, "other:1")
        await restart_with(world, tmp_path, Bank(topics={k: t for k, t in bank().topics.items() if k != "gan"}))
        world.clock.now = time.time() + 86_400.0 * 100
        learning = world.bot.services.learning
        assert (await learning.standing(world.alice.id)).due == 0
        assert await learning.soonest(world.alice.id) is None
        await world.alice.click(message, label=letter)
        assert "left the bank" in text_of(message)
        assert "0 due" in text_of(message)


async def test_what_is_forgotten_over_and_over_is_told_with_its_explanation(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        learning, me, day = world.bot.services.learning, world.alice.id, 86_400.0
        now = world.clock.now = 1_760_029_200.0
        for number, grade in enumerate([GOOD, *[GOOD, AGAIN] * 6, GOOD]):
            world.clock.now = now - (40 - number) * 2 * day
            await review(learning, me, "gan", "first", grade, f"r:{number}")

        gan = bank()["gan"]

        async def first(*_: object, **__: object) -> object:
            return gan, gan.quiz[0]

        learning.next_of_all = first  # type: ignore[method-assign,assignment]

        async def forget() -> simcord.ResponseMessage:
            message = await begin(world)
            await world.alice.click(message, label=right_of(message))
            await world.alice.click(message, label=next(x for x in controls_of(message).values() if x[:5] == "Again"))
            return message

        world.clock.now = now
        seventh = await forget()
        assert "forgotten this one" not in text_of(seventh), "seven are none yet"
        assert "Open the explanation" not in controls_of(seventh).values()
        await review(learning, me, "gan", "first", GOOD, "r:relearned")
        world.clock.now = now + 10 * day
        eighth = await forget()
        assert "You have forgotten this one 8 times after learning it" in text_of(eighth)
        await world.alice.click(eighth, label="Open the explanation")
        assert (await world.bot.services.store.reviews.log(me))[-1][2] == AGAIN
