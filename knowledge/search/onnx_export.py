"""A sentence-transformers model → one int8 graph for ONNX Runtime, used only where it agrees with the model.

    model → graph with pooling and norm → matrix products in int8 → compared with the model → cache

Weights are quantised to int8 with one scale for each column, activations with one scale for each token. A vector
therefore never depends on the other texts of its batch, as it would with `quantize_dynamic`. A few activation channels
of a transformer are many times as large as the others; SmoothQuant (Xiao et al. 2023, α = .5) moves half of that range
into the weights before they are quantised.
"""

from __future__ import annotations

import dataclasses
import hashlib
import io
import logging
import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from knowledge.progress import ProgressCallback
from knowledge.search.arrays import F32
from knowledge.search.encoder import SentenceEncoder
from knowledge.search.index import packaged_negatives
from knowledge.search.onnx_encoder import Export, OnnxEncoder, multiplies_exactly, refuse
from knowledge.search.silence import onnx_runtime

log = logging.getLogger(__name__)

_MOST = 127  # of a signed byte
_ALPHA = 0.5
_INPUTS = frozenset({"input_ids", "attention_mask", "token_type_ids"})
#: An export is used from these on: cosine with the model's own vector, of every probe and on average …
_COSINE_MIN, _COSINE_MEAN = 0.98, 0.995
#: … and the share of probes that keep their nearest neighbour.
_AGREEMENT = 0.9
_PROBES = 96
#: Steps of an export that are told of: traced, measured, put into int8, compared.
_STEPS = 4


class ExportError(Exception):
    """The model cannot be exported, or the vectors of its export differ too much from its own."""


def export(
    encoder: SentenceEncoder, name: str, cache_dir: Path | None, progress: ProgressCallback | None = None
) -> OnnxEncoder | None:
    """Return the model as an int8 graph, kept in `cache_dir`; None, with one warning, where that cannot be had.

    That it cannot be had is kept, too: the next start, with the same libraries, does not try again. `progress` hears
    of every step, as of the stage `export`.
    """
    try:
        made = verified(encoder, quantised(encoder, name, progress))
        _tell(progress, _STEPS)
    except Exception as error:  # any model may come here, and its code and the exporter's may raise anything
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        log.warning("the model %s serves by sentence-transformers, slower: no int8 export of it (%s)", name, reason)
        if cache_dir:
            refuse(name, cache_dir, reason)
        return None
    if cache_dir:
        made.keep(cache_dir)
    return made


def quantised(encoder: SentenceEncoder, name: str, progress: ProgressCallback | None = None) -> OnnxEncoder:
    """Return the model as an int8 graph, not yet compared with it."""
    import onnx

    _tell(progress, 0)
    model, (query, document) = encoder.model, encoder.prompts
    tokenizer = getattr(model.tokenizer, "backend_tokenizer", None)
    if tokenizer is None:
        raise ExportError("it has no fast tokenizer")
    graph = _traced(model)
    _tell(progress, 1)
    longest, words = int(model.max_seq_length or 512), tokenizer.to_str().encode()
    proto = onnx.load_model_from_string(graph)
    inputs = tuple(each.name for each in proto.graph.input)  # not all that its tokenizer makes: DistilBERT has no types
    found = Export(inputs, query, document, int(model.tokenizer.pad_token_id or 0), longest, "")
    ranges = _ranges(proto, OnnxEncoder(name, found, words, graph))
    _tell(progress, 2)
    _shrink(proto, ranges)
    graph = _optimised(proto.SerializeToString())
    _tell(progress, 3)
    digest = hashlib.sha256(words + graph + f"{query}|{document}|{longest}".encode()).hexdigest()[:16]
    return OnnxEncoder(name, dataclasses.replace(found, digest=digest), words, graph)


def _tell(progress: ProgressCallback | None, step: int) -> None:
    if progress is not None:
        progress("export", step, _STEPS)


def verified(encoder: SentenceEncoder, made: OnnxEncoder) -> OnnxEncoder:
    """Return `made` with its figures of agreement.

    Raises:
        ExportError: they are too low.
    """
    texts = probes()
    export = compared(encoder.queries(texts), made.queries(texts), made.export)
    if export.cosine_min < _COSINE_MIN or export.cosine_mean < _COSINE_MEAN or export.agreement < _AGREEMENT:
        raise ExportError(
            f"it disagrees with the model: cosine {export.cosine_mean:.4f} on average, {export.cosine_min:.4f} at "
            f"worst, {export.agreement:.0%} keep their nearest neighbour"
        )
    return made.described(export)


def compared(original: F32, other: F32, export: Export) -> Export:
    """Return `export` with the agreement of the two encoders' vectors of the same texts."""
    cosines = (original * other).sum(axis=1)
    nearest = [_nearest(vectors) for vectors in (original, other)]
    # Texts that the model itself cannot tell apart have no order to keep.
    ties = np.abs((original * (original[nearest[0]] - original[nearest[1]])).sum(axis=1)) < 1e-3
    return dataclasses.replace(
        export,
        probes=len(original),
        cosine_mean=round(float(cosines.mean()), 5),
        cosine_min=round(float(cosines.min()), 5),
        agreement=round(float(np.mean((nearest[0] == nearest[1]) | ties)), 4),
    )


def _nearest(vectors: F32) -> Any:  # noqa: ANN401
    likeness = vectors @ vectors.T
    np.fill_diagonal(likeness, -2)
    return likeness.argmax(axis=1)


def probes(first: int = 0) -> Sequence[str]:
    """Return texts that are like what will be encoded: questions of all kinds in both languages, and a long one.

    Args:
        first: which of the packaged negatives is the first; others make other probes.
    """
    texts = packaged_negatives()[first:]
    return [*texts[:: max(1, len(texts) // _PROBES)], " ".join(texts[:60])]


def _traced(model: Any) -> bytes:  # noqa: ANN401
    """Return the graph of the whole model, pooling and norm included."""
    import torch

    batch = model.preprocess(["a question", "another question, a longer one"])
    inputs = tuple(key for key, value in batch.items() if isinstance(value, torch.Tensor))
    if not {"input_ids", "attention_mask"} <= set(inputs) <= _INPUTS:
        raise ExportError(f"it reads {', '.join(inputs)}")

    class EmbeddingModel(torch.nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, *values: torch.Tensor) -> torch.Tensor:
            found = self.model(dict(zip(inputs, values, strict=True)))["sentence_embedding"]
            return torch.nn.functional.normalize(found, dim=-1)

    axes = {**{name: {0: "batch", 1: "width"} for name in inputs}, "vectors": {0: "batch"}}
    buffer = io.BytesIO()
    # The exporter that torch 2.9 made its default needs onnxscript; this one says at length that it is the other.
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            EmbeddingModel().eval(), tuple(batch[name] for name in inputs), buffer, dynamo=False, opset_version=17,
            input_names=list(inputs), output_names=["vectors"], dynamic_axes=axes,
        )  # fmt: skip
    return buffer.getvalue()


def _products(proto: Any) -> dict[str, list[Any]]:  # noqa: ANN401
    """Return the matrix products with constant weights, by the name of their activations."""
    weights = {each.name for each in proto.graph.initializer if len(each.dims) == 2}
    found: dict[str, list[Any]] = {}
    for node in proto.graph.node:
        if node.op_type == "MatMul" and node.input[1] in weights:
            found.setdefault(node.input[0], []).append(node)
    return found


def _ranges(proto: Any, encoder: OnnxEncoder) -> dict[str, F32]:  # noqa: ANN401
    """Return the largest magnitude of each activation channel, over texts that the comparison does not use."""
    import onnx
    from onnx import TensorProto, helper

    names = sorted(_products(proto))
    open_graph = onnx.ModelProto()
    open_graph.CopyFrom(proto)
    del open_graph.graph.output[:]
    open_graph.graph.output.extend(helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in names)
    largest: dict[str, F32] = {}
    for values in encoder.inner(open_graph.SerializeToString(), probes(1)):
        for name, value in zip(names, values, strict=True):
            most = np.abs(value).reshape(-1, value.shape[-1]).max(axis=0)
            largest[name] = np.maximum(largest.get(name, 0), most)
    return largest


def _shrink(proto: Any, ranges: dict[str, F32]) -> None:  # noqa: ANN401
    """Put int8 in the place of the float weights of every matrix product, and of every large table of embeddings."""
    from onnx import helper, numpy_helper

    weights = {each.name: each for each in proto.graph.initializer if len(each.dims) == 2}
    products = _products(proto)
    nodes: list[Any] = []
    made: dict[str, Any] = {"int8.step": np.float32(1 / _MOST), "int8.middle": np.uint8(_MOST + 1),
                            "int8.least": np.float32(1e-12)}  # fmt: skip
    divisors: dict[str, F32] = {}
    for node in proto.graph.node:
        table = weights.get(node.input[0]) if node.op_type == "Gather" else None
        if node.op_type == "MatMul" and node.input[1] in weights:
            met = node.input[0]
            if met not in divisors:
                sharing = [numpy_helper.to_array(weights[each.input[1]]) for each in products[met]]
                divisors[met] = _smoothing(ranges[met], sharing)
                nodes += _rounded(met, divisors[met], made)
            nodes += _product(node, numpy_helper.to_array(weights[node.input[1]]) * divisors[met][:, None], made)
        elif table is not None and table.dims[0] > 1000:
            nodes += _looked_up(node, numpy_helper.to_array(table), made)
        else:
            nodes.append(node)
    if not divisors:
        raise ExportError("its graph has no matrix product to quantise")
    used = {name for node in nodes for name in node.input}
    kept = [each for each in proto.graph.initializer if each.name in used]
    del proto.graph.node[:], proto.graph.initializer[:]
    proto.graph.node.extend(nodes)
    arrays = [numpy_helper.from_array(np.asarray(value), name) for name, value in made.items()]
    proto.graph.initializer.extend([*kept, *arrays])
    proto.opset_import.append(helper.make_opsetid("com.microsoft", 1))


def _optimised(graph: bytes) -> bytes:
    """Return the graph as ONNX Runtime would rewrite it at every start, whatever the processor."""
    onnxruntime = onnx_runtime()
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder) / "graph.onnx"
        options.optimized_model_filepath = str(written)
        onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        return written.read_bytes()


def _smoothing(largest: F32, weights: Sequence[F32]) -> F32:
    """Return SmoothQuant's factor of each channel (divides activations, multiplies weights), geometric mean 1."""
    heaviest = np.max([np.abs(each).max(axis=1) for each in weights], axis=0)
    wide, heavy = np.maximum(largest, 1e-5), np.maximum(heaviest, 1e-5)
    logs = _ALPHA * np.log(wide) - (1 - _ALPHA) * np.log(heavy)
    return np.asarray(np.exp(logs - logs.mean()), np.float32)


def _rounded(name: str, divisors: F32, made: dict[str, Any]) -> list[Any]:
    """Return the nodes that round `name` to bytes around 128, with a scale a token (`name.most`)."""
    from onnx import helper

    made[f"{name}.smoothing"] = 1 / divisors
    return [
        helper.make_node("Mul", [name, f"{name}.smoothing"], [f"{name}.smooth"]),
        helper.make_node("Abs", [f"{name}.smooth"], [f"{name}.sizes"]),
        helper.make_node("ReduceMax", [f"{name}.sizes"], [f"{name}.largest"], axes=[-1], keepdims=1),
        helper.make_node("Max", [f"{name}.largest", "int8.least"], [f"{name}.most"]),
        helper.make_node("Div", [f"{name}.smooth", f"{name}.most"], [f"{name}.unit"]),
        helper.make_node("QuantizeLinear", [f"{name}.unit", "int8.step", "int8.middle"], [f"{name}.bytes"]),
    ]


def _product(node: Any, weights: F32, made: dict[str, Any]) -> list[Any]:  # noqa: ANN401
    """Return the nodes of a product of bytes. The processors that would saturate get weights around 128, too."""
    from onnx import helper

    (met, name), output = node.input, node.output[0]
    scales = _scales(weights.T).reshape(-1)
    steps = np.rint(weights / scales)
    signed = multiplies_exactly()
    made[f"{name}.int8"] = steps.astype(np.int8) if signed else (steps + _MOST + 1).astype(np.uint8)
    made[f"{name}.middle"] = np.int8(0) if signed else np.uint8(_MOST + 1)
    made[f"{name}.scales"] = scales
    terms = [f"{met}.bytes", f"{name}.int8", "int8.step", f"{name}.scales", "int8.middle", f"{name}.middle"]
    return [
        helper.make_node("MatMulIntegerToFloat", terms, [f"{output}.unit"], domain="com.microsoft"),
        helper.make_node("Mul", [f"{output}.unit", f"{met}.most"], [output]),
    ]


def _looked_up(node: Any, table: F32, made: dict[str, Any]) -> list[Any]:  # noqa: ANN401
    from onnx import TensorProto, helper

    name, rows, output = node.input[0], node.input[1], node.output[0]
    scales = _scales(table)
    made[f"{name}.int8"] = np.rint(table / scales).astype(np.int8)
    made[f"{name}.scales"] = scales
    return [
        helper.make_node("Gather", [f"{name}.int8", rows], [f"{output}.int8"]),
        helper.make_node("Gather", [f"{name}.scales", rows], [f"{output}.scales"]),
        helper.make_node("Cast", [f"{output}.int8"], [f"{output}.float"], to=TensorProto.FLOAT),
        helper.make_node("Mul", [f"{output}.float", f"{output}.scales"], [output]),
    ]


def _scales(weights: F32) -> F32:
    """Return the int8 quantisation scales along the last axis; 1 where all weights are zero."""
    largest = np.abs(weights).max(axis=-1, keepdims=True) / np.float32(_MOST)
    return np.where(largest > 0, largest, np.float32(1)).astype(np.float32)
