"""The encoder and the tokenizer without transformers, against transformers' own."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import torch

from models.bert import Bert
from models.checkpoint import load_classifier, save_classifier
from models.classifier import NarrativeClassifier
from models.encoder import Encoder, load_encoder, load_reader
from models.passages import Passage
from models.windows import tokenise
from nlp.errors import CheckpointError

PASSAGES = [
    Passage(("AI stocks are in a bubble.", "No crisis, 7 of 9 said.", ""), 0, 3),
    Passage(("美国科技股有泡沫",), 0, 1),
]


@pytest.fixture(scope="module")
def theirs(tiny_encoder: Path) -> Encoder:
    return load_encoder(str(tiny_encoder))


@pytest.fixture(scope="module")
def ours(tiny_encoder: Path) -> Encoder:
    return load_reader(tiny_encoder)


def test_tokens_and_states_are_those_of_transformers(ours: Encoder, theirs: Encoder) -> None:
    assert isinstance(ours.model, Bert)
    assert (ours.width, ours.max_positions) == (theirs.width, theirs.max_positions)
    for longest in (4, 80):
        tokens = tokenise(theirs.tokenizer, PASSAGES, longest)
        assert tokenise(ours.tokenizer, PASSAGES, longest) == tokens
    rows = [ids for passage in tokens for ids in passage]
    mask = torch.tensor([[1] * len(ids) + [0] * (80 - len(ids)) for ids in rows])
    ids = torch.tensor([ids + [0] * (80 - len(ids)) for ids in rows])
    theirs.model.eval()
    with torch.inference_mode():
        for used in (mask, torch.ones_like(mask)):
            states = [one.model(input_ids=ids, attention_mask=used).last_hidden_state for one in (ours, theirs)]
            torch.testing.assert_close(states[0][mask == 1], states[1][mask == 1], rtol=0, atol=1e-6)


def test_what_was_loaded_can_be_saved(tiny_encoder: Path, tmp_path: Path) -> None:
    torch.manual_seed(0)
    save_classifier(NarrativeClassifier.untrained(load_encoder(str(tiny_encoder)), ("bubble",), 96), tmp_path / "a")
    loaded = load_classifier(tmp_path / "a", device="cpu")
    assert save_classifier(loaded, tmp_path / "b", name="a") == loaded.model_id
    assert (
        load_classifier(tmp_path / "b", device="cpu").predict_proba(PASSAGES) == loaded.predict_proba(PASSAGES)
    ).all()


def test_another_kind_of_encoder_goes_through_transformers(tiny_encoder: Path, theirs: Encoder, tmp_path: Path) -> None:
    folder = shutil.copytree(tiny_encoder, tmp_path / "other")
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"hidden_act": "relu"}))
    other = load_reader(folder)
    assert type(other.model) is type(theirs.model)
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "model.safetensors").write_bytes(b"broken")
    with pytest.raises(CheckpointError, match="cannot load the encoder"):
        load_reader(folder)
