"""`/review` on Discord: what is asked, saved, and still there after a restart."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import simcord

from bot.store.errors import DatabaseUnavailable
from tests.bot.world import World, controls_of, discord_world, make_bot, review, text_of

LETTERS = "ABCD"


async def begin(world: World) -> simcord.ResponseMessage:
    """Open a review whose first item is the choice called `first`."""
    world.bot.services.learning.chance.choice = lambda found: next(  # type: ignore[method-assign]
        pair for pair in found if pair[1].id == "first"
    )
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
        world.bot.services.learning.chance.choice = lambda found: next(  # type: ignore[method-assign]
            pair for pair in found if pair[1].kind == "open"
        )
        message = (await world.alice.slash(world.channel, "review")).response
        assert message is not None
        assert list(controls_of(message).values()) == ["Show the answer"]
        await world.alice.click(message, label="Show the answer")
        assert "A full answer has:" in text_of(message)
        assert len(controls_of(message)) == 4
