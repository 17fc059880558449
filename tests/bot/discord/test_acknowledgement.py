"""Discord that did not wait, that was answered by another process, or that lost the connection on the way."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import aiohttp
import discord
import pytest

from bot.discord.acknowledgement import Acknowledgement, AnsweredElsewhere, Arrivals, Why
from bot.study.cards import Card
from bot.study.learning import GivenAnswer
from tests.bot.world import World, controls_of, discord_world, text_of

REFUSALS = {"too late": (404, 10062), "answered elsewhere": (400, 40060)}


def refuse(world: World, why: str, times: int | None = None) -> None:
    status, code = REFUSALS[why]
    world.env.inject_error("POST", "/interactions/*", status=status, code=code, message=why, times=times)


def told_directly(world: World) -> list[Any]:
    return [request for request in world.env.http_requests if request.path.startswith("/users/@me/channels")]


def posted(world: World) -> list[Any]:
    return world.sent("POST", f"/channels/{world.channel.id}/messages")


@pytest.mark.parametrize("why", REFUSALS)
@pytest.mark.parametrize("command", ["ask", "run", "review", "progress", "interview", "daily", "leaderboard"])
async def test_no_member_reads_of_a_refused_acknowledgement_and_the_host_reads_a_count(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, why: str, command: str
) -> None:
    async with discord_world(tmp_path) as world:
        refuse(world, why)
        needs = {"ask": {"question": "gan"}, "run": {"topic": "gan"}}.get(command, {})
        await world.alice.slash(world.channel, command, **needs)
        assert told_directly(world) == []
        shown = posted(world)
        public = command in ("ask", "run", "leaderboard")
        assert len(shown) == (why == "too late" and public), "a public answer that comes late is shown in the channel"
        await world.bot.arrivals.drain(1)
    assert "1 interaction(s)" in caplog.text
    assert "Traceback" not in caplog.text


async def test_a_late_answer_to_ask_stands_in_the_channel_with_its_question(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        refuse(world, "too late")
        await world.alice.slash(world.channel, "ask", question="what is mode collapse")
        assert "what is mode collapse" in text_of(world.last)
        assert "GAN" in text_of(world.last)


async def test_a_late_run_is_followed_in_a_message_of_the_channel(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        refuse(world, "too late")
        await world.alice.slash(world.channel, "run", topic="gan")
        assert "loss 0.33" in text_of(world.last)
        assert len(posted(world)) == 1
        assert await world.bot.services.store.runs.all() == []


async def test_where_the_bot_may_not_write_a_late_answer_is_shown_nowhere(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        button = (await world.alice.slash(world.channel, "ask", question="gan")).response
        assert button is not None
        refuse(world, "too late")
        world.env.inject_error("POST", "/channels/*/messages", status=403, code=50013, times=None)
        await world.alice.click(button, label="Run")
        assert told_directly(world) == []


async def test_a_rating_and_a_vote_are_saved_though_their_acknowledgement_came_too_late(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        answer = (await world.alice.slash(world.channel, "ask", question="gan")).response
        shown = (await world.alice.slash(world.channel, "review")).response
        assert answer is not None
        assert shown is not None
        told = await world.alice.click(shown, custom_id=next(iter(controls_of(shown))))
        grade = next(key for key in controls_of(told.response or shown) if re.search(r":3(?::[^:]+)?$", key))
        votes = (await world.alice.click(answer, label="👍👎")).response
        assert votes is not None
        refuse(world, "too late")
        await world.alice.click(told.response or shown, custom_id=grade)
        await world.alice.click(votes, custom_id=next(k for k in controls_of(votes) if ":good:" in k))
        cards = await world.bot.services.store.reviews.cards(world.alice.user.id)
        assert len(cards) == 1
        assert [(tally.good, tally.bad) for tally in await world.bot.services.store.feedback.tallies()] == [(1, 0)]
        assert told_directly(world) == []


async def test_a_guess_counts_though_its_acknowledgement_came_too_late(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        counted: list[GivenAnswer] = []

        async def record(answers: Sequence[GivenAnswer]) -> list[Card]:
            counted.extend(answers)
            return []

        world.bot.services.learning.record = record  # type: ignore[method-assign]
        answer = (await world.alice.slash(world.channel, "ask", question="gan")).response
        assert answer is not None
        item = (await world.alice.click(answer, label="Quiz")).response
        assert item is not None
        refuse(world, "too late")
        await world.alice.click(item, label="A")
        assert [given.member_id for given in counted] == [world.alice.user.id]


async def test_an_interaction_delivered_twice_is_answered_once(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        given: list[dict[str, Any]] = []

        def note(event: str, payload: dict[str, Any]) -> None:
            if event == "INTERACTION_CREATE":
                given.append(payload)

        world.env.backend.subscribers.append(note)
        await world.alice.slash(world.channel, "ask", question="gan")
        callbacks = len([r for r in world.env.http_requests if r.path.endswith("/callback")])
        world.bot._connection.parse_interaction_create(given[0])  # type: ignore[arg-type]
        await world.env.settle()
        assert len([r for r in world.env.http_requests if r.path.endswith("/callback")]) == callbacks


class Parent:
    """As much of an interaction as an acknowledgement needs."""

    def __init__(self, arrivals: Arrivals) -> None:
        self.id, self.late, self.message = 7, None, None
        self.client = type("Client", (), {"arrivals": arrivals})()


def refused(code: int) -> discord.HTTPException:
    response: Any = type("Response", (), {"status": 400, "reason": "no"})()
    return discord.HTTPException(response, {"code": code, "message": "no"})


def giving(*outcomes: BaseException | None) -> tuple[Callable[[], Any], list[int]]:
    tries: list[int] = []

    async def give() -> str:
        tries.append(1)
        outcome = outcomes[len(tries) - 1]
        if outcome is not None:
            raise outcome
        return "given"

    return give, tries


KIND = discord.InteractionResponseType.modal
CUTS = [aiohttp.ServerDisconnectedError(), ConnectionResetError(), TimeoutError(), aiohttp.ClientOSError()]


@pytest.mark.parametrize("cut", CUTS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("then", [None, 40060], ids=["given", "it had arrived"])
async def test_an_acknowledgement_that_was_cut_is_given_once_more(cut: Exception, then: int | None) -> None:
    acknowledgement = Acknowledgement(Parent(Arrivals(lambda: 0.0)))  # type: ignore[arg-type]
    give, tries = giving(cut, refused(then) if then else None)
    await acknowledgement.give(give, KIND, private=True)
    assert len(tries) == 2
    assert then is None or acknowledgement.type is KIND, "what Discord has is as good as given"


async def test_an_acknowledgement_cut_twice_is_a_failure() -> None:
    acknowledgement = Acknowledgement(Parent(Arrivals(lambda: 0.0)))  # type: ignore[arg-type]
    give, tries = giving(ConnectionResetError(), ConnectionResetError())
    with pytest.raises(ConnectionResetError):
        await acknowledgement.give(give, KIND, private=True)
    assert len(tries) == 2


async def test_what_another_process_acknowledged_ends_this_one_s_work_as_a_cancellation_does() -> None:
    acknowledgement = Acknowledgement(Parent(Arrivals(lambda: 0.0)))  # type: ignore[arg-type]
    give, _ = giving(refused(40060))
    task = asyncio.ensure_future(acknowledgement.give(give, KIND, private=True))
    await asyncio.wait({task})
    assert task.cancelled()
    assert issubclass(AnsweredElsewhere, asyncio.CancelledError)


def test_a_burst_of_missed_interactions_is_a_line_or_two_with_counts(caplog: pytest.LogCaptureFixture) -> None:
    now = [1000.0]
    arrivals = Arrivals(lambda: now[0])
    burst: list[Why] = ["late"] * 50
    for why in burst:
        arrivals.missed(why)
    now[0] += 61
    arrivals.missed("late")
    counts = [record.getMessage().split()[0] for record in caplog.records]
    assert counts == ["1", "50"]


async def test_a_search_waits_for_acknowledgements_that_are_on_their_way_but_not_for_ever() -> None:
    arrivals = Arrivals(lambda: 0.0)
    await arrivals.settled()  # none is: at once
    with arrivals.acknowledging():
        with arrivals.acknowledging():
            pass
        waiting = asyncio.create_task(arrivals.settled())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert not waiting.done(), "one of the two is still on its way"
    await asyncio.wait_for(waiting, 10)
    with arrivals.acknowledging():
        await asyncio.wait_for(arrivals.settled(), 10)  # Discord is slow for one: nobody else waits for that


async def test_nothing_is_looked_up_while_others_are_being_acknowledged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.discord.acknowledgement._SETTLE_S", 60.0)
    async with discord_world(tmp_path) as world:
        looked_up: list[str] = []
        arrivals, asks = world.bot.arrivals, world.bot.services.tutor.ask
        waits = asyncio.Event()
        settled = arrivals.settled

        async def noting(question: str, **given: Any) -> Any:  # noqa: ANN401 - passed on
            looked_up.append(question)
            waits.set()
            return await asks(question, **given)

        async def waiting() -> None:
            waits.set()
            await settled()

        monkeypatch.setattr(world.bot.services.tutor, "ask", noting)
        monkeypatch.setattr(arrivals, "settled", waiting)
        with arrivals.acknowledging():  # somebody else
            asking = asyncio.create_task(world.alice.slash(world.channel, "ask", question="what is mode collapse"))
            await asyncio.wait_for(waits.wait(), 30)
            assert looked_up == []
        await asking
        assert looked_up == ["what is mode collapse"]
        assert "GAN" in text_of(world.last)


def test_it_is_quiet_a_while_after_the_last_that_came() -> None:
    now = [100.0]
    arrivals = Arrivals(lambda: now[0])
    assert arrivals.quiet
    assert arrivals.first(1)
    now[0] += 9.0
    assert not arrivals.quiet
    assert not arrivals.first(1)  # the same again
    now[0] += 9.5
    assert not arrivals.quiet
    now[0] += 1.0
    assert arrivals.quiet
