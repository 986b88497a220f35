"""One step of a training: gradients gathered, clipped and applied at the learning rate of the moment.

AdamW (Loshchilov and Hutter 2019, arXiv:1711.05101). What the steps are made of is `models.fitting`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import torch

from models.encoder import fast_bfloat16
from nlp.errors import TrainingError

if TYPE_CHECKING:
    from models.network import NarrativeNetwork
    from models.training_config import TrainingConfig

__all__ = ["Stepper", "check_finite"]


class Stepper:
    """AdamW with a linear warm-up over a tenth of the steps and a linear decay; gradients gathered over some steps."""

    def __init__(self, network: NarrativeNetwork, config: TrainingConfig, n_steps: int) -> None:
        self.network, self.config, self.n_steps = network, config, n_steps
        self.pending, self.gathered = 0, config.accumulate
        self.peaks = (config.learning_rate, config.head_learning_rate)
        groups: list[dict[str, Any]] = [
            {"params": [p for p in network.encoder.parameters() if p.requires_grad]},
            {"params": network.heads.parameters()},
        ]
        self.optimizer = torch.optim.AdamW(groups, weight_decay=0.01, fused=True)

    def precision(self, device: torch.device) -> torch.autocast:
        """The context in which the network reads."""
        half = self.config.precision == "bfloat16" or (self.config.precision == "auto" and fast_bfloat16(device))
        return torch.autocast(device.type, dtype=torch.bfloat16, enabled=half)

    def step(self, loss: torch.Tensor, number: int, *, n_left: int) -> float:
        """Adds to the gradients, and updates once `accumulate` steps or the last of a pass are in; returns the loss.

        Args:
            loss: of this step.
            number: of this step, in the whole run.
            n_left: steps left in this pass, this one included.
        """
        value = float(loss.detach())
        check_finite(value, number, self.config)
        if self.pending == 0:
            self.gathered = min(self.config.accumulate, n_left)
        (loss / self.gathered).backward()
        self.pending += 1
        if self.pending == self.gathered:
            torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
            for group, peak in zip(self.optimizer.param_groups, self.peaks, strict=True):
                group["lr"] = peak * self._share_of_peak(number)
            self.optimizer.step()
            self.optimizer.zero_grad()
            self.pending = 0
        return value

    def learning_rate(self, number: int) -> float:
        """Of the encoder, in step `number`."""
        return self.peaks[0] * self._share_of_peak(number)

    def _share_of_peak(self, number: int) -> float:
        return min((number + 1) / (0.1 * self.n_steps), max(0.02, (self.n_steps - number) / (0.9 * self.n_steps)))

    def tensors(self) -> dict[str, torch.Tensor]:
        """The optimiser's moments, by parameter number and name."""
        state = self.optimizer.state_dict()["state"]
        return {f"{number}/{name}": value for number, of in state.items() for name, value in of.items()}

    def take(self, tensors: Mapping[str, torch.Tensor]) -> None:
        """Takes up what `tensors` gave."""
        state: dict[int, dict[str, torch.Tensor]] = {}
        for key, value in tensors.items():
            number, name = key.split("/")
            state.setdefault(int(number), {})[name] = value
        self.optimizer.load_state_dict({"state": state, "param_groups": self.optimizer.state_dict()["param_groups"]})


def check_finite(loss: float, step: int, config: TrainingConfig) -> None:
    """Raises TrainingError where a loss is no number any more."""
    if not math.isfinite(loss):
        raise TrainingError(
            f"the loss became {loss} at step {step}: lower the learning rate (it was {config.learning_rate:g}), "
            "or train in float32"
        )
