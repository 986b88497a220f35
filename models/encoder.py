"""Loads encoders and tokenizers: any Hugging Face encoder by name or path, safetensors only, never remote code.

XLM-R (and E5, BGE-M3), BERT (and BGE), RoBERTa, DeBERTa, ModernBERT and their likes: what is asked of a model is the
states of its tokens from ids and mask, of a tokenizer that it is a fast one.

To train, and for any kind but BERT, it is transformers that loads them; what is only read with is loaded without that
library where it can be (`models.bert`, `models.tokens`), which takes seconds to import.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from models.marks import Marks, marks_of
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

_LONGEST = 512
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
    def marks(self) -> Marks:
        """The token ids that windows are made with."""
        return marks_of(self.tokenizer)

    @property
    def max_positions(self) -> int:
        """The longest window the encoder can read, in tokens, 512 at most."""
        from torch import nn

        limits = [_LONGEST]
        learnt = False
        for name, module in self.model.named_modules():
            if name.endswith("position_embeddings") and isinstance(module, nn.Embedding):
                learnt = True
                # RoBERTa-likes count positions from the one after the padding's.
                limits.append(module.num_embeddings - (0 if module.padding_idx is None else module.padding_idx + 1))
        stated = getattr(self.model.config, "max_position_embeddings", None)
        if not learnt and stated is not None and stated > 0:
            limits.append(int(stated))
        return min(limits)


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
        model, loaded = AutoModel.from_pretrained(
            name_or_path, use_safetensors=True, dtype="float32", output_loading_info=True, **options
        )
    except Exception as error:  # tokenizers raises bare Exception, safetensors and transformers their own kinds
        pickled = "" if path.is_dir() else f". If all that is published is a pickle, {_conversion(name_or_path)}"
        raise CheckpointError(
            f"cannot load the encoder {name_or_path!r}: {str(error).rstrip('.')}. "
            f"Give a local folder, or a hub name on a machine with network{pickled}"
        ) from error
    _check_kind(name_or_path, model, loaded["missing_keys"])
    if path.is_dir():
        take_adapter(model, path)
    if getattr(model, "pooler", None) is not None:
        model.pooler = None  # froth reads token states; an unused pooler would only add random weights to a checkpoint
    if not tokenizer.is_fast:
        raise CheckpointError(f"{name_or_path!r} has no fast tokenizer; froth needs tokenizer.json")
    marks_of(tokenizer)
    return Encoder(model, cast("PreTrainedTokenizerFast", tokenizer))


def _check_kind(name: str, model: PreTrainedModel, missing: Iterable[str]) -> None:
    """Refuses what has no encoder's states to give, and random weights where trained ones are lacking."""
    if model.config.is_encoder_decoder:
        raise CheckpointError(
            f"{name!r} ({model.config.model_type}) writes text, it is an encoder with a decoder: give an encoder, "
            "for example xlm-roberta-base"
        )
    if lacking := sorted(key for key in missing if "pooler" not in key.split(".")):
        raise CheckpointError(
            f"the weights of {name!r} lack {len(lacking)} tensors ({lacking[0]} …), which would be random: "
            "give the folder of the whole encoder"
        )


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
    """Why a file that may be a pickle is not opened, and what to do."""
    return (
        f"{path} may be a pickle, and opening a pickle runs the code inside it: froth refuses it unopened. "
        f"Convert the weights to safetensors first; {_conversion(str(path.parent))}"
    )


def _conversion(name_or_path: str) -> str:
    """A command that reads the tensors of a pickle, and of a tokenizer its files, and writes both as froth takes them.

    transformers opens pickles by torch's reader that runs nothing (`weights_only`).
    """
    target = f"{Path(name_or_path).name or 'encoder'}-safe"
    parts = "; ".join(
        f"{kind}.from_pretrained({name_or_path!r}).save_pretrained({target!r})"
        for kind in ("AutoModel", "AutoTokenizer")
    )
    return f'run: python -c "from transformers import AutoModel, AutoTokenizer; {parts}", then give {target}'
