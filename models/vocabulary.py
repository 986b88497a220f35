"""The vocabulary of the bundled encoder: a Chinese–English unigram tokenizer and a first vector for each of its pieces.

The tokenizer is trained by sentencepiece (Kudo and Richardson 2018) and handed on as a Hugging Face fast tokenizer, so
that nothing but `tokenizer.json` is needed at run time. Its normaliser folds case, widths (NFKC) and traditional
characters into
simplified ones inside the tokenizer: 縮表 and 缩表 are the same pieces, and offsets still point into the original text.

First vectors come from an English teacher: a Latin piece is the mean of the teacher's input vectors of its spelling,
a Chinese piece that of its translations, in parallel texts where it is frequent there (`models.alignment`), else in a
dictionary. Training the encoder is `models.distillation`.
"""

from __future__ import annotations

import re
import tempfile
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
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

__all__ = ["DictionaryEntry", "first_vectors", "folding_rules", "train_tokenizer"]

SPECIAL_TOKENS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
_FOLDING_SHARE = 0.8
_LAST_FOLDED = 0xFFFF
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_SHARPNESS, _DICTIONARY_COUNT = 1.5, 5.0
"""Measured: FLORES zh→en retrieval before any training .51 by the dictionary alone, .67 with both."""


@dataclass(frozen=True, slots=True)
class DictionaryEntry:
    """One row of a Chinese–English dictionary (CC-CEDICT): both scripts and the English glosses."""

    simplified: str
    traditional: str
    glosses: tuple[str, ...]


def folding_rules(entries: Iterable[DictionaryEntry]) -> dict[str, str]:
    """What each single character becomes: NFKC, case-folded, then traditional → simplified where the dictionary agrees.

    A traditional character is folded when at least 80% of its uses in the dictionary have one simplified form.

    >>> rules = folding_rules([DictionaryEntry("缩表", "縮表", ("balance sheet reduction",))])
    >>> rules["縮"], rules["Ａ"], "表" in rules
    ('缩', 'a', False)
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
        folded = unicodedata.normalize("NFKC", char).casefold()
        folded = " " if folded.isspace() else "".join(simplified.get(c, c) for c in folded)
        if folded != char:
            rules[char] = folded
    return rules


def train_tokenizer(
    texts: Iterable[str], *, n_pieces: int, rules: Mapping[str, str], max_tokens: int
) -> PreTrainedTokenizerFast:
    """A fast tokenizer of `n_pieces` pieces trained on `texts`; digits stand alone, `[CLS] … [SEP]` frame a text."""
    import sentencepiece
    from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

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
            character_coverage=0.9995,
            normalization_rule_tsv=str(rule_file),
            split_digits=True,
            max_sentence_length=20000,
            pad_id=0,
            unk_id=1,
            bos_id=2,
            eos_id=3,
            pad_piece="[PAD]",
            unk_piece="[UNK]",
            bos_piece="[CLS]",
            eos_piece="[SEP]",
            user_defined_symbols="[MASK]",
            minloglevel=2,
        )
        # Its messages are made at run time by protobuf, where no type checker sees them.
        messages: Any = import_module("sentencepiece.sentencepiece_model_pb2")
        proto = messages.ModelProto()
        proto.ParseFromString((Path(folder) / "spm.model").read_bytes())
    tokenizer = Tokenizer(models.Unigram([(p.piece, p.score) for p in proto.pieces], unk_id=1, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Precompiled(proto.normalizer_spec.precompiled_charsmap), normalizers.Replace(Regex(" {2,}"), " ")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
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


def first_vectors(
    pieces: Mapping[str, int],
    *,
    entries: Iterable[DictionaryEntry],
    rules: Mapping[str, str],
    teacher_tokenizer: PreTrainedTokenizerFast,
    teacher_vectors: torch.Tensor,
    translations: csr_matrix,
) -> torch.Tensor:
    """One vector a piece, Shape: (n_pieces, width): the teacher's for its spelling or its translations.

    A piece without either gets the mean of its characters, and failing that noise of the vectors' own spread.

    Args:
        pieces: id of each piece.
        entries: the dictionary.
        rules: how the tokenizer folds characters.
        teacher_tokenizer: reads English.
        teacher_vectors: its input vectors. Shape: (n_teacher_pieces, width).
        translations: how often a piece was translated by each of the teacher's, see `models.alignment`. Shape:
            (n_pieces, n_teacher_pieces).
    """
    import torch

    glosses: dict[str, list[str]] = defaultdict(list)
    for entry in entries:
        glosses["".join(rules.get(c, c) for c in entry.simplified)].extend(entry.glosses[:3])
    generator = torch.Generator().manual_seed(0)
    mean, spread = teacher_vectors.mean(0), teacher_vectors.std(0)
    vectors = mean + 0.5 * spread * torch.randn(len(pieces), len(mean), generator=generator)

    def vector_of_english(text: str) -> torch.Tensor | None:
        ids = teacher_tokenizer(text, add_special_tokens=False)["input_ids"]
        ids = [i for i in ids if i != teacher_tokenizer.unk_token_id]
        return teacher_vectors[ids].mean(0) if ids else None

    def vector_of_chinese(word: str) -> torch.Tensor | None:
        parts = [vector_of_english(_plain_gloss(gloss)) for gloss in glosses.get(word, ())[:3]]
        known = [part for part in parts if part is not None]
        return torch.stack(known).mean(0) if known else None

    for piece, index in pieces.items():
        word = piece.removeprefix("▁")
        vector: torch.Tensor | None
        if piece in SPECIAL_TOKENS:
            vector = teacher_vectors[teacher_tokenizer.convert_tokens_to_ids(piece)]
        elif _CHINESE.search(word):
            vector = vector_of_chinese(word)
            if vector is None:
                parts = [v for v in map(vector_of_chinese, word) if v is not None]
                vector = torch.stack(parts).mean(0) if parts else None
        else:
            inside = f"##{word}" if piece == word else word
            known = teacher_tokenizer.convert_tokens_to_ids(inside)
            vector = teacher_vectors[known] if known != teacher_tokenizer.unk_token_id else vector_of_english(word)
        if vector is not None:
            vectors[index] = vector
    chinese = [index for piece, index in pieces.items() if _CHINESE.search(piece)]
    counts = translations[chinese]
    n_seen = counts.sum(axis=1).A1
    # A power above one leaves out the many words that are only now and then near.
    weights = counts.power(_SHARPNESS)
    weights = diags(1 / np.maximum(weights.sum(axis=1).A1, 1e-12)) @ weights
    of_texts = torch.from_numpy(weights @ teacher_vectors.numpy()).to(vectors.dtype)
    trust = torch.from_numpy(n_seen / (n_seen + _DICTIONARY_COUNT)).to(vectors.dtype).unsqueeze(1)
    vectors[chinese] = trust * of_texts + (1 - trust) * vectors[chinese]
    return vectors


def _plain_gloss(gloss: str) -> str:
    """A dictionary gloss without brackets and grammar: 'to shrink (of cloth)' → 'shrink'."""
    return re.sub(r"\(.*?\)|\[.*?\]|^to ", "", gloss).strip() or gloss
