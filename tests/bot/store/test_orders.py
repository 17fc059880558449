from __future__ import annotations

from sqlalchemy import select

from bot.store.rounds import Score
from bot.store.runs import RunningRun
from bot.store.store import Store
from bot.store.tables import metadata


async def test_an_order_is_seen_by_all_and_done_by_one(store: Store) -> None:
    first = await store.orders.give("commands", None, 10.0)
    second = await store.orders.give("forget_member", 5, 11.0)
    assert await store.orders.newest() == second
    assert [order.id for order in await store.orders.after(0)] == [first, second]
    assert await store.orders.finish(first, 12.0)
    assert not await store.orders.finish(first, 12.5), "somebody else was first"
    assert [order.id for order in await store.orders.waiting()] == [second]
    assert [order.id for order in await store.orders.after(0)] == [first, second], "done, and seen by the others"


async def test_what_is_done_goes_after_an_hour_and_its_number_comes_never_again(store: Store) -> None:
    number = await store.orders.give("forget_member", 5, 10.0)
    await store.orders.finish(number, 10.0, 3)
    await store.orders.prune(3_600.0)
    found = await store.orders.get(number)
    assert found is not None
    assert found.rows == 3
    await store.orders.prune(3_611.0)
    assert await store.orders.get(number) is None, "the id of who was forgotten stays"
    assert await store.orders.give("blocks", None, 4_000.0) > number


async def test_an_order_that_nobody_carries_out_goes_after_a_week(store: Store) -> None:
    await store.orders.give("end_round", 1, 10.0)
    await store.orders.give("blocks", None, 10.0 + 6 * 86_400)
    assert len(await store.orders.waiting()) == 2
    await store.orders.give("blocks", None, 11.0 + 7 * 86_400)
    assert [order.kind for order in await store.orders.waiting()] == ["blocks", "blocks"]


async def test_who_is_blocked_stays_so_until_unblocked_whatever_they_forget(store: Store) -> None:
    await store.orders.block("member", 5, 1.0)
    await store.orders.block("member", 5, 2.0)
    await store.orders.block("server", 9, 3.0)
    assert (await store.members.export(5))["blocks"][0]["at"] == 1.0, "they may know it"
    await store.members.forget(5)
    assert [(block.kind, block.blocked_id) for block in await store.orders.blocked()] == [("server", 9), ("member", 5)]
    assert await store.orders.unblock("member", 5)
    assert not await store.orders.unblock("member", 5)
    assert "blocks" not in await store.members.export(5)


async def test_forgetting_a_server_leaves_no_trace_of_it_and_all_of_others(store: Store) -> None:
    for guild in (9, 8):
        await store.guilds.change(guild, 1.0, lang="zh")
        await store.gaps.note(f"what is {guild}?", "en", [], 1.0, guild_id=guild)
        await store.rounds.begin(
            channel_id=guild, guild_id=guild, owner_id=1, lang="en", state={}, questions=[], at=1.0
        )  # fmt: skip
        await store.scores.add(f"daily:{guild}", guild, [Score(1, 10, 1, 1)], 3.0)
        await store.runs.begin(RunningRun(f"{guild}", guild, 2, None, 1, "en", {"topic": "gan"}, 6.0))
    kept = await store.guilds.kept(9)
    assert kept == await store.guilds.kept(8) == 5
    assert await store.guilds.forget(9) == kept
    async with store.database.reading() as connection:
        for table in (each for each in metadata.sorted_tables if "guild_id" in each.c):
            assert 9 not in (await connection.scalars(select(table.c.guild_id))).all(), table.name
    assert await store.guilds.kept(8) == kept
