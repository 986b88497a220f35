from __future__ import annotations

import json
import pickle
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from models.checkpoint import load_classifier, save_classifier
from models.classifier import NarrativeClassifier
from models.encoder import load_encoder
from models.encoder_files import known_heads, round_as_saved
from models.passages import Passage
from nlp.errors import CheckpointError

PASSAGES = [Passage(("a bubble?", "美国科技股有泡沫", "no."), 0, 3)]


@pytest.fixture
def folder(tiny_encoder: Path, tmp_path: Path) -> Path:
    torch.manual_seed(2)
    save_classifier(
        NarrativeClassifier.untrained(load_encoder(str(tiny_encoder)), ("bubble",)), tmp_path / "model", card="# card"
    )
    return tmp_path / "model"


def test_round_trip(folder: Path) -> None:
    first, second = load_classifier(folder), load_classifier(str(folder))
    np.testing.assert_array_equal(first.predict_proba(PASSAGES), second.predict_proba(PASSAGES))
    assert first.narratives == ("bubble",)
    assert first.model_id == second.model_id
    assert first.model_id.startswith("model@")
    assert (folder / "README.md").read_text() == "# card"


def test_round_trip_of_the_floor(tfidf_folder: Path, tmp_path: Path) -> None:
    first = load_classifier(tfidf_folder)
    save_classifier(first, tmp_path / "copy")
    np.testing.assert_allclose(
        load_classifier(tmp_path / "copy").predict_proba(PASSAGES), first.predict_proba(PASSAGES)
    )


def test_saving_is_all_or_nothing_and_replaces_models_only(folder: Path, tmp_path: Path) -> None:
    classifier = load_classifier(folder)
    assert save_classifier(classifier, folder, name="model") == classifier.model_id
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter1.txt").write_text("years of work")
    with pytest.raises(CheckpointError, match="will not overwrite"):
        save_classifier(classifier, tmp_path / "thesis")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["model", "thesis"]


def test_other_weights_have_another_id(tiny_encoder: Path, folder: Path, tmp_path: Path) -> None:
    torch.manual_seed(3)
    other = save_classifier(
        NarrativeClassifier.untrained(load_encoder(str(tiny_encoder)), ("bubble",)), tmp_path / "b", name="model"
    )
    assert other != load_classifier(folder).model_id


class _Bomb:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (Path.touch, (Path("exploded"),))


@pytest.mark.parametrize("name", ["pytorch_model.bin", "extra.pkl", "weights.pt", "x.joblib"])
def test_a_pickle_is_refused_unopened(folder: Path, name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    (folder / name).write_bytes(pickle.dumps(_Bomb()))
    with pytest.raises(CheckpointError, match="refuses it unopened"):
        load_classifier(folder)
    with pytest.raises(CheckpointError, match="refuses it unopened"):
        load_classifier(folder / name)
    assert not (tmp_path / "exploded").exists()


def test_a_base_of_pickles_is_refused(tiny_encoder: Path, tmp_path: Path) -> None:
    shutil.copytree(tiny_encoder, tmp_path / "base")
    (tmp_path / "base" / "model.safetensors").unlink()
    (tmp_path / "base" / "pytorch_model.bin").write_bytes(pickle.dumps(_Bomb()))
    with pytest.raises(CheckpointError, match="refuses it unopened"):
        load_encoder(str(tmp_path / "base"))


def test_missing_things_are_named(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="no model folder at"):
        load_classifier(tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    with pytest.raises(CheckpointError, match=r"has no froth\.json"):
        load_classifier(tmp_path / "empty")
    (folder / "heads.safetensors").unlink()
    with pytest.raises(CheckpointError, match=r"lacks heads\.safetensors"):
        load_classifier(folder)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"answers": ["assert", "none", "reject"]}, "answers: .*train again"),
        ({"format": 99}, "format: 99"),
        ({"kind": "oracle"}, "kind: oracle"),
        ({"narratives": ["bubble", "x"]}, "do not fit"),
        ({"calibration": {}}, "do not fit"),
    ],
)
def test_a_manifest_that_does_not_fit_is_refused(folder: Path, change: dict[str, object], says: str) -> None:
    manifest = json.loads((folder / "froth.json").read_text())
    (folder / "froth.json").write_text(json.dumps(manifest | change))
    with pytest.raises(CheckpointError, match=says):
        load_classifier(folder)


def test_heads_in_another_order_than_the_manifest_says_are_refused(tiny_encoder: Path, tmp_path: Path) -> None:
    folder, narratives = tmp_path / "two", ("bubble", "liquidity_crisis")
    save_classifier(NarrativeClassifier.untrained(load_encoder(str(tiny_encoder)), narratives), folder)
    manifest = json.loads((folder / "froth.json").read_text())
    (folder / "froth.json").write_text(json.dumps(manifest | {"narratives": narratives[::-1]}))
    with pytest.raises(CheckpointError, match="the manifest says"):
        load_classifier(folder)
    with pytest.raises(CheckpointError, match="the manifest says"):
        known_heads(folder)
    heads = load_file(folder / "heads.safetensors")
    order = json.dumps({"narratives": list(narratives[::-1]), "answers": ["none", "reject", "assert"]})
    save_file(heads, folder / "heads.safetensors", {"order": order})
    with pytest.raises(CheckpointError, match="the manifest says"):
        load_classifier(folder)


@pytest.mark.parametrize("largest", [3.0, 1e6])
def test_what_is_measured_is_what_is_loaded(tiny_encoder: Path, tmp_path: Path, largest: float) -> None:
    torch.manual_seed(2)
    classifier = NarrativeClassifier.untrained(load_encoder(str(tiny_encoder)), ("bubble",))
    with torch.no_grad():
        classifier.encoder.model.get_input_embeddings().weight[7] = largest + 1 / 3
    round_as_saved(classifier)
    save_classifier(classifier, tmp_path / "model")
    loaded = load_classifier(tmp_path / "model", device="cpu")
    assert isinstance(loaded, NarrativeClassifier)
    tensors = loaded.encoder.model.state_dict()
    theirs = classifier.encoder.model.state_dict()
    assert all(bool((tensors[name] == theirs[name]).all()) for name in tensors)
    np.testing.assert_allclose(loaded.predict_proba(PASSAGES), classifier.predict_proba(PASSAGES), atol=1e-5)


@pytest.mark.parametrize("name", ["heads.safetensors", "model.safetensors", "tokenizer.json", "froth.json"])
def test_broken_files_are_one_clear_error(folder: Path, name: str) -> None:
    (folder / name).write_bytes(b"\x00garbage")
    with pytest.raises(CheckpointError):
        load_classifier(folder)


def test_an_unknown_device(folder: Path) -> None:
    with pytest.raises(CheckpointError, match="cannot be used here"):
        load_classifier(folder, device="warp")
