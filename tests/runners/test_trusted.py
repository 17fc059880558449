"""With no wall: only scripts accepted into the bank run, with clean hands as far as that goes."""

import hashlib
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import pytest

from runners.errors import WallRequired
from runners.local import LocalRunner
from runners.models import Finished, Job, Output
from tests.runners.conftest import job, leftovers, run
from tests.runners.test_attacks import DAEMON


@pytest.fixture
def trusted() -> LocalRunner:
    return LocalRunner("trusted")


def accepted(wanted: Job) -> Job:
    return replace(wanted, accepted_sha256=hashlib.sha256(wanted.script.encode()).hexdigest())


async def test_an_accepted_script_runs_and_says_that_no_wall_stood(trusted: LocalRunner, tmp_path: Path) -> None:
    script = "import os; print(os.listdir('.')); open('梯度.txt', 'w').write('x')"
    result = await run(trusted, replace(accepted(job(script)), out_dir=tmp_path))
    assert result.started.wall == "trusted"
    assert result.ended == ("ok", None)
    assert [a.name for a in result.artifacts] == ["梯度.txt"]
    assert (tmp_path / "梯度.txt").read_text() == "x"


@pytest.mark.parametrize("digest", [None, "", "0" * 64, hashlib.sha256(b"print(1)").hexdigest().upper()])
async def test_anything_else_is_refused_before_any_event(trusted: LocalRunner, digest: str | None) -> None:
    with pytest.raises(WallRequired, match="not an unmodified example"):
        await run(trusted, Job("print(1)", accepted_sha256=digest))


async def test_one_changed_character_is_a_different_script(trusted: LocalRunner) -> None:
    good = accepted(job("EPOCHS = 5"))
    assert (await run(trusted, good)).ended == ("ok", None)
    with pytest.raises(WallRequired):
        await run(trusted, replace(good, script="EPOCHS = 6"))


async def test_the_token_is_not_passed_on(trusted: LocalRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "planted-token")
    monkeypatch.setenv("PYTHONPATH", "/planted")
    script = (
        "import os, sys; print('planted' in str(dict(os.environ)) + str(sys.path)); print(os.listdir('/proc/self/fd'))"
    )
    result = await run(trusted, accepted(job(script)))
    assert result.text().startswith("False\n['0', '1', '2'")


async def test_its_traceback_shows_the_learners_line_only(trusted: LocalRunner) -> None:
    text = (await run(trusted, accepted(Job("x = 1\nx / 0\n", name="example.py")))).text("stderr")
    assert text.splitlines()[1] == '  File "example.py", line 2, in <module>'
    assert "guard" not in text


@pytest.mark.parametrize(
    ("limits", "script", "ended"),
    [
        ({"wall_s": 0.5}, "import time; time.sleep(600)", ("timeout", "wall")),
        ({"cpu_s": 0.5}, "while True: pass", ("timeout", "cpu")),
        ({"memory_mb": 150}, "x = b'x' * 400_000_000\nimport time; time.sleep(600)", ("memory", "memory")),
        ({"output_bytes": 1000}, "while True: print('x' * 100)", ("output_limit", "output")),
        ({"file_mb": 1}, "open('a.bin', 'wb').write(b'x' * 2_000_000)", ("disk_limit", "files")),
        (
            {"processes": 20},
            "import os, time\nfor _ in range(30):\n    if os.fork() == 0: time.sleep(600)\ntime.sleep(600)",
            ("error", "processes"),
        ),
    ],
)
async def test_limits_hold_without_a_wall_too(
    trusted: LocalRunner, limits: dict[str, float], script: str, ended: tuple[str, str]
) -> None:
    assert (await run(trusted, accepted(job(script, **limits)))).ended == ended


@pytest.mark.parametrize("then", ["0", "600"])
async def test_a_daemon_is_found_and_killed(trusted: LocalRunner, then: str) -> None:
    result = await run(trusted, accepted(job(DAEMON % then, wall_s=1.0)))
    assert "daemon started" in result.text()
    assert not leftovers()


async def test_closing_the_stream_kills_everything(trusted: LocalRunner) -> None:
    async with aclosing(trusted.run(accepted(job("print('up')\nimport time; time.sleep(600)")))) as events:
        async for event in events:
            if isinstance(event, Output):
                assert leftovers()
                break
    assert not leftovers()


async def test_its_folder_is_gone_afterwards(trusted: LocalRunner) -> None:
    result = await run(trusted, accepted(job("import os; print(os.getcwd())")))
    assert isinstance(result.finished, Finished)
    assert not Path(result.text().strip()).parent.exists()
