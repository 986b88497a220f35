"""The vocabulary of the bundled encoder: a Chinese–English unigram tokenizer built around that of an English teacher.

Its English pieces are the English teacher's own, so that English is read as the teacher reads it from the first step
on; its Chinese pieces are found by sentencepiece (Kudo and Richardson 2018) in the texts. Both stand in one unigram
model, handed on as a Hugging Face fast tokenizer: nothing but `tokenizer.json` is needed at run time. Its normaliser
folds case, widths (NFKC), accents and traditional characters inside the tokenizer: 縮表 and 缩表 are the same pieces,
and offsets still point into the original text.

First vectors of the pieces are `models.first_vectors`, training the encoder is `models.distillation`.
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

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

__all__ = ["SPECIAL_TOKENS", "DictionaryEntry", "english_counts", "folding_rules", "train_tokenizer"]

SPECIAL_TOKENS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
_FOLDING_SHARE = 0.8
_LAST_FOLDED = 0xFFFF
_FOREIGN = re.compile(r"[\u0370-\u1fff\u2e80-\uffff]")


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
