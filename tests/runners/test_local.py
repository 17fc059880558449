"""What every run does, whatever it runs: stream, report, clean up."""

import asyncio
import logging
import os
import stat
import time
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import pytest

from runners import session
from runners.local import LocalRunner
from runners.models import Finished, Job, Output, Started
from tests.runners.conftest import TAG, job, leftovers, run, runner_behind


async def test_a_run_streams_both_outputs_and_ends_ok(walled: LocalRunner) -> None:
    result = await run(walled, "import sys; print('梯度'); print('oops', file=sys.stderr)")
    assert result.started == Started(walled.wall, warm=walled.engine.ready)
    assert result.text() == "梯度\n"
    assert result.text("stderr") == "oops\n"
    done = result.finished
    assert (done.outcome, done.limit, done.exit_code) == ("ok", None, 0)
    assert done.first_output_s is not None
    assert 0 < done.first_output_s <= done.wall_s
    assert done.cpu_s is not None
    assert done.peak_mb is not None


async def test_output_comes_while_the_program_still_runs(walled: LocalRunner) -> None:
    script = "import time; print('first'); time.sleep(1); print('second')"
    times = {}
    async for event in walled.run(job(script)):
        if isinstance(event, Output):
            times.setdefault(event.text.strip(), time.monotonic())
    assert times["second"] - times["first"] > 0.8


async def test_what_one_print_writes_is_one_piece(walled: LocalRunner) -> None:
    result = await run(walled, "import time\nprint('a', 1, 'b')\ntime.sleep(0.3)\nprint('c', end='', flush=True)")
    assert [event.text for event in result.events if isinstance(event, Output)] == ["a 1 b\n", "c"]


async def test_a_traceback_shows_the_learners_line_and_nothing_of_the_engine(walled: LocalRunner) -> None:
    script = "def broken():\n    return 1 / 0\n\n\nbroken()\n"
    result = await run(walled, Job(script, name="example.py"))
    text = result.text("stderr")
    assert text.startswith('Traceback (most recent call last):\n  File "example.py", line 5, in <module>\n    broken()')
    assert 'File "example.py", line 2, in broken' in text
    assert "ZeroDivisionError" in text
    assert "guard" not in text
    assert "/" not in text.replace("1 / 0", "")
    assert result.finished.exit_code == 1


async def test_a_chained_error_keeps_both_tracebacks(walled: LocalRunner) -> None:
    script = "try:\n    {}['k']\nexcept KeyError as error:\n    raise ValueError('bad') from error\n"
    text = (await run(walled, Job(script, name="example.py"))).text("stderr")
    assert "KeyError" in text
    assert "direct cause" in text
    assert text.count('File "example.py"') == 2
    assert "runners" not in text


async def test_a_syntax_error_shows_the_line(walled: LocalRunner) -> None:
    result = await run(walled, Job("x = 1\nprint('open\n", name="example.py"))
    assert '  File "example.py", line 2\n' in result.text("stderr")
    assert "runners" not in result.text("stderr")
    assert result.ended == ("error", None)


@pytest.mark.parametrize(
    ("script", "code"), [("raise SystemExit(3)", 3), ("import sys; sys.exit()", 0), ("import sys; sys.exit('no')", 1)]
)
async def test_the_exit_status_is_the_programs(walled: LocalRunner, script: str, code: int) -> None:
    assert (await run(walled, script)).finished.exit_code == code


async def test_at_exit_handlers_and_threads_end_as_usual(walled: LocalRunner) -> None:
    script = """
        import atexit, threading, time
        atexit.register(lambda: print("bye"))
        threading.Thread(target=lambda: (time.sleep(0.2), print("thread"))).start()
    """
    assert (await run(walled, script)).text() == "thread\nbye\n"


async def test_the_script_is_a_real_main_program(walled: LocalRunner) -> None:
    script = """
        import inspect, os, pickle, sys
        from multiprocessing import get_context

        class Point:
            pass

        def square(x):
            return x * x

        if __name__ == "__main__":
            assert pickle.loads(pickle.dumps(Point())).__class__ is Point
            assert "return x * x" in inspect.getsource(square)
            assert os.path.exists(__file__)
            assert sys.argv == [os.path.basename(__file__)]
            print("itself")
            print(get_context("spawn").Pool(1).map(square, [7]), get_context("fork").Pool(1).map(square, [8]))
    """
    result = await run(walled, script)
    if walled.wall == "fallback":
        # Locks between processes live in /dev/shm, which is everybody's where there are no namespaces.
        assert result.text() == "itself\n"
        assert "SemLock" in result.text("stderr")
    else:
        assert result.text() == "itself\n[49] [64]\n", result.text("stderr")


async def test_a_character_cut_in_two_by_a_read_arrives_whole(walled: LocalRunner) -> None:
    script = """
        import os, time
        data = "梯".encode()
        for byte in data:
            os.write(1, bytes([byte]))
            time.sleep(0.1)
        os.write(1, b"\\xe6\\xa2")  # and one that never ends
    """
    assert (await run(walled, script)).text() == "梯\ufffd"


async def test_standard_input_is_given_or_empty(walled: LocalRunner) -> None:
    script = "import sys; print(repr(sys.stdin.read()))"
    assert (await run(walled, job(script))).text() == "''\n"
    assert (await run(walled, replace(job(script), stdin="3\n梯度\n"))).text() == "'3\\n梯度\\n'\n"
    long = "x" * 3_000_000
    counted = await run(walled, replace(job("import sys; print(len(sys.stdin.read()))"), stdin=long))
    assert counted.text() == "3000000\n"


async def test_reading_past_the_input_is_an_ordinary_error(walled: LocalRunner) -> None:
    assert "EOFError" in (await run(walled, "input()")).text("stderr")


async def test_an_empty_script_and_odd_names_run(walled: LocalRunner) -> None:
    assert (await run(walled, "")).ended == ("ok", None)
    for name in ("../../../etc/x.py", "-c.py", "名字.py", "a=b c.py", ""):
        result = await run(walled, Job("import sys; print(sys.argv)", name=name))
        assert result.ended == ("ok", None)
        assert "/" not in result.text()


async def test_a_byte_order_mark_and_lone_surrogates_do_no_harm(walled: LocalRunner) -> None:
    assert (await run(walled, Job("\ufeffprint(1)"))).text() == "1\n"
    assert (await run(walled, Job("print('\ud800')"))).text() == "?\n"


async def test_figures_are_collected_with_their_size(walled: LocalRunner, tmp_path: Path) -> None:
    script = """
        import matplotlib.pyplot as plt
        plt.plot([1, 2])
        plt.savefig("plot.png")
        open("notes.txt", "w").write("hello")
        open("code.py", "w").write("x")
    """
    result = await run(walled, replace(job(script), out_dir=tmp_path / "out"))
    assert result.ended == ("ok", None), result.text("stderr")
    assert [a.name for a in result.artifacts] == ["plot.png", "notes.txt"]
    plot = result.artifacts[0]
    assert plot.path == tmp_path / "out" / "plot.png"
    assert plot.path.stat().st_size == plot.size
    assert stat.S_IMODE(plot.path.stat().st_mode) == 0o644


async def test_what_was_saved_before_an_error_is_kept(walled: LocalRunner) -> None:
    result = await run(walled, "open('a.txt', 'w').write('x')\nraise ValueError")
    assert [a.name for a in result.artifacts] == ["a.txt"]


async def test_two_runs_at_once_do_not_see_each_other(walled: LocalRunner) -> None:
    script = """
        import os, tempfile, time
        open(tempfile.gettempdir() + "/mine", "x"); open("mine", "x"); time.sleep(0.5); print(os.getpid())
    """
    first, second = await asyncio.gather(run(walled, script), run(walled, script))
    assert first.ended == second.ended == ("ok", None)  # "x" would have failed on the other's file
    assert first.text() == second.text() == "2\n" or walled.wall == "fallback"  # a pid namespace each


async def test_closing_the_stream_kills_everything_before_it_returns(walled: LocalRunner) -> None:
    script = """
        import os, signal, subprocess, sys, time
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)", sys.argv[0]], start_new_session=True)
        print("up")
        time.sleep(600)
    """
    async with aclosing(walled.run(job(script))) as events:
        async for event in events:
            if isinstance(event, Output):
                assert len(leftovers()) >= 2  # negative control: they can be seen while they run
                break
        began = time.monotonic()
    assert time.monotonic() - began < 2
    assert not leftovers()


async def test_cancelling_the_consumer_kills_everything(walled: LocalRunner) -> None:
    up = asyncio.Event()

    async def consume() -> None:
        async for event in walled.run(job("import time\nprint('up')\ntime.sleep(600)")):
            if isinstance(event, Output):
                up.set()

    task = asyncio.create_task(consume())
    await up.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    # An abandoned generator is closed by the loop; a front that wants it at once uses aclosing.
    await asyncio.get_running_loop().shutdown_asyncgens()
    assert not leftovers()


async def test_cancelling_at_any_moment_leaves_nothing(walled: LocalRunner) -> None:
    for delay in (0.0, 0.005, 0.02, 0.05, 0.1):
        stream = walled.run(job("import time; time.sleep(600)"))

        async def consume(stream: object = stream) -> None:
            async with aclosing(stream) as events:  # type: ignore[type-var]
                async for _ in events:
                    pass

        task = asyncio.create_task(consume())
        await asyncio.sleep(delay)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert not leftovers(), f"after {delay} s"


async def test_a_second_cancellation_does_not_cut_the_killing_short(walled: LocalRunner) -> None:
    up = asyncio.Event()

    async def consume() -> None:
        async with aclosing(walled.run(job("import time\nprint('up')\ntime.sleep(600)"))) as events:
            async for event in events:
                if isinstance(event, Output):
                    up.set()

    task = asyncio.create_task(consume())
    await up.wait()
    for _ in range(3):
        task.cancel()
        await asyncio.sleep(0)
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not leftovers()


async def test_closing_the_runner_ends_its_jobs_as_stopped(caplog: pytest.LogCaptureFixture) -> None:
    runner_behind("cold")
    walled = LocalRunner("full")
    events = []
    async for event in walled.run(job("import time\nprint('up')\ntime.sleep(600)")):
        events.append(event)
        if isinstance(event, Output):
            await walled.close()
    assert isinstance(events[-1], Finished)
    assert events[-1].outcome == "stopped"
    assert events[-1].wall_s < 20
    assert events[-1].cpu_s is not None  # the guard's report came whole
    assert caplog.records == []


@pytest.fixture
def cold() -> LocalRunner:
    return runner_behind("cold")


async def test_a_sandbox_that_breaks_is_never_shown_as_the_programs_failure(
    cold: LocalRunner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    broken = tmp_path / "bwrap"
    broken.write_text("#!/bin/sh\necho 'bwrap: no luck today' >&2\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setattr("runners.local.find_bwrap", lambda: str(broken))
    with caplog.at_level(logging.ERROR):
        result = await run(cold, "print(1)")
    assert result.ended == ("sandbox_failed", None)
    assert result.finished.exit_code is None
    assert result.text("stderr") == ""
    assert "no luck today" in caplog.text


async def test_a_sandbox_that_vanished_since_the_probe_is_a_failed_sandbox(
    cold: LocalRunner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runners.local.find_bwrap", lambda: str(tmp_path / "gone"))
    assert (await run(cold, "print(1)")).ended == ("sandbox_failed", None)


async def test_a_guard_that_says_nothing_is_overdue_in_the_end(
    cold: LocalRunner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    silent = tmp_path / "bwrap"
    silent.write_text(f"#!/bin/sh\nexec sleep 98765 # {TAG}\n")
    silent.chmod(0o755)
    monkeypatch.setattr("runners.local.find_bwrap", lambda: str(silent))
    monkeypatch.setattr(session, "GRACE_S", 0.5)
    assert (await run(cold, "print(1)", wall_s=0.5)).ended == ("timeout", "wall")


async def test_no_descriptor_of_the_runner_stays_open(walled: LocalRunner) -> None:
    await run(walled, "print(1)")
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(3):
        await run(walled, "print(1)")
    await asyncio.sleep(0.1)
    assert len(os.listdir("/proc/self/fd")) <= before
