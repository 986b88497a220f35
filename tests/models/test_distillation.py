from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from transformers import AutoModel, AutoTokenizer, BertModel

from models.distillation import DistillationConfig, Teacher, distil, student_from_teacher
from models.pairs import Pair

PAIRS = [Pair("the bubble bursts", "泡沫破裂", "zh"), Pair("cash is drying up", "现金枯竭", "zh")] * 16
CONFIG = DistillationConfig(batch_pairs=8, max_tokens=16, learning_rate=1e-3, vector_learning_rate=1e-2)


@pytest.fixture(scope="module")
def teacher(tiny_encoder: Path) -> Teacher:
    model = AutoModel.from_pretrained(tiny_encoder, add_pooling_layer=False).eval()
    return Teacher(model, AutoTokenizer.from_pretrained(tiny_encoder))


def trained(teacher: Teacher, frozen_share: float) -> tuple[BertModel, list[float]]:
    vectors = torch.randn(len(teacher.tokenizer), 32, generator=torch.Generator().manual_seed(1)) * 0.02
    student = student_from_teacher(teacher.model, vectors=vectors, layers=[0, 1], max_positions=32)
    losses: list[float] = []
    config = replace(CONFIG, frozen_share=frozen_share)
    distil(student, teacher.tokenizer, PAIRS * 4, teacher, config, on_step=lambda step, n, loss: losses.append(loss))
    return student, losses


def test_the_first_stage_changes_the_vectors_alone(teacher: Teacher) -> None:
    student, losses = trained(teacher, 1.0)
    layers, own = teacher.model.encoder.state_dict(), student.encoder.state_dict()
    assert all(torch.equal(layers[name], own[name]) for name in layers)
    assert len(losses) == 16
    # English is read in every other step only: steps of the same kind are compared.
    assert losses[-2] < losses[0]
    assert losses[-1] < losses[1]


def test_the_second_stage_changes_the_layers_too(teacher: Teacher) -> None:
    student, losses = trained(teacher, 0.5)
    layers, own = teacher.model.encoder.state_dict(), student.encoder.state_dict()
    assert not all(torch.equal(layers[name], own[name]) for name in layers)
    assert losses[-1] < losses[0]
