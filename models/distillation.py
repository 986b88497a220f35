"""Teaches a small encoder the sentence space of an English teacher, in Chinese and English at once.

The student's mean-pooled vectors of a sentence and of its translation are pulled to the teacher's vector of the English
side (Reimers and Gurevych 2020, multilingual knowledge distillation) and pushed from those of the other pairs in the
batch (InfoNCE). The tokenizer and first vectors are `models.vocabulary`; fine-tuning on labels is `models.training`.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch
    from transformers import BertModel, PreTrainedModel, PreTrainedTokenizerFast

__all__ = ["DistillationConfig", "Pair", "distil", "embed", "retrieval_accuracy", "student_from_teacher"]


@dataclass(frozen=True, slots=True)
class Pair:
    """An English sentence and its translation."""

    english: str
    other: str


@dataclass(frozen=True, slots=True)
class DistillationConfig:
    """How to train.

    Attributes:
        learning_rate: peak of the schedule (linear warm-up over the first 6%, then linear decay to a twentieth).
        batch_pairs: pairs a step; each pair is two sentences.
        max_tokens: longer sentences are cut.
        temperature: of the contrastive softmax.
    """

    learning_rate: float = 5e-4
    batch_pairs: int = 48
    max_tokens: int = 96
    temperature: float = 0.05
    seed: int = 0


def student_from_teacher(
    teacher: BertModel, *, vectors: torch.Tensor, layers: Sequence[int], max_positions: int
) -> BertModel:
    """A BERT encoder with the given layers and first positions of `teacher` and new input vectors (n_pieces, width)."""
    import torch
    from transformers import BertConfig, BertModel

    config = BertConfig(
        **{
            **teacher.config.to_dict(),
            "num_hidden_layers": len(layers),
            "vocab_size": len(vectors),
            "max_position_embeddings": max_positions,
            "pad_token_id": 0,
            "type_vocab_size": 1,
        }
    )
    student = BertModel(config, add_pooling_layer=False)
    new: Any = student
    old: Any = teacher
    with torch.no_grad():
        new.embeddings.word_embeddings.weight.copy_(vectors)
        new.embeddings.position_embeddings.weight.copy_(old.embeddings.position_embeddings.weight[:max_positions])
        new.embeddings.token_type_embeddings.weight.copy_(old.embeddings.token_type_embeddings.weight[:1])
        new.embeddings.LayerNorm.load_state_dict(old.embeddings.LayerNorm.state_dict())
    for target, source in enumerate(layers):
        new.encoder.layer[target].load_state_dict(old.encoder.layer[source].state_dict())
    return student


def embed(
    encoder: PreTrainedModel,
    tokenizer: PreTrainedTokenizerFast,
    texts: Sequence[str],
    *,
    max_tokens: int,
    batch_size: int = 64,
) -> torch.Tensor:
    """Unit-length mean-pooled vectors, Shape: (len(texts), width), in the order of `texts`, without gradients."""
    import torch

    encoder.eval()
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
    vectors = torch.empty(len(texts), encoder.config.hidden_size)
    with torch.inference_mode():
        for start in range(0, len(order), batch_size):
            rows = order[start : start + batch_size]
            vectors[rows] = _pooled(encoder, tokenizer, [texts[i] for i in rows], max_tokens)
    return vectors.clone()


def retrieval_accuracy(queries: torch.Tensor, targets: torch.Tensor) -> float:
    """Share of rows of `queries` whose nearest row of `targets` (cosine) is the one of the same index."""
    nearest = (queries @ targets.T).argmax(1)
    return float((nearest == nearest.new_tensor(range(len(queries)))).float().mean())


def distil(
    student: PreTrainedModel,
    tokenizer: PreTrainedTokenizerFast,
    pairs: Sequence[Pair],
    targets: torch.Tensor,
    config: DistillationConfig,
    *,
    on_step: Callable[[int, int, float], None] = lambda step, n_steps, loss: None,
) -> None:
    """Trains `student` in place, one pass over `pairs`; `targets`: the teacher's vectors (len(pairs), width)."""
    import torch

    n_steps = math.ceil(len(pairs) / config.batch_pairs)
    optimizer = torch.optim.AdamW(student.parameters(), lr=config.learning_rate, weight_decay=0.01)
    warmup = max(1, int(0.06 * n_steps))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / warmup, max(0.05, (n_steps - step) / max(1, n_steps - warmup)))
    )
    torch.manual_seed(config.seed)
    student.train()
    for step, rows in enumerate(_batches(pairs, config)):
        goal = targets[rows]
        loss = torch.zeros(())
        for texts in ([pairs[i].english for i in rows], [pairs[i].other for i in rows]):
            vectors = _pooled(student, tokenizer, texts, config.max_tokens)
            logits = vectors @ goal.T / config.temperature
            contrast = torch.nn.functional.cross_entropy(logits, torch.arange(len(rows)))
            loss = loss + 5.0 * (1 - (vectors * goal).sum(1)).mean() + contrast
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(student.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        on_step(step + 1, n_steps, float(loss.detach()))


def _pooled(
    encoder: PreTrainedModel, tokenizer: PreTrainedTokenizerFast, texts: list[str], max_tokens: int
) -> torch.Tensor:
    import torch

    batch = tokenizer(
        texts, padding=True, truncation=True, max_length=max_tokens, return_tensors="pt", return_token_type_ids=False
    )
    states = encoder(**batch).last_hidden_state
    mask = batch["attention_mask"].unsqueeze(-1).to(states.dtype)
    return torch.nn.functional.normalize((states * mask).sum(1) / mask.sum(1), dim=1)


def _batches(pairs: Sequence[Pair], config: DistillationConfig) -> Iterator[list[int]]:
    """Row numbers of pairs of like length, the batches themselves in random order: little padding, no curriculum."""
    rng = random.Random(config.seed)  # noqa: S311 - shuffling, not secrets
    order = list(range(len(pairs)))
    rng.shuffle(order)
    chunk = config.batch_pairs * 50
    batches = []
    for start in range(0, len(order), chunk):
        rows = sorted(order[start : start + chunk], key=lambda i: len(pairs[i].english))
        batches += [rows[i : i + config.batch_pairs] for i in range(0, len(rows), config.batch_pairs)]
    rng.shuffle(batches)
    yield from batches
