"""What Discord and the network do wrong, and that every one of them ends well: over real sockets, with the real bot."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.discord.client import EpochBot
from knowledge.search.retriever import Reply
from tests.bot.world import make_tutor
from tests.discord.crowd import quizbot
from tests.discord.inside import bot_in
from tests.discord.server import LoopbackDiscord
from tests.discord.state import Interaction, Message

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(300)]

EDIT, CALLBACK, FOLLOW_UP = r"/webhooks/.*@original", "/callback", r"^/webhooks/\d+/[^/]+$"
LONG_S = 60.0
QUESTION = {"question": "what is mode collapse"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def discord() -> AsyncIterator[LoopbackDiscord]:
    async with LoopbackDiscord(ack_limit_s=20.0) as server:
        yield server


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bot(discord: LoopbackDiscord, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[EpochBot]:
    """One bot for all faults: what one of them breaks, the next would see."""
    tutor = make_tutor()
    async with bot_in(discord, tmp_path_factory.mktemp("bot"), tutor) as running:
        await running.services.servers.change(int(discord.state.guild_id), run_cooldown_s=0)
        yield running
    await tutor.close()


@pytest.fixture(autouse=True)
def nothing_refused(discord: LoopbackDiscord) -> Iterator[None]:
    yield
    discord.check()
    assert not [fault for fault in discord.state.faults if fault.times > 0], "a fault that nothing met proves nothing"


async def ask(discord: LoopbackDiscord) -> Interaction:
    asked = await discord.slash("ask", QUESTION)
    await discord.acknowledged(asked, LONG_S)
    return asked


async def answer(discord: LoopbackDiscord, asked: Interaction) -> Message:
    return await discord.answer_to(asked, timeout=LONG_S)


async def slow_run(discord: LoopbackDiscord) -> tuple[Interaction, Message]:
    """Start a run that does not end by itself and wait for its first output."""
    asked = await discord.slash("run", {"topic": "gan", "example": "slow"})
    return asked, await discord.answer_to(asked, lambda message: "begun" in message.text, LONG_S)


def in_channel(discord: LoopbackDiscord) -> str:
    return f"/channels/{discord.state.channel['id']}/messages"


def in_dm(discord: LoopbackDiscord) -> str:
    channel = discord.state.dm(discord.state.user("learner").id)
    assert channel is not None
    return f"/channels/{channel['id']}/messages"


async def direct_message(discord: LoopbackDiscord, known: list[Message]) -> Message:
    """Wait for a direct message that was not there before."""
    path = in_dm(discord)
    return await discord.wait_for_message(
        lambda message: message not in known and message.payload["channel_id"] in path, LONG_S
    )


async def becomes(true: Callable[[], bool]) -> None:
    """Wait for something within the bot, of which the server hears nothing."""
    async with asyncio.timeout(LONG_S):
        while not true():
            await asyncio.sleep(0.02)


async def over(bot: EpochBot) -> None:
    """Wait until nothing runs any more."""
    await becomes(lambda: not bot.services.runs.going)


def error_id(text: str) -> str:
    match = re.search(r"`([0-9a-f]{8})`", text)
    assert match, text
    return match[1]


@pytest.mark.parametrize("status", [429, 500, 502])
async def test_a_refused_acknowledgement_is_given_again(discord: LoopbackDiscord, bot: EpochBot, status: int) -> None:
    discord.fail_next("POST", CALLBACK, status)
    assert "GAN" in (await answer(discord, await ask(discord))).text


@pytest.mark.parametrize("status", [429, 500, 504])
async def test_a_refused_answer_is_sent_again(discord: LoopbackDiscord, bot: EpochBot, status: int) -> None:
    discord.fail_next("PATCH", EDIT, status)
    assert "GAN" in (await answer(discord, await ask(discord))).text


async def test_a_wait_that_discord_asks_for_is_kept(discord: LoopbackDiscord, bot: EpochBot) -> None:
    discord.fail_next("PATCH", EDIT, 429, {"Retry-After": "1.5"})
    asked = await ask(discord)
    await answer(discord, asked)
    first, second = [r.at for r in discord.requests if r.method == "PATCH" and asked.token in r.path]
    assert second - first >= 1.4


@pytest.mark.parametrize("status", [400, 0], ids=["refused", "cut"])
async def test_an_answer_that_cannot_be_sent_becomes_a_message_whose_id_the_log_has(
    discord: LoopbackDiscord, bot: EpochBot, caplog: pytest.LogCaptureFixture, status: int
) -> None:
    discord.fail_next("PATCH", EDIT, status, times=1 if status else 2)
    told = await answer(discord, await ask(discord))
    assert "Something went wrong" in told.text
    assert f"error {error_id(told.text)} in interaction 'ask'" in caplog.text


async def test_a_slow_discord_is_waited_for(discord: LoopbackDiscord, bot: EpochBot) -> None:
    discord.fail_next("PATCH", EDIT, 504, delay_s=2.0)
    assert "GAN" in (await answer(discord, await ask(discord))).text


async def test_an_answer_whose_connection_is_cut_is_sent_once_more(discord: LoopbackDiscord, bot: EpochBot) -> None:
    discord.fail_next("PATCH", EDIT, 0)
    assert "GAN" in (await answer(discord, await ask(discord))).text


async def test_an_acknowledgement_that_discord_refuses_is_told_directly(
    discord: LoopbackDiscord, bot: EpochBot, caplog: pytest.LogCaptureFixture
) -> None:
    known = discord.messages
    discord.fail_next("POST", CALLBACK, 403, body={"message": "no", "code": 50001}, times=2)
    asked = await discord.slash("ask", QUESTION)
    told = await direct_message(discord, known)
    assert f"error {error_id(told.text)} in interaction 'ask'" in caplog.text
    assert f"I could not answer you in <#{asked.channel_id}>" in told.text
    asked.acked_at = asked.dispatched_at  # Discord never heard of it, and the member was told so by Discord
    await answer(discord, await ask(discord))


async def test_an_acknowledgement_that_came_too_late_is_answered_in_the_channel(
    discord: LoopbackDiscord, bot: EpochBot, caplog: pytest.LogCaptureFixture
) -> None:
    known = discord.messages
    discord.fail_next("POST", CALLBACK, 404, body={"message": "Unknown interaction", "code": 10062})
    asked = await discord.slash("ask", QUESTION)
    told = await discord.wait_for_message(lambda message: message not in known, LONG_S)
    assert told.payload["channel_id"] == asked.channel_id
    assert "GAN" in told.text
    asked.acked_at = asked.dispatched_at
    assert "Traceback" not in caplog.text


@pytest.mark.parametrize("done", [False, True], ids=["before it arrived", "after it arrived"])
@pytest.mark.parametrize("status", [0, 504])
async def test_an_acknowledgement_whose_answer_is_lost_was_given_once(
    discord: LoopbackDiscord, bot: EpochBot, done: bool, status: int
) -> None:
    known = discord.messages
    discord.fail_next("POST", CALLBACK, status, done=done)
    asked = await ask(discord)
    assert "GAN" in (await answer(discord, asked)).text
    (new,) = [message for message in discord.messages if message not in known]
    assert new is asked.original, "nobody is told anything else"
    if done:
        discord.forgive("was acknowledged twice")


@pytest.mark.parametrize("done", [False, True], ids=["before it arrived", "after it arrived"])
async def test_a_form_whose_opening_is_cut_opens_once(discord: LoopbackDiscord, bot: EpochBot, done: bool) -> None:
    shown, known = await answer(discord, await ask(discord)), discord.messages
    discord.fail_next("POST", CALLBACK, 0, done=done)
    pressed = await discord.select(shown, "epoch:rest", ["epoch:ask:gan:en"])
    await discord.until(lambda: pressed.modal is not None, "the form", LONG_S)
    if done:
        await discord.until(lambda: "acknowledged twice" in str(discord.violations), "the second try", LONG_S)
        discord.forgive("was acknowledged twice")
    submitted = await discord.submit_modal(pressed, {"question": "what is mode collapse"})
    assert "GAN" in (await answer(discord, submitted)).text
    assert [m for m in discord.messages if m not in known] == [submitted.original]


async def test_a_mention_that_comes_again_after_a_lost_connection_is_answered_once(
    discord: LoopbackDiscord, bot: EpochBot
) -> None:
    asked = await discord.mention(QUESTION["question"])
    first = await answer(discord, asked)
    known = discord.messages
    await discord.gateway.dispatch("MESSAGE_CREATE", {**asked.payload, "mentions": [discord.state.bot.payload]})
    later = await discord.mention("what is overfitting")
    await discord.wait_for_message(lambda m: m not in known and "verfitting" in m.text, LONG_S)
    assert later is not asked
    assert [m for m in discord.messages if m not in known and m.text == first.text] == []


async def test_an_answer_to_a_mention_whose_sending_was_cut_stands_there_once(
    discord: LoopbackDiscord, bot: EpochBot
) -> None:
    known = discord.messages
    discord.fail_next("POST", in_channel(discord), 0, done=True)
    asked = await discord.mention(QUESTION["question"])
    await answer(discord, asked)
    assert len([message for message in discord.messages if message not in known]) == 1


async def test_typing_that_discord_does_not_take_holds_up_no_answer(
    discord: LoopbackDiscord, bot: EpochBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    fault = discord.fail_next("POST", r"/typing$", 500, times=99)
    find, tried = bot.services.tutor.ask, []

    async def slowly(question: str, **about: str | None) -> Reply:
        await discord.until(lambda: fault.times < 99, "an attempt to type", LONG_S)
        tried.append(99 - fault.times)
        return await find(question, **about)

    monkeypatch.setattr(bot.services.tutor, "ask", slowly)
    assert "GAN" in (await answer(discord, await discord.mention(QUESTION["question"]))).text
    fault.times = 0
    assert tried == [1], "discord.py tries five times, for 25 seconds"


async def test_a_run_deleted_by_two_is_deleted_once_and_the_second_is_told(
    discord: LoopbackDiscord, bot: EpochBot, caplog: pytest.LogCaptureFixture
) -> None:
    message = await answer(discord, await discord.slash("run", {"topic": "gan", "example": "broken"}))
    await discord.until(lambda: "Delete" in str(message.components), "the end", LONG_S)
    (delete,) = set(re.findall(r"epoch:delete:\d+:[0-9a-f]+", str(message.components)))
    first, second = [await discord.select(message, "epoch:rest", [delete]) for _ in range(2)]
    await discord.until(lambda: first.followups or second.followups, "a word to the second", LONG_S)
    (told,) = [*first.followups, *second.followups]
    assert "already" in told.text
    assert told.ephemeral
    assert message.deleted
    assert "Traceback" not in caplog.text


async def test_a_run_whose_updates_are_refused_shows_its_end(discord: LoopbackDiscord, bot: EpochBot) -> None:
    asked, message = await slow_run(discord)
    discord.fail_next("PATCH", EDIT, 400)
    (run,) = bot.services.runs.going
    run.log.chunks.append("more")
    await discord.until(lambda: not [f for f in discord.state.faults if f.times], "a refused update", LONG_S)
    discord.fail_next("PATCH", EDIT, 0, times=2)  # the connection is cut as the end is sent
    await discord.acknowledged(await discord.click(message, label="Stop"), LONG_S)
    await discord.until(lambda: "⏹️ Stopped" in message.text, "the end of the run", LONG_S)
    assert asked.original is message
    await over(bot)


async def test_a_run_that_outlives_its_token_goes_on_as_a_message_of_the_channel(
    discord: LoopbackDiscord, bot: EpochBot
) -> None:
    asked, message = await slow_run(discord)
    posted = len(discord.messages)
    asked.expired = True
    await discord.acknowledged(await discord.click(message, label="Stop"), LONG_S)
    await discord.until(lambda: "⏹️ Stopped" in message.text, "the end of the run", LONG_S)
    assert [r.method for r in discord.requests if r.path.endswith(f"/messages/{message.id}")] == ["PATCH"]
    assert len(discord.messages) == posted, "nothing is posted twice"
    await over(bot)


async def test_a_deleted_message_ends_its_run(
    discord: LoopbackDiscord, bot: EpochBot, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    _, message = await slow_run(discord)
    message.deleted = True
    (run,) = bot.services.runs.going
    run.log.chunks.append("more")
    await over(bot)
    assert "its message is gone, so it is stopped" in caplog.text
    assert "ERROR" not in caplog.text
    assert await bot.services.store.runs.all() == []


NO_PLACE = {"no permission": (403, 50013), "no access": (403, 50001)}


@pytest.mark.parametrize(("status", "code"), NO_PLACE.values(), ids=NO_PLACE)
async def test_where_the_bot_may_not_write_a_mention_is_answered_directly(
    discord: LoopbackDiscord, bot: EpochBot, caplog: pytest.LogCaptureFixture, status: int, code: int
) -> None:
    discord.fail_next("POST", in_channel(discord), status, body={"message": "no", "code": code})
    known = discord.messages
    asked = await discord.mention(QUESTION["question"])
    told = await direct_message(discord, known)
    assert f"I could not answer you in <#{asked.payload['channel_id']}>" in told.text
    assert "GAN" in told.text
    assert any(part.get("label") == "Run" for part in told.components), "all that can be done with an answer"
    assert "could not answer in channel" in caplog.text
    assert "Traceback" not in caplog.text


@pytest.mark.parametrize(
    ("direct", "status", "code"), [(False, 404, 10003), (True, 403, 50007)],
    ids=["deleted channel", "blocked direct messages"],
)  # fmt: skip
async def test_a_place_where_nothing_can_be_said_is_a_line_in_the_log(
    discord: LoopbackDiscord, bot: EpochBot, caplog: pytest.LogCaptureFixture, direct: bool, status: int, code: int
) -> None:
    discord.fail_next("POST", r"/channels/\d+/messages", status, body={"message": "no", "code": code})
    await (discord.dm if direct else discord.mention)(QUESTION["question"])
    await becomes(lambda: "could not answer in channel" in caplog.text)
    assert "Traceback" not in caplog.text
    await answer(discord, await ask(discord))


async def test_a_member_who_blocks_direct_messages_too_is_a_line_in_the_log(
    discord: LoopbackDiscord, bot: EpochBot, caplog: pytest.LogCaptureFixture
) -> None:
    blocked = {"message": "Cannot send messages to this user", "code": 50007}
    discord.fail_next("POST", in_channel(discord), 403, body={"message": "no", "code": 50013})
    discord.fail_next("POST", in_dm(discord), 403, body=blocked)
    await discord.mention(QUESTION["question"])
    await becomes(lambda: "nor could it be answered in a direct message" in caplog.text)
    discord.fail_next("POST", CALLBACK, 403, body={"message": "no", "code": 50001}, times=2)
    discord.fail_next("POST", in_dm(discord), 403, body=blocked)
    asked = await discord.slash("ask", QUESTION)
    await becomes(lambda: "nor could it be told in a direct message" in caplog.text)
    asked.acked_at = asked.dispatched_at
    assert caplog.text.count("Traceback") == 1, "of the error itself, under its id"
    await answer(discord, await ask(discord))


async def test_where_the_message_of_a_run_may_not_be_edited_its_end_comes_directly(
    discord: LoopbackDiscord, bot: EpochBot, caplog: pytest.LogCaptureFixture
) -> None:
    asked, message = await slow_run(discord)
    asked.expired = True
    no_access, known = {"message": "Missing Access", "code": 50001}, discord.messages
    discord.fail_next("PATCH", rf"/channels/\d+/messages/{message.id}", 403, body=no_access)
    await discord.acknowledged(await discord.click(message, label="Stop"), LONG_S)
    told = await direct_message(discord, known)
    assert f"I could not answer you in <#{asked.channel_id}>" in told.text
    assert "begun" in told.text
    assert "⏹️ Stopped" in told.text
    await over(bot)
    assert "ERROR" not in caplog.text


async def test_a_run_whose_end_can_be_shown_nowhere_is_in_the_log_by_its_id(
    discord: LoopbackDiscord, bot: EpochBot, caplog: pytest.LogCaptureFixture
) -> None:
    asked, message = await slow_run(discord)
    asked.expired = True
    discord.fail_next("PATCH", rf"/channels/\d+/messages/{message.id}", 403, body={"message": "no", "code": 50001})
    discord.fail_next("POST", in_dm(discord), 403, times=2, body={"message": "no", "code": 50007})
    await discord.acknowledged(await discord.click(message, label="Stop"), LONG_S)
    await over(bot)
    await becomes(lambda: "nor could it be told in a direct message" in caplog.text)
    assert re.search(r"error [0-9a-f]{8} in interaction 'run'", caplog.text), "the host at least finds it in the log"


@pytest.mark.parametrize("way", ["drop", "reconnect", "timed out", "invalid"])
async def test_a_lost_gateway_is_found_again_and_loses_no_question(
    discord: LoopbackDiscord, bot: EpochBot, way: str
) -> None:
    gateway = discord.gateway
    before = len(gateway.resumes) + len(gateway.identifies)
    asked = None
    if way == "drop":
        await gateway.drop()
        asked = await discord.slash("ask", QUESTION)
    elif way == "reconnect":
        await gateway.ask_to_reconnect()
    elif way == "timed out":
        await gateway.drop(4009)
    else:
        await gateway.invalidate()
    await discord.until(lambda: len(gateway.resumes) + len(gateway.identifies) > before, "a new connection", LONG_S)
    await discord.wait_until_ready(LONG_S)
    if asked is not None:
        assert "GAN" in (await answer(discord, asked)).text
    assert "GAN" in (await answer(discord, await ask(discord))).text


async def test_a_run_that_a_crash_cut_off_says_so_and_runs_again(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'epoch.db'}"
    async with LoopbackDiscord(ack_limit_s=LONG_S) as discord:
        async with quizbot(discord, tmp_path, url) as served:
            asked = await discord.slash("run", {"topic": "gan"})
            await discord.answer_to(asked, lambda m: "Stop" in str(m.components), LONG_S)
            await served.kill()  # no chance to say a word
        (message,) = discord.messages
        async with quizbot(discord, tmp_path, url):
            await discord.until(lambda: "Cut off by a restart" in message.text, "the mark", LONG_S)
            assert discord.messages == [message], "nothing is posted twice"
            again = await discord.click(message, label="Run again")
            await discord.answer_to(again, lambda m: "Stop" in str(m.components), LONG_S)


@pytest.mark.parametrize("moment", ["its acknowledgement", "its first message", "its first look", "its output"])
async def test_a_run_that_the_end_of_the_program_meets_at_any_moment_says_so(tmp_path: Path, moment: str) -> None:
    tutor = make_tutor()
    async with LoopbackDiscord(ack_limit_s=LONG_S) as discord:
        async with bot_in(discord, tmp_path, tutor) as bot:
            if moment == "its acknowledgement":
                discord.fail_next("POST", CALLBACK, 504, delay_s=0.5, done=True)
            elif moment == "its first message":
                discord.fail_next("GET", EDIT, 504, delay_s=0.5)
            asked = await discord.slash("run", {"topic": "gan", "example": "slow"})
            if moment in ("its acknowledgement", "its first message"):
                await discord.until(lambda: not [f for f in discord.state.faults if f.times], moment, LONG_S)
            elif moment == "its first look":
                await discord.acknowledged(asked, LONG_S)
            else:
                await discord.answer_to(asked, lambda message: "begun" in message.text, LONG_S)
        assert asked.original is not None
        assert "Epoch is restarting" in asked.original.text
        assert "Stop" not in [part.get("label") for part in asked.original.components]
        if moment == "its acknowledgement":
            discord.forgive("was acknowledged twice")
        assert not bot.services.runs.going
    await tutor.close()


async def test_a_run_killed_before_its_message_was_known_says_so_after_the_next_start(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'epoch.db'}"
    async with LoopbackDiscord(ack_limit_s=LONG_S) as discord:
        async with quizbot(discord, tmp_path, url) as served:
            discord.fail_next("GET", EDIT, 504, delay_s=LONG_S)
            asked = await discord.slash("run", {"topic": "gan"})
            await discord.until(lambda: not [f for f in discord.state.faults if f.times], "the first look", LONG_S)
            await served.kill()
        assert asked.original is not None
        assert asked.original.loading, "all that a member sees is that Epoch is thinking"
        async with quizbot(discord, tmp_path, url):
            message = asked.original
            await discord.until(lambda: "Cut off by a restart" in message.text, "the mark", LONG_S)
            assert discord.messages == [message], "nothing is posted twice"
