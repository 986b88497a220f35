"""Loads encoders and tokenizers: any Hugging Face encoder by name or path, safetensors only, never remote code.

To train, and for any kind but BERT, it is transformers that loads them; what is only read with is loaded without that
library where it can be (`models.bert`, `models.tokens`), which takes seconds to import.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from nlp.errors import CheckpointError

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel, PreTrainedTokenizerFast

__all__ = [
    "UNSAFE_SUFFIXES",
    "Encoder",
    "choose_device",
    "fast_bfloat16",
    "load_encoder",
    "load_reader",
    "unsafe_message",
]

UNSAFE_SUFFIXES = {".bin", ".pt", ".pth", ".pkl", ".pickle", ".ckpt", ".joblib", ".h5", ".msgpack"}


@dataclass(frozen=True, slots=True)
class Encoder:
    """A transformer that turns token ids into states, and the tokenizer that belongs to it."""

    model: PreTrainedModel
    tokenizer: PreTrainedTokenizerFast

    @property
    def width(self) -> int:
        """Size of a token state."""
        return int(self.model.config.hidden_size)

    @property
    def max_positions(self) -> int:
        """The longest window the encoder can read, in tokens."""
        positions = int(getattr(self.model.config, "max_position_embeddings", 512))
        # RoBERTa-likes spend the first positions on padding.
        return min(512, positions - (2 if positions % 2 == 0 and positions in {514, 1026, 8194} else 0))


def load_reader(folder: Path) -> Encoder:
    """The encoder of a model folder, in float32 on the CPU, to read with and not to train.

    Raises:
        CheckpointError: as `load_encoder`.
    """
    from models.adapter import take_adapter
    from models.bert import bert_config, load_bert
    from models.tokens import load_tokens

    config = bert_config(folder)
    if config is None:
        return load_encoder(str(folder))
    try:
        encoder = Encoder(
            cast("PreTrainedModel", load_bert(folder, config)), cast("PreTrainedTokenizerFast", load_tokens(folder))
        )
    except Exception:
        return load_encoder(str(folder))  # which reads more, or says what is wrong
    take_adapter(encoder.model, folder)
    return encoder


def load_encoder(name_or_path: str) -> Encoder:
    """The encoder of a hub name or a folder, in float32 on the CPU.

    Raises:
        CheckpointError: nothing there, weights that are not safetensors, no fast tokenizer.
    """
    from transformers import AutoModel, AutoTokenizer
    from transformers.utils import logging

    from models.adapter import take_adapter

    logging.disable_progress_bar()
    logging.set_verbosity_error()
    path = Path(name_or_path)
    if path.is_file() and path.suffix.lower() in UNSAFE_SUFFIXES:
        raise CheckpointError(unsafe_message(path))
    if path.is_dir() and not any(path.glob("*.safetensors")):
        unsafe = sorted(p for p in path.rglob("*") if p.suffix.lower() in UNSAFE_SUFFIXES)
        raise CheckpointError(
            unsafe_message(unsafe[0]) if unsafe else f"no *.safetensors in {path}: give a folder with an encoder"
        )
    options: dict[str, Any] = {"trust_remote_code": False}
    try:
        tokenizer = AutoTokenizer.from_pretrained(name_or_path, use_fast=True, **options)
        model = AutoModel.from_pretrained(name_or_path, use_safetensors=True, dtype="float32", **options)
    except Exception as error:  # tokenizers raises bare Exception, safetensors and transformers their own kinds
        raise CheckpointError(
            f"cannot load the encoder {name_or_path!r}: {error}. "
            "Give a local folder, or a hub name on a machine with network"
        ) from error
    if path.is_dir():
        take_adapter(model, path)
    if getattr(model, "pooler", None) is not None:
        model.pooler = None  # froth reads token states; an unused pooler would only add random weights to a checkpoint
    if not tokenizer.is_fast:
        raise CheckpointError(f"{name_or_path!r} has no fast tokenizer; froth needs tokenizer.json")
    for name in ("pad_token_id", "unk_token_id", "cls_token_id", "sep_token_id"):
        if getattr(tokenizer, name) is None:
            raise CheckpointError(
                f"the tokenizer of {name_or_path!r} has no {name}; froth needs an encoder's tokenizer"
            )
    return Encoder(model, cast("PreTrainedTokenizerFast", tokenizer))


def choose_device(wish: str) -> torch.device:
    """`auto` is the GPU where there is one; anything else is checked here and now.

    Raises:
        CheckpointError: a device that this machine does not have.
    """
    import torch

    if wish == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        device = torch.device(wish)
        torch.empty(1, device=device)
    except (RuntimeError, AssertionError) as error:
        raise CheckpointError(f"device {wish!r} cannot be used here ({error}); give auto, cpu or cuda") from error
    return device


def fast_bfloat16(device: torch.device) -> bool:
    """Whether the device multiplies in bfloat16 faster than in float32."""
    import torch

    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    found = torch.cpu.get_capabilities() if device.type == "cpu" else {}
    return bool(found.get("avx512_bf16") or found.get("amx_bf16"))


def unsafe_message(path: Path) -> str:
    """Why a file that may be a pickle is not opened."""
    return (
        f"{path} may be a pickle, and opening a pickle runs the code inside it: froth refuses it unopened. "
        "Convert the weights to safetensors first"
    )
