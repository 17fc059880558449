"""Whole quiz rounds over the loopback Discord, with the real bot in this process."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
import pytest_asyncio

from bot import exits
from bot.discord.client import EpochBot
from bot.store.errors import DatabaseUnavailable
from bot.study.cards import Card
from bot.study.learning import GivenAnswer
from bot.study.rounds.questions import Pack
from bot.study.rounds.state import Rules
from bot.study.schedule import AGAIN, GOOD
from bot.study.tutor import Tutor
from knowledge.bank.loader import load_bank
from runners.local import LocalRunner
from tests.bot.discord.ask.test_ask import Scripted
from tests.discord.inside import bot_in
from tests.discord.payloads import text_channel
from tests.discord.process import serving
from tests.discord.server import LoopbackDiscord
from tests.discord.state import Message

QUICK = Rules(lobby_s=60, grace_s=0.2, hurry_s=0.4, reveal_s=0.6, restart_s=10)
LONG_S = 60.0


@pytest_asyncio.fixture
async def tutor() -> AsyncIterator[Tutor]:
    made = Tutor(load_bank(), Scripted(RuntimeError("nobody asks here")), LocalRunner())
    yield made
    await made.close()


@pytest_asyncio.fixture
async def discord() -> AsyncIterator[LoopbackDiscord]:
    async with LoopbackDiscord(ack_limit_s=30) as server:
        yield server


@dataclass
class Table:
    """A round as its players see it."""

    discord: LoopbackDiscord
    bot: EpochBot
    told: list[str] = field(default_factory=list)

    async def open(self, user: str = "alice", locale: str = "en-US", **options: object) -> Message:
        asked = await self.discord.slash("quiz start", {"topics": "gan", **options}, user=user, locale=locale)
        return await self.discord.answer_to(asked)

    async def message(self, says: str, timeout: float = LONG_S) -> Message:
        return await self.discord.wait_for_message(lambda m: says in m.text, timeout)

    async def question(self, number: int) -> Message:
        def has_buttons(message: Message) -> bool:
            ids = [str(c.get("custom_id", "")) for c in message.components]
            return any(re.fullmatch(rf"epoch:(answer|type):\d+:{number}(:.)?", custom_id) for custom_id in ids)

        return await self.discord.wait_for_message(has_buttons, LONG_S)

    async def press(self, message: Message, label: str, user: str, locale: str = "en-US") -> str:
        pressed = await self.discord.click(message, label=label, user=user, locale=locale)
        reply = await self.discord.answer_to(pressed)
        assert reply.ephemeral
        return reply.text

    async def control(self, what: str, user: str) -> str:
        return (await self.discord.answer_to(await self.discord.slash(f"quiz {what}", user=user))).text

    def right(self, number: int) -> str:
        (live,) = self.bot.services.rounds.live
        return live.state.questions[number - 1].right[0]

    async def gone(self) -> None:
        """Wait until no round is going on."""
        await becomes(lambda: not self.bot.services.rounds.live)


async def becomes(true: Callable[[], bool]) -> None:
    """Wait for something within the bot, of which the server hears nothing."""
    async with asyncio.timeout(LONG_S):
        while not true():
            await asyncio.sleep(0.02)


def wrong(letter: str) -> str:
    return next(other for other in "ABCD" if other != letter)


async def shows(message: Message, says: str, discord: LoopbackDiscord) -> Message:
    await discord.until(lambda: says in message.text, f"{says!r} on {message}", LONG_S)
    return message


async def test_a_round_from_its_lobby_to_its_podium(discord: LoopbackDiscord, tutor: Tutor, tmp_path: Path) -> None:
    async with bot_in(discord, tmp_path, tutor, rules=QUICK) as bot:
        counted: list[GivenAnswer] = []

        record = bot.services.learning.record

        async def note(answers: Sequence[GivenAnswer]) -> list[Card]:
            counted.extend(answers)
            return await record(answers)

        bot.services.learning.record = note  # type: ignore[method-assign]
        table = Table(discord, bot)
        lobby = await table.open(rounds=2, seconds=20, kinds="choice")
        assert "1 joined: Alice" in lobby.text
        assert await table.press(lobby, "Join", "bob") == "You are in."
        assert "Only who started" in await table.press(lobby, "Start", "bob")
        await shows(lobby, "2 joined: Alice, Bob", discord)
        assert await table.press(lobby, "Start", "alice") == "Here we go!"
        await shows(lobby, "It has begun", discord)
        for number in (1, 2):
            asked = await table.question(number)
            assert re.search(r"closes <t:\d+:R>", asked.text)
            right = table.right(number)
            assert f"**{right}** is noted" in await table.press(asked, right, "alice")
            assert f"**{wrong(right)}** is noted" in await table.press(asked, wrong(right), "bob")
            if number == 2:
                assert f"Changed to **{right}**" in await table.press(asked, right, "bob")
                assert f"**{right}** stays" in await table.press(asked, wrong(right), "bob")
            await shows(asked, "had it", discord)
            assert f"{number} of 2 had it: Alice +" in asked.text
            assert f"✅ **{right}**" in asked.text
            ids = [str(c.get("custom_id", "")) for c in asked.components]
            assert not [each for each in ids if each.startswith("epoch:answer:")], "what is closed takes no answer"
        podium = await table.message("🏆")
        rows = re.findall(r"(\S+) \*\*(\w+)\*\*: [\d,]+ points \((\d) right\)", podium.text)
        assert rows == [("🥇", "Alice", "2"), ("🥈", "Bob", "1")]
        assert podium.files["podium.png"].startswith(b"\x89PNG")
        members = {name: int(discord.state.people[name].id) for name in ("alice", "bob")}
        at_once = await bot.services.store.scores.table(int(discord.state.guild_id))
        assert [row.member_id for row in at_once] == list(members.values()), "what is shown counts already"
        await table.gone()
        assert await bot.services.store.scores.table(int(discord.state.guild_id)) == at_once, "once, and for good"
        assert [(c.member_id == members["bob"], c.grade) for c in counted if c.source.endswith(":1")] == [
            (False, GOOD), (True, AGAIN),
        ]  # fmt: skip
        assert [len(await bot.services.store.reviews.cards(member)) for member in members.values()] == [2, 2]
        assert await bot.services.store.rounds.live() == []


async def test_again_asks_what_was_missed(discord: LoopbackDiscord, tutor: Tutor, tmp_path: Path) -> None:
    async with bot_in(discord, tmp_path, tutor, rules=QUICK) as bot:
        table = Table(discord, bot)
        lobby = await table.open(rounds=2, seconds=20, kinds="choice")
        await table.press(lobby, "Start", "alice")
        items = []
        for number, answer in ((1, lambda right: right), (2, wrong)):
            asked = await table.question(number)
            (live,) = bot.services.rounds.live
            items.append(live.state.question.item)
            await table.press(asked, answer(table.right(number)), "alice")
        podium = await table.message("🏆")
        await table.gone()
        pressed = await discord.click(podium, label="Again with what we missed", user="bob")
        again = await discord.answer_to(pressed)
        assert "Quiz · questions: 1, 20 s each" in again.text
        (live,) = bot.services.rounds.live
        assert [question.item for question in live.state.questions] == [items[1]]


async def test_another_round_is_like_the_last_one_with_other_questions_also_after_a_restart(
    discord: LoopbackDiscord, tutor: Tutor, tmp_path: Path
) -> None:
    async with bot_in(discord, tmp_path, tutor, rules=QUICK) as bot:
        table = Table(discord, bot)
        lobby = await table.open(rounds=2, seconds=20, kinds="choice", teams=2)
        await table.press(lobby, "Start", "alice")
        items = set()
        for number in (1, 2):
            asked = await table.question(number)
            (live,) = bot.services.rounds.live
            items.add(live.state.question.item)
            await table.press(asked, table.right(number), "alice")
        podium = await table.message("🏆")
        await table.gone()
        assert "what we missed" not in str(podium.components), "nothing was missed, and yet it goes on from here"
    async with bot_in(discord, tmp_path, tutor, rules=QUICK) as bot:
        pressed = await discord.click(podium, label="Another round", user="bob", locale="zh-CN")
        lobby = await discord.answer_to(pressed)
        assert "测验：2 题，每题 20 秒" in lobby.text
        assert "随机入队（1）：Bob" in lobby.text
        (live,) = bot.services.rounds.live
        assert {(question.topic, question.kind) for question in live.state.questions} == {("gan", "choice")}
        assert not items & {question.item for question in live.state.questions}


async def test_a_program_is_run_and_its_real_output_shown(
    discord: LoopbackDiscord, tutor: Tutor, tmp_path: Path
) -> None:
    async with bot_in(discord, tmp_path, tutor, rules=QUICK) as bot:
        table = Table(discord, bot)
        lobby = await table.open(rounds=1, seconds=20, kinds="predict")
        await table.press(lobby, "Start", "alice")
        asked = await table.question(1)
        assert "```py" in asked.text
        (live,) = bot.services.rounds.live
        right = live.state.question.options["ABCD".index(table.right(1))]
        await table.press(asked, table.right(1), "alice")
        await shows(asked, "What it really printed, run just now", discord)
        shown = asked.text.split("What it really printed")[1]
        assert f"```\n{right}\n```" in shown


async def test_a_bug_is_shown_with_its_fix(discord: LoopbackDiscord, tutor: Tutor, tmp_path: Path) -> None:
    async with bot_in(discord, tmp_path, tutor, rules=QUICK) as bot:
        table = Table(discord, bot)
        lobby = await table.open(rounds=1, seconds=20, kinds="find_bug", locale="zh-CN")
        await table.press(lobby, "开始", "alice")
        asked = await table.question(1)
        (live,) = bot.services.rounds.live
        assert live.state.question.fixed not in asked.text
        assert "已记下" in await table.press(asked, table.right(1), "alice", locale="zh-CN")
        await shows(asked, "出错的行", discord)
        assert "改成" in asked.text
        assert str(live.state.question.fixed) in asked.text


async def test_a_restart_goes_on_at_the_same_question_with_all_answers(
    discord: LoopbackDiscord, tutor: Tutor, tmp_path: Path
) -> None:
    async with bot_in(discord, tmp_path, tutor, rules=QUICK) as bot:
        table = Table(discord, bot)
        lobby = await table.open(rounds=2, seconds=30, kinds="choice")
        await table.press(lobby, "Join", "bob")
        await table.press(lobby, "Start", "alice")
        asked = await table.question(1)
        right = table.right(1)
        await table.press(asked, right, "alice")
    before = len(discord.messages)
    async with bot_in(discord, tmp_path, tutor, rules=QUICK) as bot:
        table = Table(discord, bot)
        assert table.right(1) == right
        assert await table.press(asked, right, "bob")
        await shows(asked, "2 of 2 had it", discord)
        assert await table.question(2)
        questions = [m for m in discord.messages if "Question 1 of 2" in m.text]
        assert questions == [asked], "nothing is posted twice"
        assert len([m for m in discord.messages if not m.ephemeral]) <= before + 2


async def test_a_question_that_ended_while_the_bot_was_away_is_still_open(
    discord: LoopbackDiscord, tutor: Tutor, tmp_path: Path
) -> None:
    async with bot_in(discord, tmp_path, tutor, rules=QUICK) as bot:
        table = Table(discord, bot)
        lobby = await table.open(rounds=1, seconds=30, kinds="choice")
        await table.press(lobby, "Start", "alice")
        asked = await table.question(1)
        (live,) = bot.services.rounds.live
        await becomes(lambda: live.state.message is not None)
        await live.abandon()
        state = (await bot.services.store.rounds.live())[0].state
        await bot.services.store.rounds.save(live.id, {**state, "until": state["until"] - 3_600})
    async with bot_in(discord, tmp_path, tutor, rules=QUICK) as bot:
        table = Table(discord, bot)
        assert "is noted" in await table.press(asked, table.right(1), "alice")
        await shows(asked, "1 of 1 had it: Alice +1000", discord)


async def test_a_lobby_that_cannot_be_shown_keeps_no_channel(
    discord: LoopbackDiscord, tutor: Tutor, tmp_path: Path
) -> None:
    async with bot_in(discord, tmp_path, tutor, rules=QUICK) as bot:
        table = Table(discord, bot)
        discord.fail_next("PATCH", "/messages/@original", 403)
        asked = await discord.slash("quiz start", {"topics": "gan"}, user="alice")
        assert "Something went wrong" in (await discord.answer_to(asked)).text
        await table.gone()
        assert "1 joined: Alice" in (await table.open(kinds="choice")).text


async def test_a_question_whose_posting_was_not_saved_is_not_posted_twice(
    discord: LoopbackDiscord, tutor: Tutor, tmp_path: Path
) -> None:
    async with bot_in(discord, tmp_path, tutor, rules=QUICK) as bot:
        table = Table(discord, bot)
        lobby = await table.open(rounds=1, seconds=30, kinds="choice")
        await table.press(lobby, "Start", "alice")
        asked = await table.question(1)
        (live,) = bot.services.rounds.live
        await becomes(lambda: live.state.message is not None)
        state = (await bot.services.store.rounds.live())[0].state
        await live.abandon()
        await bot.services.store.rounds.save(live.id, {**state, "message": None})
    async with bot_in(discord, tmp_path, tutor, rules=QUICK) as bot:
        table = Table(discord, bot)
        await table.press(asked, table.right(1), "alice")
        await shows(asked, "1 of 1 had it", discord)
        assert [m for m in discord.messages if "Question 1 of 1" in m.text] == [asked]


async def test_rounds_in_two_channels_go_on_side_by_side_and_one_in_each(
    discord: LoopbackDiscord, tutor: Tutor, tmp_path: Path
) -> None:
    async with bot_in(discord, tmp_path, tutor, rules=QUICK) as bot:
        table = Table(discord, bot)
        await table.open(kinds="choice")
        refused = await table.open(user="bob", kinds="choice")
        assert "A round is going on in this channel" in refused.text
        other = text_channel(discord.state.ids.next(), discord.state.guild_id, "other")
        discord.state.channels[other["id"]] = discord.state.channel = other
        assert "1 joined: Bob" in (await table.open(user="bob", kinds="choice")).text
        assert len(bot.services.rounds.live) == 2
        assert await table.control("stop", "bob") == "Stopped."
        await becomes(lambda: len(bot.services.rounds.live) == 1)


async def test_three_starts_at_once_make_one_round_and_send_nothing_invalid(
    discord: LoopbackDiscord, tutor: Tutor, tmp_path: Path
) -> None:
    """The server takes no message that Discord would not take, such as one with an empty list of choices."""
    async with bot_in(discord, tmp_path, tutor, rules=QUICK) as bot:
        table = Table(discord, bot)
        users = ("alice", "bob", "carol")
        options = {"topics": "gan", "kinds": "choice", "rounds": 1}
        asked = await asyncio.gather(*(discord.slash("quiz start", options, user=user) for user in users))
        told = [await discord.answer_to(each) for each in asked]
        (lobby,) = [message for message in told if "1 joined" in message.text]
        assert len([message for message in told if "A round is going on in this channel" in message.text]) == 2
        assert len(bot.services.rounds.live) == 1
        opener = users[told.index(lobby)]
        await table.press(lobby, "Start", opener)
        await table.press(await table.question(1), table.right(1), opener)
        await table.gone()
    discord.check()
    requests = [json.dumps(request.body) for request in discord.requests if isinstance(request.body, dict)]
    assert any('"components"' in body for body in requests)
    assert not [body for body in requests if '"options": []' in body]


async def test_pause_skip_and_stop_are_for_who_started_it_or_a_moderator(
    discord: LoopbackDiscord, tutor: Tutor, tmp_path: Path
) -> None:
    async with bot_in(discord, tmp_path, tutor, rules=QUICK) as bot:
        table = Table(discord, bot)
        assert "No round is going on" in await table.control("pause", "alice")
        lobby = await table.open(rounds=3, kinds="choice")
        await table.press(lobby, "Start", "alice")
        asked = await table.question(1)
        for what in ("pause", "skip", "stop"):
            assert "Only who started the round" in await table.control(what, "bob")
        assert "Paused" in await table.control("pause", "alice")
        await shows(asked, "⏸️ Paused", discord)
        assert "The round is paused" in await table.press(asked, "A", "bob")
        assert "On we go" in await table.control("resume", "alice")
        await shows(asked, "closes <t:", discord)
        assert await table.control("skip", "alice") == "Skipped."
        await shows(asked, "it counts for nobody", discord)
        second = await table.question(2)
        await table.press(second, table.right(2), "bob")
        discord.state.user("boss", manager=True)
        assert await table.control("stop", "boss") == "Stopped."
        podium = await table.message("The round was stopped")
        assert "Nobody made a point" in podium.text
        assert podium.files == {}


async def test_what_is_typed_is_taken_leniently_even_after_a_restart(
    discord: LoopbackDiscord, tutor: Tutor, tmp_path: Path
) -> None:
    async with bot_in(discord, tmp_path, tutor, rules=QUICK) as bot:
        questions = (("Who wrote @everyone the paper?", ("Hinton", "Geoffrey Hinton")),)
        await bot.services.store.packs.put(Pack("ml", None, "0" * 64, questions), 0.0)
        table = Table(discord, bot)
        choices = await discord.autocomplete("quiz start", "topics", "gan, pack")
        assert {"name": "gan, 📦 ml", "value": "gan, pack:ml"}.items() <= choices[-1].items()
        lobby = await table.open(topics="pack:ml", rounds=5)
        await table.press(lobby, "Join", "bob")
        await table.press(lobby, "Start", "alice")
        asked = await table.question(1)
        assert "Hinton" not in str(asked.payload)
        opened = await discord.click(asked, label="Answer…", user="alice")
        reply = await discord.answer_to(await discord.submit_modal(opened, {"answer": "hintn!"}))
        assert "**hintn!** is noted" in reply.text
        late = await discord.click(asked, label="Answer…", user="bob")
        await discord.until(lambda: late.modal, "form")
    async with bot_in(discord, tmp_path, tutor, rules=QUICK):
        reply = await discord.answer_to(await discord.submit_modal(late, {"answer": "Bengio"}))
        assert "**Bengio** is noted" in reply.text
        await shows(asked, "1 of 2 had it: Alice", discord)
        assert "The answer: **Hinton / Geoffrey Hinton**" in asked.text


async def test_a_round_that_nobody_answers_stops_by_itself_and_says_so(
    discord: LoopbackDiscord, tutor: Tutor, tmp_path: Path
) -> None:
    async with bot_in(discord, tmp_path, tutor, rules=QUICK) as bot:
        table = Table(discord, bot)
        lobby = await table.open(rounds=5, kinds="choice")
        (live,) = bot.services.rounds.live
        live.state = replace(live.state, rules=Rules(seconds=0.3, grace_s=0.1, reveal_s=0.2))
        await table.press(lobby, "Start", "alice")
        podium = await table.message("stopped by itself")
        assert "Nobody made a point" in podium.text
        assert len([m for m in discord.messages if "Nobody answered." in m.text]) == 2


async def test_a_round_goes_on_where_counting_its_answers_as_reviews_fails(
    discord: LoopbackDiscord, tutor: Tutor, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(answers: object) -> list[Card]:
        raise RuntimeError("no scheduler today")

    async with bot_in(discord, tmp_path, tutor, rules=QUICK) as bot:
        bot.services.learning.record = fail  # type: ignore[method-assign,assignment]
        table = Table(discord, bot)
        lobby = await table.open(rounds=1, kinds="choice")
        await table.press(lobby, "Start", "alice")
        asked = await table.question(1)
        await table.press(asked, table.right(1), "alice")
        await shows(asked, "1 of 1 had it", discord)
        await table.message("🏆")
    assert "no scheduler today" in caplog.text


async def test_a_lobby_whose_message_is_deleted_ends_the_round(
    discord: LoopbackDiscord, tutor: Tutor, tmp_path: Path
) -> None:
    async with bot_in(discord, tmp_path, tutor, rules=QUICK) as bot:
        table = Table(discord, bot)
        lobby = await table.open(kinds="choice")
        pressed = await discord.click(lobby, label="Join", user="bob")
        lobby.deleted = True
        await discord.acknowledged(pressed)
        await table.gone()
        assert await bot.services.store.rounds.live() == []


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"topics": "nothing like that"}, "No topic is called"),
        ({"topics": "pack:none @everyone"}, "No pack is called"),
    ],
)
async def test_what_cannot_be_asked_is_told(
    discord: LoopbackDiscord, tutor: Tutor, tmp_path: Path, options: dict[str, object], says: str
) -> None:
    async with bot_in(discord, tmp_path, tutor, rules=QUICK) as bot:
        table = Table(discord, bot)
        assert says in (await table.open(**options)).text
        assert not bot.services.rounds.live


async def test_teams_are_joined_by_their_own_buttons(discord: LoopbackDiscord, tutor: Tutor, tmp_path: Path) -> None:
    async with bot_in(discord, tmp_path, tutor, rules=QUICK) as bot:
        table = Table(discord, bot)
        lobby = await table.open(rounds=1, teams=2, kinds="choice")
        await table.press(lobby, "Join team 1", "alice")
        await table.press(lobby, "Join team 2", "bob")
        await table.press(lobby, "Join team 2", "carla")
        await shows(lobby, "Team 2 (2): Bob, Carla", discord)
        await table.press(lobby, "Start", "alice")
        asked = await table.question(1)
        for user in ("alice", "bob", "carla"):
            await table.press(asked, table.right(1), user)
        podium = await table.message("mean of their members")
        assert re.search(r"Team \d: [\d,]+ points \(members: 2\)", podium.text)


async def test_a_member_who_wants_to_be_forgotten_leaves_the_round_too(
    discord: LoopbackDiscord, tutor: Tutor, tmp_path: Path
) -> None:
    async with bot_in(discord, tmp_path, tutor, rules=QUICK) as bot:
        table = Table(discord, bot)
        lobby = await table.open(rounds=1, seconds=20, kinds="choice")
        await table.press(lobby, "Join", "carla")  # who never answers, so that the question stays open
        await table.press(lobby, "Start", "alice")
        asked = await table.question(1)
        for user in ("alice", "bob"):
            await table.press(asked, table.right(1), user)
        (live,) = bot.services.rounds.live
        bob = int(discord.state.people["bob"].id)
        await bot.services.rounds.forget(bob)
        assert bob not in live.state.players
        await bot.services.store.members.forget(bob)
        await table.press(asked, table.right(1), "carla")
        await shows(asked, "2 of 2 had it", discord)
        assert "Bob" not in (await table.message("🏆")).text
        await table.gone()
        assert await bot.services.store.members.export(bob) == {}


async def test_answers_are_not_confirmed_while_they_cannot_be_saved(
    discord: LoopbackDiscord, tutor: Tutor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with bot_in(discord, tmp_path, tutor, rules=QUICK) as bot:
        table = Table(discord, bot)
        lobby = await table.open(rounds=1, seconds=30, kinds="choice")
        await table.press(lobby, "Start", "alice")
        asked = await table.question(1)
        (live,) = bot.services.rounds.live
        await becomes(lambda: live.state.message is not None)

        async def full(*_: object, **__: object) -> None:
            raise DatabaseUnavailable("the disk is full; make room")

        with monkeypatch.context() as patch:
            patch.setattr(bot.services.store.rounds, "save", full)
            assert "could not be saved" in await table.press(asked, table.right(1), "alice")
        assert live.state.answers == {}
        assert "is noted" in await table.press(asked, table.right(1), "alice")
        await shows(asked, "1 of 1 had it", discord)


async def test_a_confirmation_that_takes_long_is_deferred_first(
    discord: LoopbackDiscord, tutor: Tutor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.discord.ui.confirmed.CONFIRM_S", 0.05)
    async with bot_in(discord, tmp_path, tutor, rules=QUICK) as bot:
        table = Table(discord, bot)
        lobby = await table.open(rounds=1, seconds=30, kinds="choice")
        await table.press(lobby, "Start", "alice")
        asked = await table.question(1)
        save = bot.services.store.rounds.save

        async def slow(*args: object, **more: object) -> None:
            await asyncio.sleep(0.5)
            await save(*args, **more)  # type: ignore[arg-type]

        monkeypatch.setattr(bot.services.store.rounds, "save", slow)
        pressed = await discord.click(asked, label=table.right(1), user="alice")
        await discord.acknowledged(pressed)
        assert pressed.ack_kind == 5
        assert "is noted" in (await discord.answer_to(pressed)).text


async def test_a_database_of_no_use_ends_the_start_with_one_line(discord: LoopbackDiscord, tmp_path: Path) -> None:
    environment = {
        "DISCORD_TOKEN": discord.token, "DISCORD_API_URL": discord.api_url, "DISCORD_GATEWAY_URL": discord.gateway_url,
        "EPOCH_CACHE_DIR": str(tmp_path), "EPOCH_DATABASE_URL": f"sqlite:///{tmp_path}/missing/epoch.db",
    }  # fmt: skip
    async with serving(tmp_path, environment) as served:
        assert await served.ended(120) == exits.UNWRITABLE
        assert served.stderr.strip().splitlines()[-1].startswith("epoch: the lock ")
        assert "Traceback" not in served.stderr
