"""The queue is fair, tells everybody their place, and forgets who leaves."""

import asyncio
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runners.queue import FairQueue


async def test_a_greedy_owner_does_not_delay_others_by_more_than_one_run() -> None:
    queue = FairQueue(1)
    order = []

    async def job(owner: str) -> None:
        async with queue.turn(owner):
            order.append(owner)
            await asyncio.sleep(0)

    await asyncio.gather(*(job(owner) for owner in ["greedy"] * 4 + ["anna", "ben"]))
    assert order == ["greedy", "anna", "ben", "greedy", "greedy", "greedy"]


async def test_one_owner_never_has_more_than_their_share_at_once() -> None:
    queue = FairQueue(3, each=2)
    inside: Counter[str] = Counter()
    most: Counter[str] = Counter()

    async def job(owner: str) -> None:
        async with queue.turn(owner):
            inside[owner] += 1
            most[owner] = max(most[owner], inside[owner])
            most["all"] = max(most["all"], inside.total())
            await asyncio.sleep(0.001)
            inside[owner] -= 1

    await asyncio.gather(*(job(owner) for owner in "aaaaaabbc"))
    assert (most["a"], most["all"]) == (2, 3)
    assert max(most["b"], most["c"]) <= 2


async def test_places_are_told_as_they_change_and_zero_at_the_turn() -> None:
    queue = FairQueue(1)
    told: dict[str, list[int]] = {"a": [], "b": [], "c": []}
    release = asyncio.Event()

    async def job(owner: str) -> None:
        async with queue.turn(owner, told[owner].append):
            await release.wait()

    tasks = [asyncio.create_task(job(owner)) for owner in "abc"]
    await asyncio.sleep(0)
    assert told == {"a": [0], "b": [1], "c": [2]} or told == {"a": [], "b": [1], "c": [2]}
    release.set()
    await asyncio.gather(*tasks)
    assert told == {"a": [0], "b": [1, 0], "c": [2, 1, 0]}
    assert queue.waiting == 0


async def test_who_is_cancelled_while_waiting_has_left_and_the_next_moves_up() -> None:
    queue = FairQueue(1)
    places: list[int] = []
    async with queue.turn("a"):
        leaver = asyncio.create_task(_hold(queue, "b"))
        stayer = asyncio.create_task(_hold(queue, "c", places))
        await asyncio.sleep(0)
        leaver.cancel()
        await asyncio.wait({leaver})
        assert queue.waiting == 1
        assert places == [2, 1]
    await stayer


async def test_a_turn_cancelled_in_the_moment_it_comes_is_given_on() -> None:
    queue = FairQueue(1)
    async with queue.turn("a"):
        unlucky = asyncio.create_task(_hold(queue, "b"))
        await asyncio.sleep(0)
    unlucky.cancel()  # its turn is set, and it has not run since
    await asyncio.wait({unlucky})
    await asyncio.wait_for(_hold(queue, "c"), 1)


async def test_an_error_inside_gives_the_slot_back() -> None:
    queue = FairQueue(1)
    with pytest.raises(ZeroDivisionError):
        async with queue.turn("a"):
            raise ZeroDivisionError
    await asyncio.wait_for(_hold(queue, "b"), 1)


async def _hold(queue: FairQueue, owner: str, places: list[int] | None = None) -> None:
    async with queue.turn(owner, (lambda place: None) if places is None else places.append):
        await asyncio.sleep(0)


@given(
    owners=st.lists(st.sampled_from("abcd"), max_size=20),
    leaving=st.sets(st.integers(0, 19)),
    parallel=st.integers(1, 4),
    each=st.integers(1, 3),
)
def test_everybody_who_stays_is_let_in_once_and_the_bounds_hold(
    owners: list[str], leaving: set[int], parallel: int, each: int
) -> None:
    async def play() -> None:
        queue = FairQueue(parallel, each)
        inside: Counter[str] = Counter()
        done: list[int] = []

        async def job(number: int, owner: str) -> None:
            async with queue.turn(owner):
                inside[owner] += 1
                assert inside.total() <= parallel
                assert inside[owner] <= each
                try:
                    await asyncio.sleep(0)
                finally:
                    inside[owner] -= 1
            done.append(number)

        tasks = [asyncio.create_task(job(number, owner)) for number, owner in enumerate(owners)]
        await asyncio.sleep(0)
        for number in leaving:
            if number < len(tasks):
                tasks[number].cancel()
        await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 5)
        assert set(done) >= set(range(len(owners))) - leaving
        assert len(done) == len(set(done))
        assert queue.waiting == 0
        assert queue.owners == set()

    asyncio.run(play())


async def test_a_wider_queue_lets_in_who_waits_and_a_narrower_one_puts_nobody_out() -> None:
    queue = FairQueue(1)
    leave = asyncio.Event()
    inside = 0

    async def job(owner: str) -> None:
        nonlocal inside
        async with queue.turn(owner):
            inside += 1
            await leave.wait()

    jobs = [asyncio.create_task(job(owner)) for owner in "abcd"]
    await asyncio.sleep(0.01)
    assert inside == 1
    queue.resize(3)
    await asyncio.sleep(0.01)
    assert (inside, queue.waiting) == (3, 1)
    queue.resize(1)
    leave.set()
    await asyncio.gather(*jobs)
    assert inside == 4
    with pytest.raises(ValueError, match="nobody"):
        queue.resize(0)
