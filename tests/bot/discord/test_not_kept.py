"""A database that fails, and forms that go wrong: the member is told, and what they typed comes back."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
import simcord
from sqlalchemy import event
from sqlalchemy.pool import Pool

from bot.study.tutor import Tutor
from knowledge.grading.grader import Grader
from knowledge.search.encoder_choice import open_encoder
from runners.local import LocalRunner
from tests.bot.discord.ask.test_ask import Scripted
from tests.bot.world import World, bank, controls_of, discord_world, make_bot, text_of

ANSWER = "Two networks play against each other: one makes samples, the other tells them from real ones."
TOLD = {"en-US": "could not be saved", "zh-CN": "没能保存"}


@pytest.fixture(scope="module")
def grader() -> Grader:
    return Grader(bank(), open_encoder())


def tutor(grader: Grader) -> Tutor:
    return Tutor(bank(), Scripted(RuntimeError("nobody asks here")), LocalRunner(), grader=grader)


@contextmanager
def deleted(world: World) -> Iterator[None]:
    file = world.bot.services.store.database.file
    assert file is not None
    away = file.rename(file.with_suffix(".away"))
    try:
        yield
    finally:
        away.rename(file)


@contextmanager
def locked(world: World) -> Iterator[None]:
    """Another process writes, for longer than anybody waits."""
    database = world.bot.services.store.database

    def hurry(connection: sqlite3.Connection, *_: object) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA busy_timeout=10")
        cursor.close()

    event.listen(Pool, "checkout", hurry)
    other = sqlite3.connect(str(database.file), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:  # a test that fails here would else break those that come after it
        other.execute("ROLLBACK")
        other.close()
        event.remove(Pool, "checkout", hurry)


Failure = Callable[[World], AbstractContextManager[None]]
FAILURES: dict[str, Failure] = {"deleted": deleted, "locked": locked}


async def opened(world: World) -> simcord.InteractionResult:
    asked = (await world.alice.slash(world.channel, "interview")).response
    assert asked is not None
    return await world.alice.click(asked, custom_id=next(k for k in controls_of(asked) if ":interview:" in k))


@pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES)
@pytest.mark.parametrize("locale", TOLD)
async def test_an_interview_answer_that_could_not_be_saved_comes_back_in_the_form(
    tmp_path: Path, grader: Grader, failure: Failure, locale: str
) -> None:
    async with discord_world(tmp_path, tutor(grader), locale) as world:
        form = await opened(world)
        with failure(world):
            told = await world.alice.submit_modal(form, {"answer": ANSWER})
            said = told.followups[-1] if told.followups else told.response
            assert TOLD[locale] in text_of(said)
            again = await world.alice.click(said, custom_id=next(k for k in controls_of(said) if ":retype:" in k))
        assert again.modal is not None
        assert ANSWER in str(again.modal), "what was typed stands in the form"
        await world.alice.submit_modal(again, {"answer": ANSWER})
        assert len(await world.bot.services.store.reviews.cards(world.alice.user.id)) == 1


@pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES)
async def test_a_vote_and_a_rating_that_could_not_be_saved_are_not_confirmed(
    tmp_path: Path, failure: Failure, caplog: pytest.LogCaptureFixture
) -> None:
    async with discord_world(tmp_path) as world:
        answer = (await world.alice.slash(world.channel, "ask", question="gan")).response
        assert answer is not None
        judge = next(key for key in controls_of(answer) if ":judge:" in key)
        votes = (await world.alice.click(answer, custom_id=judge)).response
        assert votes is not None
        good = next(key for key in controls_of(votes) if ":good" in key)
        with failure(world):
            told = await world.alice.click(votes, custom_id=good)
            assert "could not be saved" in text_of(told.followups[0])
            assert "Thanks" not in text_of(votes)
        assert "Traceback" not in caplog.text
        assert await world.bot.services.store.feedback.tallies() == []
        await world.alice.click(votes, custom_id=good)
        assert "Thanks" in text_of(votes), "and counts as soon as it can be kept"


async def edited(world: World, code: str) -> simcord.InteractionResult:
    ran = (await world.alice.slash(world.channel, "run", topic="gan", example="tuned")).response
    assert ran is not None
    form = await world.alice.click(ran, custom_id="epoch:edit:gan:tuned")
    return await world.alice.submit_modal(form, {"code": code})


async def test_code_that_was_refused_comes_back_in_the_form_after_a_restart_too(tmp_path: Path) -> None:
    async with discord_world(tmp_path) as world:
        refused = (await edited(world, "print('mine')")).response
        assert "A little too fast" in text_of(refused)
        world.bot = make_bot(tmp_path)
        await world.env.restart_bot(world.bot)
        button = next(key for key in controls_of(refused) if ":retype:" in key)
        theirs = await world.bob.click(refused, custom_id=button)
        assert "Only the member who typed it" in text_of(theirs.response)
        again = await world.alice.click(refused, custom_id=button)
        assert "print('mine')" in str(again.modal)
        done = await world.alice.submit_modal(again, {"code": "print('mine')"})
        assert "mine" in text_of(done.response)


async def test_an_empty_answer_in_an_interview_is_refused_with_the_form_at_hand(tmp_path: Path, grader: Grader) -> None:
    async with discord_world(tmp_path, tutor(grader)) as world:
        told = await world.alice.submit_modal(await opened(world), {"answer": "?!…"})
        said = told.followups[-1] if told.followups else told.response
        again = await world.alice.click(said, custom_id=next(k for k in controls_of(said) if ":retype:" in k))
        assert "?!…" in str(again.modal)
