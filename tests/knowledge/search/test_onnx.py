import dataclasses
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.search import onnx_encoder, onnx_export
from knowledge.search.arrays import F32
from knowledge.search.encoder import PACKAGED, Encoder, SentenceEncoder, packaged_folder
from knowledge.search.encoder_choice import open_encoder
from knowledge.search.onnx_encoder import Export, OnnxEncoder

ROOT = Path(onnx_encoder.__file__).parents[2]
TEXTS = ["gan", "what is overfitting?", "过拟合咋办", "a much longer question about why gradients vanish " * 4, ""]
SIGNED = onnx_encoder.multiplies_exactly()
UNMADE = Export(("input_ids", "attention_mask"), "", "", 0, 128, "none")


@pytest.fixture(scope="module")
def original() -> SentenceEncoder:
    return SentenceEncoder(PACKAGED, str(packaged_folder()), offline=True)


def test_the_export_says_what_the_model_says(encoder: Encoder, original: SentenceEncoder) -> None:
    cosines = (encoder.queries(TEXTS) * original.queries(TEXTS)).sum(axis=1)
    assert cosines.min() > 0.99
    np.testing.assert_allclose(np.linalg.norm(encoder.queries(TEXTS), axis=1), 1, atol=1e-5)


def test_its_agreement_is_reported_and_kept_with_it(encoder: Encoder) -> None:
    assert isinstance(encoder, OnnxEncoder)
    assert encoder.export.probes > 50
    assert encoder.export.cosine_mean > 0.998
    assert encoder.export.cosine_min > 0.985  # the worst of 99 texts, which change with the negatives
    assert encoder.export.agreement > 0.92  # the program refuses one below .9


@settings(max_examples=15, deadline=None)
@given(st.lists(st.sampled_from(TEXTS) | st.text(max_size=30), min_size=1, max_size=40))
def test_a_vector_does_not_depend_on_the_texts_beside_it(encoder: Encoder, texts: list[str]) -> None:
    alone = np.concatenate([encoder.queries([text]) for text in texts])
    np.testing.assert_allclose(encoder.queries(texts), alone, atol=1e-5)


def test_a_text_longer_than_the_model_reads_is_cut_where_the_model_cuts(
    encoder: Encoder, original: SentenceEncoder
) -> None:
    long = ["gradients vanish in deep networks " * 200]
    assert float(encoder.passages(long)[0] @ original.passages(long)[0]) > 0.99


def test_no_texts_are_no_vectors(encoder: Encoder) -> None:
    assert len(encoder.queries([])) == 0


def test_a_warm_cache_needs_no_torch_no_transformers_and_no_sentence_transformers(kept_encoder: Path) -> None:
    script = (
        "import sys\nfrom pathlib import Path\nfrom knowledge.search.encoder_choice import open_encoder\n"
        "found = open_encoder(cache_dir=Path(sys.argv[1]))\nfound.queries(['what is a gan'])\n"
        "print([name for name in ('torch', 'transformers', 'sentence_transformers', 'onnx') if name in sys.modules])"
    )

    def run(first: str) -> str:
        command = [sys.executable, "-c", first + script, str(kept_encoder)]
        env = {**os.environ, "HF_HUB_OFFLINE": "1"}
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=True, env=env)
        return done.stdout.strip()

    assert run("") == "[]"
    assert run("import onnx\n") == "['onnx']"  # the test can fail


def test_the_graph_multiplies_bytes_and_nothing_else_of_its_weights(encoder: Encoder) -> None:
    import onnx

    assert isinstance(encoder, OnnxEncoder)
    graph = onnx.load_model_from_string(bytes(encoder._graph)).graph
    floats = {each.name for each in graph.initializer if each.data_type == onnx.TensorProto.FLOAT}
    products = [node for node in graph.node if node.op_type in ("MatMul", "FusedMatMul", "MatMulIntegerToFloat")]
    assert sum(node.op_type == "MatMulIntegerToFloat" for node in products) == 36
    assert not any(name in floats for node in products for name in node.input[:2])


@pytest.mark.slow
def test_a_processor_that_would_saturate_gets_another_export_that_agrees_as_well(
    original: SentenceEncoder, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = onnx_encoder.fingerprint(PACKAGED)
    for module in (onnx_encoder, onnx_export):
        monkeypatch.setattr(module, "multiplies_exactly", lambda: not SIGNED)
    heard: list[tuple[str, int, int]] = []
    made = onnx_export.export(original, PACKAGED, None, lambda *step: heard.append(step))
    assert made is not None
    assert heard == [("export", step, 4) for step in range(5)], "what takes seconds tells how far it is"
    assert onnx_encoder.fingerprint(PACKAGED) != before
    np.testing.assert_allclose(made.queries(TEXTS), encoder.queries(TEXTS), atol=1e-4)


@pytest.mark.slow
def test_an_export_that_disagrees_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    coarse = onnx_export._scales

    def wrong(weights: F32) -> F32:
        return coarse(weights) * np.float32(24)

    monkeypatch.setattr(onnx_export, "_scales", wrong)
    with caplog.at_level(logging.WARNING):
        found = open_encoder(cache_dir=tmp_path)
    assert isinstance(found, SentenceEncoder)
    assert len(caplog.records) == 1
    assert "disagrees" in caplog.text
    assert not onnx_encoder.place(PACKAGED, tmp_path).exists()


def test_a_model_that_cannot_be_exported_serves_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuses(model: object) -> bytes:
        raise NotImplementedError("no symbolic for this operator\nand a page more")

    monkeypatch.setattr(onnx_export, "_traced", refuses)
    heard: list[tuple[str, int, int]] = []
    with caplog.at_level(logging.WARNING):
        found = open_encoder(cache_dir=tmp_path, progress=lambda *step: heard.append(step))
    assert heard == [("export", 0, 4)]
    assert isinstance(found, SentenceEncoder)
    assert found.queries(["gan"]).shape == (1, 384)
    assert [record.getMessage().count("\n") for record in caplog.records] == [0]
    assert "serves by sentence-transformers" in caplog.text

    def tried_again(*_: object) -> None:
        raise AssertionError("it was refused, and that is kept")

    monkeypatch.setattr(onnx_export, "export", tried_again)
    assert isinstance(open_encoder(cache_dir=tmp_path), SentenceEncoder)
    assert len(caplog.records) == 1
    monkeypatch.setattr(onnx_encoder, "version", lambda package: "0.0")  # other libraries may manage
    with pytest.raises(AssertionError, match="refused"):
        open_encoder(cache_dir=tmp_path)


def test_a_damaged_export_is_made_anew_with_a_warning(
    kept_encoder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = onnx_encoder.place(PACKAGED, tmp_path)
    data = bytearray(onnx_encoder.place(PACKAGED, kept_encoder).read_bytes())
    data[len(data) // 2] ^= 8
    path.write_bytes(data)
    with caplog.at_level(logging.WARNING):
        assert OnnxEncoder.read(PACKAGED, tmp_path) is None
    assert "the encoder in" in caplog.text
    assert "damaged" in caplog.text


def test_an_export_by_other_libraries_or_of_another_model_is_stale(
    kept_encoder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert OnnxEncoder.read(PACKAGED, kept_encoder) is not None
    assert OnnxEncoder.read("another/model", kept_encoder) is None
    monkeypatch.setattr(onnx_encoder, "version", lambda package: "0.0")
    assert OnnxEncoder.read(PACKAGED, kept_encoder) is None


def test_an_export_of_other_makers_is_stale_where_it_can_be_made_anew_and_serves_where_it_cannot(
    kept_encoder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(onnx_encoder, "writers", lambda: ("transformers 0.0",))
    assert OnnxEncoder.read(PACKAGED, kept_encoder) is None
    monkeypatch.setattr(onnx_encoder, "writers", lambda: ())  # as in an image
    assert OnnxEncoder.read(PACKAGED, kept_encoder) is not None


def test_an_image_takes_the_export_that_runs_on_every_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    here = onnx_encoder.fingerprint(PACKAGED)
    monkeypatch.setenv("EPOCH_PORTABLE_ENCODER", "1")
    onnx_encoder.multiplies_exactly.cache_clear()
    try:
        assert not onnx_encoder.multiplies_exactly()
        assert (onnx_encoder.fingerprint(PACKAGED) == here) == (not SIGNED)
    finally:
        onnx_encoder.multiplies_exactly.cache_clear()


def test_a_folder_whose_files_change_is_another_model(tmp_path: Path) -> None:
    (tmp_path / "weights").write_bytes(b"one")
    before = onnx_encoder.fingerprint(str(tmp_path))
    assert onnx_encoder.fingerprint(str(tmp_path)) == before
    (tmp_path / "weights").write_bytes(b"other")
    assert onnx_encoder.fingerprint(str(tmp_path)) != before


def test_agreement_is_measured_by_cosine_and_by_nearest_neighbour() -> None:
    def unit(rows: Sequence[Sequence[float]]) -> F32:
        found = np.array(rows, np.float32)
        return found / np.linalg.norm(found, axis=1, keepdims=True)

    original = unit([(1, 0), (1, 0.2), (0, 1), (0.3, 1)])
    same = onnx_export.compared(original, original, UNMADE)
    assert (same.cosine_mean, same.cosine_min, same.agreement, same.probes) == (1, 1, 1, 4)
    turned = onnx_export.compared(original, original[::-1].copy(), UNMADE)
    assert turned.cosine_min < 0.5
    swapped = original[[0, 2, 1, 3]].copy()
    assert onnx_export.compared(original, swapped, UNMADE).agreement < 1
    assert dataclasses.replace(same, probes=0, cosine_mean=0.0, cosine_min=0.0, agreement=0.0) == UNMADE


def test_a_session_that_is_opened_ahead_is_opened_once(encoder: Encoder, monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(encoder, OnnxEncoder)
    fresh, opened, begun, go = encoder.described(encoder.export), [], threading.Event(), threading.Event()
    real = onnx_encoder._opened

    def slow(graph: bytes) -> object:
        opened.append(threading.current_thread().name)
        begun.set()
        go.wait(30)
        return real(graph)

    monkeypatch.setattr(onnx_encoder, "_opened", slow)
    fresh.load_ahead()
    assert begun.wait(30)
    with ThreadPoolExecutor(1) as asking:
        found = asking.submit(fresh.queries, TEXTS)  # waits for the session that is on its way
        go.set()
        np.testing.assert_allclose(found.result(), encoder.queries(TEXTS), atol=1e-5)
    assert len(opened) == 1


def test_what_cannot_be_opened_ahead_is_told_by_the_first_use() -> None:
    broken = OnnxEncoder("x", UNMADE, b"no tokenizer", b"no graph")
    broken.load_ahead()
    with pytest.raises(Exception, match=r"expected|JSON|tokenizer|line 1"):
        broken.queries(["what is a GAN?"])
