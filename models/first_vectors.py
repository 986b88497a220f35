"""A first vector for each piece of the bundled encoder's vocabulary, so that it understands before it is trained.

A Latin piece has the English teacher's input vector of its spelling, a Chinese one the mean of its translations: in
parallel texts where it is frequent there (`models.alignment`), else in a dictionary. The vocabulary is
`models.vocabulary`.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import diags

from models.vocabulary import SPECIAL_TOKENS, DictionaryEntry

if TYPE_CHECKING:
    import torch
    from scipy.sparse import csr_matrix
    from transformers import PreTrainedTokenizerFast

__all__ = ["TeacherVocabulary", "first_vectors"]

_CHINESE = re.compile(r"[\u3400-\u9fff]")
_SHARPNESS, _DICTIONARY_COUNT = 1.5, 5.0
"""`scripts/pretrain.py` prints what they are worth: FLORES zh→en retrieval before any training."""


@dataclass(frozen=True, slots=True)
class TeacherVocabulary:
    """The teacher's pieces and input vectors.

    Attributes:
        tokenizer: a WordPiece tokenizer, whose inner pieces begin with ##.
        vectors: Shape: (n_teacher_pieces, width).
        counts: how often its pieces occur, see `english_counts`.
    """

    tokenizer: PreTrainedTokenizerFast
    vectors: torch.Tensor
    counts: Counter[str]

    def of_text(self, text: str) -> torch.Tensor | None:
        """The mean vector of a text's pieces; None where it has none that are known."""
        ids = self.tokenizer(text, add_special_tokens=False)["input_ids"]
        ids = [i for i in ids if i != self.tokenizer.unk_token_id]
        return self.vectors[ids].mean(0) if ids else None

    def of_piece(self, word: str) -> torch.Tensor | None:
        """The vector of the same piece; of one that begins words and one that goes on, their mean by frequency."""
        import torch

        forms = {form: self.tokenizer.convert_tokens_to_ids(form) for form in (word, f"##{word}")}
        known = {form: number for form, number in forms.items() if number != self.tokenizer.unk_token_id}
        if not known:
            return self.of_text(word)
        share = torch.tensor([1e-3 + self.counts[form] for form in known], dtype=self.vectors.dtype)
        return (share / share.sum()) @ self.vectors[list(known.values())]


def first_vectors(
    pieces: Mapping[str, int],
    *,
    entries: Iterable[DictionaryEntry],
    rules: Mapping[str, str],
    teacher: TeacherVocabulary,
    translations: csr_matrix,
) -> torch.Tensor:
    """One vector a piece, Shape: (n_pieces, width): the teacher's for its spelling or its translations.

    A piece without either gets the mean of its characters, and failing that noise of the vectors' own spread.

    Args:
        pieces: id of each piece.
        entries: the dictionary.
        rules: how the tokenizer folds characters.
        teacher: whose vectors are taken.
        translations: how often a piece was translated by each of the teacher's, see `models.alignment`. Shape:
            (n_pieces, n_teacher_pieces).
    """
    import torch

    glosses: dict[str, list[str]] = defaultdict(list)
    for entry in entries:
        glosses["".join(rules.get(c, c) for c in entry.simplified)].extend(entry.glosses[:3])

    def of_chinese(word: str) -> torch.Tensor | None:
        parts = [teacher.of_text(_plain_gloss(gloss)) for gloss in glosses.get(word, ())[:3]]
        return _mean(parts)

    mean, spread = teacher.vectors.mean(0), teacher.vectors.std(0)
    generator = torch.Generator().manual_seed(0)
    vectors = mean + 0.5 * spread * torch.randn(len(pieces), len(mean), generator=generator)
    for word, index in pieces.items():
        if word in SPECIAL_TOKENS or not _CHINESE.search(word):
            vector = teacher.of_piece(word)
        else:
            vector = of_chinese(word)
            vector = _mean([of_chinese(char) for char in word]) if vector is None else vector
        if vector is not None:
            vectors[index] = vector
    chinese = [index for word, index in pieces.items() if _CHINESE.search(word)]
    of_texts, trust = _translated(translations[chinese], teacher.vectors)
    vectors[chinese] = trust * of_texts + (1 - trust) * vectors[chinese]
    return vectors


def _mean(vectors: Sequence[torch.Tensor | None]) -> torch.Tensor | None:
    import torch

    known = [vector for vector in vectors if vector is not None]
    return torch.stack(known).mean(0) if known else None


def _translated(counts: csr_matrix, vectors: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """The mean vector of each row's translations, Shape: (n, width), and how far it is to be trusted, (n, 1)."""
    import torch

    # A power above one leaves out the many words that are only now and then near.
    weights = counts.power(_SHARPNESS)
    weights = diags(1 / np.maximum(weights.sum(axis=1).A1, 1e-12)) @ weights
    n_seen = counts.sum(axis=1).A1
    trust = torch.from_numpy(n_seen / (n_seen + _DICTIONARY_COUNT)).to(vectors.dtype).unsqueeze(1)
    return torch.from_numpy(weights @ vectors.numpy()).to(vectors.dtype), trust


def _plain_gloss(gloss: str) -> str:
    """A dictionary gloss without brackets and grammar: 'to shrink (of cloth)' → 'shrink'."""
    return re.sub(r"\(.*?\)|\[.*?\]|^to ", "", gloss).strip() or gloss
