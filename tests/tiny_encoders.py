"""Random encoders of each family that froth is told to take, with tokenizers trained here: nothing is downloaded.

Their sizes are a toy's; kinds of model and tokenizer, marks and counting of positions are those of the real ones.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import MappingProxyType
from typing import Any

import torch
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
from transformers import (
    BertConfig,
    BertTokenizer,
    DebertaV2Config,
    DebertaV2Tokenizer,
    ModernBertConfig,
    PreTrainedTokenizerFast,
    RobertaConfig,
    XLMRobertaConfig,
    XLMRobertaTokenizer,
)
from transformers.models.auto import AutoModel

FAMILIES = ("xlm-r", "mdeberta", "modernbert", "bge", "roberta", "unnamed marks")
TEXTS = (
    "AI stocks are in a bubble.",
    "美国科技股有泡沫，流动性危机！",
    "ＡＩ股票：１００％泡沫？",
    "🫧🚀 to the moon 👩‍👩‍👧 危机",
    "No crisis, 7 of 9 said “calm”.",
)
_SIZES = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 48}
_N_POSITIONS = 128


def make_encoder(family: str, folder: Path) -> Path:
    """Saves the encoder of a family as Hugging Face would; returns `folder`."""
    tokenizer, config = _MAKERS[family]()
    torch.manual_seed(0)
    AutoModel.from_config(config(tokenizer)).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


_Made = tuple[PreTrainedTokenizerFast, Callable[[PreTrainedTokenizerFast], Any]]


def _sentencepiece() -> list[tuple[str, float]]:
    """The pieces of a unigram model and their log probabilities."""
    trained = Tokenizer(models.Unigram())
    trained.normalizer = normalizers.NFKC()
    trained.pre_tokenizer = pre_tokenizers.Metaspace()
    trainer = trainers.UnigramTrainer(vocab_size=160, show_progress=False, unk_token="<unk>", special_tokens=["<unk>"])
    trained.train_from_iterator(TEXTS, trainer)
    return [(piece, score) for piece, score in json.loads(trained.to_str())["model"]["vocab"] if piece != "<unk>"]


def _byte_level(**marks: str) -> PreTrainedTokenizerFast:
    trained = Tokenizer(models.BPE())
    trained.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trained.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trained.train_from_iterator(
        TEXTS,
        trainers.BpeTrainer(
            vocab_size=320, show_progress=False, special_tokens=list(marks.values()), initial_alphabet=alphabet
        ),
    )
    return PreTrainedTokenizerFast(tokenizer_object=trained, **marks)


def _xlm_r() -> _Made:
    """As XLM-R, multilingual E5, BGE-M3: SentencePiece, positions from the padding's on, no second kind of text."""
    vocab = [("<s>", 0.0), ("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), *_sentencepiece(), ("<mask>", 0.0)]
    return XLMRobertaTokenizer(vocab=vocab), lambda tokenizer: XLMRobertaConfig(
        vocab_size=len(tokenizer), max_position_embeddings=_N_POSITIONS + 2, type_vocab_size=1, **_SIZES
    )


def _mdeberta() -> _Made:
    """As mDeBERTa: relative positions only, no kinds of text at all."""
    vocab = [("[PAD]", 0.0), ("[CLS]", 0.0), ("[SEP]", 0.0), ("[UNK]", 0.0), *_sentencepiece(), ("[MASK]", 0.0)]
    return DebertaV2Tokenizer(vocab=vocab, unk_id=3), lambda tokenizer: DebertaV2Config(
        vocab_size=len(tokenizer), max_position_embeddings=_N_POSITIONS, type_vocab_size=0, relative_attention=True,
        position_buckets=16, position_biased_input=False, pos_att_type="p2c|c2p", share_att_key=True,
        norm_rel_ebd="layer_norm", **_SIZES,
    )  # fmt: skip


def _modernbert() -> _Made:
    """As ModernBERT: bytes, rotary positions, layers that see their neighbourhood only."""
    marks = {"unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]", "pad_token": "[PAD]", "mask_token": "[MASK]"}  # fmt: skip  # noqa: E501
    return _byte_level(**marks), lambda tokenizer: ModernBertConfig(
        vocab_size=len(tokenizer), max_position_embeddings=8192, local_attention=16,
        pad_token_id=tokenizer.pad_token_id,
        cls_token_id=tokenizer.cls_token_id, sep_token_id=tokenizer.sep_token_id,
        bos_token_id=tokenizer.cls_token_id, eos_token_id=tokenizer.sep_token_id, **_SIZES,
    )  # fmt: skip


def _bge() -> _Made:
    """As BGE and other BERTs: WordPiece, Chinese by the character."""
    letters = sorted({letter for text in TEXTS for letter in text.lower() if not letter.isspace()})
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *(f"##{letter}" for letter in letters)]
    tokenizer = BertTokenizer(vocab={piece: number for number, piece in enumerate(pieces)}, do_lower_case=True)
    return tokenizer, lambda tokenizer: BertConfig(
        vocab_size=len(tokenizer), max_position_embeddings=_N_POSITIONS, **_SIZES
    )


def _roberta() -> _Made:
    """As RoBERTa: bytes, positions from the padding's on."""
    marks = {"cls_token": "<s>", "pad_token": "<pad>", "sep_token": "</s>", "unk_token": "<unk>", "mask_token": "<mask>"}  # fmt: skip  # noqa: E501
    return _byte_level(**marks), lambda tokenizer: RobertaConfig(
        vocab_size=len(tokenizer), max_position_embeddings=_N_POSITIONS + 2, type_vocab_size=1, pad_token_id=1, **_SIZES
    )


def _unnamed() -> _Made:
    """An encoder whose tokenizer marks beginning and end of a text, and names neither cls, sep, pad nor unk."""
    marks = {"bos_token": "<|begin|>", "eos_token": "<|end|>"}
    return _byte_level(**marks), lambda tokenizer: ModernBertConfig(
        vocab_size=len(tokenizer), max_position_embeddings=_N_POSITIONS, local_attention=16, pad_token_id=1,
        bos_token_id=0, eos_token_id=1, cls_token_id=0, sep_token_id=1, **_SIZES,
    )  # fmt: skip


_MAKERS = MappingProxyType(
    {
        "xlm-r": _xlm_r,
        "mdeberta": _mdeberta,
        "modernbert": _modernbert,
        "bge": _bge,
        "roberta": _roberta,
        "unnamed marks": _unnamed,
    }
)
