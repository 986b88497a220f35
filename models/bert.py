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
    """What an encoder gives: of the last layer, and of words and all layers where asked for.

    Shape: (n_windows, n_tokens, width) each.
    """

    last_hidden_state: torch.Tensor
    hidden_states: tuple[torch.Tensor, ...] = ()


class Bert(nn.Module):
    """Token ids and mask, Shape: (n_windows, n_tokens), to `States`; to read with, not to train."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.config = config
        self.embeddings = _Embeddings(config)
        self.encoder = _Encoder(config)

    def forward(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor, *, output_hidden_states: bool = False
    ) -> States:
        """The states of the layers; tokens where the mask is 0 are not attended to."""
        seen = None if bool(attention_mask.all()) else attention_mask.bool()[:, None, None, :]
        states = self.embeddings(input_ids)
        kept = [states]
        for layer in self.encoder.layer:
            states = layer(states, seen)
            if output_hidden_states:
                kept.append(states)
        return States(states, tuple(kept) if output_hidden_states else ())

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


class _Embeddings(nn.Module):
    """Word, place and the one type of text, added up and normed."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        width = config.hidden_size
        self.word_embeddings = _Embedding(config.vocab_size, width)
        self.position_embeddings = _Embedding(config.max_position_embeddings, width)
        self.token_type_embeddings = _Embedding(config.type_vocab_size, width)
        self.LayerNorm = nn.LayerNorm(width, eps=config.layer_norm_eps)

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        states = self.word_embeddings(ids) + self.token_type_embeddings.weight[0]
        normed: torch.Tensor = self.LayerNorm(states + self.position_embeddings.weight[: ids.shape[1]])
        return normed


class _Encoder(nn.Module):
    """Holds the layers."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.layer = nn.ModuleList(_Layer(config) for _ in range(config.num_hidden_layers))


class _Layer(nn.Module):
    """Attention over the window, then a layer of neurons for each token; both added to what came in, and normed."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.attention = _Attention(config)
        self.intermediate = _Dense(config.hidden_size, config.intermediate_size)
        self.output = _Added(config.intermediate_size, config)

    def forward(self, states: torch.Tensor, seen: torch.Tensor | None) -> torch.Tensor:
        states = self.attention(states, seen)
        out: torch.Tensor = self.output(functional.gelu(self.intermediate.dense(states)), states)
        return out


class _Attention(nn.Module):
    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.self = _Heads(config)
        self.output = _Added(config.hidden_size, config)

    def forward(self, states: torch.Tensor, seen: torch.Tensor | None) -> torch.Tensor:
        out: torch.Tensor = self.output(self.self(states, seen), states)
        return out


class _Heads(nn.Module):
    """Scaled dot-product attention of several heads."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.n_heads, width = config.num_attention_heads, config.hidden_size
        self.query, self.key, self.value = (_Linear(width, width) for _ in range(3))

    def forward(self, states: torch.Tensor, seen: torch.Tensor | None) -> torch.Tensor:
        n_windows, n_tokens, _ = states.shape
        query, key, value = (
            layer(states).view(n_windows, n_tokens, self.n_heads, -1).transpose(1, 2)
            for layer in (self.query, self.key, self.value)
        )
        attended = functional.scaled_dot_product_attention(query, key, value, attn_mask=seen)
        return attended.transpose(1, 2).reshape(states.shape)


class _Dense(nn.Module):
    def __init__(self, n_in: int, n_out: int) -> None:
        super().__init__()
        self.dense = _Linear(n_in, n_out)


class _Added(nn.Module):
    """A linear layer whose answer is added to what was there, and normed."""

    def __init__(self, n_in: int, config: BertConfig) -> None:
        super().__init__()
        self.dense = _Linear(n_in, config.hidden_size)
        self.LayerNorm = nn.LayerNorm(config.hidden_size, eps=config.layer_norm_eps)

    def forward(self, states: torch.Tensor, before: torch.Tensor) -> torch.Tensor:
        normed: torch.Tensor = self.LayerNorm(self.dense(states) + before)
        return normed


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
