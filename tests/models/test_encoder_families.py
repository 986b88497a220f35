"""Every family of encoders end to end: trained for two steps, saved, read in another process.

Two tests start a process, which takes the seconds that it takes to import transformers.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import AutoModel, AutoTokenizer, T5Config, T5Model

from models.checkpoint import load_classifier, save_classifier
from models.classifier import NarrativeClassifier, windows_of
from models.encoder import load_encoder
from models.passages import Passage
from models.training import train
from models.training_config import TrainingConfig
from nlp.errors import CheckpointError
from nlp.labelled import LabelledSentence
from tests.tiny_encoders import FAMILIES, TEXTS, make_encoder

CONFIG = TrainingConfig(epochs=1, batch_tokens=600, held_out=0.2, device="cpu", precision="float32")
ROWS = [
    LabelledSentence(id=str(n), lang="zh", text=TEXTS[n % len(TEXTS)], labels={"bubble": n % 3 - 1}, article=f"a{n}")
    for n in range(40)
]
PASSAGES = [Passage((*TEXTS, "", "\u200b"), 0, len(TEXTS) + 2), Passage(TEXTS[::-1], 1, 3)]
READ = """
import json, sys
import numpy as np
from models.checkpoint import load_classifier
from models.passages import Passage
passages = [Passage(tuple(sentences), *of) for sentences, *of in json.loads(sys.argv[1])]
found = {folder: load_classifier(folder, device="cpu").predict_proba(passages).tolist() for folder in sys.argv[2:]}
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def bases(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("families")
    return {family: make_encoder(family, folder / family.replace(" ", "_")) for family in FAMILIES}


def test_trained_saved_and_read_in_another_process_each_gives_the_same(
    bases: dict[str, Path], root: Path, tmp_path: Path
) -> None:
    expected = {}
    for family, base in bases.items():
        n_steps: list[int] = []
        run = train(
            ROWS,
            base=str(base),
            narratives=("bubble",),
            config=CONFIG,
            on_step=lambda *of, seen=n_steps: seen.append(1),
        )
        assert len(n_steps) >= 2, family
        save_classifier(run.classifier, tmp_path / base.name)
        expected[str(tmp_path / base.name)] = run.classifier.predict_proba(PASSAGES)
    passages = json.dumps([[passage.sentences, passage.start, passage.stop] for passage in PASSAGES])
    done = subprocess.run(
        [sys.executable, "-c", READ, passages, *expected],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(root)}, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    read = json.loads(done.stdout)
    for folder, probabilities in expected.items():
        np.testing.assert_allclose(read[folder], probabilities, atol=1e-5, err_msg=folder)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_sentence_lies_where_its_span_says(bases: dict[str, Path], family: str) -> None:
    encoder = load_encoder(str(bases[family]))
    classifier = NarrativeClassifier.untrained(encoder, ("bubble",))
    marks, tokenizer = encoder.marks, encoder.tokenizer
    found: dict[int, list[int]] = {}
    for window in windows_of(PASSAGES, classifier):
        assert window.ids[0] == marks.cls
        assert len(window.ids) <= classifier.max_tokens
        for span in window.spans:
            assert window.ids[span.end] == marks.sep
            found[span.row] = list(window.ids[span.start : span.end])
    judged = [sentence for passage in PASSAGES for sentence in passage.judged]
    for row, sentence in enumerate(judged):
        whole = tokenizer(sentence, add_special_tokens=False)["input_ids"][: classifier.max_sentence]
        assert found[row] == (whole or [marks.unk]), sentence
    if family in {"modernbert", "roberta", "unnamed marks"}:  # bytes lose nothing
        fits = [n for n in range(len(judged)) if judged[n] and len(found[n]) < classifier.max_sentence]
        assert [tokenizer.decode(found[n]) for n in fits] == [judged[n] for n in fits]


@pytest.mark.parametrize("family", FAMILIES)
def test_the_longest_window_can_be_read_and_padding_changes_nothing(bases: dict[str, Path], family: str) -> None:
    encoder = load_encoder(str(bases[family]))
    assert encoder.max_positions == (512 if family == "modernbert" else 128)
    letter = encoder.tokenizer("泡", add_special_tokens=False)["input_ids"][-1]
    n, extra = encoder.max_positions, 7
    ids = torch.full((2, n), encoder.marks.pad)
    ids[0], ids[1, : n - extra] = letter, letter
    mask = torch.ones_like(ids)
    mask[1, n - extra :] = 0
    encoder.model.eval()
    with torch.inference_mode():
        both = encoder.model(input_ids=ids, attention_mask=mask).last_hidden_state
        alone = encoder.model(input_ids=ids[1:, :-extra], attention_mask=mask[1:, :-extra]).last_hidden_state
    torch.testing.assert_close(both[1:, :-extra], alone, rtol=0, atol=1e-5)


@pytest.mark.parametrize("family", ["xlm-r", "mdeberta", "modernbert"])
def test_low_rank_changes_of_other_families_are_read_back(bases: dict[str, Path], family: str, tmp_path: Path) -> None:
    classifier = train(
        ROWS, base=str(bases[family]), narratives=("bubble",), config=replace(CONFIG, adapter_rank=2)
    ).classifier
    save_classifier(classifier, tmp_path / "model")
    read = load_classifier(tmp_path / "model", device="cpu").predict_proba(PASSAGES)
    np.testing.assert_allclose(read, classifier.predict_proba(PASSAGES), atol=1e-5)


def test_a_pickle_is_taken_after_the_conversion_that_its_refusal_names(bases: dict[str, Path], tmp_path: Path) -> None:
    folder = tmp_path / "published"
    AutoTokenizer.from_pretrained(bases["xlm-r"]).save_pretrained(folder)
    model = AutoModel.from_pretrained(bases["xlm-r"])
    model.config.save_pretrained(folder)
    torch.save(model.state_dict(), folder / "pytorch_model.bin")
    with pytest.raises(CheckpointError, match="refuses it unopened") as refused:
        load_encoder(str(folder))
    command = str(refused.value).split('python -c "')[1].split('"')[0]
    done = subprocess.run([sys.executable, "-c", command], cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    converted = load_encoder(str(tmp_path / "published-safe"))
    torch.testing.assert_close(converted.model.get_input_embeddings().weight, model.get_input_embeddings().weight)


def test_what_is_no_encoder_or_not_whole_is_refused(bases: dict[str, Path], tmp_path: Path) -> None:
    sizes = {"vocab_size": 200, "d_model": 16, "d_ff": 16, "d_kv": 8, "num_layers": 1, "num_heads": 2}
    tokenizer = AutoTokenizer.from_pretrained(bases["xlm-r"])
    T5Model(T5Config(**sizes)).save_pretrained(tmp_path / "writer")
    tokenizer.save_pretrained(tmp_path / "writer")
    with pytest.raises(CheckpointError, match="an encoder with a decoder"):
        load_encoder(str(tmp_path / "writer"))
    model = AutoModel.from_pretrained(bases["xlm-r"])
    del model.encoder.layer[1]
    model.save_pretrained(tmp_path / "half")
    model.config.num_hidden_layers = 2
    model.config.save_pretrained(tmp_path / "half")
    tokenizer.save_pretrained(tmp_path / "half")
    with pytest.raises(CheckpointError, match="which would be random"):
        load_encoder(str(tmp_path / "half"))
