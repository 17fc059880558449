"""Builds the index in a process of its own, whose memory is free again when it ends.

    cache fits → Retriever
    it doesn't → a process: encoder export (torch), encoding, fitting → cache → Retriever

What the process takes at most is several times what a retriever takes that comes from the cache. It hears nothing of
signals: it ends with whoever started it, at once, whatever ends that one.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import pickle
import select
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import IO, Any, BinaryIO

from knowledge.bank.errors import KnowledgeError, ModelError
from knowledge.bank.models import Bank
from knowledge.progress import ProgressCallback
from knowledge.search.encoder import PACKAGED, SentenceEncoder
from knowledge.search.encoder_choice import known_as
from knowledge.search.onnx_encoder import OnnxEncoder, refused
from knowledge.search.retriever import Retriever

log = logging.getLogger(__name__)

#: How often one who waits for the process looks whether the program is about to end.
_LOOK_S = 0.2
#: How long one that has fallen silent may take to be gone.
_LEAVE_S = 30.0
#: What an index may take on the disk, with what it replaces still there; with less room it is built in this process.
_ROOM_BYTES = 1_000_000_000
_ENTRY = f"from {__name__} import main; main()"
_ERRORS: dict[str, type[KnowledgeError]] = {each.__name__: each for each in (KnowledgeError, ModelError)}
#: The kernel rather ends this process, whose work can be done without, than the one that serves.
_RATHER_ME = 800


class BuilderDied(Exception):
    """The process that builds the index ended before it was done; says how."""


def open_retriever(
    bank: Bank, *, cache_dir: Path, model: str = PACKAGED, progress: ProgressCallback | None = None,
    given_up: threading.Event | None = None,
) -> Retriever:  # fmt: skip
    """Open the index of `bank` from the cache; where that doesn't fit, after another process has built it.

    When that process dies, questions are answered by words alone until the next start, and the log says why. Where the
    cache folder takes no files, or the model serves by torch anyway, it is built in this process.

    Args:
        bank: the topics.
        cache_dir: where the index is kept.
        model: name of the encoder; the packaged one stands in for one that cannot be loaded.
        progress: hears what `Retriever.open` tells.
        given_up: is set by another thread when the program ends, and nobody waits any more.

    Raises:
        knowledge.bank.errors.ModelError: the packaged model is missing or damaged.
        KnowledgeError: the bank has no topic at all, or not even words can be looked up; or it was given up.
    """
    report = progress or (lambda stage, done, total: None)
    report("model", 0, 1)
    found = Retriever.kept(bank, cache_dir=cache_dir, model=model)
    if found is not None:
        report("model", 1, 1)
        return found
    if refused(known_as(model), cache_dir) or not bank.topics or not _has_room(cache_dir):
        return Retriever.open(bank, cache_dir=cache_dir, model=model, progress=progress)
    ends = given_up or threading.Event()
    try:
        served = _build(bank, cache_dir, model, report, ends)
    except BuilderDied as death:
        log.error("the index cannot be built with the language model: %s; questions are answered by their words alone "
                  "until the next start", death)  # fmt: skip
        return _by_words(bank, cache_dir, report, ends)
    return Retriever.open(bank, cache_dir=cache_dir, model=served)


def _by_words(bank: Bank, cache_dir: Path, report: ProgressCallback, ends: threading.Event) -> Retriever:
    if (found := Retriever.kept(bank, cache_dir=cache_dir, model=None)) is None:
        try:
            _build(bank, cache_dir, None, report, ends)
        except BuilderDied as death:
            raise KnowledgeError(f"the index cannot be built: {death}; free some memory, then start again") from None
    return found or Retriever.open(bank, cache_dir=cache_dir, encoder=False)


def _has_room(folder: Path) -> bool:
    """Tell whether a folder takes a file as large as an index."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            at = os.statvfs(folder)
            return at.f_bavail * at.f_frsize > _ROOM_BYTES
    except OSError:
        return False


def _build(bank: Bank, cache_dir: Path, model: str | None, report: ProgressCallback, ends: threading.Event) -> str:
    """Have an index built into the cache folder and return the name of the model that it was built with.

    Args:
        bank: the topics.
        cache_dir: where to.
        model: name of the encoder; None for none.
        report: hears of the progress.
        ends: is set when nobody waits any more.

    Raises:
        BuilderDied: the process ended before it was done.
        KnowledgeError: what opening an index raises.
    """
    work = pickle.dumps((bank, cache_dir, model))
    # The same modules, wherever this program has found them. It ends with the one that started it, not beside it.
    command = f"import signal, sys; signal.signal(signal.SIGTERM, signal.SIG_IGN); sys.path[:] = {sys.path!r}; {_ENTRY}"
    told_on, tells_on = os.pipe()
    with tempfile.TemporaryFile() as errors, open(told_on, "rb") as said:
        try:
            process = subprocess.Popen(
                [sys.executable, "-c", command, str(tells_on)], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                stderr=errors, pass_fds=(tells_on,), start_new_session=True,
            )  # fmt: skip
        finally:
            os.close(tells_on)
        assert process.stdin
        try:
            with contextlib.suppress(BrokenPipeError):  # how it ended tells more
                process.stdin.write(len(work).to_bytes(8) + work)
                process.stdin.flush()
            served = _heard(said, report, ends)
            if served is None:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(_LEAVE_S)  # it is leaving, and how it does is its own
        finally:
            process.kill()  # done, or not wanted any more; its standard input stays open that long
            with contextlib.suppress(BrokenPipeError):
                process.stdin.close()
            status = process.wait()
        if served is None:
            raise BuilderDied(_how_it_ended(status, errors))
        return served


def _heard(said: BinaryIO, report: ProgressCallback, ends: threading.Event) -> str | None:
    """Take in what the process tells, to its end; return the model's name, None where it ended without a word of it."""
    rest = b""
    while True:
        while not select.select([said], [], [], _LOOK_S)[0]:
            if ends.is_set():
                raise KnowledgeError("the program ends, and the index is not built")
        piece = os.read(said.fileno(), 65536)
        if not piece:
            return None
        *lines, rest = (rest + piece).split(b"\n")
        for line in lines:
            match json.loads(line):
                case ["progress", str(stage), int(done), int(total)]:
                    report(stage, done, total)
                case ["log", str(name), int(level), str(message)]:
                    logging.getLogger(name).log(level, "%s", message)
                case ["error", str(kind), str(message)]:
                    raise _ERRORS.get(kind, KnowledgeError)(message)
                case ["done", str(model)]:
                    return model


def _how_it_ended(status: int, errors: IO[bytes]) -> str:
    errors.seek(0)
    lines = [line.strip() for line in errors.read()[-4000:].decode(errors="replace").splitlines() if line.strip()]
    if status == -signal.SIGKILL:
        return "the process that builds it was killed, as the kernel does when memory runs out"
    how = f"killed by {signal.Signals(-status).name}" if status < 0 else f"exit status {status}"
    return f"the process that builds it has ended ({how}{': ' + lines[-1][:200] if lines else ''})"


# --- the process that builds


def main() -> None:
    """Build what standard input asks for, and tell of it on the descriptor in the first argument."""
    told = open(int(sys.argv[1]), "w", encoding="ascii", buffering=1)  # noqa: SIM115 - open as long as this process
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w", encoding="ascii") as file:
        file.write(str(_RATHER_ME))
    given = sys.stdin.buffer
    bank, cache_dir, model = pickle.loads(given.read(int.from_bytes(given.read(8))))
    threading.Thread(target=_end_with_the_other, args=(given.fileno(),), daemon=True).start()
    logging.basicConfig(level=logging.INFO, handlers=[_Telling(told)])

    def tell(*words: Any) -> None:  # noqa: ANN401 - anything JSON can hold
        told.write(json.dumps(words) + "\n")

    try:
        opened = Retriever.open(
            bank, cache_dir=cache_dir, model=model or PACKAGED, encoder=model is not None,
            progress=lambda stage, done, total: tell("progress", stage, done, total),
        )  # fmt: skip
    except KnowledgeError as error:
        tell("error", type(error).__name__, str(error))
    else:
        served = opened.encoder
        tell("done", served.name if isinstance(served, OnnxEncoder | SentenceEncoder) else "")
    told.close()
    os._exit(0)


def _end_with_the_other(given: int) -> None:
    os.read(given, 1)  # comes back when the other end is closed, by whatever has ended that process
    os._exit(1)


class _Telling(logging.Handler):
    """Hands what is logged here to the log of the process that serves."""

    def __init__(self, told: IO[str]) -> None:
        super().__init__()
        self._told = told

    def emit(self, record: logging.LogRecord) -> None:
        level = record.levelno if record.name.startswith("knowledge") else max(record.levelno, logging.WARNING)
        if level == record.levelno:  # of the libraries only warnings, as in the log of the program
            self._told.write(json.dumps(["log", record.name, level, record.getMessage()]) + "\n")
