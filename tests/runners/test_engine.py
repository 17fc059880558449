"""The zygote: ready only when its forks can compute, alive whatever it is sent, replaced when it dies."""

import asyncio
import logging
import os
import socket
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runners import engine as engines
from runners.inside.orders import MAX_BYTES, Orders, OrdersError, pack, unpack
from runners.inside.preload import forbidden_threads, listed
from runners.launch import Launch
from runners.local import LocalRunner
from runners.models import Artifact, Finished, Job, Output, Started
from runners.queue import FairQueue
from tests.discord.process import called, still_running
from tests.runners.conftest import job, run, runner_behind, with_light_zygote

WALLS = ["full", "fallback"]
ORDERS = Launch(("x",), {}, "/", "full", "/job", landlock=("r/", "c/job")).warm(Job("print(1)"), b"print(1)", b"", 7)


@pytest.fixture(params=WALLS)
def warm(request: pytest.FixtureRequest) -> LocalRunner:
    return runner_behind(request.param)


@pytest.fixture
async def own(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[LocalRunner]:
    """A runner to be ill-treated, whose zygote imports next to nothing and is up in a moment."""
    runner_behind("cold")
    monkeypatch.setattr(engines, "CANARY", "print('canary: quick')")
    runner = with_light_zygote(LocalRunner("full", warm=True))
    yield runner
    await runner.close()


async def test_forked_tensorflow_jobs_do_not_hang(warm: LocalRunner) -> None:
    await _train(warm, 10)


@pytest.mark.slow
async def test_two_hundred_forked_tensorflow_jobs_do_not_hang(warm: LocalRunner) -> None:
    await _train(warm, 200)


async def _train(runner: LocalRunner, count: int) -> None:
    pytest.importorskip("tensorflow")
    slots = asyncio.Semaphore(2)

    async def one(number: int) -> tuple[str, str | None]:
        async with slots:
            result = await run(runner, engines.CANARY + f"print({number})", wall_s=120.0)
        assert result.started.warm
        assert result.text() == f"canary: alive\n{number}\n", result.text("stderr")
        return result.ended

    assert set(await asyncio.gather(*(one(number) for number in range(count)))) == {("ok", None)}


async def test_a_figure_comes_while_the_program_still_runs(warm: LocalRunner, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    script = """
        import matplotlib.pyplot as plt, time
        for step in (1, 2):
            plt.plot([0, step]); plt.savefig("loss.png")
            time.sleep(1.5)
        print("over")
    """
    names = []
    async for event in warm.run(replace(job(script), out_dir=tmp_path)):
        if isinstance(event, Artifact):
            names.append(event.name)
            assert event.path
            assert event.path.stat().st_size == event.size
        if isinstance(event, Output):
            names.append(event.text.strip())
    assert names == ["loss.png", "loss.png", "over"]


async def test_what_a_program_left_open_is_written_and_its_exit_handlers_run(warm: LocalRunner) -> None:
    script = """
        import atexit
        atexit.register(lambda: print("bye"))
        file = open("left_open.txt", "w")
        file.write("written at the end")
    """
    result = await run(warm, script)
    assert result.text() == "bye\n"
    assert [(artifact.name, artifact.size) for artifact in result.artifacts] == [("left_open.txt", 18)]


async def test_a_zygote_that_dies_is_replaced_and_what_waits_still_runs(
    own: LocalRunner, caplog: pytest.LogCaptureFixture
) -> None:
    assert await own.warm_up()
    running = asyncio.create_task(run(own, "print('up'); import time; time.sleep(600)"))
    while not own.going:
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.3)
    deadline = time.monotonic() + 20
    while len(_family(own, "epoch-zygote")) > 1 and time.monotonic() < deadline:
        await asyncio.sleep(0.05)  # a child has the name of its zygote until it is the guard
    with caplog.at_level(logging.ERROR):
        [zygote] = _family(own, "epoch-zygote")
        zygote.kill()
        assert (await running).ended[0] == "sandbox_failed"  # and nothing of it is left: the fixture of all tests looks
        waiting = await asyncio.gather(*(run(own, f"print({number})") for number in range(3)))
        assert [result.text() for result in waiting] == ["0\n", "1\n", "2\n"]
    assert "the warm engine is down: it was killed by SIGKILL" in caplog.text
    deadline = time.monotonic() + 20
    while not own.engine.ready and time.monotonic() < deadline:
        await asyncio.sleep(0.05)
    after = await run(own, "print('warm again')")
    assert after.started == Started("full", warm=True)
    assert own.engine.starts == 2


async def test_the_queue_outlives_the_zygote_and_only_what_was_running_is_cut_off(own: LocalRunner) -> None:
    assert await own.warm_up()
    queue = FairQueue(2)
    both_up = asyncio.Barrier(3)

    async def asks(number: int) -> tuple[str, str]:
        async with queue.turn(f"member {number}"):
            if number < 2:
                async for event in own.run(job("print('up'); import time; time.sleep(600)")):
                    if isinstance(event, Output):
                        await both_up.wait()
                assert isinstance(event, Finished)
                return event.outcome, ""
            result = await run(own, f"print({number})")
            return result.finished.outcome, result.text()

    jobs = asyncio.gather(*(asks(number) for number in range(7)))
    await both_up.wait()
    [zygote] = _family(own, "epoch-zygote")
    zygote.kill()
    ends = await jobs
    assert [end[0] for end in ends[:2]] == ["sandbox_failed"] * 2
    assert ends[2:] == [("ok", f"{number}\n") for number in range(2, 7)]


async def test_a_zygote_whose_forks_cannot_compute_is_not_used_and_that_is_said(
    own: LocalRunner, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(engines, "CANARY", "import time; time.sleep(600)")
    monkeypatch.setattr(engines, "CANARY_S", 1.0)
    with caplog.at_level(logging.ERROR):
        assert not await own.warm_up()
    assert "a fork cannot compute" in caplog.text
    assert "every run starts cold" in caplog.text
    result = await run(own, "print('all the same')")
    assert result.text() == "all the same\n"
    assert result.started == Started("full", warm=False)


@pytest.fixture
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "PAUSES_S", (0.01, 0.02))


def dying(runner: LocalRunner, ends: list[str]) -> LocalRunner:
    """Let the next zygotes of a light runner run these lines while they import, one each."""
    launching = runner.engine._launcher

    @contextmanager
    def one() -> Iterator[Launch]:
        with launching() as ready:
            words = ready.argv[-1].replace("['random']", f"exec({ends.pop(0)!r}) or ['random']" if ends else "[]")
            yield replace(ready, argv=(*ready.argv[:-1], words))

    runner.engine = engines.Engine(one)
    return runner


@pytest.mark.usefixtures("short_pauses")
async def test_zygotes_that_die_at_the_first_start_are_followed_by_one_that_lives_and_each_death_has_its_cause(
    own: LocalRunner, caplog: pytest.LogCaptureFixture
) -> None:
    ends = ["raise ImportError('no such library')", "import os; os._exit(7)", "raise MemoryError"]
    with caplog.at_level(logging.INFO):
        assert not await dying(own, ends).warm_up(), "whoever waits for the first start is not kept waiting"
        deadline = time.monotonic() + 20
        while not own.engine.ready and time.monotonic() < deadline:
            await asyncio.sleep(0.02)
    causes = [message for message in caplog.messages if "is down" in message]
    assert len(causes) == 3
    assert "exit status 1 while importing" in causes[0]
    assert "ImportError: no such library" in causes[0]
    assert "exit status 7 while importing" in causes[1]
    assert "MemoryError" in causes[2]
    assert (await run(own, "print('warm after all')")).started == Started("full", warm=True)
    assert await own.warm_up()


@pytest.mark.usefixtures("short_pauses")
async def test_the_same_trouble_again_and_again_is_told_as_often_as_the_pauses_grow(
    own: LocalRunner, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        await dying(own, ["import os; os._exit(7)"] * 5).warm_up()
        deadline = time.monotonic() + 20
        while not own.engine.ready and time.monotonic() < deadline:
            await asyncio.sleep(0.02)
    assert own.engine.starts == 6
    assert len([message for message in caplog.messages if "is down" in message]) == 2


async def test_closing_does_not_wait_for_the_end_of_a_pause(own: LocalRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "PAUSES_S", (600.0,))
    assert not await dying(own, ["import os; os._exit(7)"] * 2).warm_up()
    began = time.monotonic()
    await own.close()
    assert time.monotonic() - began < 5
    assert (own.engine.state, own.engine.starts) == ("closed", 1)


def test_a_kill_for_want_of_memory_is_told_of(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    kills = iter([3, 4])
    monkeypatch.setattr(engines, "killed_for_memory", lambda: next(kills))

    @contextmanager
    def killed() -> Iterator[Launch]:
        boot = (sys.executable, "-c", "import os; os.kill(os.getpid(), 9)")
        yield Launch(boot, {}, "/", "full", "/job")

    engine = engines.Engine(killed)
    assert not engine.start().result(20)
    engine.close()
    assert "it was killed by SIGKILL while importing; the kernel was out of memory" in caplog.text


async def test_a_job_whose_guard_does_not_answer_is_killed_through_the_zygote(own: LocalRunner) -> None:
    assert await own.warm_up()
    stream = own.run(job("print('up'); import time; time.sleep(600)"))
    async for event in stream:
        if isinstance(event, Output):
            break
    # The canary's guard may still be on its way out; it has no script any more.
    [guard] = [guard for guard in _family(own, "epoch-guard") if _has_children(guard)]
    guard.suspend()
    await stream.aclose()
    assert still_running([guard]) == []


def _family(runner: LocalRunner, name: str) -> set[psutil.Process]:
    family = psutil.Process(runner.engine.pid).children(recursive=True)
    return {process for process in family if called(process) == name}


async def _spares(runner: LocalRunner, count: int) -> set[psutil.Process]:
    deadline = time.monotonic() + 20
    while len(found := _family(runner, "epoch-spare")) != count and time.monotonic() < deadline:
        await asyncio.sleep(0.05)
    assert len(found) == count
    return found


async def test_a_spare_guard_serves_one_job_and_another_takes_its_place(own: LocalRunner) -> None:
    assert await own.warm_up()
    before = await _spares(own, 4)  # two guards, each with the process of its script
    stream = own.run(job("print('up'); import time; time.sleep(600)"))
    async for event in stream:
        if isinstance(event, Output):
            break
    [guard] = _family(own, "epoch-guard")
    assert guard in before
    left = before & await _spares(own, 4)
    assert len(left) == 2
    await stream.aclose()
    assert still_running([guard]) == []
    assert left <= await _spares(own, 4)


async def test_more_jobs_at_once_than_spare_guards_all_run_warm(own: LocalRunner) -> None:
    assert await own.warm_up()
    await _spares(own, 4)
    results = await asyncio.gather(*(run(own, f"print({number})") for number in range(6)))
    assert [result.text() for result in results] == [f"{number}\n" for number in range(6)]
    assert all(result.started.warm for result in results)


async def test_spare_guards_that_died_are_passed_over(own: LocalRunner) -> None:
    assert await own.warm_up()
    for spare in await _spares(own, 4):
        with suppress(psutil.NoSuchProcess):  # a script goes with its guard
            spare.kill()
    for words in ("all the same", "and again"):
        assert (await run(own, f"print({words!r})")).text() == f"{words}\n"
    await _spares(own, 4)


async def test_closing_ends_the_zygote_even_while_it_imports(own: LocalRunner) -> None:
    own.engine.start()
    await own.close()
    assert own.engine.state == "closed"
    assert [child for child in psutil.Process().children(recursive=True) if child.pid == own.engine.pid] == []


def test_tensorflows_own_threads_would_be_noticed() -> None:
    assert forbidden_threads() == []
    import threading

    from runners.walls import libc

    named, done = threading.Event(), threading.Event()

    def pose() -> None:
        libc.name_self("tf_Compute")
        named.set()
        done.wait()

    thread = threading.Thread(target=pose)
    thread.start()
    named.wait()
    assert forbidden_threads() == ["tf_Compute"]
    done.set()
    thread.join()


def test_the_list_of_imports_is_there_and_holds_what_examples_need() -> None:
    assert {"numpy", "sklearn", "tensorflow", "matplotlib"} <= {name.split(".")[0] for name in listed()}


# --- what runner and zygote say to each other


def test_orders_survive_the_way() -> None:
    kind, number, words = unpack(pack("run", 7, ORDERS))
    assert (kind, number) == ("run", 7)
    orders = Orders(words)
    assert orders.landlock == [("r", "/"), ("c", "/job")]
    assert (orders.source_bytes, orders.memory_mb, orders.files) == (8, 2048, "/job/files")


@given(st.binary(max_size=300) | st.text(max_size=200).map(lambda text: pack("run", 1, text.split("="))))
def test_anything_else_is_refused_in_words(datagram: bytes) -> None:
    try:
        kind, _, words = unpack(datagram)
    except OrdersError:
        return
    assert kind in ("run", "kill")
    with pytest.raises(OrdersError):
        Orders(words)


@given(st.sampled_from(range(len(ORDERS))), st.text(max_size=20))
def test_one_bad_word_spoils_the_orders_or_is_a_value(number: int, value: str) -> None:
    name = ORDERS[number].partition("=")[0]
    words = [*ORDERS[:number], f"{name}={value}", *ORDERS[number + 1 :]]
    try:
        orders = Orders(words)
    except OrdersError:
        return
    assert orders.place.startswith("/")
    assert "/" not in orders.name
    assert all(right in "rfc" and path.startswith("/") for right, path in orders.landlock)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(datagram=st.binary(min_size=1, max_size=400) | st.just(pack("run", 1, ORDERS)) | st.just(b"x" * (MAX_BYTES + 9)),
       descriptors=st.integers(0, 3))  # fmt: skip
@pytest.mark.parametrize("wall", WALLS)
def test_a_zygote_outlives_whatever_it_is_sent(wall: str, datagram: bytes, descriptors: int) -> None:
    warm = runner_behind(wall)
    control = warm.engine.control
    assert control
    if descriptors == 3:
        datagram = datagram[:-1]  # whole orders with all they need would be a job
    null = os.open(os.devnull, os.O_RDWR)
    try:
        socket.send_fds(control, [datagram], [null] * descriptors)
    finally:
        os.close(null)
    assert warm.engine.ready


@pytest.mark.parametrize("wall", WALLS)
async def test_after_all_that_it_still_runs_jobs_and_holds_no_descriptor(wall: str) -> None:
    warm = runner_behind(wall)
    result = await run(warm, "print('still here')")
    assert result.text() == "still here\n"
    assert result.started.warm
    zygotes = [child for child in psutil.Process().children(recursive=True) if called(child) == "epoch-zygote"]
    assert zygotes
    if os.geteuid() == 0:
        # Its own and two a spare; matplotlib holds six fonts open.
        assert all(zygote.num_fds() < 20 for zygote in zygotes)


def _has_children(process: psutil.Process) -> bool:
    with suppress(psutil.NoSuchProcess):
        return bool(process.children())
    return False
