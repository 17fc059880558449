from __future__ import annotations

import asyncio

import pytest

from bot.store.errors import RoundExists
from bot.store.rounds import Score, StoredAnswer, StoredPlayer, StoredQuestion
from bot.store.store import Store

QUESTIONS = [StoredQuestion(number, "gan", f"item-{number}", {"prompt": f"问题 {number}"}) for number in (1, 2, 3)]


async def begin(store: Store, channel_id: int = 7) -> int:
    return await store.rounds.begin(
        channel_id=channel_id, guild_id=1, owner_id=5, lang="zh", state={"phase": "lobby"}, questions=QUESTIONS, at=1.0
    )


def answer(number: int, member: int, letter: str, press: int, *, correct: bool | None = None) -> StoredAnswer:
    points = None if correct is None else 100 * correct
    return StoredAnswer(number, member, letter, press, letter, press, correct, points)


async def test_a_round_comes_back_as_it_was_saved(store: Store) -> None:
    round_id = await begin(store)
    players = [StoredPlayer(11, "小明", 1), StoredPlayer(12, "Bob")]
    given = [answer(1, 11, "A", 100), answer(1, 12, "B", 101)]
    await store.rounds.save(round_id, {"phase": "question"}, players=players, given=given)
    await store.rounds.move(round_id, 4_000)
    (saved,) = await store.rounds.live()
    assert saved == await store.rounds.get(round_id)
    assert (saved.state, saved.message_id, saved.lang, saved.owner_id) == ({"phase": "question"}, 4_000, "zh", 5)
    assert saved.questions == tuple(QUESTIONS)
    assert saved.players == tuple(players)
    assert saved.answers == tuple(given)


async def test_a_changed_answer_keeps_what_was_first(store: Store) -> None:
    round_id = await begin(store)
    await store.rounds.save(round_id, {}, given=[answer(1, 11, "A", 100)])
    changed = StoredAnswer(1, 11, "A", 100, "D", 102, correct=True, points=80)
    await store.rounds.save(round_id, {}, given=[changed])
    saved = await store.rounds.get(round_id)
    assert saved is not None
    assert saved.answers == (changed,)


async def test_one_press_cannot_count_for_two_questions(store: Store) -> None:
    round_id = await begin(store)
    await store.rounds.save(round_id, {"n": 1}, given=[answer(1, 11, "A", 100)])
    with pytest.raises(Exception, match=r"(?i)unique"):
        await store.rounds.save(round_id, {"n": 2}, given=[answer(2, 11, "A", 100)])
    saved = await store.rounds.get(round_id)
    assert saved is not None
    assert saved.state == {"n": 1}, "a save is all or nothing"


async def test_a_channel_has_one_round_at_a_time(store: Store) -> None:
    results = await asyncio.gather(*(begin(store) for _ in range(5)), return_exceptions=True)
    assert sum(isinstance(result, RoundExists) for result in results) == 4
    await begin(store, channel_id=8)
    (first, _) = await store.rounds.live()
    await store.rounds.finish(first.id, {}, [], 9.0)
    await begin(store)


async def test_a_round_is_finished_once(store: Store) -> None:
    round_id = await begin(store)
    await store.rounds.save(round_id, {}, players=[StoredPlayer(11, "小明"), StoredPlayer(12, "Bob")])
    results = [Score(11, 300, 3, 3), Score(12, 100, 1, 3)]
    await store.rounds.finish(round_id, {"phase": "over"}, results, 50.0)
    await store.rounds.finish(round_id, {"phase": "lobby"}, results, 60.0)
    saved = await store.rounds.get(round_id)
    assert saved is not None
    assert (saved.ended, saved.state, saved.players) == (50.0, {"phase": "over"}, ()), "names go when the round ends"
    assert [(s.member_id, s.points) for s in await store.scores.table(1)] == [(11, 300), (12, 100)]
    assert await store.rounds.live() == []


async def test_the_table_counts_what_came_since(store: Store) -> None:
    await store.scores.add("round:1", 1, [Score(11, 300, 3, 3), Score(12, 100, 1, 3)], 10.0)
    await store.scores.add("daily:1", 1, [Score(12, 50, 1, 1)], 20.0)
    await store.scores.add("daily:1", 1, [Score(12, 50, 1, 1)], 21.0)
    await store.scores.add("daily:1", 2, [Score(13, 50, 1, 1)], 22.0)
    assert [(s.member_id, s.points, s.asked) for s in await store.scores.table(1)] == [(11, 300, 3), (12, 150, 4)]
    assert [(s.member_id, s.points) for s in await store.scores.table(1, since=15.0)] == [(12, 50)]
    assert await store.scores.table(3) == []


async def test_what_was_missed_comes_most_missed_first(store: Store) -> None:
    round_id = await begin(store)
    given = [answer(1, 11, "A", 100, correct=True), answer(1, 12, "A", 101, correct=True),
             answer(2, 11, "A", 102, correct=True), answer(2, 12, "B", 103, correct=False)]  # fmt: skip
    await store.rounds.save(round_id, {}, given=given)
    assert await store.rounds.missed(round_id) == [("gan", "item-3"), ("gan", "item-2")]
    assert await store.rounds.asked(7, limit=2) == [("gan", "item-3"), ("gan", "item-2")]


async def test_who_leaves_takes_their_answers_along(store: Store) -> None:
    round_id = await begin(store)
    players = [StoredPlayer(11, "小明"), StoredPlayer(12, "Bob")]
    await store.rounds.save(round_id, {}, players=players, given=[answer(1, 11, "A", 100), answer(1, 12, "A", 101)])
    await store.rounds.leave(round_id, 11)
    saved = await store.rounds.get(round_id)
    assert saved is not None
    assert [player.member_id for player in saved.players] == [12]
    assert [given.member_id for given in saved.answers] == [12]
    assert await store.rounds.get(round_id + 1) is None


async def test_two_hundred_answers_in_one_save_are_all_there(store: Store) -> None:
    round_id = await begin(store)
    given = [answer(1, member, "ABCD"[member % 4], 1_000 + member) for member in range(200)]
    await store.rounds.save(round_id, {}, given=given)
    saved = await store.rounds.get(round_id)
    assert saved is not None
    assert saved.answers == tuple(given)


async def test_who_left_is_gone_with_their_name_and_who_left_with_answers_is_known_to_be_away(store: Store) -> None:
    round_id = await begin(store)
    await store.rounds.save(
        round_id, {}, players=[StoredPlayer(11, "小明"), StoredPlayer(12, "Bob"), StoredPlayer(13, "Carla")]
    )
    await store.rounds.save(round_id, {}, players=[StoredPlayer(12, "Bob", away=True)], gone=[11])
    saved = await store.rounds.get(round_id)
    assert saved is not None
    assert saved.players == (StoredPlayer(12, "Bob", away=True), StoredPlayer(13, "Carla"))
