"""The vocabulary of the bundled encoder: a Chinese–English unigram tokenizer and a first vector for each of its pieces.

Its English pieces are the English teacher's own, so that English is read as the teacher reads it from the first step
on; its Chinese pieces are found by sentencepiece (Kudo and Richardson 2018) in the texts. Both stand in one unigram
model, handed on as a Hugging Face fast tokenizer: nothing but `tokenizer.json` is needed at run time. Its normaliser
folds case, widths (NFKC), accents and traditional characters inside the tokenizer: 縮表 and 缩表 are the same pieces,
and offsets still point into the original text.

First vectors come from the teacher: a Latin piece is the mean of the teacher's input vectors of its spelling, a
Chinese piece that of its translations, in parallel texts where it is frequent there (`models.alignment`), else in a
dictionary. Training the encoder is `models.distillation`.
"""

from __future__ import annotations

import math
import re
import tempfile
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import diags

if TYPE_CHECKING:
    import torch
    from scipy.sparse import csr_matrix
    from transformers import PreTrainedTokenizerFast

__all__ = [
    "DictionaryEntry",
    "TeacherVocabulary",
    "english_counts",
    "first_vectors",
    "folding_rules",
    "train_tokenizer",
]

SPECIAL_TOKENS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
_FOLDING_SHARE = 0.8
_LAST_FOLDED = 0xFFFF
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_FOREIGN = re.compile(r"[\u0370-\u1fff\u2e80-\uffff]")
_SHARPNESS, _DICTIONARY_COUNT = 1.5, 5.0
"""Measured: FLORES zh→en retrieval before any training .51 by the dictionary alone, .67 with both."""


@dataclass(frozen=True, slots=True)
class DictionaryEntry:
    """One row of a Chinese–English dictionary (CC-CEDICT): both scripts and the English glosses."""

    simplified: str
    traditional: str
    glosses: tuple[str, ...]


def folding_rules(entries: Iterable[DictionaryEntry]) -> dict[str, str]:
    """What each single character becomes: NFKC, case-folded, accents off Latin letters, traditional → simplified.

    A traditional character is folded when at least 80% of its uses in the dictionary have one simplified form.

    >>> rules = folding_rules([DictionaryEntry("缩表", "縮表", ("balance sheet reduction",))])
    >>> rules["縮"], rules["Ａ"], rules["É"], "表" in rules
    ('缩', 'a', 'e', False)
    """
    uses: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for entry in entries:
        if len(entry.simplified) == len(entry.traditional):
            for old, new in zip(entry.traditional, entry.simplified, strict=True):
                uses[old][new] += 1
    simplified = {}
    for old, counter in uses.items():
        new, count = counter.most_common(1)[0]
        if new != old and count >= _FOLDING_SHARE * counter.total():
            simplified[old] = new
    rules = {}
    for point in range(0x20, _LAST_FOLDED + 1):
        char = chr(point)
        if unicodedata.category(char) in {"Cs", "Cn", "Co"}:
            continue
        folded = _without_accents(unicodedata.normalize("NFKC", char).casefold())
        folded = " " if folded.isspace() else "".join(simplified.get(c, c) for c in folded)
        if folded != char:
            rules[char] = folded
    return rules


def _without_accents(text: str) -> str:
    """Latin letters without their accents, as the teacher's tokenizer reads them; other scripts as they are."""
    parts = unicodedata.normalize("NFD", text)
    if not re.match("[a-z]", parts):
        return text
    return "".join(c for c in parts if unicodedata.category(c) != "Mn")


def train_tokenizer(
    texts: Iterable[str],
    *,
    n_pieces: int,
    n_english: int,
    rules: Mapping[str, str],
    teacher_tokenizer: PreTrainedTokenizerFast,
    max_tokens: int,
) -> PreTrainedTokenizerFast:
    """A fast tokenizer of `n_pieces` pieces; digits stand alone, `[CLS] … [SEP]` frame a text.

    Args:
        texts: English ones are counted by the teacher's pieces, others train pieces of their own.
        n_pieces: in all.
        n_english: the most frequent of the teacher's, wherever in a word they stand.
        rules: how characters are folded, see `folding_rules`.
        teacher_tokenizer: a WordPiece tokenizer, whose inner pieces begin with ##.
        max_tokens: the longest text the encoder reads.
    """
    from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    english: list[str] = []
    others: list[str] = []
    for text in texts:
        (others if _FOREIGN.search(text) else english).append(text)
    charsmap, foreign = _train_pieces(others, rules, n_pieces)
    scores = _log_shares(english_counts(english, teacher_tokenizer), n_english)
    for piece, score in foreign:
        if len(scores) + len(SPECIAL_TOKENS) == n_pieces:
            break
        scores.setdefault(piece, score)
    vocabulary = [*((token, 0.0) for token in SPECIAL_TOKENS), *scores.items()]
    unknown = SPECIAL_TOKENS.index("[UNK]")
    tokenizer = Tokenizer(models.Unigram(vocabulary, unk_id=unknown, byte_fallback=False))
    tokenizer.normalizer = normalizers.Precompiled(charsmap)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(r"\s+"), "removed"),
            pre_tokenizers.Split(Regex(r"[a-z]+"), "isolated"),
            pre_tokenizers.Punctuation("isolated"),
            pre_tokenizers.Digits(individual_digits=True),
        ]
    )
    tokenizer.decoder = decoders.Fuse()
    cls, sep = (SPECIAL_TOKENS.index(token) for token in ("[CLS]", "[SEP]"))
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B [SEP]", special_tokens=[("[CLS]", cls), ("[SEP]", sep)]
    )
    tokenizer.add_special_tokens([AddedToken(token, special=True) for token in SPECIAL_TOKENS])
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        model_max_length=max_tokens,
        pad_token="[PAD]",
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        mask_token="[MASK]",
    )


def english_counts(texts: Sequence[str], teacher_tokenizer: PreTrainedTokenizerFast) -> Counter[str]:
    """How often each of the teacher's pieces occurs, ## included; marks and numbers left out."""
    counts: Counter[str] = Counter()
    for start in range(0, len(texts), 1000):
        batch = teacher_tokenizer(list(texts[start : start + 1000]), add_special_tokens=False)
        for index in range(len(batch["input_ids"])):
            counts.update(batch.tokens(index))
    return Counter({p: n for p, n in counts.items() if p not in SPECIAL_TOKENS and not re.search("[0-9]", p)})


def _log_shares(counts: Counter[str], n_pieces: int) -> dict[str, float]:
    """Log share of the most frequent pieces, with those that begin and those that go on a word as one."""
    merged: Counter[str] = Counter()
    for piece, count in counts.items():
        merged[piece.removeprefix("##")] += count
    for char in "0123456789abcdefghijklmnopqrstuvwxyz":
        merged[char] += 1 + merged.total() // 1000 * char.isdigit()
    kept = merged.most_common(n_pieces)
    return {piece: math.log(count / merged.total()) for piece, count in kept}


def _train_pieces(texts: list[str], rules: Mapping[str, str], n_pieces: int) -> tuple[bytes, list[tuple[str, float]]]:
    """The normaliser that follows `rules`, and the pieces with a letter of another script, the likeliest first."""
    import sentencepiece

    with tempfile.TemporaryDirectory() as folder:
        rule_file = Path(folder) / "rules.tsv"
        lines = (
            " ".join(f"{ord(c):X}" for c in old) + "\t" + " ".join(f"{ord(c):X}" for c in new)
            for old, new in rules.items()
        )
        rule_file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(texts),
            model_prefix=str(Path(folder) / "spm"),
            vocab_size=n_pieces,
            model_type="unigram",
            character_coverage=0.9998,
            normalization_rule_tsv=str(rule_file),
            split_digits=True,
            max_sentence_length=20000,
            minloglevel=2,
        )
        # Its messages are made at run time by protobuf, where no type checker sees them.
        messages: Any = import_module("sentencepiece.sentencepiece_model_pb2")
        proto = messages.ModelProto()
        proto.ParseFromString((Path(folder) / "spm.model").read_bytes())
    scores: dict[str, float] = {}
    for piece in proto.pieces:
        text = piece.piece.replace("▁", "")
        if _FOREIGN.search(text) and not re.search("[a-z0-9]", text):
            scores[text] = max(piece.score, scores.get(text, -math.inf))
    # Single characters are kept whatever their score: without them a word would be unknown.
    ranked = sorted(scores.items(), key=lambda item: (len(item[0]) > 1, -item[1]))
    return bytes(proto.normalizer_spec.precompiled_charsmap), ranked


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
