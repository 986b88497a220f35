"""A model and how it is to read, as the options of a command name them: small, and sent to every worker.

What can be told of it without its weights is told without torch, which takes a second to import.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from models.arithmetic import Precision, marked
from models.manifest import TABLE, model_folder, model_id, verified_manifest
from models.screen_file import SCREEN, SCREENED, screen_id
from nlp.errors import InputError
from nlp.narratives import load_narratives

if TYPE_CHECKING:
    from models.passages import Classifier
    from nlp.narratives import Narrative

__all__ = ["ModelChoice"]


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """The options of a model.

    Attributes:
        model: a bundled name or a folder.
        device: auto, cpu, cuda, …
        precision: in which numbers an encoder computes (`models.arithmetic`).
        screened: leave unread what the model's screen says is not worth reading (`models.screen`).
    """

    model: str = "default"
    device: str = "auto"
    precision: Precision = "fp32"
    screened: bool = False

    @property
    def folder(self) -> Path:
        """Where the model is.

        Raises:
            CheckpointError: nowhere.
        """
        return model_folder(self.model)

    @property
    def narratives(self) -> tuple[str, ...]:
        """What it looks for.

        Raises:
            CheckpointError: see `models.manifest.verified_manifest`; here and below.
        """
        return tuple(verified_manifest(self.folder)["narratives"])

    @property
    def table(self) -> tuple[Narrative, ...]:
        """Narratives that the model brings, where froth's own table lacks them."""
        path = self.folder / TABLE
        return load_narratives(path) if path.is_file() else ()

    @property
    def model_id(self) -> str:
        """The id that its scores will have.

        Raises:
            InputError: a screen is asked for where there is none.
        """
        own = model_id(self.folder)
        if self.screened and not (self.folder / SCREEN).is_file():
            raise InputError(f"{own} has no screen: leave --screened out (scripts/train_screen.py makes one)")
        return marked(f"{own}{SCREENED}{screen_id(self.folder)}" if self.screened else own, self.precision)

    def load(self) -> Classifier:
        """The classifier itself.

        Raises:
            CheckpointError: see `models.checkpoint.load_classifier`.
        """
        from models.checkpoint import load_classifier

        return load_classifier(self.model, device=self.device, precision=self.precision, screened=self.screened)
