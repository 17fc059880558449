"""The index that another process builds: its result, its progress, its log, and its end, whichever way it comes."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from knowledge.bank.errors import KnowledgeError, ModelError
from knowledge.search import building, retriever
from knowledge.search.building import open_retriever
from knowledge.search.retriever import Retriever
from tests.discord.process import ROOT, still_running
from tests.knowledge.banks import NEGATIVES, small_bank

#: What the process runs here: with few negatives, for the packaged ones take a minute.
_SMALL = f"""
import os
from knowledge.search import building, retriever
retriever.packaged_negatives = lambda **_: {tuple(NEGATIVES)!r}
"""
#: And it ends so where it shall have the language model.
_DIES = """
opens = building.Retriever.open
def dies(*args, **given):
    if given["encoder"]:
        {end}
    return opens(*args, **given)
building.Retriever.open = dies
"""


def builds(monkeypatch: pytest.MonkeyPatch, end: str = "") -> None:
    """Let the process build over few negatives, or end so."""
    monkeypatch.setattr(retriever, "packaged_negatives", lambda **_: tuple(NEGATIVES))
    script = _SMALL + (_DIES.replace("{end}", end) if end else "") + "building.main()"
    monkeypatch.setattr(building, "_ENTRY", f"exec({script!r})")


@pytest.fixture
def folder(tmp_path: Path, kept_encoder: Path) -> Path:
    """A cache with the encoder in it and no index: torch has nothing to do."""
    for file in kept_encoder.glob("encoder-*.bin"):
        shutil.copy(file, tmp_path)
    return tmp_path


def test_another_process_builds_and_this_one_finds_all_in_the_cache(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    heard: list[tuple[str, int, int]] = []
    builds(monkeypatch)
    (folder / "index-all-MiniLM-L6-v2-int8.bin").write_bytes(b"no index")
    with monkeypatch.context() as here:
        here.setattr(Retriever, "over", lambda *args, **given: pytest.fail("this process built"))
        here.setattr(Retriever, "open", Retriever.kept)  # and needs no more than what is kept
        found = open_retriever(small_bank(), cache_dir=folder, progress=lambda *step: heard.append(step))
    assert found.encoder is not None
    assert found.ask("what is mode collapse").topic == "gan"
    assert {"encode", "compare", "fit"} <= {stage for stage, *_ in heard}
    assert [record.levelname for record in caplog.records] == ["WARNING"], "what the process logs is logged here, once"
    assert "is damaged" in caplog.text
    monkeypatch.setattr(building, "_build", lambda *args: pytest.fail("built again"))
    again = open_retriever(small_bank(), cache_dir=folder)
    assert again.ask("模式崩溃是什么").topic == "gan"


@pytest.mark.parametrize(
    ("end", "told"),
    [("os.kill(os.getpid(), 9)", "when memory runs out"), ("raise MemoryError('no room')", "MemoryError: no room")],
)
def test_when_it_dies_questions_are_answered_by_their_words_and_one_line_says_so(
    end: str, told: str, folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    builds(monkeypatch, end)
    found = open_retriever(small_bank(), cache_dir=folder)
    assert found.encoder is None
    assert found.ask("what is mode collapse").topic == "gan"
    (line,) = caplog.messages
    assert told in line
    assert "by their words alone" in line
    assert [file.name for file in folder.glob("index-*")] == ["index-lexical.bin"], "that is built apart as well"


def test_when_not_even_that_can_be_built_one_line_says_so(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "_ENTRY", "import os; os._exit(3)")
    with pytest.raises(KnowledgeError, match=r"cannot be built: .*exit status 3.*start again"):
        open_retriever(small_bank(), cache_dir=folder)


def test_an_error_on_purpose_is_raised_here(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    builds(monkeypatch, "raise building.ModelError('the language model is missing')")
    with pytest.raises(ModelError, match="is missing"):
        open_retriever(small_bank(), cache_dir=folder)


def test_where_the_cache_takes_no_files_this_process_builds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "_build", lambda *args: pytest.fail("it has nowhere to put its index"))
    opened: list[Path] = []
    monkeypatch.setattr(Retriever, "open", lambda bank, **given: opened.append(given["cache_dir"]))
    (tmp_path / "file").write_bytes(b"")
    open_retriever(small_bank(), cache_dir=tmp_path / "file" / "cache")
    monkeypatch.setattr(building, "_ROOM_BYTES", 1 << 60)
    open_retriever(small_bank(), cache_dir=tmp_path)
    assert opened == [tmp_path / "file" / "cache", tmp_path]


@contextmanager
def asking(folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], psutil.Process]]:
    """Start `epoch ask` with an empty cache, and yield it with the process that builds for it."""
    command = [sys.executable, "-m", "bot", "ask", "what is a GAN?"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "EPOCH_CACHE_DIR": str(folder / "empty")}
    with subprocess.Popen(command, cwd=folder, env=environment, stdout=-3, stderr=subprocess.PIPE) as asks:
        try:
            deadline = time.monotonic() + 120
            while not (below := psutil.Process(asks.pid).children()):
                assert time.monotonic() < deadline
                assert asks.poll() is None
                time.sleep(0.02)
            yield asks, below[0]
        finally:
            asks.kill()


def _interrupt(asks: subprocess.Popen[bytes]) -> None:
    asks.send_signal(signal.SIGINT)


@pytest.mark.parametrize(
    ("end", "status"),
    [(_interrupt, 130), (subprocess.Popen.terminate, -signal.SIGTERM), (subprocess.Popen.kill, -signal.SIGKILL)],
    ids=["ctrl-c", "sigterm", "sigkill"],
)
def test_what_ends_the_program_ends_the_process_that_builds(
    end: Callable[[subprocess.Popen[bytes]], None], status: int, tmp_path: Path
) -> None:
    with asking(tmp_path) as (asks, builds):
        end(asks)
        assert asks.wait(20) == status
        assert still_running([builds]) == []
        assert asks.stderr
        assert asks.stderr.read() == b""


def _ignores_sigterm(process: psutil.Process) -> bool:
    status = Path(f"/proc/{process.pid}/status").read_text()  # fails where it is gone
    ignored = next(line.split()[1] for line in status.splitlines() if line.startswith("SigIgn:"))
    return bool(int(ignored, 16) >> (signal.SIGTERM - 1) & 1)


def test_a_sigterm_to_all_of_a_service_leaves_the_end_of_the_builder_to_the_program(tmp_path: Path) -> None:
    with asking(tmp_path) as (asks, builds):
        while not _ignores_sigterm(builds):  # its first line sees to it
            time.sleep(0.02)
        builds.terminate()
        time.sleep(0.2)
        assert still_running([builds], 0.0), "else the program would take it for dead, and build by words alone"
        asks.terminate()
        asks.wait(20)
        assert still_running([builds]) == []
