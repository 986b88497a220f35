"""`make benchmark`: how fast and how large froth is here, beside three usual ways of reading the same articles.

Prints Markdown tables: whole processes and peers in articles/s with their ratios (medians of repeats, in turns),
stages, memory, the arithmetic (speed and answers of each precision, `scripts/measure_arithmetic.py`), and how time and
memory grow with the number of articles (`scripts/measure_memory.py`). Nothing is asserted: machines differ. Without
`--articles` the articles are corpora/sample, which are short and all about bubbles and liquidity, so that a screen
passes most of them: for rates of real news give a file of it. Where there are too few, they are repeated under new ids
with their sentences shuffled, so that no window is met again.
"""

from __future__ import annotations

import dataclasses
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scripts.console import main
from scripts.froth_process import froth_process

if TYPE_CHECKING:
    from nlp.schema import Article

__all__ = ["benchmark"]

ROOT = Path(__file__).resolve().parents[1]
_FEW = 10


def benchmark(
    articles: Annotated[Path | None, typer.Option(help="A file of articles.", show_default=False)] = None,
    n_articles: Annotated[int, typer.Option(help="Articles that froth reads in a run.")] = 252,
    n_peer: Annotated[int, typer.Option(help="Articles of these that a peer reads in a run.")] = 12,
    repeats: Annotated[int, typer.Option(min=1, help="Counted runs of each row.")] = 3,
    model: Annotated[str, typer.Option(help="The model to measure.")] = "default",
    sizes: Annotated[str, typer.Option(help="Numbers of articles of the curve, with commas; none if empty.")] = (
        "1000,10000,100000"
    ),
) -> None:
    """Measure and print."""
    read = _articles(articles or ROOT / "corpora/sample", n_articles)
    n_characters = sum(len(a.text) for a in read)
    _say(f"{len(read)} articles, {n_characters} characters, {os.cpu_count()} cores, {repeats} runs\n")
    with tempfile.TemporaryDirectory() as scratch:
        _beside_peers(read, n_peer, model, repeats, Path(scratch))
        _stages(read, model, repeats)
        _arithmetic(read[:n_peer], model, Path(scratch))
    if sizes:
        _say("Time and memory by number of made articles, everything but the encoder:\n")
        _run(["scripts.measure_memory", *sizes.split(",")])


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _articles(path: Path, n: int) -> list[Article]:
    from nlp.reading import read_articles
    from nlp.schema import Article
    from nlp.text import split_sentences

    read = list(islice((a for a in read_articles([path]) if isinstance(a, Article)), n))
    rng = random.Random(0)  # noqa: S311
    more: list[Article] = []
    while len(read) + len(more) < n:
        article = rng.choice(read)
        sentences = [sentence.text for sentence in split_sentences(article)]
        rng.shuffle(sentences)
        joined = ("" if article.lang == "zh" else " ").join(sentences)
        more.append(dataclasses.replace(article, id=f"{article.id}-{len(more)}", text=joined))
    return read + more


def _beside_peers(articles: list[Article], n_peer: int, model: str, repeats: int, scratch: Path) -> None:
    """One table of whole processes of froth and of what peers take for some of the articles."""
    from nlp.text import split_sentences
    from scripts.peers import PEERS, seconds_of

    few = [[sentence.text for sentence in split_sentences(article)] for article in articles[:n_peer]]
    all_of, ten = _written(articles, scratch / "all.jsonl"), _written(articles[:_FEW], scratch / "ten.jsonl")
    rates: dict[str, list[float]] = {}
    peaks: dict[str, float] = {}
    for _ in range(repeats):
        for name, options in _ways(model).items():
            took = froth_process(["score", str(all_of), *options, "-o", str(scratch / "scores.csv")])
            rates.setdefault(name, []).append(len(articles) / took.seconds)
            peaks[name] = max(took.peak_mib, peaks.get(name, 0.0))
        for peer in PEERS:
            with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as apart:  # its memory is not froth's
                rates.setdefault(peer, []).append(len(few) / apart.submit(seconds_of, peer, few).result())
    peers = [statistics.median(rates[peer]) for peer in PEERS]
    _say("| what reads | articles/s (min–max) | " + " | ".join(f"× {peer}" for peer in PEERS) + " | peak MiB |")
    _say("|---|---|" + "---|" * (len(peers) + 1))
    for name, found in rates.items():
        median = statistics.median(found)
        ratios = " | ".join(f"{median / peer:.1f}" for peer in peers)
        most = f"{peaks[name]:.0f}" if name in peaks else ""
        _say(f"| {name} | {median:.2f} ({min(found):.2f}–{max(found):.2f}) | {ratios} | {most} |")
    times = sorted(
        froth_process(["score", str(ten), "-o", str(scratch / "scores.csv")]).seconds for _ in range(repeats)
    )
    helps = sorted(froth_process(["--help"]).seconds for _ in range(repeats))
    _say(
        f"\n`froth score` of {_FEW} articles {times[repeats // 2]:.2f} s, `froth --help` {helps[repeats // 2]:.2f} s\n"
    )


def _ways(model: str) -> Mapping[str, list[str]]:
    """`froth score` in each of its ways, as whole processes."""
    own = ["--model", model]
    return {
        "`froth score`": own,
        "`froth score --precision int8`": [*own, "--precision", "int8"],
        "`froth score --precision int8 --screened`": [*own, "--precision", "int8", "--screened"],
        "`froth score --model tfidf`": ["--model", "tfidf"],
    }


def _written(articles: Sequence[Article], path: Path) -> Path:
    from nlp.tables import write_table

    path = path.with_suffix(".parquet")
    write_table([{"id": a.id, "title": a.title, "text": a.text} for a in articles], path, ["id", "title", "text"])
    return path


def _stages(articles: list[Article], model: str, repeats: int) -> None:
    from models.checkpoint import load_classifier
    from models.passages import passage_of_article
    from nlp.claims.articles import claims_of_article
    from nlp.claims.indicators import load_indicators
    from nlp.claims.mentions import MentionFinder
    from nlp.narratives import DriverMatcher, load_narratives
    from nlp.sketches import sketch
    from nlp.stories import assign_stories
    from nlp.text import split_sentences

    classifier, drivers = load_classifier(model), DriverMatcher(load_narratives())
    finder = MentionFinder(load_indicators())
    split = [split_sentences(a) for a in articles]
    passages = [passage_of_article(a, s) for a, s in zip(articles, split, strict=True)]
    stages: dict[str, Callable[[], object]] = {
        "split sentences": lambda: [split_sentences(a) for a in articles],
        f"classify ({classifier.model_id})": lambda: classifier.predict_with_vectors(passages),
        "match drivers": lambda: [
            drivers.drivers(s.text, a.lang) for a, own in zip(articles, split, strict=True) for s in own
        ],
        "find copies": lambda: assign_stories([sketch(a) for a in articles]),
        "find claims": lambda: [claims_of_article(a, finder) for a in articles],
    }
    _say("| stage | seconds (min–max) | articles/s |\n|---|---|---|")
    for name, job in stages.items():
        times = sorted(_timed(job) for _ in range(repeats))
        median = statistics.median(times)
        _say(f"| {name} | {median:.2f} ({times[0]:.2f}–{times[-1]:.2f}) | {len(articles) / median:.0f} |")
    _say("")


def _arithmetic(articles: Sequence[Article], model: str, scratch: Path) -> None:
    _say("The encoder alone, every window read, in each precision:\n")
    _run(["scripts.measure_arithmetic", str(_written(articles, scratch / "some.jsonl")), "--model", model])
    _say("")


def _run(module: list[str]) -> None:
    subprocess.run([sys.executable, "-m", *module], cwd=ROOT, check=True)  # noqa: S603


def _timed(job: Callable[[], object]) -> float:
    started = time.perf_counter()
    job()
    return time.perf_counter() - started


if __name__ == "__main__":
    main(benchmark)
