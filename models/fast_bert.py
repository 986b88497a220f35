"""Reads windows with a BERT encoder, as fast as a processor can, by the operations that torch has for it.

The same function as Hugging Face's `BertModel` (Devlin et al. 2019, arXiv:1810.04805), differently arranged: weights
laid out for oneDNN, one product for query, key and value, sums and activations within products. Some windows are read
together (`models.window_rows`): weights are fetched once for all of them. Nothing is computed from more than a window,
and all by one thread, so that neither other windows nor the number of threads change a bit of its states. Groups of
windows are read side by side (`models.side_by_side`).
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
from models.attention import attend
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
from models.side_by_side import one_thread
from models.window_rows import WindowRows, n_rows
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
_ROWS = 768
"""Rows that are read together: with more of them no time is saved, and states leave the cache of a core."""
_TRIED = (128, 128, 113, 113, 60, 60, 60, 60, 30, 9)
"""Tokens of the windows by which it is tried out whether reading them together changes a bit."""
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
        self._rows = _ROWS
        if not self._gives_the_same_together():
            self._rows = 1

    def of_width(self, width: int) -> FastBert:
        """The same encoder, giving states of that width."""
        other = copy.copy(self)
        other.width = max(width, self._words.shape[1])
        return other

    def groups(self, windows: Sequence[Window]) -> list[list[int]]:
        """Which of the windows, by place, to read together: some of about one length, for each thread."""
        filled = [n_rows(window, len(self._places)) for window in windows]
        most = min(self._rows, -(-sum(filled) // torch.get_num_threads()))
        groups: list[list[int]] = []
        n = most
        for place in sorted(range(len(windows)), key=lambda place: (-filled[place], place)):
            n += filled[place]
            if n > most:
                groups.append([])
                n = filled[place]
            groups[-1].append(place)
        return groups

    def lay_out(self, windows: Sequence[Window]) -> WindowRows:
        """The windows of a group, to be read."""
        return WindowRows.of(windows, len(self._places), filled_up=self._rows > 1)

    def states(self, rows: WindowRows) -> torch.Tensor:
        """The states of the tokens (`models.token_states`), float32. Shape: (n_rows, width)."""
        behind = self._places[:1].expand(rows.n_behind, -1)
        places = torch.cat([*(self._places[:n] for n in rows.filled), behind])
        x = self._norm(functional.embedding(rows.ids, self._words) + places).to(self._stream)
        total = torch.zeros(x.shape) if self.width > x.shape[1] else None
        for layer in self._layers:
            attended = attend(layer.inward(x), rows.runs, self._n_heads)
            x = layer.norm(layer.outward.plus(attended, x))
            x = layer.last_norm(layer.neurons(x))
            if total is not None:
                total += x
        return x.float() if total is None else torch.cat([x.float(), total / len(self._layers)], -1)

    def _gives_the_same_together(self) -> bool:
        """Whether the first layer gives the same bits for windows together as for each alone on this processor.

        Routines of products are chosen by the number of rows, and may sum in another order.
        """
        first = copy.copy(self)
        first._layers = self._layers[:1]
        n_words, sizes = len(self._words), [min(n, len(self._places)) for n in _TRIED]
        windows = [Window(tuple((97 * k + i) % n_words for i in range(n)), ()) for k, n in enumerate(sizes)]
        with torch.inference_mode(), full_width(), one_thread():
            rows = first.lay_out(windows)
            together = first.states(rows)
            alone = [first.states(first.lay_out([window])) for window in windows]
        of_each = zip(alone, rows.starts, sizes, strict=True)
        return all(torch.equal(states[:n], together[start : start + n]) for states, start, n in of_each)

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
