from __future__ import annotations

import copy
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import AutoModel, AutoTokenizer

from models.distillation import Teacher
from models.pairs import Pair
from models.pretraining import PretrainingConfig, Rehearsal, pretrain, text_windows

TEXTS = ["the bubble bursts", "cash is drying up", "泡沫破裂", "现金枯竭"]
PAIRS = [Pair("the bubble bursts", "泡沫破裂", "zh"), Pair("cash is drying up", "现金枯竭", "zh")] * 4
CONFIG = PretrainingConfig(n_tokens=4000, batch_tokens=128, learning_rate=3e-3, batch_pairs=4, max_pair_tokens=16)


@pytest.fixture(scope="module")
def teacher(tiny_encoder: Path) -> Teacher:
    model = AutoModel.from_pretrained(tiny_encoder, add_pooling_layer=False).eval()
    return Teacher(model, AutoTokenizer.from_pretrained(tiny_encoder))


def test_masked_tokens_are_learnt_and_the_teacher_is_left_alone(teacher: Teacher) -> None:
    tokenizer = teacher.tokenizer
    tokens = [np.array(tokenizer(text, add_special_tokens=False)["input_ids"], np.uint16) for text in TEXTS] * 20
    windows = text_windows(tokens, size=16, cls=tokenizer.cls_token_id, sep=tokenizer.sep_token_id)
    before = copy.deepcopy(teacher.model.state_dict())
    student = copy.deepcopy(teacher.model)
    losses: list[float] = []
    pretrain(
        student,
        tokenizer,
        windows,
        Rehearsal(PAIRS, teacher),
        CONFIG,
        on_step=lambda step, n_steps, loss: losses.append(loss),
    )
    assert len(losses) == CONFIG.n_tokens // CONFIG.batch_tokens
    assert np.mean(losses[-5:]) < 0.8 * np.mean(losses[:5])
    assert all(torch.equal(before[name], tensor) for name, tensor in teacher.model.state_dict().items())
    assert not torch.equal(before["embeddings.word_embeddings.weight"], student.get_input_embeddings().weight)


def test_windows_hold_every_token_but_an_unfinished_end() -> None:
    tokens = [np.arange(5, 5 + n, dtype=np.uint16) for n in (3, 9, 4)]
    windows = text_windows(tokens, size=6, cls=2, sep=3)
    assert windows.shape == (3, 6)
    assert set(windows[:, 0]) == {2}
    stream = [*range(5, 8), 3, *range(5, 14), 3, *range(5, 9), 3]
    assert windows[:, 1:].flatten().tolist() == stream[:15]
