"""Texts → unit vectors by ONNX Runtime in int8, without torch: what `onnx_export` left in the cache.

texts → tokens → batches of like length → graph (model, pooling, norm) → unit vectors
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import platform
import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import cache as once
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from threading import Lock, Thread
from typing import Any

import numpy as np

from knowledge.packages import version
from knowledge.progress import ProgressCallback
from knowledge.search import cache
from knowledge.search.arrays import F32, I64, Arrays
from knowledge.search.encoder import PACKAGED, WEIGHTS_SHA256
from knowledge.search.silence import onnx_runtime

log = logging.getLogger(__name__)

#: Raise it when `onnx_export` makes another graph of the same model.
_EXPORT = 3
#: Texts of one run of the graph. More fall out of the processor's cache: 128 take twice as long a text.
_BATCH = 16
#: From this many texts on there are two threads. Fewer come from callers that have threads of their own.
_PARALLEL = 64
#: Set in an image, which is built on one processor and serves on another: exports are of the kind that runs on all.
_PORTABLE = "EPOCH_PORTABLE_ENCODER"


@dataclass(frozen=True, slots=True)
class Export:
    """What a graph needs to be used, and how well it agrees with the model it was made from.

    Attributes:
        inputs: names of the graph's inputs.
        query, document: prompts before a question and a passage.
        pad: id of the token that fills a batch.
        longest: tokens after which a text is cut.
        digest: of graph and tokenizer.
        probes: how many texts both encoded.
        cosine_mean, cosine_min: between the vectors of both, over the probes.
        agreement: share of the probes whose nearest other probe is the same in both.
        writers: the libraries it was made with.
    """

    inputs: tuple[str, ...]
    query: str
    document: str
    pad: int
    longest: int
    digest: str
    probes: int = 0
    cosine_mean: float = 0.0
    cosine_min: float = 0.0
    agreement: float = 0.0
    writers: tuple[str, ...] = ()


class OnnxEncoder:
    """A graph and its tokenizer. A text's vector does not depend on the texts it is encoded with."""

    def __init__(self, name: str, export: Export, tokenizer: bytes, graph: bytes | memoryview) -> None:
        self.export = export
        self._name = name
        self._tokenizer_json = tokenizer
        self._graph = graph
        self._session: Any = None
        self._tokenizer: Any = None
        self._loading = Lock()

    @classmethod
    def read(cls, name: str, cache_dir: Path | None, *, quiet: bool = False) -> OnnxEncoder | None:
        """Return the export of the model `name` that is kept in `cache_dir`, if there is one that fits.

        Where the libraries that make exports are not installed, none can be made: then who made it does not matter.
        """
        if cache_dir is None:
            return None
        found = cache.read(place(name, cache_dir), fingerprint(name), "encoder", quiet=quiet)
        if found is None:
            return None
        try:
            fields = json.loads(found["export"].tobytes())
            export = Export(**{**fields, "inputs": tuple(fields["inputs"]), "writers": tuple(fields["writers"])})
            if writers() not in (export.writers, ()):
                return None
            return cls(name, export, found["tokenizer"].tobytes(), found["graph"].data)
        except (KeyError, ValueError, TypeError) as error:
            log.warning("the encoder in %s is incomplete (%s); it is built anew", place(name, cache_dir), error)
            return None

    def described(self, export: Export) -> OnnxEncoder:
        """Return the same encoder with another description."""
        return OnnxEncoder(self._name, export, self._tokenizer_json, self._graph)

    def keep(self, cache_dir: Path) -> bool:
        """Keep this encoder in `cache_dir` for `read`; tell whether that went well."""
        export = json.dumps({**asdict(self.export), "writers": writers()}).encode()
        parts = {"export": export, "tokenizer": self._tokenizer_json, "graph": self._graph}
        arrays: Arrays = {key: np.frombuffer(data, np.uint8) for key, data in parts.items()}
        return cache.write(place(self._name, cache_dir), fingerprint(self._name), arrays, "encoder")

    @property
    def name(self) -> str:
        """Name of the model."""
        return self._name

    @property
    def identity(self) -> str:
        """`name-int8@digest`: an index and its calibration are only valid with the encoder that they were made with."""
        return f"{self._name}-int8@{self.export.digest}"

    @property
    def symmetric(self) -> bool:
        """Whether question and passage have the same prompt."""
        return self.export.query == self.export.document

    def load(self) -> None:
        """Make the session now; later calls do nothing, and calls meanwhile wait for it."""
        with self._loading:
            if self._session is not None:
                return
            self._tokenizer = self._reads()
            self._session = _opened(bytes(self._graph))

    def load_ahead(self) -> None:
        """Make the session in a thread, beside what the caller does; what goes wrong is told by the first use."""

        def load() -> None:
            with suppress(Exception):
                self.load()

        Thread(target=load, name="epoch-encoder-opens", daemon=True).start()

    def _reads(self) -> Any:  # noqa: ANN401
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_buffer(self._tokenizer_json)
        tokenizer.no_padding()
        tokenizer.enable_truncation(self.export.longest)
        return tokenizer

    def inner(self, graph: bytes, texts: Sequence[str]) -> Iterator[list[F32]]:
        """Yield everything that another `graph` with the same inputs returns, a text at a time."""
        session, tokenizer = _opened(graph), self._reads()
        for text in texts:
            yield session.run(None, self._fed([tokenizer.encode(text).ids]))

    def queries(self, texts: Sequence[str]) -> F32:
        """Return one unit vector a question, shape (n, d), float32."""
        return self._encode(self.export.query, texts, None)

    def passages(self, texts: Sequence[str], progress: ProgressCallback | None = None) -> F32:
        """Return one unit vector a passage, shape (n, d), float32; `progress` hears of every batch, in tokens."""
        return self._encode(self.export.document, texts, progress)

    def _encode(self, prompt: str, texts: Sequence[str], progress: ProgressCallback | None) -> F32:
        self.load()
        tokens = [each.ids for each in self._tokenizer.encode_batch([prompt + text for text in texts])]
        order = sorted(range(len(tokens)), key=lambda i: len(tokens[i]))
        batches = [order[start : start + _BATCH] for start in range(0, len(order), _BATCH)]
        vectors: F32 | None = None
        # In tokens: the longest texts come last and take most of the time.
        done, whole = 0, sum(map(len, tokens))
        for batch, found in zip(batches, self._run_all(tokens, batches), strict=True):
            if vectors is None:
                vectors = np.empty((len(texts), found.shape[1]), np.float32)
            vectors[batch] = found
            done += sum(len(tokens[i]) for i in batch)
            if progress:
                progress("encode", done, whole)
        return vectors if vectors is not None else np.zeros((0, 0), np.float32)

    def _run_all(self, tokens: list[list[int]], batches: list[list[int]]) -> Iterator[F32]:
        threads = min(2, len(os.sched_getaffinity(0)))
        if len(tokens) < _PARALLEL or threads < 2:
            yield from (self._run([tokens[i] for i in batch]) for batch in batches)
            return
        with ThreadPoolExecutor(threads, thread_name_prefix="epoch-encoder") as pool:
            yield from pool.map(lambda batch: self._run([tokens[i] for i in batch]), batches)

    def _run(self, batch: list[list[int]]) -> F32:
        return np.asarray(self._session.run(None, self._fed(batch))[0], np.float32)

    def _fed(self, batch: list[list[int]]) -> dict[str, I64]:
        """Return the graph's inputs for some texts of about the same length."""
        width = max(map(len, batch))
        ids = np.full((len(batch), width), self.export.pad, np.int64)
        mask = np.zeros_like(ids)
        for row, tokens in enumerate(batch):
            ids[row, : len(tokens)] = tokens
            mask[row, : len(tokens)] = 1
        values = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        return {name: values[name] for name in self.export.inputs}


def _opened(graph: bytes) -> Any:  # noqa: ANN401
    onnxruntime = onnx_runtime()
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    # The graph was rewritten when it was exported: that is half of the time that a session takes.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    # One thread a run: several wait for each other on a machine that also runs examples. Batches run side by side.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])


@once
def multiplies_exactly() -> bool:
    """Tell whether ONNX Runtime multiplies unsigned by signed bytes without saturating: not on x86 before VNNI."""
    if os.environ.get(_PORTABLE):
        return False
    if platform.machine().lower() not in ("x86_64", "amd64"):
        return True
    try:
        with open("/proc/cpuinfo", encoding="ascii", errors="replace") as file:
            return "vnni" in file.read(1 << 14)  # the first processor's flags
    except OSError:
        return False


def refuse(name: str, cache_dir: Path, reason: str) -> None:
    """Keep that the model `name` cannot be exported, and why."""
    cache.write(place(name, cache_dir, "no-encoder"), _attempt(name), {"reason": cache.lines([reason])}, "refusal")


def refused(name: str, cache_dir: Path | None) -> bool:
    """Tell whether the model `name` could not be exported, with these files and libraries."""
    if cache_dir is None:
        return False
    return cache.read(place(name, cache_dir, "no-encoder"), _attempt(name), "refusal") is not None


def place(name: str, cache_dir: Path, what: str = "encoder") -> Path:
    """Return where the export of the model `name` is kept."""
    return cache_dir / f"{what}-{re.sub(r'[^A-Za-z0-9]+', '-', name)}.bin"


def fingerprint(name: str) -> str:
    """Return a digest of what an export is for: model, libraries that read it, kind of processor.

    A model of the hub counts by its name: it stays at the version that was exported until its file is removed.
    """
    readers = [_version(each) for each in ("onnxruntime", "tokenizers")]
    return _digest([_EXPORT, name, _source(name), readers, multiplies_exactly()])


def writers() -> tuple[str, ...]:
    """Return the libraries that make exports, each with its version; none where they are not all installed."""
    try:
        return tuple(f"{each} {version(each)}" for each in ("sentence-transformers", "transformers"))
    except PackageNotFoundError:
        return ()


def _attempt(name: str) -> str:
    """Return a digest of what a refusal depends on: other libraries may manage."""
    return _digest([fingerprint(name), writers()])


def _digest(parts: list[object]) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _source(name: str) -> object:
    if name == PACKAGED:
        return WEIGHTS_SHA256
    folder = Path(name)
    if not folder.is_dir():
        return "hub"
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return [(str(path.relative_to(folder)), (stat := path.stat()).st_size, stat.st_mtime_ns) for path in files]


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "?"
