"""The verdict on each snippet is what plain Python says of it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from knowledge.check.running import Result
from knowledge.importer import DocumentQuestion, DocumentSnippet, TriedCode, parse, read, try_all
from knowledge.importer.snippets import judge
from runners.local import LocalRunner
from runners.models import Finished, LimitName, Limits, Outcome
from tests.knowledge.interviews import SEED


@pytest.fixture
async def runner() -> AsyncIterator[LocalRunner]:
    """The machine's own runner; no snippet runs without a wall."""
    local = LocalRunner(wall="auto")
    if local.wall == "trusted":
        pytest.skip("no wall works on this machine")
    yield local
    await local.close()


def question(*codes: str) -> DocumentQuestion:
    return DocumentQuestion(
        1, "t", 1, "en", {}, tuple(DocumentSnippet(code, 10 * n) for n, code in enumerate(codes, 1))
    )


def plain(code: str, folder: Path) -> tuple[bool, list[str]]:
    """Whether plain Python runs it in an empty folder, and what that says on stderr."""
    folder.mkdir()
    script = folder / "snippet.py"
    script.write_text(code, encoding="utf-8")
    arguments = [sys.executable, "-I", script.name]
    ended = subprocess.run(arguments, cwd=folder, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    return ended.returncode == 0, [" ".join(line.split()) for line in ended.stderr.splitlines()]


CODES = [
    "print('好')\n",
    "print(missing)\n",
    "  print(1)\n",
    ">>> print(1)\n1\n",
    "print((1)\n",
    "raise ValueError('a\\nb')\n",
    "input()\n",
    "class Odd(Exception): pass\nraise Odd\n",
    "import nowhere_at_all\n",
    "try:\n    1 / 0\nexcept ZeroDivisionError:\n    raise KeyError('k')\n",
]


async def test_verdicts_and_errors_are_those_of_plain_python(runner: LocalRunner, tmp_path: Path) -> None:
    tried = await try_all([question(code) for code in CODES], runner)
    for n, (code, each) in enumerate(zip(CODES, tried, strict=True)):
        ran, said = plain(code, tmp_path / str(n))
        assert (each.verdict == "ok") == ran, code
        assert each.error is None if ran else each.error in said, (code, each.error, said)
    assert [each.verdict for each in tried].count("ok") == 1
    assert tried[1] == TriedCode("error", "NameError: name 'missing' is not defined")
    assert tried[2] == TriedCode("error", "IndentationError: unexpected indent")


async def test_the_first_snippet_that_fails_speaks_for_its_question(runner: LocalRunner) -> None:
    asked = [question("x = 1\n", "1 / 0\n", "y\n"), question(), question("1\n", "2\n")]
    several, none, fine = await try_all(asked, runner)
    assert several == TriedCode("error", "snippet in line 20: ZeroDivisionError: division by zero")
    assert none == TriedCode("none", "no Python code in it")
    assert fine == TriedCode("ok", None)


async def test_a_snippet_runs_after_those_of_its_own_answer_that_it_builds_on(runner: LocalRunner) -> None:
    chain = question("import math\n", "x = []\n", "x.append(math.pi)\n", "assert len(x) == 1\n")
    builds, alone = await try_all([chain, question("print(x)\n")], runner)
    assert builds == TriedCode("ok", None)
    assert alone == TriedCode("error", "NameError: name 'x' is not defined")  # another answer's names are not its own


async def test_a_snippet_that_never_ends_is_a_timeout(runner: LocalRunner) -> None:
    sleeps, spins = await try_all(
        [question("import time\ntime.sleep(60)\n"), question("while True: pass\n")], runner, Limits(wall_s=3, cpu_s=1)
    )
    assert sleeps == TriedCode("timeout", "stopped at the limit of wall time")
    assert spins.verdict == "timeout"  # of CPU time, or on a busy machine of wall time


async def test_a_snippet_cannot_act_on_the_terminal_through_its_error(runner: LocalRunner) -> None:
    (tried,) = await try_all([question("raise ValueError('\\x1b[31mred\\u202e')\n")], runner)
    assert tried == TriedCode("error", "ValueError: red")


async def test_without_a_wall_nothing_runs_and_that_is_said(tmp_path: Path) -> None:
    code = f"open({str(tmp_path / 'ran')!r}, 'w').close()\n"
    tried, empty = await try_all([question(code), question()], LocalRunner(wall="trusted"))
    assert tried.verdict == "none"
    assert tried.error is not None
    assert "no wall works" in tried.error
    assert empty.error == "no Python code in it"
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    ("outcome", "limit", "stderr", "tried"),
    [
        ("memory", "memory", "", TriedCode("error", "stopped: memory")),
        ("output_limit", "output", "", TriedCode("error", "stopped: output limit")),
        ("error", None, "bad luck\n", TriedCode("error", "exit status 3: bad luck")),
        ("error", None, "", TriedCode("error", "exit status 3")),
        ("sandbox_failed", None, "no bwrap", TriedCode("none", "not run: the sandbox failed (no bwrap)")),
    ],
)
def test_other_ends_are_named(outcome: Outcome, limit: LimitName | None, stderr: str, tried: TriedCode) -> None:
    assert judge(Result(stderr=stderr, finished=Finished(outcome, limit, 3, 1.0, 1.0, 1.0, None))) == tried


@pytest.mark.slow
@pytest.mark.skipif(not SEED.exists(), reason="the source document is not beside this checkout")
async def test_on_the_source_document_verdicts_are_those_of_plain_python(runner: LocalRunner, tmp_path: Path) -> None:
    questions = parse(read(SEED))
    tried = await try_all(questions, runner)
    for asked, each in zip(questions, tried, strict=True):
        ran, said = plain(asked.snippets[0].code, tmp_path / str(asked.number))
        assert (each.verdict == "ok") == ran, (asked.number, each)
        # Messages that print random numbers differ from run to run, but for their beginnings.
        assert ran or any(line[:40] == (each.error or "")[:40] for line in said), (asked.number, each, said[-3:])
    assert [asked.number for asked, each in zip(questions, tried, strict=True) if each.verdict == "ok"] == [
        1, 10, 11, 12, 14, 17, 18, 24, 29, 33, 37,
    ]  # fmt: skip
