"""Teaches a small encoder the space of an English teacher, in several languages at once.

The student's mean-pooled vectors of a sentence and of its translation are pulled to the teacher's vector of the English
side (Reimers and Gurevych 2020, multilingual knowledge distillation) and pushed from those of the other pairs in the
batch (InfoNCE); on the English side the states of each word are pulled to the teacher's as well, because narrative
heads read token states. The tokenizer and first vectors are `models.vocabulary`; fine-tuning on labels is
`models.training`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from models.encoder import fast_bfloat16
from models.pairs import Pair, Texts, encode, encoded_ahead, pair_batches
from nlp.errors import TrainingError

if TYPE_CHECKING:
    import torch
    from transformers import BertModel, PreTrainedModel, PreTrainedTokenizerFast

__all__ = [
    "DistillationConfig",
    "Reading",
    "Teacher",
    "distil",
    "embed",
    "finite",
    "read",
    "retrieval_accuracy",
    "sentence_loss",
    "student_from_teacher",
    "warm_up_and_decay",
]


@dataclass(frozen=True, slots=True)
class Teacher:
    """The English encoder whose space is taught, with the tokenizer that belongs to it."""

    model: PreTrainedModel
    tokenizer: PreTrainedTokenizerFast


@dataclass(frozen=True, slots=True)
class DistillationConfig:
    """How to train, in two stages: first the input vectors alone, then everything.

    With the layers frozen the new vectors learn to speak to what the teacher's layers already know; layers that are
    trained from the first step on lose a part of it before the vectors make sense.

    Attributes:
        learning_rate: peak of the layers, in the second stage.
        vector_learning_rate: peak of the input vectors (linear warm-up over the first 6%, then linear decay to a
            twentieth).
        frozen_share: of the steps that belong to the first stage.
        batch_pairs: pairs a step; each pair is two sentences.
        max_tokens: longer sentences are cut.
        temperature: of the contrastive softmax.
        word_weight: of the word loss beside the sentence losses.
    """

    learning_rate: float = 1e-4
    vector_learning_rate: float = 1e-3
    frozen_share: float = 0.5
    batch_pairs: int = 64
    max_tokens: int = 80
    temperature: float = 0.05
    word_weight: float = 2.0
    seed: int = 0

    def __post_init__(self) -> None:
        if self.batch_pairs < 1 or not 0 <= self.frozen_share <= 1:
            raise ValueError(f"batch_pairs is {self.batch_pairs}, frozen_share {self.frozen_share}: see the docstring")


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
            "attention_probs_dropout_prob": 0.0,  # attention with dropout has no fast path on a CPU
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
            vectors[rows] = read(encoder, encode(tokenizer, [texts[i] for i in rows], max_tokens)).sentences.cpu()
    return vectors.clone()


def retrieval_accuracy(queries: torch.Tensor, targets: torch.Tensor) -> float:
    """Share of rows of `queries` whose nearest row of `targets` (cosine) is the one of the same index."""
    nearest = (queries @ targets.T).argmax(1)
    return float((nearest == nearest.new_tensor(range(len(queries)))).float().mean())


def distil(
    student: PreTrainedModel,
    tokenizer: PreTrainedTokenizerFast,
    pairs: Sequence[Pair],
    teacher: Teacher,
    config: DistillationConfig,
    *,
    on_step: Callable[[int, int, float], None] = lambda step, n_steps, loss: None,
) -> None:
    """Trains `student` in place where it and the teacher are, one pass over `pairs`.

    Raises:
        TrainingError: the loss is no number any more.
    """
    import torch

    n_steps = math.ceil(len(pairs) / config.batch_pairs)
    n_frozen = round(config.frozen_share * n_steps)
    vectors = student.get_input_embeddings().weight
    layers = [parameter for parameter in student.parameters() if parameter is not vectors]
    groups = [
        {"params": [vectors], "lr": config.vector_learning_rate},
        {"params": layers, "lr": config.learning_rate},
    ]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01, fused=True)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, [warm_up_and_decay(0, n_steps), warm_up_and_decay(n_frozen, n_steps)]
    )
    torch.manual_seed(config.seed)
    student.eval()  # no dropout: one pass over the pairs cannot overfit, and noise is slow on a CPU
    teacher.model.eval()
    batches = islice(pair_batches(pairs, config.batch_pairs, config.seed), n_steps)
    for step, texts in enumerate(encoded_ahead(pairs, batches, tokenizer, teacher.tokenizer, config.max_tokens)):
        frozen = step < n_frozen
        for parameter in layers:
            parameter.requires_grad_(not frozen)
        with torch.autocast(student.device.type, dtype=torch.bfloat16, enabled=fast_bfloat16(student.device)):
            with torch.no_grad():
                goal = read(teacher.model, texts.goal)
            translated = read(student, texts.other)
            # Frozen layers read English as the teacher does from the first step on: half as often is enough.
            own = None if frozen and step % 2 else read(student, texts.english)
        loss = sentence_loss(translated.sentences, goal.sentences, config.temperature)
        if own is not None:
            loss = loss + sentence_loss(own.sentences, goal.sentences, config.temperature)
            loss = loss + config.word_weight * _word_loss(own, goal)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(student.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        on_step(step + 1, n_steps, finite(loss, step))
    student.requires_grad_(True)


def finite(loss: torch.Tensor, step: int) -> float:
    """The loss as a number.

    Raises:
        TrainingError: it is none any more.
    """
    value = float(loss.detach())
    if not math.isfinite(value):
        raise TrainingError(f"the loss became {value} at step {step}: lower the learning rate")
    return value


def warm_up_and_decay(start: int, end: int) -> Callable[[int], float]:
    """Share of the peak at a step: nothing before `start`, then up over 6% of the steps and down to a twentieth."""
    warm_up = max(1, int(0.06 * (end - start)))

    def share(step: int) -> float:
        return max(0.0, min((step - start + 1) / warm_up, max(0.05, (end - step) / max(1, end - start - warm_up))))

    return share


def sentence_loss(vectors: torch.Tensor, goal: torch.Tensor, temperature: float) -> torch.Tensor:
    """Cosine distance and contrast of unit vectors (n, width) to the goals of the same rows."""
    import torch

    distance = (1 - (vectors * goal).sum(1)).mean()
    own_goal = torch.arange(len(vectors), device=vectors.device)
    contrast = torch.nn.functional.cross_entropy(vectors @ goal.T / temperature, own_goal)
    return 5 * distance + contrast


def _word_loss(own: Reading, goal: Reading) -> torch.Tensor:
    """Mean cosine distance of the words (runs without a space) that both have read; zero where there are none."""
    import torch

    n_words = 1 + max(int(own.texts.words.max()), int(goal.texts.words.max()))
    mine, n_mine = own.words(n_words)
    wanted, n_wanted = goal.words(n_words)
    both = (n_mine > 0) & (n_wanted > 0)
    distance = 1 - torch.nn.functional.cosine_similarity(mine[both], wanted[both], dim=-1)
    return distance.sum() / both.sum().clamp(min=1)


@dataclass(frozen=True, slots=True)
class Reading:
    """What an encoder makes of some texts.

    Attributes:
        texts: what it has read.
        sentences: unit-length mean of the token states. Shape: (n, width).
        states: Shape: (n, n_tokens, width).
    """

    texts: Texts
    sentences: torch.Tensor
    states: torch.Tensor

    def words(self, n_words: int) -> tuple[torch.Tensor, torch.Tensor]:
        """Mean state and number of tokens of each word, Shape: (n, n_words, width) and (n, n_words)."""
        import torch

        n, _, width = self.states.shape
        place = torch.where(self.texts.words < 0, n_words, self.texts.words).to(self.states.device)
        flat = (place + torch.arange(n, device=place.device).unsqueeze(1) * (n_words + 1)).flatten()
        total = self.states.new_zeros(n * (n_words + 1), width).index_add(0, flat, self.states.flatten(0, 1))
        count = torch.bincount(flat, minlength=n * (n_words + 1))
        mean = total / count.clamp(min=1).unsqueeze(1)
        return mean.view(n, n_words + 1, width)[:, :n_words], count.view(n, n_words + 1)[:, :n_words]


def read(encoder: PreTrainedModel, texts: Texts) -> Reading:
    """The states of an encoder, wherever it is, in float32."""
    import torch

    mask = texts.mask.to(encoder.device)
    states = encoder(input_ids=texts.ids.to(encoder.device), attention_mask=mask).last_hidden_state.float()
    weight = mask.unsqueeze(-1).to(states.dtype)
    sentences = torch.nn.functional.normalize((states * weight).sum(1) / weight.sum(1), dim=1)
    return Reading(texts, sentences, states)
