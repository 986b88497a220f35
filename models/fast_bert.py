"""Reads one window after another with a BERT encoder, as fast as a processor can, by the operations torch has for it.

The same function as Hugging Face's `BertModel` (Devlin et al. 2019, arXiv:1810.04805), differently arranged: weights
laid out for oneDNN, one product for query, key and value, sums and activations within products. A window is filled up
to a multiple of 16 tokens, as each length has routines of its own that are made when first needed; a few of one length
are read together, which takes less time than one by one. Nothing is computed from more than a window, and all by one
thread, so that neither other windows nor the number of threads change a bit of its states. Groups of windows are read
side by side (`models.side_by_side`).
"""

from __future__ import annotations

import copy
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch.nn import functional

from models.arithmetic import Precision, full_width, has_onednn
from models.attention import attention
from models.encoder import fast_bfloat16
from models.freed_memory import keep_freed_memory
from models.packed import (
    Int8Linear,
    Int8Neurons,
    Linear,
    Neurons,
    PackedLinear,
    PackedNeurons,
    Spread,
)
from models.windows import Window

__all__ = ["FastBert", "can_read_fast"]

_PLAIN = {
    "model_type": "bert",
    "hidden_act": "gelu",
    "position_embedding_type": "absolute",
    "is_decoder": False,
    "add_cross_attention": False,
}
"""What a configuration must say, where it says anything of it, for this module to compute the same."""
_MULTIPLE = 16
_TOGETHER = 4
"""Windows that are read together: with more of them little time is saved, and fewer lengths have as many."""
_TRIED = 112
"""Tokens of a window by which it is tried out whether that changes a bit: a usual length."""
_SCORES_AT_ONCE = 1_600_000
"""Bytes of the scores of attention that are in memory together: more of them leave the cache of a core."""
_INWARD = ("query", "key", "value")


@dataclass(frozen=True, slots=True)
class _Norm:
    """`far` says which columns go far, where that is known (`models.norm_reach`)."""

    weight: torch.Tensor
    bias: torch.Tensor
    eps: float
    far: torch.Tensor | None

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        return functional.layer_norm(x, (x.shape[-1],), self.weight, self.bias, self.eps)

    @property
    def spread(self) -> Spread:
        """Where the columns of what it gives lie."""
        return Spread.of_norm(self.weight, self.bias, self.far)


@dataclass(frozen=True, slots=True)
class _Norms:
    """All norms of an encoder, by where they are."""

    weights: Mapping[str, torch.Tensor]
    eps: float
    far: Mapping[str, torch.Tensor]

    def at(self, place: str, dtype: torch.dtype) -> _Norm:
        weight, bias = (self.weights[f"{place}.LayerNorm.{name}"].to(dtype) for name in ("weight", "bias"))
        return _Norm(weight, bias, self.eps, self.far.get(place))


@dataclass(frozen=True, slots=True)
class _Layer:
    """The parts of a layer in the order in which they work; `inward` gives query, key and value."""

    inward: Linear
    outward: Linear
    norm: _Norm
    neurons: Neurons
    last_norm: _Norm


def can_read_fast(model: Any) -> bool:  # noqa: ANN401 - of transformers, or our own
    """Whether `FastBert` computes what this encoder does, on this processor."""
    config = model.config
    written = getattr(config, "written", None) or config.to_dict()
    plain = all(written.get(key, value) == value for key, value in _PLAIN.items()) and "model_type" in written
    return plain and has_onednn()


class FastBert:
    """An encoder on the CPU in one precision; holds a copy of its weights, so make it when they are final."""

    def __init__(
        self,
        model: Any,  # noqa: ANN401 - as above
        precision: Precision = "fp32",
        width: int = 0,
        far: Mapping[str, torch.Tensor] | None = None,
    ) -> None:
        keep_freed_memory()
        weights: Mapping[str, torch.Tensor] = {name: tensor.detach() for name, tensor in model.state_dict().items()}
        config = model.config
        self._n_heads = int(config.num_attention_heads)
        self._words = weights["embeddings.word_embeddings.weight"]
        self.width = max(width, self._words.shape[1])
        places, kinds = (weights[f"embeddings.{name}_embeddings.weight"] for name in ("position", "token_type"))
        self._places = places + kinds[0]
        self._stream = torch.bfloat16 if precision == "bf16" else torch.float32
        half = precision == "bf16" or (precision == "int8" and fast_bfloat16(torch.device("cpu")))
        self._attention = torch.bfloat16 if half else torch.float32
        norms = _Norms(weights, float(config.layer_norm_eps), far or {})
        self._norm = norm = norms.at("embeddings", torch.float32)
        self._layers = []
        for number in range(config.num_hidden_layers):
            layer = self._layer(weights, f"encoder.layer.{number}", norm, norms, precision)
            self._layers.append(layer)
            norm = layer.last_norm
        self._together = _TOGETHER if self._gives_the_same_together() else 1

    def of_width(self, width: int) -> FastBert:
        """The same encoder, giving states of that width."""
        other = copy.copy(self)
        other.width = max(width, self._words.shape[1])
        return other

    def groups(self, windows: Sequence[Window]) -> list[list[int]]:
        """Which of the windows, by place, to give to `states` together: a few that are filled up alike."""
        by_length: dict[int, list[int]] = {}
        for place, window in enumerate(windows):
            by_length.setdefault(_filled(len(window.ids)), []).append(place)
        return [
            places[start : start + self._together]
            for _, places in sorted(by_length.items(), reverse=True)
            for start in range(0, len(places), self._together)
        ]

    def states(self, windows: Sequence[Window]) -> list[torch.Tensor]:
        """The states of the tokens (`models.token_states`) of each window of a group.

        Shape: (n_tokens, width) each, float32.
        """
        sizes = [len(window.ids) for window in windows]
        n = min(_filled(max(sizes)), len(self._places))
        ids = torch.zeros(len(windows), n, dtype=torch.long)
        for index, window in enumerate(windows):
            ids[index, : sizes[index]] = torch.tensor(window.ids)
        x = (functional.embedding(ids, self._words) + self._places[:n]).flatten(0, 1)
        x = self._norm(x).to(self._stream)
        total = torch.zeros(x.shape) if self.width > x.shape[1] else None
        for layer in self._layers:
            attended = self._attend(layer.inward(x), sizes)
            x = layer.norm(layer.outward.plus(attended, x))
            x = layer.last_norm(layer.neurons(x))
            if total is not None:
                total += x
        found = x.float() if total is None else torch.cat([x.float(), total / len(self._layers)], -1)
        return [of[:size] for of, size in zip(found.view(len(sizes), n, -1), sizes, strict=True)]

    def _gives_the_same_together(self) -> bool:
        """Whether the first layer gives the same bits for windows together as for each alone on this processor.

        Routines of products are chosen by the number of rows, and may sum in another order.
        """
        first = copy.copy(self)
        first._layers = self._layers[:1]
        n_words, n = len(self._words), min(_TRIED, len(self._places))
        windows = [Window(tuple((n * k + i) % n_words for i in range(n)), ()) for k in range(_TOGETHER)]
        with torch.inference_mode(), full_width():
            together, alone = first.states(windows), [first.states([window])[0] for window in windows]
        return all(map(torch.equal, together, alone))

    def _attend(self, inward: torch.Tensor, sizes: Sequence[int]) -> torch.Tensor:
        """Attention within each window, to as many tokens as it has. Shape: (n_windows · n, 3 · width) → (…, width)."""
        n_windows, n = len(sizes), len(inward) // len(sizes)
        parts = inward.view(n_windows, n, 3, self._n_heads, -1).permute(2, 0, 3, 1, 4).contiguous()
        some = max(1, _SCORES_AT_ONCE // (n * n * inward.element_size()))
        attended = []
        for start in range(0, n_windows, several := max(1, some // self._n_heads)):
            own = sizes[start : start + several]
            heads = parts[:, start : start + several].flatten(1, 2)
            attended += [attention(of[0], of[1], of[2], own) for of in heads.split(some, dim=1)]
        return torch.cat(attended).view(n_windows, self._n_heads, n, -1).transpose(1, 2).reshape(n_windows * n, -1)

    def _layer(
        self, weights: Mapping[str, torch.Tensor], place: str, norm: _Norm, norms: _Norms, precision: Precision
    ) -> _Layer:
        """A layer, what comes into which was normed by `norm`."""
        scale = self._query_scale()
        asked = [(f"{place}.attention.self.{name}", scale if name == "query" else 1.0) for name in _INWARD]
        inward = (
            torch.cat([weights[f"{at}.weight"] * by for at, by in asked]),
            torch.cat([weights[f"{at}.bias"] * by for at, by in asked]),
        )
        outward, up, down = (
            (weights[f"{place}.{name}.dense.weight"], weights[f"{place}.{name}.dense.bias"])
            for name in ("attention.output", "intermediate", "output")
        )
        middle, last = (norms.at(f"{place}.{name}", self._stream) for name in ("attention.output", "output"))
        if precision == "int8":
            values = tuple(part[-len(self._words[0]) :] for part in inward)
            means = Spread.of_attention((values[0], values[1]), (norm.weight, norm.bias))
            neurons = Int8Neurons.of(up, down, (middle.weight, middle.bias), middle.spread)
            first = Int8Linear.of(inward, norm.spread, self._attention)
            return _Layer(first, Int8Linear.of(outward, means), middle, neurons, last)
        packed = [PackedLinear.of(part, self._stream) for part in (inward, outward, up, down)]
        return _Layer(packed[0], packed[1], middle, PackedNeurons(packed[2], packed[3]), last)

    def _query_scale(self) -> float:
        """By what queries are multiplied, for powers of two: they are faster than those of e."""
        return math.log2(math.e) / math.sqrt(self._words.shape[1] / self._n_heads)


def _filled(n: int) -> int:
    return -(-n // _MULTIPLE) * _MULTIPLE
