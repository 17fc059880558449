from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import update

from bot.store.store import Store
from bot.store.tables import loops
from bot.study.loops import machine
from bot.study.loops.machine import Loop, Part
from tests.bot.study.loops.samples import NOW, loop


def new(member: int = 7) -> Loop:
    parts = [(Part("open", "gan", "a", points=(0, 1)), 5.0), (Part("bug", "vae", "c", question={"right": ["A"]}), 4.0)]
    return machine.begin(member, "cv", "zh", 900.0, parts, NOW)


async def test_an_interview_comes_back_as_it_was_kept(store: Store) -> None:
    kept = await store.loops.begin(new())
    assert kept.id > 0
    assert await store.loops.live(7) == kept
    assert await store.loops.get(kept.id, 7) == kept
    assert await store.loops.get(kept.id, 8) is None, "nobody else's"
    moved = await store.loops.move(kept.id, 7, lambda before: machine.typed(before, 0, "因为\u3000GAN", NOW + 5))
    assert await store.loops.live(7) == moved
    ended = await store.loops.move(kept.id, 7, lambda before: machine.finish(before, NOW + 9))
    assert await store.loops.live(7) is None
    assert await store.loops.last(7) == ended
    assert await store.loops.last(7, role="ds") is None
    assert await store.loops.last(7, before=kept.id) is None
    assert await store.loops.move(kept.id, 8, lambda before: before) is None


async def test_a_member_has_one_interview_at_a_time_however_often_they_begin(store: Store) -> None:
    begun = await asyncio.gather(*(store.loops.begin(new()) for _ in range(5)))
    assert len({each.id for each in begun}) == 1
    other = await store.loops.begin(new(8))
    assert other.id != begun[0].id


async def test_steps_at_the_same_time_are_taken_one_after_the_other(store: Store) -> None:
    kept = await store.loops.begin(new())
    steps = [store.loops.move(kept.id, 7, lambda before, n=n: machine.typed(before, 0, str(n), NOW)) for n in range(5)]  # type: ignore[misc]
    answers = {after.parts[0].answer for after in await asyncio.gather(*steps) if after is not None}
    assert len(answers) == 1, "the first answer counts"


async def test_a_damaged_interview_is_left_out_and_does_not_bar_another(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    kept = await store.loops.begin(new())
    async with store.database.writing() as connection:
        await connection.execute(update(loops).values(state={"parts": "gone"}))
    assert await store.loops.live(7) is None
    assert "is damaged" in caplog.text
    again = await store.loops.begin(new())
    assert again.id != kept.id
    assert await store.loops.live(7) == again


async def test_what_is_kept_of_a_member_is_exported_and_forgotten(store: Store) -> None:
    await store.loops.begin(replace(loop("en"), id=0))
    kept = await store.loops.begin(new())
    await store.loops.begin(new(8))
    assert len((await store.members.export(7))["loops"]) == 2
    assert await store.members.forget(7) == 2
    assert await store.loops.get(kept.id, 7) is None
    assert await store.loops.live(8) is not None
