"""Teaches an encoder the language of the financial press: masked tokens are guessed from their surroundings.

Masked language modelling (Devlin et al. 2019) over texts packed into full windows, in Chinese and English alike. Beside
it runs a rehearsal of what distillation taught (`models.distillation`): sentences of pairs are still pulled to the
teacher's vectors, or one space for both languages would come apart. The head that guesses is thrown away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import nn

from models.distillation import Teacher, finite, read, sentence_loss, warm_up_and_decay
from models.encoder import fast_bfloat16
from models.pairs import EncodedPairs, Pair, encoded_ahead, pair_batches
from nlp.errors import TrainingError

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from transformers import PreTrainedModel, PreTrainedTokenizerFast

__all__ = ["PretrainingConfig", "Rehearsal", "pretrain", "text_windows"]


@dataclass(frozen=True, slots=True)
class PretrainingConfig:
    """How to train on texts.

    Attributes:
        n_tokens: how many are read in all, over as many passes as that takes.
        batch_tokens: tokens of text a step.
        masked_share: of the tokens, of which 80% are masked, 10% replaced by others, 10% left as they are.
        learning_rate: peak (linear warm-up over the first 6%, then linear decay to a twentieth).
        rehearse_every: so many steps.
        batch_pairs: pairs that are rehearsed then.
        max_pair_tokens: longer sides of a pair are cut.
        rehearsal_weight: of the sentence losses beside the masked one.
        temperature: of their contrastive softmax.
    """

    n_tokens: int
    batch_tokens: int = 65_536
    masked_share: float = 0.2
    learning_rate: float = 5e-4
    rehearse_every: int = 4
    batch_pairs: int = 64
    max_pair_tokens: int = 80
    rehearsal_weight: float = 1.0
    temperature: float = 0.05
    seed: int = 0

    def __post_init__(self) -> None:
        for name in ("n_tokens", "batch_tokens", "rehearse_every", "batch_pairs"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} is {getattr(self, name)}; it must be at least 1")
        if not 0 < self.masked_share < 1:
            raise ValueError(f"masked_share is {self.masked_share}; it must lie between 0 and 1")


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """Pairs whose sides are pulled to the teacher's vectors."""

    pairs: Sequence[Pair]
    teacher: Teacher


class _MaskedHead(nn.Module):
    """Logits over the vocabulary; the last matrix is the encoder's own input vectors."""

    def __init__(self, vectors: nn.Parameter) -> None:
        super().__init__()
        self.vectors = [vectors]  # in a list, so that it is not counted as a parameter of the head
        self.layer = nn.Sequential(
            nn.Linear(vectors.shape[1], vectors.shape[1]), nn.GELU(), nn.LayerNorm(vectors.shape[1])
        )
        self.shift = nn.Parameter(torch.zeros(len(vectors)))

    def forward(self, states: torch.Tensor) -> torch.Tensor:
        """Shape: (n, width) → (n, n_pieces)."""
        return nn.functional.linear(self.layer(states), self.vectors[0], self.shift)


def pretrain(
    encoder: PreTrainedModel,
    tokenizer: PreTrainedTokenizerFast,
    windows: NDArray[np.uint16],
    rehearsal: Rehearsal,
    config: PretrainingConfig,
    *,
    on_step: Callable[[int, int, float], None] = lambda step, n_steps, loss: None,
) -> None:
    """Trains `encoder` in place where it and the teacher are.

    Args:
        encoder: with its tokenizer, which has a mask token.
        tokenizer: of `encoder`.
        windows: see `text_windows`.
        rehearsal: what is not to be forgotten.
        config: see there.
        on_step: called after each step with its number, the number of steps and the loss.

    Raises:
        TrainingError: there is nothing to learn from, or the loss is no number any more.
    """
    if not len(windows) or not rehearsal.pairs:
        raise TrainingError(f"{len(windows)} windows of text and {len(rehearsal.pairs)} pairs: give some of both")
    torch.manual_seed(config.seed)
    device = encoder.device
    vectors = encoder.get_parameter("embeddings.word_embeddings.weight")
    head = _MaskedHead(vectors).to(device)
    parameters = [*encoder.parameters(), *head.parameters()]
    optimizer = torch.optim.AdamW(parameters, lr=config.learning_rate, betas=(0.9, 0.98), weight_decay=0.01, fused=True)
    n_steps = max(1, config.n_tokens // config.batch_tokens)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, warm_up_and_decay(0, n_steps))
    encoder.eval()  # without dropout: masks differ in every pass
    teacher = rehearsal.teacher.model.eval()
    masks = _Masks(tokenizer, len(vectors), config.masked_share)
    texts = _text_batches(windows, max(1, config.batch_tokens // windows.shape[1]), config.seed)
    pairs = encoded_ahead(
        rehearsal.pairs,
        pair_batches(rehearsal.pairs, config.batch_pairs, config.seed),
        tokenizer,
        rehearsal.teacher.tokenizer,
        config.max_pair_tokens,
    )
    for step in range(n_steps):
        ids = torch.from_numpy(next(texts).astype(np.int64)).to(device)
        shown, hidden = masks.draw(ids)
        with torch.autocast(device.type, dtype=torch.bfloat16, enabled=fast_bfloat16(device)):
            guesses = head(encoder(input_ids=shown).last_hidden_state[hidden])
        loss = nn.functional.cross_entropy(guesses.float(), ids[hidden])
        if step % config.rehearse_every == 0:
            rehearsed = _rehearsal_loss(encoder, teacher, next(pairs), config.temperature)
            loss = loss + config.rehearsal_weight * rehearsed
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        schedule.step()
        on_step(step + 1, n_steps, finite(loss, step))


def text_windows(tokens: Sequence[NDArray[np.uint16]], *, size: int, cls: int, sep: int) -> NDArray[np.uint16]:
    """Texts one after another, a `sep` after each, cut into windows that begin with `cls`. Shape: (n, size).

    >>> text_windows([np.array([7, 8], np.uint16), np.array([9], np.uint16)], size=3, cls=2, sep=3).tolist()
    [[2, 7, 8], [2, 3, 9]]
    """
    if not tokens:
        return np.zeros((0, size), np.uint16)
    stream = np.concatenate([part for text in tokens for part in (text, np.array([sep], np.uint16))])
    n = len(stream) // (size - 1)
    body = stream[: n * (size - 1)].reshape(n, size - 1)
    return np.concatenate([np.full((n, 1), cls, np.uint16), body], axis=1)


class _Masks:
    """Draws which tokens are to be guessed, and what is shown in their place."""

    def __init__(self, tokenizer: PreTrainedTokenizerFast, n_pieces: int, share: float) -> None:
        self.mask, self.special = int(tokenizer.mask_token_id), list(tokenizer.all_special_ids)
        self.n_pieces, self.share = n_pieces, share

    def draw(self, ids: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """The ids to show, and where something is to be guessed; both Shape: (n, n_tokens)."""
        special = torch.isin(ids, torch.tensor(self.special, device=ids.device))
        hidden = (torch.rand(ids.shape, device=ids.device) < self.share) & ~special
        kind = torch.rand(ids.shape, device=ids.device)
        others = torch.randint(self.n_pieces, ids.shape, device=ids.device)
        shown = torch.where(hidden & (kind < 0.8), self.mask, ids)
        return torch.where(hidden & (kind >= 0.9), others, shown), hidden


def _text_batches(windows: NDArray[np.uint16], size: int, seed: int) -> Iterator[NDArray[np.uint16]]:
    """Windows in random order, pass after pass without end."""
    rng = np.random.default_rng(seed)
    while True:
        order = rng.permutation(len(windows))
        for start in range(0, len(order), size):
            yield windows[order[start : start + size]]


def _rehearsal_loss(
    encoder: PreTrainedModel, teacher: PreTrainedModel, pairs: EncodedPairs, temperature: float
) -> torch.Tensor:
    with torch.autocast(encoder.device.type, dtype=torch.bfloat16, enabled=fast_bfloat16(encoder.device)):
        with torch.no_grad():
            goal = read(teacher, pairs.goal).sentences
        own, other = read(encoder, pairs.english).sentences, read(encoder, pairs.other).sentences
    return sentence_loss(own, goal, temperature) + sentence_loss(other, goal, temperature)
