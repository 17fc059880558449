"""Another sentence-transformers model: a real one of other shape and pooling, with weights by chance; and no hub."""

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from knowledge.search import encoder as embedder
from knowledge.search.encoder import PACKAGED, Encoder, SentenceEncoder, packaged_folder
from knowledge.search.encoder_choice import open_encoder
from knowledge.search.onnx_encoder import OnnxEncoder
from knowledge.search.retriever import Retriever
from tests.knowledge.banks import NEGATIVES, small_bank

WIDTH = 48
QUESTIONS = ["what is a gan", "过拟合怎么办", "which kernel size for a cnn", "天气怎么样"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A DistilBERT of two layers that takes the first token's vector and does not scale it to unit length."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import AutoTokenizer, DistilBertConfig, DistilBertModel

    torch.manual_seed(7)
    bare, whole = tmp_path_factory.mktemp("bare"), tmp_path_factory.mktemp("models") / "tiny-e5"
    words = AutoTokenizer.from_pretrained(packaged_folder())
    shape = DistilBertConfig(
        vocab_size=len(words), dim=WIDTH, n_layers=2, n_heads=4, hidden_dim=96, initializer_range=0.15
    )
    DistilBertModel(shape).save_pretrained(bare)
    words.save_pretrained(bare)
    SentenceTransformer(
        modules=[Transformer(str(bare), max_seq_length=64), Pooling(WIDTH, pooling_mode="cls")], device="cpu"
    ).save(str(whole))
    return whole


@pytest.fixture(scope="module")
def cache(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds the export of that model."""
    kept = tmp_path_factory.mktemp("cache")
    assert isinstance(open_encoder(str(folder), kept), OnnxEncoder), "it could not be exported"
    return kept


def test_its_export_says_what_it_says_with_the_prompts_of_its_family(folder: Path, cache: Path) -> None:
    from sentence_transformers import SentenceTransformer

    found = open_encoder(str(folder), cache)
    plain = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    for prompt, made in (("query: ", found.queries(QUESTIONS)), ("passage: ", found.passages(QUESTIONS))):
        wanted = plain.encode([prompt + text for text in QUESTIONS], normalize_embeddings=True)
        assert made.shape == (len(QUESTIONS), WIDTH)
        assert (made * wanted).sum(axis=1).min() > 0.98
    assert not found.symmetric
    without = plain.encode(QUESTIONS, normalize_embeddings=True)
    assert (found.queries(QUESTIONS) * without).sum(axis=1).max() < 0.98, "the prompt makes a difference"


def test_it_has_an_index_and_a_calibration_of_its_own(folder: Path, cache: Path, encoder: Encoder) -> None:
    bank = small_bank()
    other = open_encoder(str(folder), cache)
    fitted = [Retriever.over(bank, each, cache_dir=cache, negatives=NEGATIVES) for each in (other, encoder)]
    assert len(list(cache.glob("index-*.bin"))) == 2
    assert fitted[0].fitted != fitted[1].fitted
    before = [[r.ask(question) for question in QUESTIONS] for r in fitted]
    assert before[0] != before[1]
    stages: list[str] = []

    def hear(stage: str, done: int, total: int) -> None:
        stages.append(stage)

    for each, replies in zip((other, encoder), before, strict=True):
        again = Retriever.over(bank, each, cache_dir=cache, negatives=NEGATIVES, progress=hear)
        assert [again.ask(question) for question in QUESTIONS] == replies
    assert stages == [], "opened from the cache, neither one pushed the other out"


def test_a_hub_that_cannot_be_reached_is_told_once_and_replaced(kept_encoder: Path, tmp_path: Path) -> None:
    done = _opened_without_hub(kept_encoder, tmp_path)
    assert done.stdout.startswith(PACKAGED)
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, "one warning, and not one for each try at each file"
    assert "some/model" in lines[0]
    assert "the hub does not answer" in lines[0]
    assert "using the packaged" in lines[0]


def test_a_model_that_was_fetched_before_needs_no_hub(folder: Path, tmp_path: Path) -> None:
    kept = tmp_path / "hub" / "models--some--model"
    shutil.copytree(folder, kept / "snapshots" / "1")
    (kept / "refs").mkdir()
    (kept / "refs" / "main").write_text("1")
    done = _opened_without_hub(tmp_path / "cache", tmp_path)
    assert done.stdout.startswith("some/model-int8@"), done.stderr
    assert "using the packaged" not in done.stderr


def test_a_folder_is_not_looked_for_on_the_hub(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(embedder, "_silence", lambda name: asked.append(name) or "no route to host")
    SentenceEncoder(folder.name, str(folder), offline=False).load()
    assert asked == []
    with pytest.raises(OSError, match="no copy of it is here, and the hub does not answer: no route to host"):
        SentenceEncoder("some/model", "some/model", offline=False).load()
    assert asked == ["some/model"]


def _opened_without_hub(kept: Path, home: Path) -> subprocess.CompletedProcess[str]:
    """Open `some/model` in a process of its own, whose hub refuses every connection."""
    offline = {"HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"}
    env = {key: value for key, value in os.environ.items() if key not in offline}
    script = (
        "import sys\nfrom pathlib import Path\nfrom knowledge.search.encoder_choice import open_encoder\n"
        "print(open_encoder('some/model', Path(sys.argv[1])).identity)"
    )
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # bound and not listened to: it refuses, and is nobody else's meanwhile
        env |= {"HF_ENDPOINT": f"http://127.0.0.1:{closed.getsockname()[1]}", "HF_HOME": str(home)}
        command = [sys.executable, "-c", script, str(kept)]
        done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done
