"""The settings of a training, and the file that holds them: TOML, one `name = value` a line.

A run leaves its settings beside the model in this form, so that the same can be asked for again.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal

from nlp.errors import InputError
from nlp.safety import harmless

__all__ = ["Method", "TrainingConfig", "read_config", "write_config"]


class Method(StrEnum):
    """What is trained: heads on an encoder that stays, all of it, or what cross-validation finds better."""

    auto = "auto"
    head = "head"
    whole = "whole"


@dataclass(frozen=True, slots=True)
class TrainingConfig:
    """How to fine-tune; the defaults suit a small encoder on a CPU.

    Attributes:
        epochs: at most; training stops when the held-out loss has not improved for `patience` epochs.
        learning_rate, head_learning_rate: peaks of a linear warm-up and decay.
        batch_tokens: tokens a step, padding included.
        accumulate: steps whose gradients make one update.
        held_out: share of articles kept for early stopping, calibration and thresholds.
        max_tokens: size of a window.
        bare_share: share of the rows read without their neighbours in each pass.
        precision: of the matrix products; `auto` is bfloat16 where the device has instructions for it. Weights,
            gradients and answers stay in float32.
        adapter_rank: above 0, the encoder's weights stay, and a change of this rank is learnt (`models.adapter`).
    """

    epochs: int = 5
    patience: int = 2
    learning_rate: float = 2e-4
    head_learning_rate: float = 1e-3
    batch_tokens: int = 2048
    accumulate: int = 1
    held_out: float = 0.1
    max_tokens: int = 256
    bare_share: float = 0.4
    seed: int = 0
    device: str = "auto"
    precision: Literal["auto", "float32", "bfloat16"] = "auto"
    adapter_rank: int = 0

    def __post_init__(self) -> None:
        for name in ("epochs", "patience", "batch_tokens", "max_tokens", "accumulate"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} is {getattr(self, name)}; it must be at least 1")
        if self.adapter_rank < 0:
            raise ValueError(f"adapter_rank is {self.adapter_rank}; it must be 0 or more")
        if not 0 <= self.bare_share <= 1:
            raise ValueError(f"bare_share is {self.bare_share}; it must lie between 0 and 1")
        if not 0 < self.held_out < 1:
            raise ValueError(f"held_out is {self.held_out}; it must lie between 0 and 1")
        if self.precision not in ("auto", "float32", "bfloat16"):
            raise ValueError(f"precision is {self.precision!r}; give auto, float32 or bfloat16")


def read_config(path: Path | None, given: Mapping[str, Any]) -> TrainingConfig:
    """The settings of a file, where there is one, with what was `given` besides (all but None) in their place.

    Raises:
        InputError: no such file, no TOML, a name that is no setting, a value that it cannot have.
    """
    written: dict[str, Any] = {}
    if path is not None:
        try:
            written = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise InputError(f"the settings in {path} cannot be read ({error}): write lines like epochs = 3") from error
    known = {one.name: type(one.default) for one in fields(TrainingConfig)}
    for name, value in written.items():
        if name not in known:
            raise InputError(f"{path} sets {harmless(name)!r}; the settings are {', '.join(known)}")
        if known[name] is float and type(value) is int:
            written[name] = float(value)
        elif type(value) is not known[name]:
            raise InputError(f"{path} sets {name} to {harmless(str(value))}; it is {_KINDS[known[name]]}")
    try:
        return TrainingConfig(**written | {name: value for name, value in given.items() if value is not None})
    except ValueError as error:
        raise InputError(f"these settings cannot be: {error}") from error


_KINDS = {int: "a whole number", float: "a number", str: "a text in quotes"}


def write_config(config: TrainingConfig, path: Path) -> None:
    """Writes all settings, as `read_config` reads them."""
    path.write_text("".join(f"{name} = {json.dumps(value)}\n" for name, value in asdict(config).items()), "utf-8")
