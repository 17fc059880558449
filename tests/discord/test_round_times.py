"""Rounds where time goes wrong: hosts whose clock differs, messages that come late or never, members who are away."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from pathlib import Path

import pytest

from bot.study.rounds.machine import Tick
from bot.study.rounds.state import Rules
from bot.study.tutor import Tutor
from tests.discord.inside import bot_in
from tests.discord.server import LoopbackDiscord
from tests.discord.state import Message
from tests.discord.test_rounds import QUICK, Table, becomes, discord, shows, tutor, wrong

__all__ = ["discord", "tutor"]  # the fixtures

MESSAGES = r"/channels/\d+/messages$"
ONE_MESSAGE = r"/channels/\d+/messages/\d+$"


def countdown(message: Message) -> int:
    found = re.search(r"<t:(\d+):R>", message.text)
    assert found is not None
    return int(found[1])


@pytest.mark.parametrize("wrong_by", [-3_600.0, -35.0, 35.0, 3_600.0])
async def test_a_host_whose_clock_is_wrong_takes_answers_and_shows_the_right_countdown(
    discord: LoopbackDiscord, tutor: Tutor, tmp_path: Path, wrong_by: float
) -> None:
    async with bot_in(discord, tmp_path, tutor, rules=QUICK) as bot:
        right_clock = bot.services.rounds.steady
        bot.services.rounds.steady = lambda: right_clock() + wrong_by
        table = Table(discord, bot)
        lobby = await table.open(rounds=1, seconds=20, kinds="choice")
        assert 0 < countdown(lobby) - time.time() <= QUICK.lobby_s + 1
        await table.press(lobby, "Start", "alice")
        asked = await table.question(1)
        assert 0 < countdown(asked) - time.time() <= 21
        assert "is noted" in await table.press(asked, table.right(1), "alice")
        (live,) = bot.services.rounds.live
        (answer,) = live.state.answers.values()
        assert 0 <= answer.first.at - live.state.opened < 10
        await shows(asked, "1 of 1 had it: Alice +1", discord)
        await table.message("🏆")


async def test_a_question_that_discord_takes_late_is_posted_once_with_all_its_time(
    discord: LoopbackDiscord, tutor: Tutor, tmp_path: Path
) -> None:
    async with bot_in(discord, tmp_path, tutor, rules=QUICK) as bot:
        table = Table(discord, bot)
        lobby = await table.open(rounds=1, seconds=20, kinds="choice")
        discord.fail_next("POST", MESSAGES, 503, times=2)
        await table.press(lobby, "Start", "alice")
        (live,) = bot.services.rounds.live
        live.state = replace(live.state, rules=replace(live.state.rules, seconds=2.0))  # it could not be posted in that
        asked = await table.question(1)
        await becomes(lambda: live.state.awaits is None)
        assert live.state.until == live.state.opened + 2.0
        assert "is noted" in await table.press(asked, table.right(1), "alice")
        await shows(asked, "1 of 1 had it", discord)
        assert len([m for m in discord.messages if "Question 1 of 1" in m.text]) == 1


async def test_a_countdown_that_turns_out_wrong_is_drawn_anew(
    discord: LoopbackDiscord, tutor: Tutor, tmp_path: Path
) -> None:
    async with bot_in(discord, tmp_path, tutor, rules=QUICK) as bot:
        table = Table(discord, bot)
        lobby = await table.open(rounds=1, seconds=20, kinds="choice")
        (live,) = bot.services.rounds.live
        live.state = replace(live.state, ahead=live.state.ahead - 300)  # nobody knew better yet
        await table.press(lobby, "Start", "alice")
        asked = await table.question(1)
        await discord.until(lambda: abs(countdown(asked) - time.time() - 20) < 5, "countdown that fits", 20)


async def test_an_answer_that_could_not_be_shown_is_shown_later_and_the_next_question_waits_for_it(
    discord: LoopbackDiscord, tutor: Tutor, tmp_path: Path
) -> None:
    async with bot_in(discord, tmp_path, tutor, rules=QUICK) as bot:
        table = Table(discord, bot)
        lobby = await table.open(rounds=2, seconds=20, kinds="choice")
        await table.press(lobby, "Start", "alice")
        asked = await table.question(1)
        (live,) = bot.services.rounds.live
        await becomes(lambda: live.state.awaits is None)
        discord.fail_next("PATCH", ONE_MESSAGE, 503, times=2)
        await table.press(asked, table.right(1), "alice")
        second = await table.question(2)
        assert "1 of 1 had it" in asked.text, "the answer was there first"
        assert "is noted" in await table.press(second, wrong(table.right(2)), "alice")
        await shows(second, "nobody had it", discord)
        discord.fail_next("POST", MESSAGES, 503, times=2)
        await table.message("🏆")
        await table.gone()


async def test_a_message_that_discord_will_never_take_does_not_hold_up_the_round(
    discord: LoopbackDiscord, tutor: Tutor, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with bot_in(discord, tmp_path, tutor, rules=QUICK) as bot:
        table = Table(discord, bot)
        lobby = await table.open(rounds=1, seconds=20, kinds="choice")
        await table.press(lobby, "Start", "alice")
        asked = await table.question(1)
        (live,) = bot.services.rounds.live
        await becomes(lambda: live.state.awaits is None)
        discord.fail_next("PATCH", ONE_MESSAGE, 400, times=1)
        await table.press(asked, table.right(1), "alice")
        await table.message("🏆")
        assert "did not take reveal" in caplog.text


async def test_a_round_whose_question_is_never_taken_stops_and_keeps_what_was_won(
    discord: LoopbackDiscord, tutor: Tutor, tmp_path: Path
) -> None:
    async with bot_in(discord, tmp_path, tutor, rules=QUICK) as bot:
        table = Table(discord, bot)
        lobby = await table.open(rounds=2, seconds=20, kinds="choice")
        await table.press(lobby, "Start", "alice")
        asked = await table.question(1)
        await table.press(asked, table.right(1), "alice")
        await shows(asked, "1 of 1 had it", discord)
        fault = discord.fail_next("POST", MESSAGES, 503, times=99)
        (live,) = bot.services.rounds.live
        await becomes(lambda: live.state.number == 2)
        steady = bot.services.rounds.steady
        bot.services.rounds.steady = lambda: steady() + 3_600
        live.note(Tick())
        await becomes(lambda: live.state.phase == "over")
        fault.times = 0
        podium = await table.message("could not be posted, so the round stopped")
        assert "🥇 **Alice**" in podium.text
        await table.gone()


async def test_an_answer_in_time_counts_though_the_bot_stood_still_over_the_end_of_the_question(
    discord: LoopbackDiscord, tutor: Tutor, tmp_path: Path
) -> None:
    async with bot_in(discord, tmp_path, tutor, rules=replace(QUICK, grace_s=0.3)) as bot:
        table = Table(discord, bot)
        lobby = await table.open(rounds=1, seconds=20, kinds="choice")
        await table.press(lobby, "Join", "bob")  # who never answers, so that the question stays open
        await table.press(lobby, "Start", "alice")
        asked = await table.question(1)
        (live,) = bot.services.rounds.live
        await becomes(lambda: live.state.awaits is None)
        live.state = replace(live.state, until=time.time() + 0.6)
        live.note(Tick())  # it looks at its clock anew
        await becomes(lambda: live.idle)
        pressed = await discord.click(asked, label=table.right(1), user="alice")
        time.sleep(2.0)  # the whole process stands still, which is what is tested
        assert "is noted" in (await discord.answer_to(pressed)).text
        await shows(asked, "1 of 1 had it: Alice", discord)


async def test_members_leave_by_button_and_by_command_and_nobody_waits_for_them(
    discord: LoopbackDiscord, tutor: Tutor, tmp_path: Path
) -> None:
    async with bot_in(discord, tmp_path, tutor, rules=QUICK) as bot:
        table = Table(discord, bot)
        assert "No round is going on" in await table.control("leave", "alice")
        lobby = await table.open(rounds=2, seconds=60, kinds="choice")
        await table.press(lobby, "Join", "bob")
        await table.press(lobby, "Join", "carla")
        assert await table.press(lobby, "Leave", "alice") == "You are out."
        assert await table.press(lobby, "Leave", "alice") == "You are not in this round."
        await shows(lobby, "2 joined: Bob, Carla", discord)
        (live,) = bot.services.rounds.live
        (saved,) = await bot.services.store.rounds.live()
        assert {player.name for player in saved.players} == {"Bob", "Carla"}
        assert await table.press(lobby, "Start", "alice") == "Here we go!", "who opened it need not play"
        asked = await table.question(1)
        await table.press(asked, table.right(1), "bob")
        await table.press(asked, table.right(1), "carla")
        await shows(asked, "2 of 2 had it", discord)
        second = await table.question(2)
        assert await table.press(lobby_of(discord), "Leave", "dave") == "You are not in this round."
        assert "your points stay" in await table.control("leave", "carla")
        (saved,) = await bot.services.store.rounds.live()
        assert {player.name: player.away for player in saved.players} == {"Bob": False, "Carla": True}
        await table.press(second, table.right(2), "bob")
        await shows(second, "1 of 1 had it: Bob", discord)
        assert live.state.phase in ("reveal", "over")
        assert "**Carla**" in (await table.message("🏆")).text


def lobby_of(discord: LoopbackDiscord) -> Message:
    """The lobby as someone still sees it who has not heard of its change: with its buttons."""
    lobby = next(m for m in discord.messages if "Quiz · questions: " in m.text)
    copied = Message({**lobby.payload, "components": [dict(BUTTON, custom_id="epoch:leave:1")]})
    return copied


BUTTON = {"type": 2, "style": 2, "label": "Leave", "id": 1}


async def test_who_opens_a_round_may_choose_not_to_play(discord: LoopbackDiscord, tutor: Tutor, tmp_path: Path) -> None:
    async with bot_in(discord, tmp_path, tutor, rules=QUICK) as bot:
        table = Table(discord, bot)
        lobby = await table.open(rounds=1, seconds=60, kinds="choice", play=False)
        assert "Nobody has joined yet" in lobby.text
        await table.press(lobby, "Join", "bob")
        assert await table.press(lobby, "Start", "alice") == "Here we go!"
        assert await table.press(lobby_of(discord), "Leave", "alice") == "You are not in this round."
        asked = await table.question(1)
        await table.press(asked, table.right(1), "bob")
        await shows(asked, "1 of 1 had it: Bob", discord)


async def test_three_starts_at_once_make_one_round_and_two_plain_refusals(
    discord: LoopbackDiscord, tutor: Tutor, tmp_path: Path
) -> None:
    async with bot_in(discord, tmp_path, tutor, rules=QUICK) as bot:
        names = ("alice", "bob", "carla")
        asked = [await discord.slash("quiz start", {"topics": "gan", "kinds": "choice"}, user=name) for name in names]
        told = [(await discord.answer_to(each)).text for each in asked]
        assert sum("1 joined" in text for text in told) == 1
        assert sum("A round is going on in this channel" in text for text in told) == 2
        assert len(bot.services.rounds.live) == 1
        lobby = next(m for m in discord.messages if "1 joined" in m.text)
        (owner,) = [name for name in names if name.title() in lobby.text]
        pressed = [await discord.click(lobby, label="Start", user=owner) for _ in range(3)]
        replies = sorted([(await discord.answer_to(each)).text for each in pressed])
        assert replies == ["Here we go!", "It has begun already.", "It has begun already."]
        assert await Table(discord, bot).question(1)


def test_rules_wait_for_who_is_absent_as_long_as_for_a_round_that_nobody_attends() -> None:
    assert Rules().absent == Rules().unattended
