import pytest

from runners.verdict import judge


@pytest.mark.parametrize(
    ("exit_code", "named", "last_words", "expected"),
    [
        (0, "-", "", ("ok", None)),
        (0, "disk?", "", ("ok", None)),  # it was full for a moment and the program coped
        (1, "-", "ValueError: no\n", ("error", None)),
        (-11, "-", "", ("error", None)),
        (-9, "wall", "", ("timeout", "wall")),
        (-9, "cpu", "", ("timeout", "cpu")),
        (-24, "-", "", ("timeout", "cpu")),
        (-25, "-", "", ("disk_limit", "files")),
        (-9, "memory", "", ("memory", "memory")),
        (-9, "processes", "", ("error", "processes")),
        (-9, "disk", "", ("disk_limit", "disk")),
        (1, "disk?", "RuntimeError: broken\n", ("disk_limit", "disk")),
        (1, "-", "Traceback…\nMemoryError\n", ("memory", "memory")),
        (1, "-", "OSError: [Errno 12] Cannot allocate memory\n", ("memory", "memory")),
        (1, "-", "numpy._core._exceptions._ArrayMemoryError: Unable to allocate 7 TiB\n", ("memory", "memory")),
        (1, "-", "OSError: [Errno 28] No space left on device\n", ("disk_limit", "disk")),
        (1, "-", "RuntimeError: can't start new thread\n", ("error", "processes")),
        (1, "-", "BlockingIOError: [Errno 11] Resource temporarily unavailable\n", ("error", "processes")),
        (1, "-", "MemoryError\n" + "line\n" * 5 + "KeyError: 1\n", ("error", None)),  # caught long before the end
        (0, "-", "MemoryError\n", ("ok", None)),
    ],
)
def test_how_it_ended_is_named(exit_code: int, named: str, last_words: str, expected: tuple[str, str | None]) -> None:
    assert judge(exit_code, named, last_words) == expected
