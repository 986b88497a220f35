"""Averages the weights of two models of which one went on training from the other, and fits their probabilities anew.

Not a froth command. Between a model and what further training made of it the loss is low all the way, and mostly lowest
somewhere between (Wortsman et al. 2022, robust fine-tuning by interpolating weights).
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import torch
import typer

from models.calibration import fit_calibration
from models.checkpoint import load_classifier, save_classifier
from models.classifier import NarrativeClassifier
from models.decisions import fit_thresholds
from models.encoder_files import round_as_saved
from models.passages import answers_of, passage_of_label
from nlp.errors import CheckpointError
from nlp.labelled import read_labelled
from scripts.console import DeviceOption, main

__all__ = ["average_models"]


def average_models(
    first: Annotated[Path, typer.Argument(help="A model folder.")],
    second: Annotated[Path, typer.Argument(help="A model folder whose training began from the first.")],
    held_out: Annotated[Path, typer.Option(help="Labelled sentences that fit probabilities and thresholds.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="The model folder to write.")],
    share: Annotated[float, typer.Option(min=0, max=1, help="Of the second.")] = 0.5,
    device: DeviceOption = "auto",
) -> None:
    """A model between two others."""
    one, other = (load_classifier(folder, device=device) for folder in (first, second))
    if not isinstance(one, NarrativeClassifier) or not isinstance(other, NarrativeClassifier):
        raise CheckpointError("only encoder models can be averaged: give two that `froth train` made from an encoder")
    theirs = other.network.state_dict()
    shapes = {name: tensor.shape for name, tensor in one.network.state_dict().items()}
    if one.narratives != other.narratives or shapes != {name: tensor.shape for name, tensor in theirs.items()}:
        raise CheckpointError(f"{first} and {second} have other layers or narratives: average a model and its sequel")
    with torch.no_grad():
        for name, tensor in one.network.state_dict().items():
            if tensor.is_floating_point():
                tensor.lerp_(theirs[name], share)
    round_as_saved(one)
    one.freeze()
    rows = read_labelled([held_out])
    logits, gold = one.predict_logits([passage_of_label(row) for row in rows]), answers_of(rows, one.narratives)
    one.calibration = fit_calibration(logits, gold)
    one.thresholds = fit_thresholds(one.calibration.probabilities(logits))
    record = {"base": f"{1 - share:g} of {one.model_id}, {share:g} of {other.model_id}", "n_held_out": len(rows)}
    card = f"# {out.name}\n\nThe weights are {record['base']}; {len(rows)} sentences fitted the probabilities.\n"
    model_id = save_classifier(one, out, record=record, card=card)
    sys.stdout.write(f"model {model_id} in {out}\n")


if __name__ == "__main__":
    main(average_models)
