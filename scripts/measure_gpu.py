"""How fast a GPU reads, in each precision and by how many articles it is given at once, and what that does to answers.

`python -m scripts.measure_gpu FILE -o TABLE.md` reads articles whose sentences are known (JSONL, keys `title`, `text`,
`sentences`), which `python -m scripts.measure_gpu ARTICLES --split FILE` writes; so that a rented machine needs torch,
tokenizers, safetensors and numpy alone, and no typer. Every row reads all articles, in turns with the others; seconds
are medians, after a first turn that is not counted. *Whole* is `predict_with_vectors`, from sentences to probabilities;
*read* is its part from windows to logits. Probabilities are compared with those of float32 on the CPU.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from models.checkpoint import load_classifier
from models.classifier import NarrativeClassifier, windows_of
from models.forward import forward
from models.passages import Passage
from models.training_record import environment
from nlp.errors import CheckpointError, FrothError, InputError

if TYPE_CHECKING:
    from models.arithmetic import Precision
    from models.windows import Window

__all__ = ["measure_gpu"]

_PRECISIONS: tuple[Precision, ...] = ("fp32", "bf16")
_HEAD = "| precision | articles at once | articles/s, whole | tokens/s, whole | tokens/s, read | dp on the CPU's |"


def measure_gpu(passages: Sequence[Passage], options: argparse.Namespace) -> Iterator[str]:
    """The lines of the table.

    Raises:
        CheckpointError: no GPU that torch can use here, or a model without an encoder.
    """
    readers = {precision: _reader(options.model, options.device, precision) for precision in _PRECISIONS}
    some = passages[: options.n_compared]
    expected = _reader(options.model, "cpu", "fp32").predict_proba(some)
    found = environment(options.device)
    windows = windows_of(passages, readers["fp32"])
    n_tokens = sum(len(window.ids) for window in windows)
    n_judged = sum(len(passage.judged) for passage in passages)
    yield f"{found['device']}, torch {found['packages']['torch']}, {readers['fp32'].model_id}"
    yield f"{len(passages)} articles, {n_judged} sentences, {len(windows)} windows of {n_tokens} tokens\n"
    yield _HEAD
    yield "|---|---|---|---|---|---|"
    rows = [(precision, at_once) for precision in _PRECISIONS for at_once in options.at_once]
    whole: dict[tuple[Precision, int], list[float]] = {row: [] for row in rows}
    read: dict[tuple[Precision, int], list[float]] = {row: [] for row in rows}
    for _ in range(options.repeats + 1):
        for row in rows:
            parts = [passages[start : start + row[1]] for start in range(0, len(passages), row[1])]
            whole[row].append(_whole_seconds(readers[row[0]], parts))
            read[row].append(_read_seconds(readers[row[0]], [windows_of(part, readers[row[0]]) for part in parts]))
    for row in rows:
        apart = np.abs(readers[row[0]].predict_proba(some) - expected)
        seconds, reading = statistics.median(whole[row][1:]), statistics.median(read[row][1:])
        rates = f"{len(passages) / seconds:.0f} | {n_tokens / seconds:.0f} | {n_tokens / reading:.0f}"
        yield f"| {row[0]} | {row[1]} | {rates} | mean {apart.mean():.1e}, most {apart.max():.1e} |"


def _reader(model: str, device: str, precision: Precision) -> NarrativeClassifier:
    found = load_classifier(model, device=device, precision=precision)
    if not isinstance(found, NarrativeClassifier):
        raise CheckpointError(f"{model} has no encoder: give a model that has one")
    return found


def _whole_seconds(reader: NarrativeClassifier, parts: Sequence[Sequence[Passage]]) -> float:
    began = time.perf_counter()
    for part in parts:
        reader.predict_with_vectors(part)
    return time.perf_counter() - began


def _read_seconds(reader: NarrativeClassifier, parts: Sequence[Sequence[Window]]) -> float:
    began = time.perf_counter()
    for part in parts:
        for _ in forward(reader, part):
            pass  # what comes is on the CPU, so the GPU has ended
    return time.perf_counter() - began


def _passages(path: Path) -> list[Passage]:
    """The articles of a file, all of their sentences judged.

    Raises:
        InputError: none there, or one whose sentences are not known.
    """
    passages = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        record = json.loads(line)
        if "sentences" not in record:
            raise InputError(
                f"{path}:{number} has no `sentences`: write the file by python -m scripts.measure_gpu {path} --split"
            )
        title = [] if not record["title"] or record["text"].startswith(record["title"]) else [record["title"]]
        sentences = (*title, *record["sentences"])
        passages.append(Passage(sentences, len(title), len(sentences)))
    if not passages:
        raise InputError(f"{path} holds no article")
    return passages


def _split(path: Path, out: Path, n: int) -> None:
    from itertools import islice

    from nlp.reading import read_articles
    from nlp.schema import Article
    from nlp.text import split_sentences

    with out.open("w", encoding="utf-8") as stream:
        for article in islice((item for item in read_articles([str(path)]) if isinstance(item, Article)), n):
            record = {
                "title": article.title,
                "text": article.text,
                "sentences": [sentence.text for sentence in split_sentences(article)],
            }
            stream.write(json.dumps(record, ensure_ascii=False) + "\n")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure how fast a GPU reads articles.")
    parser.add_argument("articles", type=Path)
    parser.add_argument("--split", type=Path, metavar="FILE", help="only write the articles with their sentences there")
    parser.add_argument("-o", "--out", type=Path, help="the table; printed too")
    parser.add_argument("--model", default="default")
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--n-articles", type=int, default=2400)
    parser.add_argument("--at-once", type=int, nargs="+", default=[32, 256, 1024])
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--n-compared", type=int, default=100, help="articles whose answers are compared")
    return parser.parse_args()


def _run(options: argparse.Namespace) -> None:
    if options.split:
        _split(options.articles, options.split, options.n_articles)
        return
    lines = []
    for line in measure_gpu(_passages(options.articles)[: options.n_articles], options):
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
        lines.append(line)
    if options.out:
        options.out.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    try:
        _run(_options())
    except FrothError as error:
        sys.exit(f"error: {error}")
