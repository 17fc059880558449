"""Places in a server's table, on both databases."""

from __future__ import annotations

from random import Random

from bot.store.rounds import Score
from bot.store.scores import LeaderboardRow
from bot.store.store import Store


async def test_who_has_the_same_points_has_the_same_place_and_one_may_be_added_from_further_down(store: Store) -> None:
    points = {11: 300, 12: 200, 13: 200, 14: 200, 15: 100, 16: 0}
    await store.scores.add("round:1", 1, [Score(m, p, p // 100, 3 if m != 13 else 2) for m, p in points.items()], 5.0)
    await store.scores.add("round:2", 1, [Score(13, 0, 1, 1)], 6.0)
    table = await store.scores.table(1)
    assert [(s.place, s.member_id) for s in table] == [(1, 11), (2, 13), (2, 12), (2, 14), (5, 15), (6, 16)]
    assert table[1] == LeaderboardRow(2, 13, 200, 3, 3), "more right answers stand first within a place"
    assert [s.member_id for s in await store.scores.table(1, limit=2)] == [11, 13]
    assert [(s.place, s.member_id) for s in await store.scores.table(1, limit=2, member_id=15)][-1] == (5, 15)
    assert len(await store.scores.table(1, limit=2, member_id=11)) == 2, "nobody is there twice"
    assert len(await store.scores.table(1, limit=2, member_id=99)) == 2


async def test_a_table_counts_what_came_since_in_that_server_alone(store: Store) -> None:
    rng, rows = Random(7), []
    for source in range(60):
        guild, at = rng.choice([1, 2, None]), float(rng.randrange(100))
        results = [Score(member, rng.randrange(4) * 100, 1, 2) for member in rng.sample(range(11, 18), 3)]
        await store.scores.add(f"round:{source}", guild, results, at)
        rows += [(guild, at, result) for result in results]
    for since in (0.0, 50.0, 200.0):
        totals: dict[int, int] = {}
        for guild, at, result in rows:
            if guild == 1 and at >= since:
                totals[result.member_id] = totals.get(result.member_id, 0) + result.points
        expected = {member: 1 + sum(other > total for other in totals.values()) for member, total in totals.items()}
        table = await store.scores.table(1, since=since)
        assert {s.member_id: s.place for s in table} == expected
        assert {s.member_id: s.points for s in table} == totals


async def test_what_a_clock_that_ran_ahead_dated_later_counts_for_no_week_before(store: Store) -> None:
    await store.scores.add("round:1", 1, [Score(11, 300, 3, 3)], 10.0)
    await store.scores.add("round:2", 1, [Score(11, 500, 3, 3)], 9_000.0)
    assert [row.points for row in await store.scores.table(1, since=5.0, until=20.0)] == [300]
    assert [row.points for row in await store.scores.table(1)] == [800]
