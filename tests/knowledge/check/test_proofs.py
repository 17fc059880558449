"""What `epoch check` proves by running can fail: one mutation, one problem, behind the machine's real wall."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from knowledge.check import CheckReport, check, passed, proofs, session
from knowledge.check.running import Result
from runners.local import LocalRunner
from runners.models import Limits
from tests.knowledge.tiny import QUIZ, accept_by_hand, edit, write_topic


@pytest.fixture
def topic(tmp_path: Path) -> Path:
    """A sound topic with its transcript."""
    folder = write_topic(tmp_path / "topics")
    accept_by_hand(folder)
    return folder


@pytest.fixture
async def runner() -> AsyncIterator[LocalRunner]:
    """The machine's own runner; nothing here can be proven without a wall."""
    local = LocalRunner(wall="auto")
    if local.wall == "trusted":
        pytest.skip("no wall works on this machine")
    yield local
    await local.close()


def said(report: CheckReport) -> list[str]:
    return [str(problem) for problem in report.problems]


async def found(topic: Path, runner: LocalRunner, *, seeds: int = 1) -> list[str]:
    return said(await check(topic.parent, run=True, seeds=seeds, runner=runner))


async def test_a_sound_topic_is_proven(topic: Path, runner: LocalRunner) -> None:
    seen: list[tuple[str, int, int]] = []
    report = await check(topic.parent, seeds=3, runner=runner, progress=lambda *step: seen.append(step))
    assert said(report) == []
    assert sorted(ran.label for ran in report.ran) == [
        "mean: example.py",
        "mean: example.py with COUNT=1",
        "mean: example.py with SEED=1",
        "mean: example.py with SEED=2",
        "mean: quiz bug-count, broken",
        "mean: quiz bug-count, fixed",
        "mean: quiz bug-order, broken",
        "mean: quiz bug-order, fixed",
        "mean: quiz prints-mean",
        "mean: quiz prints-median",
    ]
    assert [(done, total) for _, done, total in seen] == [(n, 10) for n in range(1, 11)]
    assert all(ran.wall_s > 0 for ran in report.ran)


async def test_accept_writes_the_transcript_once(topic: Path, runner: LocalRunner) -> None:
    proven = (topic / "output.txt").read_bytes()
    (topic / "output.txt").write_text("by hand", encoding="utf-8")
    assert len(await found(topic, runner)) == 2
    report = await check(topic.parent, accept=True, runner=runner)
    assert said(report) == []
    assert report.accepted == ("mean/output.txt",)
    assert (topic / "output.txt").read_bytes() == proven
    assert (await check(topic.parent, accept=True, runner=runner)).accepted == ()
    assert await found(topic, runner) == []


async def test_a_failing_example_is_never_accepted(topic: Path, runner: LocalRunner) -> None:
    edit(topic / "example.py", "abs(mean) < 0.15", "abs(mean) > 0.15")
    report = await check(topic.parent, accept=True, runner=runner)
    assert report.accepted == ()
    example, transcript = said(report)
    assert example.startswith("mean/example.py: does not run: AssertionError: the mean ")
    assert transcript.startswith("mean/output.txt: belongs to an older example.py")


SCRIPTS = [
    ("COUNT > 1 and ", "", None),  # 0.94 for seed 0: still far from 0, so the counter still fails
    ("assert COUNT > 1 and abs(mean) < 0.15", "assert abs(mean) < 15", "the claim still holds under COUNT=1; make the"),
    ("rng =", "1 / (COUNT - 1)\nrng =", "COUNT=1 ends otherwise: ZeroDivisionError: division by zero; make"),
    ("rng =", "assert SEED != 2, SEED\nrng =", "mean/example.py: fails with SEED=2: AssertionError: 2; make the claim"),
    ("rng =", "import warnings\nwarnings.warn('x')\nrng =", "mean/example.py: warns: example.py:8: UserWarning: x"),
    ("rng =", "# savefig\nrng =", "mean/example.py: leaves no picture behind; save it beside the script"),
    ("print(f", "str(f", "mean/output.txt: the example prints nothing; print a short readable result"),
    ("print(f", "print('\\n' * 26, f", "mean/output.txt: the output has 27 lines; print at most 25"),
    ("print(f", "print('-' * 61, f", "mean/output.txt: the output is 98 columns wide; print at most 60"),
]


@pytest.mark.parametrize(("old", "new", "problem"), SCRIPTS)
async def test_one_mutation_of_an_example_is_one_problem(
    topic: Path, runner: LocalRunner, old: str, new: str, problem: str | None
) -> None:
    edit(topic / "example.py", old, new)
    report = await check(topic.parent, seeds=3, accept=True, runner=runner)
    assert len(report.problems) == (problem is not None), said(report)
    if problem is not None:
        assert problem in said(report)[0]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("near 0: True", "near 0: False", "line 1 was 'mean of 2000 samples is near 0: False' and is now 'mean"),
        ("2000", "1999", "mean/output.txt: is not what example.py prints: line 1 was 'mean of 1999"),
        ("True\n", "True\nand more\n", "line 2 was 'and more' and is now '(nothing)'; make it repeatable, then run"),
    ],
)
async def test_a_changed_transcript_is_caught(
    topic: Path, runner: LocalRunner, old: str, new: str, problem: str
) -> None:
    edit(topic / "output.txt", old, new)
    problems = await found(topic, runner)
    assert len(problems) == 1, problems
    assert problem in problems[0]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('"4"]\nanswer = 2', '"4"]\nanswer = 1', "item 'prints-median': its code prints '2', which is option [2]"),
        ('"2", "4"]', '"2.", "4"]', "item 'prints-median': its code prints '2', which is option none; make"),
        ("print(values[1])", "print(values[3])", "item 'prints-median': its code fails: IndexError: list index out of"),
        ("sum(values) / 2", "sum(values) / 3", "item 'bug-count': broken passes; make its assertion fail on the bug"),
        ("sum(values) / 2", "sum(values) / 0", "item 'bug-count': broken ends otherwise: ZeroDivisionError: division"),
        ("= sum(values) / len(values)", "= sum(values)", "item 'bug-count': fixed fails: AssertionError: 9"),
    ],
)
async def test_one_mutation_of_the_quiz_is_one_problem(
    topic: Path, runner: LocalRunner, old: str, new: str, problem: str
) -> None:
    quiz = topic / "quiz.toml"
    # Only the items after the first "predict" have programs: the first match must be one of theirs.
    start = QUIZ.index('id = "prints-mean"')
    assert old in QUIZ[start:]
    quiz.write_text(QUIZ[:start] + QUIZ[start:].replace(old, new, 1), encoding="utf-8", newline="\n")
    problems = await found(topic, runner)
    assert len(problems) == 1, problems
    assert problem in problems[0]


async def test_a_second_line_that_mends_the_bug_is_one_problem(topic: Path, runner: LocalRunner) -> None:
    edit(topic / "quiz.toml", "mean = sum(values) / 2", "n = len(values) - 1\nmean = sum(values) / n")
    edit(topic / "quiz.toml", "mean = sum(values) / len(values)", "n = len(values)\nmean = sum(values) / n")
    problems = await found(topic, runner)
    assert len(problems) == 1, problems
    assert "item 'bug-count': line 3 mends it, too, as 'mean = sum(values) / (n + 1)'; assert more" in problems[0]


async def test_a_picture_left_behind_is_seen(topic: Path, runner: LocalRunner) -> None:
    code = "import matplotlib.pyplot as plt\nplt.plot([COUNT])\nplt.savefig('x.png')\nrng ="
    edit(topic / "example.py", "rng =", code)
    assert said(await check(topic.parent, accept=True, runner=runner)) == []


async def test_too_slow_and_too_large_examples_are_named(
    topic: Path, runner: LocalRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "MAX_SECONDS", 0.0001)
    monkeypatch.setattr(session, "MAX_MB", 1.0)
    problems = await found(topic, runner)
    assert len(problems) == 2
    assert problems[0].startswith("mean/example.py: takes 0 s; bring it under")
    assert "MB; bring it under 1 MB" in problems[1]


async def test_an_example_that_never_ends_is_stopped_and_named(
    topic: Path, runner: LocalRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proofs, "_LIMITS", Limits(wall_s=2.0))
    edit(topic / "example.py", "rng =", "while COUNT > 1:\n    pass\nrng =")
    accept_by_hand(topic)
    problems = await found(topic, runner)
    assert problems == ["mean/example.py: does not run: it was stopped (timeout); make it pass"]


async def test_without_a_wall_only_accepted_examples_run_and_the_rest_is_said_once(
    topic: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trusted = LocalRunner(wall="trusted")
    report = await check(topic.parent, runner=trusted)
    assert report.ran == (), "what others accepted has run without a wall"
    monkeypatch.setattr(session, "topics_root", lambda: topic.parent)
    report = await check(topic.parent, seeds=3, runner=trusted)
    assert [ran.label for ran in report.ran] == ["mean: example.py"]
    assert len(report.problems) == 1
    assert said(report)[0].startswith("this machine: no wall works here, so 9 runs of unaccepted or changed code")
    edit(topic / "example.py", "the true one", "the real one")
    report = await check(topic.parent, accept=True, runner=trusted)
    await trusted.close()
    assert (report.ran, report.accepted) == ((), ())
    assert [problem.path for problem in report.problems] == ["mean/output.txt", "this machine"]


async def test_running_without_a_runner_is_a_mistake_of_the_caller(topic: Path) -> None:
    with pytest.raises(ValueError, match="needs a runner"):
        await check(topic.parent)


@pytest.mark.parametrize(
    ("stderr", "exception"),
    [
        ("Traceback (most recent call last):\n  File\n    assert x\nAssertionError\n", "AssertionError"),
        ("Traceback (most recent call last):\n  File\nAssertionError: a\nb\n", "AssertionError: a"),
        (
            "Traceback (most recent call last):\n  File\nAssertionError: a\n\nDuring handling …\n\n"
            "Traceback (most recent call last):\n  File\nValueError: b\n",
            "ValueError: b",
        ),
        ("  File 'x', line 1\n    a b\nSyntaxError: invalid syntax\n", "SyntaxError: invalid syntax"),
        ("", ""),
    ],
)
def test_the_exception_is_read_off_the_last_traceback(stderr: str, exception: str) -> None:
    assert Result(stderr=stderr).exception == exception


async def test_a_topic_that_passed_is_not_run_again_until_something_it_rests_on_changes(
    topic: Path, runner: LocalRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def ran(*, accept: bool = False) -> int:
        report = await check(topic.parent, accept=accept, changed=True, runner=runner)
        assert bool(report.ran) != bool(report.unchanged)
        return len(report.ran)

    assert await ran() > 0, "never passed"
    assert await ran() > 0, "a check writes nothing of itself"
    assert await ran(accept=True) > 0
    assert await ran() == 0
    edit(topic / "topic.toml", 'en = "Sample mean"', 'en = "The mean of a sample"')
    assert await ran() == 0, "no run rests on a title"
    monkeypatch.setattr(passed, "_surroundings", lambda: ["another NumPy"])
    assert await ran() > 0
    monkeypatch.undo()
    assert await ran() == 0
    edit(topic / "quiz.toml", "what of the standard error?", "what becomes of the standard error?")
    assert await ran() == 0, "nor on an item without a program"
    edit(topic / "quiz.toml", 'options = ["2.0", "3.0"', 'options = ["2.5", "3.0"')
    assert await ran() > 0


def test_kinds_of_items_judge_and_topics_do_not() -> None:
    found = {file.name for file in passed.judges()}
    assert {"passed.py", "predict.py", "find_bug.py", "harness.py"} <= found
    assert not any("topics" in file.parts for file in passed.judges())


async def test_a_topic_with_a_fault_does_not_count_as_passed(topic: Path, runner: LocalRunner) -> None:
    await check(topic.parent, accept=True, runner=runner)
    assert set(passed.read(topic.parent)) == {"mean"}
    edit(topic / "quiz.toml", "print(sum(values) / len(values))", "print(sum(values) // len(values))")
    assert "prints-mean" in str(said(await check(topic.parent, accept=True, runner=runner)))
    assert passed.read(topic.parent) == {}


async def test_an_older_transcript_is_told_though_nothing_is_run(topic: Path, runner: LocalRunner) -> None:
    await check(topic.parent, accept=True, runner=runner)
    kept = (topic / "output.txt").read_text(encoding="utf-8")
    (topic / "output.txt").write_text(kept.replace("# sha256: ", "# sha256: 0"), encoding="utf-8")
    assert said(await check(topic.parent, changed=True, runner=runner)) != []
