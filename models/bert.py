"""A BERT encoder without the library around it: what reading needs, loaded in a tenth of the time.

Modules and weights have the names of Hugging Face's `BertModel`, and the states are the same to the last bit on a CPU
(Devlin et al. 2019, arXiv:1810.04805). Any other kind of encoder, and any training, goes through transformers
(`models.encoder`); tokens are `models.tokens`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import torch
from torch import nn
from torch.nn import functional

__all__ = ["Bert", "BertConfig", "States", "bert_config", "load_bert"]

_PLAIN = {
    "model_type": "bert",
    "hidden_act": "gelu",
    "position_embedding_type": "absolute",
    "is_decoder": False,
    "add_cross_attention": False,
}
"""What a configuration must say, where it says anything of it, for this module to compute the same."""


@dataclass(frozen=True, slots=True)
class BertConfig:
    """The sizes of an encoder, by the names in config.json; `written` is all that stands there."""

    vocab_size: int
    hidden_size: int
    num_hidden_layers: int
    num_attention_heads: int
    intermediate_size: int
    max_position_embeddings: int
    type_vocab_size: int
    layer_norm_eps: float
    written: Mapping[str, Any]

    @classmethod
    def of(cls, written: Mapping[str, Any]) -> Self:
        """From the keys of config.json; KeyError where a size lacks."""
        sizes = {name: written[name] for name in cls.__dataclass_fields__ if name != "written"}
        return cls(**sizes, written=dict(written))


@dataclass(frozen=True, slots=True)
class States:
    """What an encoder gives. Shape: (n_windows, n_tokens, width)."""

    last_hidden_state: torch.Tensor


class Bert(nn.Module):
    """Token ids and mask, Shape: (n_windows, n_tokens), to `States`; to read with, not to train.

    The modules within only hold weights, in the places where the library has them.
    """

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.config = config
        width, eps = config.hidden_size, config.layer_norm_eps
        self.embeddings = nn.ModuleDict(
            {
                "word_embeddings": _Embedding(config.vocab_size, width),
                "position_embeddings": _Embedding(config.max_position_embeddings, width),
                "token_type_embeddings": _Embedding(config.type_vocab_size, width),
                "LayerNorm": nn.LayerNorm(width, eps=eps),
            }
        )
        layers = nn.ModuleList(_Layer(config) for _ in range(config.num_hidden_layers))
        self.encoder = nn.ModuleDict({"layer": layers})

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> States:
        """The states of the last layer; tokens where the mask is 0 are not attended to."""
        embeddings = self.embeddings
        states = embeddings["word_embeddings"](input_ids) + embeddings["token_type_embeddings"].weight[0]
        states = states + embeddings["position_embeddings"].weight[: input_ids.shape[1]]
        states = embeddings["LayerNorm"](states)
        seen = None if bool(attention_mask.all()) else attention_mask.bool()[:, None, None, :]
        for layer in self.encoder["layer"]:
            states = layer(states, seen)
        return States(states)

    def save_pretrained(self, folder: Path) -> None:
        """Writes config.json and model.safetensors, as the library would."""
        from safetensors.torch import save_file

        tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in self.state_dict().items()}
        kind = str(next(iter(tensors.values())).dtype).removeprefix("torch.")
        written = {**self.config.written, "dtype": kind}
        (folder / "config.json").write_text(json.dumps(written, indent=2, sort_keys=True) + "\n", encoding="utf-8")
        save_file(tensors, folder / "model.safetensors", {"format": "pt"})


class _Linear(nn.Linear):
    """Holds what is there, until weights are loaded."""

    def reset_parameters(self) -> None:
        """Draws nothing."""


class _Embedding(nn.Embedding):
    """The same."""

    def reset_parameters(self) -> None:
        """Draws nothing."""


class _Layer(nn.Module):
    """Attention over the window, then a layer of neurons for each token; both added to what came in, and normed."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        width, inner, eps = config.hidden_size, config.intermediate_size, config.layer_norm_eps
        self.n_heads = config.num_attention_heads
        of_attention = nn.ModuleDict({name: _Linear(width, width) for name in ("query", "key", "value")})
        self.attention = nn.ModuleDict({"self": of_attention, "output": _output(width, width, eps)})
        self.intermediate = nn.ModuleDict({"dense": _Linear(width, inner)})
        self.output = _output(inner, width, eps)

    def forward(self, states: torch.Tensor, seen: torch.Tensor | None) -> torch.Tensor:
        n_windows, n_tokens, width = states.shape
        query, key, value = (
            layer(states).view(n_windows, n_tokens, self.n_heads, -1).transpose(1, 2)
            for layer in self.attention["self"].values()
        )
        attended = functional.scaled_dot_product_attention(query, key, value, attn_mask=seen)
        attended = attended.transpose(1, 2).reshape(n_windows, n_tokens, width)
        attention = self.attention["output"]
        states = attention["LayerNorm"](attention["dense"](attended) + states)
        inner = functional.gelu(self.intermediate["dense"](states))
        normed: torch.Tensor = self.output["LayerNorm"](self.output["dense"](inner) + states)
        return normed


def _output(n_in: int, width: int, eps: float) -> nn.ModuleDict:
    return nn.ModuleDict({"dense": _Linear(n_in, width), "LayerNorm": nn.LayerNorm(width, eps=eps)})


def bert_config(folder: Path) -> BertConfig | None:
    """The configuration of an encoder in a folder; None where it is not plainly a BERT that this module computes."""
    try:
        written = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        if any(written.get(key, plain) != plain for key, plain in _PLAIN.items()) or "model_type" not in written:
            return None
        return BertConfig.of(written)
    except (OSError, ValueError, KeyError, AttributeError):
        return None


def load_bert(folder: Path, config: BertConfig) -> Bert:
    """The encoder of a folder in float32, its weights in model.safetensors.

    Raises:
        SafetensorError, OSError, RuntimeError: weights that cannot be read, or are not those of `config`.
    """
    from safetensors.torch import load_file

    model = Bert(config)
    tensors = load_file(folder / "model.safetensors")
    kept = {name: tensor.float() for name, tensor in tensors.items() if not name.startswith("pooler.")}
    model.load_state_dict(kept, assign=True)
    return model.requires_grad_(False)
