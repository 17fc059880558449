"""What members did at drills, on both databases."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from sqlalchemy import update

from bot.store.store import Store
from bot.store.tables import drill_attempts
from bot.study.drills.attempts import Attempt
from bot.study.drills.duels import Duel, Duellist, accept, handed, judged, tick
from bot.study.refusals import Refusal

MINE = Attempt(11, "gan", "drill-softmax", 5.0, codes={"numpy": "一\n", "torch": "two\n"}, variant="torch", tries=2)


async def test_an_attempt_is_kept_whole_and_by_member_and_drill(store: Store) -> None:
    assert await store.drills.move(11, "gan", "drill-softmax", lambda _: MINE) == MINE
    ended = replace(MINE, end="passed", ended=6.0, passed=6.0, seen=1.0, hints=3)
    assert await store.drills.move(11, "gan", "drill-softmax", lambda _: ended) == ended
    assert await store.drills.move(11, "gan", "drill-softmax", lambda _: None) is None
    await store.drills.move(12, "gan", "drill-softmax", lambda _: replace(MINE, member_id=12))
    assert await store.drills.get(11, "gan", "drill-softmax") == ended
    assert await store.drills.all(11) == {("gan", "drill-softmax"): ended}
    assert await store.drills.move(11, "gan", "drill-other", lambda _: None) is None
    assert await store.drills.get(11, "gan", "drill-other") is None


async def test_of_many_changes_at_once_none_is_lost(store: Store) -> None:
    def more(before: Attempt | None) -> Attempt:
        return replace(before or MINE, tries=(before.tries if before else 0) + 1)

    await asyncio.gather(*(store.drills.move(11, "gan", "drill-softmax", more) for _ in range(8)))
    kept = await store.drills.get(11, "gan", "drill-softmax")
    assert kept is not None
    assert kept.tries == 8


async def test_what_is_damaged_or_of_another_version_is_read_without_it(store: Store) -> None:
    await store.drills.move(11, "gan", "drill-softmax", lambda _: MINE)
    for codes, read in (([1], {}), ({"jax": "x", "numpy": "n"}, {"numpy": "n"})):
        async with store.database.writing() as connection:
            await connection.execute(update(drill_attempts).values(codes=codes, variant="jax", end="won"))
        kept = await store.drills.get(11, "gan", "drill-softmax")
        assert kept == replace(MINE, codes=read, variant="numpy", end=None)


DUEL = Duel("gan", "drill-softmax", 3, 60.0, 5.0, (Duellist(11, "ann"), Duellist(12, "bob")))


async def test_a_duel_is_kept_whole_and_found_by_its_players_until_it_is_over(store: Store) -> None:
    begun = await store.duels.begin(DUEL, guild_id=7, channel_id=8, lang="zh")
    await store.duels.posted(begun.id, 9)
    kept = await store.duels.get(begun.id)
    assert kept == replace(begun, message_id=9)
    assert await store.duels.live() == [kept]
    assert await store.duels.live_of(12, "gan", "drill-softmax") == [begun.id]
    assert await store.duels.live_of(12, "gan", "drill-other") == []
    assert (await store.duels.any_live_of(11), await store.duels.any_live_of(13)) == (True, False)
    going = await store.duels.move(begun.id, lambda duel: handed(accept(duel, 12, 6.0), 11, 7.0))
    assert going is not None
    assert await store.duels.get(begun.id) == going
    assert going.duel.players[0].handed == 7.0
    over = await store.duels.move(begun.id, lambda duel: judged(duel, 11, 7.0, 3, 8.0))
    assert over is not None
    assert (over.duel.end, over.duel.ended) == ("won", 8.0)
    assert await store.duels.live() == []
    assert await store.duels.live_of(12, "gan", "drill-softmax") == []
    assert await store.duels.move(99, lambda duel: duel) is None


async def test_of_many_who_accept_at_once_one_does(store: Store) -> None:
    begun = await store.duels.begin(DUEL, guild_id=7, channel_id=8, lang="zh")
    steps = (store.duels.move(begun.id, lambda duel: accept(duel, 12, 6.0)) for _ in range(5))
    came = await asyncio.gather(*steps, return_exceptions=True)
    assert sum(isinstance(each, Refusal) for each in came) == 4


async def test_who_has_all_deleted_leaves_a_duel_of_one_and_a_server_takes_its_duels_along(store: Store) -> None:
    begun = await store.duels.begin(DUEL, guild_id=7, channel_id=8, lang="zh")
    await store.members.forget(11)
    kept = await store.duels.get(begun.id)
    assert kept is not None
    assert [each.name for each in kept.duel.players] == ["bob"]
    over = await store.duels.move(begun.id, lambda duel: tick(duel, 6.0))
    assert over is not None
    assert over.duel.end == "left"
    await store.guilds.forget(7)
    assert await store.duels.get(begun.id) is None
    assert await store.members.export(12) == {}
