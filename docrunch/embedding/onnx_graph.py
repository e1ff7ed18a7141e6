"""An exact ONNX graph of a BERT sentence encoder, built from its safetensors without torch.

    inputs   input_ids, attention_mask   int64 (batch, length)
    output   sentence_embedding          float32 (batch, hidden), masked mean over tokens, L2-normalised

Weights stay float32. Architecture: Devlin et al. 2019 (BERT), Reimers and Gurevych 2019 (mean pooling).
"""

from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load_file

from docrunch.embedding.model_files import ModelFiles
from docrunch.errors import InvalidConfig

GRAPH_VERSION = 1  # raise when the graph built from equal weights changes
OPSET = 21
_IR_VERSION = 10
_MASKED = -1e9  # added to attention scores of padding

Array = npt.NDArray[Any]


class BertConfig(msgspec.Struct, frozen=True):
    """The part of ``config.json`` that shapes the graph."""

    model_type: str
    hidden_size: int
    num_attention_heads: int
    num_hidden_layers: int
    hidden_act: str
    layer_norm_eps: float
    max_position_embeddings: int
    position_embedding_type: str = "absolute"


def read_config(files: ModelFiles) -> BertConfig:
    """Raises InvalidConfig for every architecture that this graph would compute differently."""
    try:
        config = msgspec.convert(files.json("config.json"), BertConfig)
    except msgspec.ValidationError as error:
        raise InvalidConfig(f"config.json of the embedding model {files.name}: {error}") from error
    pooling = files.json("1_Pooling/config.json") or {}
    problems = [
        what
        for what, bad in (
            (f"model_type {config.model_type}, not bert", config.model_type != "bert"),
            (f"hidden_act {config.hidden_act}, not gelu", config.hidden_act != "gelu"),
            (f"{config.position_embedding_type} positions", config.position_embedding_type != "absolute"),
            ("heads that do not divide the hidden size", config.hidden_size % config.num_attention_heads != 0),
            ("a pooling other than the mean", not pooling.get("pooling_mode_mean_tokens", True)),
            ("more layers behind the pooling", _has_other_modules(files)),
        )
        if bad
    ]
    if problems:
        raise InvalidConfig(
            f"the ONNX Runtime backend cannot run the embedding model {files.name}: it has {'; '.join(problems)}",
            hint="Use embedding.backend: torch for this model.",
        )
    return config


def _has_other_modules(files: ModelFiles) -> bool:
    known = {"Transformer", "Pooling", "Normalize"}
    return any(str(row.get("type", "")).rsplit(".", 1)[-1] not in known for row in files.json("modules.json") or [])


def build_graph(files: ModelFiles) -> onnx.ModelProto:
    """The checked model, about as large as the weights.

    Raises:
        InvalidConfig: the architecture or the weights are not those of a BERT encoder.
    """
    config = read_config(files)
    try:
        model = _BertGraph(config, _weights(files)).build()
    except KeyError as error:
        raise InvalidConfig(f"the embedding model {files.name} has no tensor {error}") from error
    # Every copy of the weights counts here: the checker makes two more, so the ones the graph was built from are gone.
    onnx.checker.check_model(model, full_check=True)
    return model


def _weights(files: ModelFiles) -> dict[str, Array]:
    return {name.removeprefix("bert."): value for name, value in load_file(files.weights).items()}


class _BertGraph:
    """Collects nodes and initialisers while the layers are written down in order."""

    def __init__(self, config: BertConfig, weights: dict[str, Array]) -> None:
        self._config = config
        self._weights = weights
        self._nodes: list[onnx.NodeProto] = []
        self._constants: dict[str, onnx.TensorProto] = {}

    def build(self) -> onnx.ModelProto:
        hidden = self._embeddings()
        mask = self._key_mask()
        for layer in range(self._config.num_hidden_layers):
            hidden = self._layer(f"encoder.layer.{layer}.", hidden, mask)
        self._pool(hidden)
        inputs = [
            helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "length"])
            for name in ("input_ids", "attention_mask")
        ]
        output = helper.make_tensor_value_info(
            "sentence_embedding", TensorProto.FLOAT, ["batch", self._config.hidden_size]
        )
        graph = helper.make_graph(
            self._nodes, "sentence_encoder", inputs, [output], initializer=list(self._constants.values())
        )
        return helper.make_model(
            graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=_IR_VERSION, producer_name="docrunch"
        )

    def _embeddings(self) -> str:
        """Word + position + type. All types are 0, so that row is folded into the table of positions."""
        weights = self._weights
        positions = (
            weights["embeddings.position_embeddings.weight"] + weights["embeddings.token_type_embeddings.weight"][0]
        )
        length = self._op("Shape", "input_ids", start=1, end=2)
        table = self._floats("positions", positions)
        place = self._op("Slice", table, self._ints("from_zero", 0), length, self._ints("axis_0", 0))
        word = self._op("Gather", self._floats("words", weights["embeddings.word_embeddings.weight"]), "input_ids")
        return self._norm(self._op("Add", word, place), "embeddings.LayerNorm")

    def _key_mask(self) -> str:
        """(batch, 1, 1, length): 0 for tokens and a large negative number for padding."""
        mask = self._op("Unsqueeze", "attention_mask", self._ints("axes_1_2", 1, 2))
        padding = self._op("Sub", self._floats("one", 1.0), self._op("Cast", mask, to=TensorProto.FLOAT))
        return self._op("Mul", padding, self._floats("masked", _MASKED))

    def _layer(self, prefix: str, hidden: str, mask: str) -> str:
        attended = self._dense(self._attention(prefix, hidden, mask), prefix + "attention.output.dense")
        hidden = self._norm(self._op("Add", attended, hidden), prefix + "attention.output.LayerNorm")
        inner = self._op("Gelu", self._dense(hidden, prefix + "intermediate.dense"), approximate="none")
        outer = self._dense(inner, prefix + "output.dense")
        return self._norm(self._op("Add", outer, hidden), prefix + "output.LayerNorm")

    def _attention(self, prefix: str, hidden: str, mask: str) -> str:
        """Queries, keys and values in one product; the scale of the scores is folded into the queries."""
        heads = self._config.num_attention_heads
        width = self._config.hidden_size // heads
        scale = width**-0.5
        names = [f"{prefix}attention.self.{part}." for part in ("query", "key", "value")]
        factors = (scale, 1.0, 1.0)
        weight = np.concatenate([self._weights[n + "weight"] * f for n, f in zip(names, factors, strict=True)])
        bias = np.concatenate([self._weights[n + "bias"] * f for n, f in zip(names, factors, strict=True)])
        joined = self._linear(hidden, prefix + "qkv", weight, bias)
        split = self._op("Reshape", joined, self._ints("split_heads", 0, 0, 3 * heads, width))
        split = self._op("Transpose", split, perm=[0, 2, 1, 3])
        query, key, value = self._split_in_three(split)
        scores = self._op("MatMul", query, self._op("Transpose", key, perm=[0, 1, 3, 2]))
        shares = self._op("Softmax", self._op("Add", scores, mask), axis=-1)
        context = self._op("Transpose", self._op("MatMul", shares, value), perm=[0, 2, 1, 3])
        return self._op("Reshape", context, self._ints("merge_heads", 0, 0, self._config.hidden_size))

    def _pool(self, hidden: str) -> None:
        tokens = self._op("Unsqueeze", "attention_mask", self._ints("axis_2", 2))
        tokens = self._op("Cast", tokens, to=TensorProto.FLOAT)
        axis = self._ints("axis_1", 1)
        total = self._op("ReduceSum", self._op("Mul", hidden, tokens), axis, keepdims=0)
        count = self._op("Max", self._op("ReduceSum", tokens, axis, keepdims=0), self._floats("least_count", 1e-9))
        mean = self._op("Div", total, count)
        norm = self._op("ReduceL2", mean, self._ints("last_axis", -1))
        self._op("Div", mean, self._op("Max", norm, self._floats("least_norm", 1e-12)), name="sentence_embedding")

    def _dense(self, x: str, name: str) -> str:
        return self._linear(x, name, self._weights[name + ".weight"], self._weights[name + ".bias"])

    def _linear(self, x: str, name: str, weight: Array, bias: Array) -> str:
        product = self._op("MatMul", x, self._floats(name + ".weight", weight.T))
        return self._op("Add", product, self._floats(name + ".bias", bias))

    def _norm(self, x: str, name: str) -> str:
        scale = self._floats(name + ".weight", self._weights[name + ".weight"])
        bias = self._floats(name + ".bias", self._weights[name + ".bias"])
        return self._op("LayerNormalization", x, scale, bias, axis=-1, epsilon=self._config.layer_norm_eps)

    def _op(self, kind: str, *inputs: str, name: str | None = None, **attributes: Any) -> str:
        made = name or f"{kind}_{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, list(inputs), [made], name=made, **attributes))
        return made

    def _split_in_three(self, x: str) -> tuple[str, str, str]:
        name = f"Split_{len(self._nodes)}"
        parts = (f"{name}_query", f"{name}_key", f"{name}_value")
        self._nodes.append(helper.make_node("Split", [x], list(parts), name=name, axis=1, num_outputs=3))
        return parts

    def _floats(self, name: str, value: Any) -> str:
        return self._constant(name, np.ascontiguousarray(value, np.float32))

    def _ints(self, name: str, *values: int) -> str:
        return self._constant(name, np.array(values, np.int64))

    def _constant(self, name: str, value: Array) -> str:
        if name not in self._constants:
            self._constants[name] = numpy_helper.from_array(value, name)
        return name
