from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from models.arithmetic import Precision, check_precision, full_width, has_onednn
from models.checkpoint import load_classifier, save_classifier
from models.classifier import NarrativeClassifier
from models.encoder import Encoder, load_encoder
from models.fast_bert import FastBert, can_read_fast
from models.passages import Passage
from models.side_by_side import one_thread
from models.windows import Window
from nlp.errors import CheckpointError

pytestmark = pytest.mark.skipif(not has_onednn(), reason="torch does not multiply through oneDNN here")

TEXTS = ("ai stocks are in a bubble.", "美国科技股有泡沫", "no crisis here", "缩表抽血", "a", "", "ok. " * 50)
LENGTHS = (1, 2, 15, 16, 17, 100, 128)


@pytest.fixture(scope="module")
def encoder(tiny_encoder: Path) -> Encoder:
    """Its first layer asks so loudly that powers of its scores leave the range of numbers, as a trained one's do."""
    found = load_encoder(str(tiny_encoder))
    with torch.no_grad():
        for name, weights in found.model.named_parameters():
            if weights.ndim == 2 and "layer" in name:
                weights.normal_(std=0.3, generator=torch.Generator().manual_seed(len(name)))
        found.model.encoder.layer[0].attention.self.query.weight.mul_(400)
    return found


@pytest.fixture(scope="module")
def folder(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(1)
    path = tmp_path_factory.mktemp("saved") / "loud"
    save_classifier(NarrativeClassifier.untrained(encoder, ("bubble", "liquidity_crisis")), path)
    return path


def windows() -> list[Window]:
    rng = np.random.default_rng(0)
    return [Window(tuple(rng.integers(5, 90, n).tolist()), ()) for n in LENGTHS]


def usable(precision: Precision) -> Precision:
    try:
        check_precision(precision, torch.device("cpu"))
    except CheckpointError as error:
        pytest.skip(str(error))
    return precision


def alone(reader: FastBert, window: Window) -> torch.Tensor:
    return reader.states(reader.lay_out([window]))[: len(window.ids)]


def plain(encoder: Encoder, window: Window) -> torch.Tensor:
    with torch.inference_mode():
        return encoder.model(input_ids=torch.tensor([window.ids])).last_hidden_state[0]


def test_states_are_those_of_transformers(encoder: Encoder) -> None:
    reader = FastBert(encoder.model)
    for window in windows():
        for surroundings in (torch.inference_mode, full_width):
            with surroundings(), torch.no_grad():
                states = alone(reader, window)
            np.testing.assert_allclose(states, plain(encoder, window), atol=2e-4, err_msg=str(len(window.ids)))


@pytest.mark.parametrize(("precision", "allowed"), [("bf16", 0.1), ("int8", 0.2)])
def test_fewer_bits_give_about_the_same_states(encoder: Encoder, precision: Precision, allowed: float) -> None:
    reader = FastBert(encoder.model, usable(precision))
    with torch.inference_mode():
        for window in windows():
            states = alone(reader, window)
            wrong = (states - plain(encoder, window)).abs().mean()
            assert 0 < wrong < allowed, len(window.ids)


@pytest.mark.parametrize("precision", ["fp32", "bf16", "int8"])
def test_windows_that_are_read_together_are_read_as_alone(encoder: Encoder, precision: Precision) -> None:
    reader = FastBert(encoder.model, usable(precision))
    own = windows() * 12
    with one_thread():
        groups = reader.groups(own)
    assert sorted(place for group in groups for place in group) == list(range(len(own)))
    assert min(len(group) for group in groups) > 1
    with torch.inference_mode():
        for group in groups:
            rows = reader.lay_out([own[place] for place in group])
            together = reader.states(rows)
            for place, start in zip(group, rows.starts, strict=True):
                states = together[start : start + len(own[place].ids)]
                torch.testing.assert_close(states, alone(reader, own[place]), rtol=0, atol=0)


@pytest.mark.parametrize("precision", ["fp32", "bf16", "int8"])
def test_company_order_and_threads_change_no_bit(folder: Path, precision: Precision) -> None:
    classifier = load_classifier(folder, device="cpu", precision=usable(precision))
    passages = [Passage(("context", text, "流动性"), 1, 2) for text in TEXTS]
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(2)
        together = classifier.predict_proba(passages)
        assert torch.get_num_threads() == 2
        torch.set_num_threads(1)
        alone = np.concatenate([classifier.predict_proba([p]) for p in passages])
        backwards = classifier.predict_proba(passages[::-1])[::-1]
    finally:
        torch.set_num_threads(before)
    np.testing.assert_array_equal(together, alone)
    np.testing.assert_array_equal(together, backwards)


def test_a_loaded_classifier_answers_as_before_it_was_laid_out(folder: Path) -> None:
    classifier = load_classifier(folder, device="cpu")
    assert isinstance(classifier, NarrativeClassifier)
    assert classifier.reader is not None
    passages = [Passage(TEXTS, 0, len(TEXTS)), Passage(TEXTS[:2], 1, 2), Passage((), 0, 0)]
    fast = classifier.predict_with_vectors(passages)
    classifier.reader = None
    plainly = classifier.predict_with_vectors(passages)
    np.testing.assert_allclose(fast.probabilities, plainly.probabilities, atol=1e-4)
    np.testing.assert_allclose(fast.vectors, plainly.vectors, atol=2e-4)


def test_the_precision_is_in_the_model_id(folder: Path) -> None:
    one, other = load_classifier(folder), load_classifier(folder, device="cpu", precision=usable("int8"))
    assert other.model_id == f"{one.model_id}+int8-2"


def test_another_kind_of_encoder_is_read_as_before_and_never_in_int8(folder: Path) -> None:
    classifier = load_classifier(folder, device="cpu")
    assert isinstance(classifier, NarrativeClassifier)
    classifier.encoder.model.config.written["hidden_act"] = "relu"
    assert not can_read_fast(classifier.encoder.model)
    classifier.precision = "int8"
    with pytest.raises(CheckpointError, match="only BERT encoders are read in int8"):
        classifier.freeze()


def test_the_permission_to_round_is_taken_back() -> None:
    chosen = torch.backends.mkldnn.matmul
    before = chosen.fp32_precision
    with pytest.raises(KeyError), full_width():
        raise KeyError
    assert chosen.fp32_precision == before
