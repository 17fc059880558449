"""Runs every snippet of a document behind the wall, and says of each question what came of its code.

A snippet runs as it stands: wrong indentation and `>>>` prompts are not mended, so it fails as it would for a learner.
One that uses what snippets before it in the same answer define runs after those, as a learner would run it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from knowledge.check.running import Result, run_all
from knowledge.importer.code import together
from knowledge.importer.document import DocumentQuestion, harmless
from knowledge.progress import ProgressCallback
from runners.errors import WallUnavailable
from runners.models import Job, Limits, Runner
from runners.walls.table import WALLS

SnippetVerdict = Literal["ok", "error", "timeout", "none"]
_ERROR_LENGTH = 500


@dataclass(frozen=True, slots=True)
class TriedCode:
    """What came of a question's code: `none` was not run. `error` says why it is not `ok`: an exception's own line."""

    verdict: SnippetVerdict
    error: str | None


async def try_all(
    questions: Sequence[DocumentQuestion],
    runner: Runner,
    limits: Limits | None = None,
    *,
    parallel: int | None = None,
    progress: ProgressCallback | None = None,
) -> list[TriedCode]:
    """Run the snippets of all questions, several at once, and return what came of each question's, in order.

    Of several snippets in one question the first that is not `ok` speaks for all. Without a wall nothing runs.
    """
    limits = limits or Limits()
    if (why := _no_wall(runner)) is not None:
        return [TriedCode("none", why) if question.snippets else _NO_CODE for question in questions]
    jobs = [
        (f"question {question.number}", Job(code, name="snippet.py", limits=limits))
        for question in questions
        for code in together([snippet.code for snippet in question.snippets])
    ]
    results = await run_all(runner, jobs, parallel=parallel, progress=progress)
    # Neighbours cost wall time: what was late beside them gets one more chance alone.
    for n, result in enumerate(results):
        if result.finished is not None and result.finished.limit == "wall" and len(jobs) > 1:
            (results[n],) = await run_all(runner, [jobs[n]])
    ended = iter(results)
    return [_together(question, [next(ended) for _ in question.snippets]) for question in questions]


def judge(result: Result) -> TriedCode:
    """Return the verdict on one run."""
    if result.broke_down:
        return TriedCode("none", f"not run: {_line(result.reason)}")
    assert result.finished is not None
    match result.finished.outcome:
        case "ok":
            return TriedCode("ok", None)
        case "timeout":
            return TriedCode("timeout", f"stopped at the limit of {result.finished.limit or 'wall'} time")
        case "error":
            return TriedCode("error", _line(_raised(result)))
    return TriedCode("error", f"stopped: {result.finished.outcome.replace('_', ' ')}")


_NO_CODE = TriedCode("none", "no Python code in it")


def _together(question: DocumentQuestion, results: Sequence[Result]) -> TriedCode:
    for snippet, result in zip(question.snippets, results, strict=True):
        tried = judge(result)
        if tried.verdict != "ok":
            where = f"snippet in line {snippet.line}: " if len(results) > 1 else ""
            return TriedCode(tried.verdict, f"{where}{tried.error}")
    return TriedCode("ok", None) if results else _NO_CODE


def _raised(result: Result) -> str:
    """Return the exception's own line; where there was none, the exit status and what was said last."""
    exited = f"exit status {result.finished.exit_code if result.finished else None}"
    if "Traceback (most recent call last)" in result.stderr or result.exception.partition(":")[0].endswith("Error"):
        return result.exception or exited
    said = result.stderr.strip().rpartition("\n")[2]
    return f"{exited}: {said}" if said else exited


def _no_wall(runner: Runner) -> str | None:
    """Return why snippets cannot run here; None if they can."""
    try:
        if WALLS[runner.wall].any_script:
            return None
    except WallUnavailable as error:
        return f"not run: {_line(str(error))}"
    return "not run: no wall works on this machine to run it behind; `epoch doctor` says what to do"


def _line(text: str) -> str:
    line = " ".join(harmless(text).split())
    return line if len(line) <= _ERROR_LENGTH else f"{line[:_ERROR_LENGTH]}…"
