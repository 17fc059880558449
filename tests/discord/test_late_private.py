"""A press under a private message that is acknowledged too late: over real sockets, with the real bot."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from bot.discord.client import EpochBot
from tests.bot.world import make_tutor
from tests.discord.inside import bot_in
from tests.discord.server import LoopbackDiscord
from tests.discord.state import Interaction, Message

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(300)]
LONG_S = 60.0


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def discord() -> AsyncIterator[LoopbackDiscord]:
    async with LoopbackDiscord(ack_limit_s=20.0) as server:
        yield server


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bot(discord: LoopbackDiscord, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[EpochBot]:
    tutor = make_tutor()
    async with bot_in(discord, tmp_path_factory.mktemp("bot"), tutor) as running:
        yield running
    await tutor.close()


@pytest.fixture(autouse=True)
def nothing_refused(discord: LoopbackDiscord) -> Iterator[None]:
    yield
    discord.check()


async def review(discord: LoopbackDiscord, bot: EpochBot, user: str) -> tuple[Interaction, Message]:
    """Let a member see a card of `/review`, which only they see."""
    asked = await discord.slash("review", user=user)
    shown = await discord.answer_to(asked, lambda message: not message.loading, timeout=LONG_S)
    assert shown.ephemeral
    await bot.arrivals.drain(LONG_S)  # the bot hears of the message it edited a moment after the server has it
    return asked, shown


def button(message: Message) -> str:
    """The id of the first button of the card."""
    return str(next(part["custom_id"] for part in message.components if part["type"] == 2))


def rating(message: Message) -> str:
    """The id of the button that says how well a card was known."""
    ids = [str(part.get("custom_id")) for part in message.components]
    return next(each for each in ids if re.search(r":3(?::[^:]+)?$", each))


async def in_time(discord: LoopbackDiscord, bot: EpochBot, message: Message, user: str) -> Interaction:
    """Press the first button and wait for what comes of it."""
    before = message.text
    pressed = await discord.click(message, button(message), user=user)
    await discord.until(lambda: message.text != before, "the answer to a press", LONG_S)
    await bot.arrivals.drain(LONG_S)
    return pressed


async def late(discord: LoopbackDiscord, bot: EpochBot, message: Message, custom_id: str, user: str) -> Interaction:
    """Press a button whose acknowledgement Discord does not take any more; wait until the bot is done with it."""
    discord.fail_next("POST", "/callback", 404, body={"message": "Unknown interaction", "code": 10062})
    pressed = await discord.click(message, custom_id, user=user)
    await discord.until(
        lambda: any(pressed.token in request.path for request in discord.requests), "the acknowledgement", LONG_S
    )
    await asyncio.sleep(0)
    await bot.arrivals.drain(LONG_S)
    pressed.acked_at = pressed.dispatched_at  # Discord told the member that the press came to nothing
    return pressed


async def test_a_late_press_changes_the_private_message_by_the_token_that_made_it(
    discord: LoopbackDiscord, bot: EpochBot, caplog: pytest.LogCaptureFixture
) -> None:
    asked, shown = await review(discord, bot, "ada")
    before, known = shown.text, discord.messages
    with caplog.at_level(logging.DEBUG, "bot"):
        await late(discord, bot, shown, button(shown), "ada")
    assert shown.text != before, "the answer to the press stands in the message"
    assert [message for message in discord.messages if message not in known] == []
    assert "acknowledged too late" in caplog.text
    told = [record.getMessage() for record in caplog.records if record.name.startswith("bot")]
    assert not [line for line in told if asked.token in line], "a token is a secret"


async def test_the_second_late_press_finds_the_message_too_and_so_does_one_after_a_press_in_time(
    discord: LoopbackDiscord, bot: EpochBot
) -> None:
    asked, shown = await review(discord, bot, "bea")
    await late(discord, bot, shown, button(shown), "bea")
    seen = [shown.text]
    await late(discord, bot, shown, rating(shown), "bea")
    seen.append(shown.text)
    await in_time(discord, bot, shown, "bea")
    asked.expired = True  # the token of the press in time is newer
    seen.append(shown.text)
    await late(discord, bot, shown, rating(shown), "bea")
    assert shown.text not in seen


@pytest.mark.parametrize("gone", ["the token ran out", "the bot was started anew"])
async def test_where_no_token_reaches_it_a_late_press_is_silent_and_counted(
    discord: LoopbackDiscord, bot: EpochBot, caplog: pytest.LogCaptureFixture, gone: str
) -> None:
    user = "cem" if gone == "the token ran out" else "dan"
    asked, shown = await review(discord, bot, user)
    before, known = shown.text, discord.messages
    if gone == "the token ran out":
        asked.expired = True
    else:
        bot.services.private_answers.forget(int(discord.state.user(user).id))
    await late(discord, bot, shown, button(shown), user)
    assert shown.text == before
    assert [message for message in discord.messages if message not in known] == []
    assert "1 interaction(s) acknowledged too late" in caplog.text
    assert "Traceback" not in caplog.text


async def test_a_private_message_that_was_dismissed_is_told_anew_to_its_member_alone(
    discord: LoopbackDiscord, bot: EpochBot
) -> None:
    asked, shown = await review(discord, bot, "eli")
    pressed = await in_time(discord, bot, shown, "eli")
    before = shown.text
    known = discord.messages
    discord.fail_next("PATCH", r"/webhooks/.*", 404, body={"message": "Unknown Message", "code": 10008})
    await late(discord, bot, shown, rating(shown), "eli")
    (new,) = [message for message in discord.messages if message not in known]
    assert new.ephemeral
    assert shown.text == before
    assert asked.token != pressed.token
