"""An unfinished training on disk: one safetensors file from which it goes on as if it had never stopped.

Weights, the best pass so far, the optimiser's moments and the random numbers are its tensors; how far the run had come
is its metadata. The loop that writes and reads it is `models.fitting`.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from nlp.errors import CheckpointError, TrainingError

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

    from models.training_log import TrainingLog

__all__ = [
    "STATE",
    "SavedState",
    "StateFile",
    "Unfinished",
    "network_hash",
    "random_state",
    "read_state",
    "set_random_state",
    "write_state",
]

STATE = "state.safetensors"
"""Name of the file in the folder of an unfinished run."""

Parts = Mapping[str, Mapping[str, torch.Tensor]]

_SAVING_SHARE = 0.05
"""The time spent on saving, at most, as a share of the whole."""


@dataclass
class StateFile:
    """Where an unfinished run is kept.

    Attributes:
        path: a safetensors file, replaced as a whole.
        run: what the run is (settings, base, labels) as a hash; a state of another run is refused.
        seconds: how often it is written, apart from the end of each pass; more rarely where writing is slow.
    """

    path: Path
    run: str
    seconds: float = 120.0
    _next: float = field(default_factory=lambda: 0.0, repr=False)

    @property
    def due(self) -> bool:
        """Whether it is time to write; the first time `seconds` after the first question."""
        if not self._next:
            self._next = time.monotonic() + self.seconds
        return time.monotonic() >= self._next

    def written(self, took: float) -> None:
        """Notes that it was written just now, in `took` seconds."""
        self._next = time.monotonic() + (max(self.seconds, took / _SAVING_SHARE) if self.seconds else 0.0)


@dataclass(frozen=True, slots=True)
class Unfinished:
    """What an unfinished run keeps on disk."""

    state: StateFile
    log: TrainingLog


@dataclass(frozen=True, slots=True)
class SavedState:
    """What a state file holds: tensors by part and name, and how far the run had come."""

    parts: Parts
    progress: dict[str, Any]


def write_state(file: StateFile, state: SavedState) -> None:
    """Writes the state, all of it or nothing.

    Raises:
        TrainingError: the file cannot be written.
    """
    from safetensors.torch import save_file

    started = time.monotonic()
    tensors = {
        f"{part}/{name}": tensor.detach().cpu().contiguous()
        for part, named in state.parts.items()
        for name, tensor in named.items()
    }
    scratch = file.path.with_suffix(".partial")
    try:
        save_file(tensors, scratch, {"run": file.run, "progress": json.dumps(state.progress)})
        scratch.replace(file.path)
    except OSError as error:
        scratch.unlink(missing_ok=True)
        raise TrainingError(
            f"the unfinished training cannot be kept in {file.path} ({error}): make room there"
        ) from error
    file.written(time.monotonic() - started)


def read_state(file: StateFile) -> SavedState | None:
    """The state of the same run; None where there is none.

    Raises:
        CheckpointError: the file cannot be read, or is of another run.
    """
    from safetensors import SafetensorError, safe_open

    if not file.path.exists():
        return None
    parts: dict[str, dict[str, torch.Tensor]] = {}
    try:
        with safe_open(file.path, "pt") as stream:
            metadata = stream.metadata() or {}
            if metadata.get("run") != file.run:
                raise CheckpointError(
                    f"the unfinished training in {file.path} is of other labels, settings or base: give the same "
                    "command again to finish it, or delete it to start anew"
                )
            for key in stream.keys():  # noqa: SIM118 - not a mapping
                part, name = key.split("/", 1)
                parts.setdefault(part, {})[name] = stream.get_tensor(key)
        return SavedState(parts, json.loads(metadata["progress"]))
    except (SafetensorError, OSError, KeyError, ValueError) as error:
        raise CheckpointError(
            f"the unfinished training in {file.path} cannot be taken up ({error}): delete it to start anew"
        ) from error


def network_hash(network: torch.nn.Module, tokenizer: PreTrainedTokenizerFast) -> str:
    """A SHA-256 (hex) over the weights of a network and the tokenizer that belongs to it."""
    digest = hashlib.sha256(tokenizer.backend_tokenizer.to_str().encode())
    for name, tensor in sorted(network.state_dict().items()):
        digest.update(name.encode())
        digest.update(tensor.detach().cpu().contiguous().view(torch.uint8).numpy().tobytes())
    return digest.hexdigest()


def random_state(device: torch.device) -> dict[str, torch.Tensor]:
    """The states of the random number generators that a training on `device` uses."""
    states = {"cpu": torch.get_rng_state()}
    if device.type == "cuda":
        states["cuda"] = torch.cuda.get_rng_state(device)
    return states


def set_random_state(states: Mapping[str, torch.Tensor], device: torch.device) -> None:
    """Sets what `random_state` gave."""
    torch.set_rng_state(states["cpu"])
    if device.type == "cuda" and "cuda" in states:
        torch.cuda.set_rng_state(states["cuda"], device)
