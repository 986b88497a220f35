"""The folder of a model to which narratives were added: the base's files byte for byte, and what is new beside them.

The screen of the base is left behind, as it knows nothing of the new narratives; the measured error of the base holds
for its own narratives, whose answers are the same, and is taken along under the new model's id.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from models.added_heads import Head
from models.added_narrative import Learnt
from models.checkpoint import new_folder
from models.encoder_files import read_added_heads, write_added_heads
from models.manifest import LAYOUTS, MANIFEST, RECORD, TABLE, model_id, verified_manifest
from models.measured_error import CONFUSION, confusion_beside
from nlp.confusion import CONFUSION_COLUMNS
from nlp.errors import CheckpointError
from nlp.narrative_writing import write_narratives
from nlp.narratives import Narrative, load_narratives
from nlp.tables import read_table, write_table

__all__ = ["added_to", "save_added"]


def added_to(base: Path) -> dict[str, Any]:
    """The manifest of a model folder to which narratives can be added.

    Raises:
        CheckpointError: it has no encoder, or is no model folder.
    """
    manifest = verified_manifest(base)
    if manifest["kind"] != "encoder":
        raise CheckpointError(
            f"{base} has no encoder, on which alone narratives can be added: give --base default or leave out --add"
        )
    return manifest


def save_added(
    base: Path, path: Path, learnt: Sequence[Learnt], *, card: str, record: dict[str, Any], files: Path
) -> str:
    """Writes `base` with what was learnt added to it as a folder, all of it or nothing; returns the new model id.

    Args:
        base: a model folder with an encoder.
        path: the folder to write; a model folder there is replaced, `base` itself too.
        learnt: the new narratives.
        card: Markdown for README.md.
        record: how they were learnt, kept in the manifest under `training`.
        files: a folder that is copied into the model's as `record`.

    Raises:
        CheckpointError: `path` holds something that is not a model folder, or `base` is none with an encoder.
    """
    manifest, base_id, layout = added_to(base), model_id(base), LAYOUTS["encoder"]
    confusion = read_table(base / CONFUSION, CONFUSION_COLUMNS) if confusion_beside(base, base_id) else None
    heads = {
        one.narrative.id: Head(torch.from_numpy(one.fitted.weight), torch.from_numpy(one.fitted.bias)) for one in learnt
    }
    with new_folder(path) as folder:
        for name in (*layout.weights, *layout.others, *layout.optional):
            if (base / name).is_file():
                (folder / name).parent.mkdir(exist_ok=True)
                shutil.copyfile(base / name, folder / name)
        write_added_heads(read_added_heads(base, manifest.get("added", [])) | heads, folder)
        write_narratives([*_table(base), *(one.narrative for one in learnt)], folder / TABLE)
        grown = _grown(manifest, learnt) | {"name": path.name, "training": record}
        (folder / MANIFEST).write_text(json.dumps(grown, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        (folder / "README.md").write_text(card, encoding="utf-8")
        shutil.copytree(files, folder / RECORD)
        new_id = model_id(folder)
        if confusion is not None:
            write_table(confusion.assign(model=new_id), folder / CONFUSION, list(CONFUSION_COLUMNS))
    return new_id


def _table(base: Path) -> tuple[Narrative, ...]:
    return load_narratives(base / TABLE) if (base / TABLE).is_file() else ()


def _grown(manifest: dict[str, Any], learnt: Sequence[Learnt]) -> dict[str, Any]:
    """A manifest with the new narratives at the end of every list."""
    new = [one.narrative.id for one in learnt]
    calibration = manifest["calibration"]
    return manifest | {
        "narratives": [*manifest["narratives"], *new],
        "added": [*manifest.get("added", []), *new],
        "calibration": {
            "scales": [*calibration["scales"], *(one.fitted.calibration.scales[0] for one in learnt)],
            "shifts": [*calibration["shifts"], *(list(one.fitted.calibration.shifts[0]) for one in learnt)],
        },
        "thresholds": [
            *manifest.get("thresholds", [[0.5, 0.5]] * len(manifest["narratives"])),
            *(list(one.thresholds.values[0]) for one in learnt),
        ],
    }
