"""The texts and pairs that the bundled encoder is made from; no command."""

from __future__ import annotations

import json
import lzma
import random
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.distillation import embed, retrieval_accuracy
from models.pairs import Pair
from nlp.errors import InputError

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerFast

__all__ = ["MAX_TOKENS", "read_pairs", "read_texts", "retrieval", "rows"]

MAX_TOKENS = 256
"""The longest text that the encoder reads."""
PAIR_FILES = {
    ("en_zh_finance_mt", "zh"): 100_000,
    ("en_zh_general_mt", "zh"): 60_000,
    ("wmt_news_human", "zh"): 34_000,
    ("wmt_news_human", "de"): 2000,
    ("wmt_news_human", "fr"): 2000,
    ("wmt_news_human", "es"): 2000,
    ("wmt_news_human", "ja"): 3000,
    ("wmt_news_human", "ru"): 1000,
    ("en_xx_misc", "ko"): 3500,
    ("ntrex_news_human", "ko"): 1500,
    ("ntrex_news_human", "zh-Hant"): 1500,
}
"""At most how many pairs of each parallel file and language; English is the other side."""
TEXT_FILES = {
    "text/zh/market_commentary_notes": 2500,
    "text/zh/stockcrash_news": 1000,
    "text/zh/fincuge_texts": 40_000,
    "text/zh/cctv_news_2022_2026": 5000,
    "text/zh/cls_telegraph_2026": 2000,
    "text/zh/wind_breakfast_2024": 100,
    "text/en/reuters_2006_2013_market": 40_000,
    "text/en/blogs_market_commentary_2006_2024": 8000,
    "text/en/us_treasury_1996_2026": 1000,
    "text/en/reuters_headlines_2007_2016": 60_000,
}
"""At most how many rows of each file of texts."""


def rows(path: Path, limit: int | None = None) -> Iterator[dict[str, Any]]:
    """The JSON rows of an xz-compressed JSONL file, a random sample of `limit` of them in a fixed order.

    Raises:
        InputError: it is not there.
    """
    try:
        with lzma.open(path, "rt", encoding="utf-8") as file:
            lines = file.readlines()
    except FileNotFoundError as error:
        raise InputError(f"{path} is missing: --shared has to name the folder with parallel/ and text/") from error
    if limit is not None and limit < len(lines):
        lines = random.Random(0).sample(lines, limit)  # noqa: S311 - sampling, not secrets
    return map(json.loads, lines)


def read_pairs(shared: Path, share: float = 1.0) -> list[Pair]:
    """Pairs of `PAIR_FILES`, or a share of each, shuffled."""
    pairs = []
    for name in sorted({name for name, _ in PAIR_FILES}):
        left = {lang: round(share * limit) for (file, lang), limit in PAIR_FILES.items() if file == name}
        for row in rows(shared / f"parallel/{name}.jsonl.xz"):
            lang = row["tgt_lang"]
            if row["src_lang"] == "en" and left.get(lang, 0) > 0:
                left[lang] -= 1
                pairs.append(Pair(row["src"], row["tgt"], lang))
    random.Random(1).shuffle(pairs)  # noqa: S311 - shuffling, not secrets
    return pairs


def read_texts(shared: Path, share: float = 1.0) -> list[str]:
    """Titles and paragraphs of `TEXT_FILES`, or of a share of their rows, shuffled by article."""
    found = [r for name, n_rows in TEXT_FILES.items() for r in rows(shared / f"{name}.jsonl.xz", round(share * n_rows))]
    random.Random(2).shuffle(found)  # noqa: S311 - shuffling, not secrets
    return [part for r in found for part in (r["title"], *r["text"].split("\n")) if part.strip()]


def retrieval(shared: Path, encoder: PreTrainedModel, tokenizer: PreTrainedTokenizerFast, n: int = 400) -> str:
    """How often the nearest English FLORES sentence of a Chinese one is its own, among `n` and per script."""
    flores = list(rows(shared / "parallel/flores101_devtest.jsonl.xz"))
    found = {}
    for script in ("cmn_Hans", "cmn_Hant"):
        chosen = [r for r in flores if r["id"].endswith(script)][:n]
        english = embed(encoder, tokenizer, [r["src"] for r in chosen], max_tokens=128)
        chinese = embed(encoder, tokenizer, [r["tgt"] for r in chosen], max_tokens=128)
        found[script] = round(retrieval_accuracy(chinese, english), 4)
    return f"FLORES zh→en retrieval among {n}: {found}"
