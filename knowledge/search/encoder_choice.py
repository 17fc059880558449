"""Which encoder serves: the packaged model, or any other that sentence-transformers loads, by its name.

name → OnnxEncoder, where its export is in the cache
     → SentenceEncoder → export, verified → OnnxEncoder
"""

from __future__ import annotations

import logging
from pathlib import Path

from knowledge.bank.errors import ModelError
from knowledge.progress import ProgressCallback
from knowledge.search.encoder import PACKAGED, REINSTALL, Encoder, SentenceEncoder, packaged_folder, verify
from knowledge.search.onnx_encoder import OnnxEncoder, refused

log = logging.getLogger(__name__)


def known_as(model: str) -> str:
    """Return the name that a model is kept under: the packaged one has two."""
    return PACKAGED if model in (PACKAGED, f"sentence-transformers/{PACKAGED}") else model


def open_encoder(
    model: str = PACKAGED, cache_dir: Path | None = None, progress: ProgressCallback | None = None
) -> Encoder:
    """Return the encoder called `model`: the packaged one, verified, or one of the hub's or of a folder.

    The model runs as an int8 graph in ONNX Runtime (`knowledge.search.onnx_encoder`). The graph is exported once and
    kept in `cache_dir`; once it is there, torch is not imported any more. A model whose export fails, or disagrees with
    it, runs in sentence-transformers. A model that cannot be loaded (no network, no such name) is replaced by the
    packaged one, with a warning. `progress` hears of the export.

    Raises:
        ModelError: the packaged model is missing or damaged.
    """
    name = known_as(model)
    packaged = name == PACKAGED
    kept = OnnxEncoder.read(name, cache_dir)
    if kept is not None:
        return kept
    if packaged:
        folder = packaged_folder()
        verify(folder)
        encoder = SentenceEncoder(PACKAGED, str(folder), offline=True)
    else:
        encoder = SentenceEncoder(model, model, offline=False)
    try:
        encoder.load()
    except (OSError, ValueError, RuntimeError, ImportError) as error:
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        if packaged:
            raise ModelError(f"the packaged model cannot be loaded ({reason}); {REINSTALL}") from error
        log.warning("the model %s cannot be loaded (%s); using the packaged %s", model, reason, PACKAGED)
        return open_encoder(PACKAGED, cache_dir, progress)
    if refused(name, cache_dir):
        log.info("the model %s serves by sentence-transformers: it could not be exported", name)
        return encoder
    from knowledge.search.onnx_export import export

    return export(encoder, name, cache_dir, progress) or encoder
