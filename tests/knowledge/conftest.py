import hashlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from platformdirs import user_cache_path

from knowledge.bank.loader import load_bank
from knowledge.search.arrays import F32
from knowledge.search.encoder import Encoder
from knowledge.search.encoder_choice import open_encoder
from knowledge.search.glossary import Glossary
from knowledge.search.lexical import tokens
from knowledge.search.retriever import Retriever
from tests.kept import one_at_a_time
from tests.knowledge.banks import NEGATIVES, small_bank

Progress = Callable[[str, int, int], None]


class WordEncoder:
    """A small encoder that needs no weights: the sum of a fixed random direction a word."""

    symmetric = False

    def __init__(self, identity: str = "words@1", size: int = 48) -> None:
        self.identity = identity
        self.size = size
        self.encoded = 0

    def queries(self, texts: Sequence[str]) -> F32:
        return self.passages(texts)

    def passages(self, texts: Sequence[str], progress: Progress | None = None) -> F32:
        self.encoded += len(texts)
        start = np.full(self.size, 1e-3)  # a text without words has a direction, too
        rows = np.array([sum((self._direction(word) for word in tokens(text)), start) for text in texts])
        if progress:
            progress("encode", len(texts), len(texts))
        return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)

    def _direction(self, word: str) -> np.ndarray:
        seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:8], "big")
        return np.random.default_rng(seed).standard_normal(self.size)


@pytest.fixture(scope="session")
def kept_encoder() -> Path:
    """A cache folder that holds the packaged model's export: that of who runs the tests."""
    folder = Path(os.environ.get("EPOCH_CACHE_DIR") or user_cache_path("epoch"))
    with one_at_a_time(folder):
        open_encoder(cache_dir=folder)
    return folder


@pytest.fixture(scope="session")
def encoder(kept_encoder: Path) -> Encoder:
    """The packaged model, loaded once."""
    return open_encoder(cache_dir=kept_encoder)


@pytest.fixture(scope="session")
def small(encoder: Encoder) -> Retriever:
    """The small bank with the packaged model and its negatives, in memory."""
    return Retriever.over(small_bank(), encoder)


@pytest.fixture(scope="session")
def lexical() -> Retriever:
    """The small bank with few negatives and no encoder."""
    return Retriever.over(small_bank(), None, negatives=NEGATIVES, glossary=Glossary.packaged())


@pytest.fixture(scope="session")
def whole(kept_encoder: Path, encoder: Encoder) -> Retriever:
    """The bank itself with the packaged model, as it is opened by who starts Epoch: its index is built once."""
    with one_at_a_time(kept_encoder):
        return Retriever.over(load_bank(), encoder, cache_dir=kept_encoder)


@pytest.fixture(scope="session")
def whole_lexical(kept_encoder: Path) -> Retriever:
    """The bank itself without an encoder."""
    with one_at_a_time(kept_encoder):
        return Retriever.over(load_bank(), None, cache_dir=kept_encoder)
