"""Reads one window after another with a BERT encoder, as fast as a processor can, by the operations torch has for it.

The same function as Hugging Face's `BertModel` (Devlin et al. 2019, arXiv:1810.04805), differently arranged: weights
laid out for oneDNN, one product for query, key and value, sums and activations within products. A window is read
alone and by one thread, so that neither other windows nor the number of threads change a bit of its states; it is
filled up to a multiple of 16 tokens, as each length has routines of its own that are made when first needed. Windows
are read side by side (`models.side_by_side`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch.nn import functional

from models.arithmetic import Precision, has_onednn
from models.encoder import fast_bfloat16
from models.freed_memory import keep_freed_memory
from models.packed import (
    Int8Linear,
    Int8Neurons,
    Linear,
    Neurons,
    PackedLinear,
    PackedNeurons,
    column_sizes,
)

if TYPE_CHECKING:
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
_SCORES_AT_ONCE = 1_600_000
"""Bytes of the scores of attention that are in memory together: more of them leave the cache of a core."""
_INWARD = ("query", "key", "value")
_FAR = 2.0**64
"""Where sums of powers of two are beyond this, or below its inverse, they may have left the range of numbers."""


@dataclass(frozen=True, slots=True)
class _Norm:
    weight: torch.Tensor
    bias: torch.Tensor
    eps: float

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        return functional.layer_norm(x, (x.shape[-1],), self.weight, self.bias, self.eps)


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

    def __init__(self, model: Any, precision: Precision = "fp32", width: int = 0) -> None:  # noqa: ANN401 - as above
        keep_freed_memory()
        weights: Mapping[str, torch.Tensor] = {name: tensor.detach() for name, tensor in model.state_dict().items()}
        config = model.config
        self._n_heads = int(config.num_attention_heads)
        self._words = weights["embeddings.word_embeddings.weight"]
        self.width = max(width, self._words.shape[1])
        self._is_deep = self.width > self._words.shape[1]
        places, kinds = (weights[f"embeddings.{name}_embeddings.weight"] for name in ("position", "token_type"))
        self._places = places + kinds[0]
        self._stream = torch.bfloat16 if precision == "bf16" else torch.float32
        half = precision == "bf16" or (precision == "int8" and fast_bfloat16(torch.device("cpu")))
        self._attention = torch.bfloat16 if half else torch.float32
        eps = float(config.layer_norm_eps)
        self._norm = norm = _norm(weights, "embeddings", eps, torch.float32)
        self._layers = []
        for number in range(config.num_hidden_layers):
            layer = self._layer(weights, f"encoder.layer.{number}", norm, eps, precision)
            self._layers.append(layer)
            norm = layer.last_norm

    def states(self, window: Window) -> torch.Tensor:
        """The states of a window's tokens (`models.token_states`), Shape: (n_tokens, width), float32."""
        n, padded = len(window.ids), min(_filled(len(window.ids)), len(self._places))
        ids = torch.zeros(padded, dtype=torch.long)
        ids[:n] = torch.tensor(window.ids)
        x = self._norm(functional.embedding(ids, self._words) + self._places[:padded]).to(self._stream)
        total = torch.zeros(len(x), x.shape[1]) if self._is_deep else None
        for layer in self._layers:
            attended = self._attend(layer.inward(x), n)
            x = layer.norm(layer.outward.plus(attended, x))
            x = layer.last_norm(layer.neurons(x))
            if total is not None:
                total += x
        last = x[:n].float()
        return last if total is None else torch.cat([last, total[:n] / len(self._layers)], -1)

    def _attend(self, inward: torch.Tensor, n_real: int) -> torch.Tensor:
        """Attention to the first `n_real` tokens. Shape: (n, 3 · width) → (n, width)."""
        n = len(inward)
        parts = inward.view(n, 3, self._n_heads, -1).permute(1, 2, 0, 3).contiguous()
        some = max(1, _SCORES_AT_ONCE // (n * n * inward.element_size()))
        attended = [_attention(of[0], of[1], of[2], n_real) for of in parts.split(some, dim=1)]
        return torch.cat(attended).transpose(0, 1).reshape(n, -1)

    def _layer(
        self, weights: Mapping[str, torch.Tensor], place: str, norm: _Norm, eps: float, precision: Precision
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
        middle = _norm(weights, f"{place}.attention.output", eps, self._stream)
        last = _norm(weights, f"{place}.output", eps, self._stream)
        if precision == "int8":
            first = Int8Linear.of(inward, column_sizes(norm.weight, norm.bias), self._attention)
            neurons = Int8Neurons.of(up, down, (middle.weight, middle.bias))
            return _Layer(first, Int8Linear.of(outward), middle, neurons, last)
        packed = [PackedLinear.of(part, self._stream) for part in (inward, outward, up, down)]
        return _Layer(packed[0], packed[1], middle, PackedNeurons(packed[2], packed[3]), last)

    def _query_scale(self) -> float:
        """By what queries are multiplied, for powers of two: they are faster than those of e."""
        return math.log2(math.e) / math.sqrt(self._words.shape[1] / self._n_heads)


def _filled(n: int) -> int:
    return -(-n // _MULTIPLE) * _MULTIPLE


def _attention(query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, n_real: int) -> torch.Tensor:
    """Of some heads. Shape: (n_heads, n, width of a head) each, and the result."""
    powers = _scores(query, key, n_real).exp2_()
    sums = powers.sum(-1, keepdim=True, dtype=torch.float32)
    attended = torch.bmm(powers, value).div_(sums)
    # Powers are taken as they come, and again from the greatest on for the few heads of which some are out of range.
    least, most = (float(bound) for bound in torch.aminmax(sums))
    if not 1 / _FAR < least <= most < _FAR:
        loud = ~((sums > 1 / _FAR) & (sums < _FAR)).flatten(1).all(1)
        scores = _scores(query[loud], key[loud], n_real)
        powers = scores.sub_(scores.amax(-1, keepdim=True)).exp2_()
        attended[loud] = torch.bmm(powers, value[loud]).div_(powers.sum(-1, keepdim=True))
    return attended


def _scores(query: torch.Tensor, key: torch.Tensor, n_real: int) -> torch.Tensor:
    scores = torch.bmm(query, key.transpose(1, 2))
    if n_real < scores.shape[-1]:
        scores[:, :, n_real:] = -torch.inf
    return scores


def _norm(weights: Mapping[str, torch.Tensor], place: str, eps: float, dtype: torch.dtype) -> _Norm:
    return _Norm(weights[f"{place}.LayerNorm.weight"].to(dtype), weights[f"{place}.LayerNorm.bias"].to(dtype), eps)
