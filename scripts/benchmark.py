"""`make benchmark`: how fast and how large froth is here, beside three usual ways of reading the same articles.

Prints Markdown tables: whole processes and peers in articles/s with their ratios (medians of repeats, in turns) and
memory; stages; the arithmetic (speed and answers of each precision, `scripts/measure_arithmetic.py`); what the screen
misses (`scripts/measure_screen.py`); and how time and memory of whole processes grow with the number of articles.
Nothing is asserted: machines differ. Without `--articles` the articles are corpora/sample, which are short and all
about bubbles and liquidity, so that a screen passes most of them: for rates of real news give a file of it. Where there
are too few, they are repeated under new ids with their sentences shuffled, so that no window is met again.
"""

from __future__ import annotations

import dataclasses
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
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
_FEW, _FASTEST = 10, 2


def benchmark(
    articles: Annotated[Path | None, typer.Option(help="A file of articles.", show_default=False)] = None,
    n_articles: Annotated[int, typer.Option(help="Articles that froth reads in a run.")] = 1000,
    n_peer: Annotated[int, typer.Option(help="Articles of these that a peer reads in a run.")] = 12,
    n_compared: Annotated[int, typer.Option(help="Articles of the tables of stages and answers.")] = 200,
    repeats: Annotated[int, typer.Option(min=1, help="Counted runs of each row.")] = 3,
    model: Annotated[str, typer.Option(help="The model to measure.")] = "default",
    sizes: Annotated[
        str, typer.Option(help="Numbers of articles of the curve, each read once, with commas; none if empty.")
    ] = "1000,10000,100000",
) -> None:
    """Measure and print."""
    read = list(_articles(articles or ROOT / "corpora/sample", n_articles))
    n_characters = sum(len(a.text) for a in read)
    _say(f"{len(read)} articles, {n_characters} characters, {os.cpu_count()} cores, {repeats} runs\n")
    with tempfile.TemporaryDirectory() as scratch:
        _beside_peers(read, n_peer, model, repeats, Path(scratch))
        _stages(read[:n_compared], model, repeats)
        _arithmetic(read[:n_compared], model, Path(scratch))
        _screen(read[:n_compared], model, Path(scratch))
        if sizes:
            _curve(articles or ROOT / "corpora/sample", [int(size) for size in sizes.split(",")], model, Path(scratch))


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _articles(path: Path, n: int) -> Iterator[Article]:
    from nlp.reading import read_articles
    from nlp.schema import Article
    from nlp.text import split_sentences

    read = list(islice((a for a in read_articles([path]) if isinstance(a, Article)), n))
    yield from read
    rng = random.Random(0)  # noqa: S311
    for number in range(n - len(read)):
        article = rng.choice(read)
        sentences = [sentence.text for sentence in split_sentences(article)]
        rng.shuffle(sentences)
        joined = ("" if article.lang == "zh" else " ").join(sentences)
        yield dataclasses.replace(article, id=f"{article.id}-{number}", text=joined)


def _beside_peers(articles: list[Article], n_peer: int, model: str, repeats: int, scratch: Path) -> None:
    """One table of whole processes of froth and of what peers take for some of the articles."""
    from nlp.text import split_sentences
    from scripts.peers import PEERS, seconds_of

    share = sum(len(a.text) for a in articles[:n_peer]) / sum(len(a.text) for a in articles)
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
                seconds = apart.submit(seconds_of, peer, few).result()
                rates.setdefault(peer, []).append(share * len(articles) / seconds)  # as if of the same length
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


def _written(articles: Iterable[Article], path: Path) -> Path:
    """The articles as a file; few of them are in memory together."""
    with path.open("w", encoding="utf-8") as file:
        for one in articles:
            file.write(json.dumps({"id": one.id, "title": one.title, "text": one.text}, ensure_ascii=False) + "\n")
    return path


def _stages(articles: list[Article], model: str, repeats: int) -> None:
    """One table of what one process takes for the parts of a run."""
    from models.checkpoint import load_classifier
    from models.classifier import NarrativeClassifier
    from models.outcomes import bundled_baselines
    from models.passages import passage_of_article
    from models.windows import tokenise
    from nlp.claims.articles import claims_of_article
    from nlp.claims.indicators import load_indicators
    from nlp.claims.mentions import MentionFinder
    from nlp.narratives import DriverMatcher, load_narratives
    from nlp.sketches import sketch
    from nlp.stories import assign_stories
    from nlp.text import split_sentences

    whole = load_classifier(model)
    drivers, finder = DriverMatcher(load_narratives()), MentionFinder(load_indicators())
    baselines = bundled_baselines(whole)
    split = [split_sentences(a) for a in articles]
    passages = [passage_of_article(a, s) for a, s in zip(articles, split, strict=True)]
    stages: dict[str, Callable[[], object]] = {
        "split sentences": lambda: [split_sentences(a) for a in articles],
        f"classify ({whole.model_id})": lambda: whole.predict_with_vectors(passages),
        "match drivers": lambda: [
            drivers.drivers(s.text, a.lang) for a, own in zip(articles, split, strict=True) for s in own
        ],
        "measure baselines": lambda: [baselines.measure(a, s) for a, s in zip(articles, split, strict=True)],
        "find copies": lambda: assign_stories([sketch(a) for a in articles]),
        "find claims": lambda: [claims_of_article(a, finder) for a in articles],
    }
    quick = load_classifier(model, precision="int8", screened=True)
    if isinstance(quick, NarrativeClassifier) and (screen := quick.screen) is not None:
        encoder, longest, sep = quick.encoder, quick.max_sentence, quick.layout.sep
        tokens = tokenise(encoder.tokenizer, passages, longest)
        stages |= {
            f"classify ({quick.model_id})": lambda: quick.predict_with_vectors(passages),
            "of which: tokenise": lambda: tokenise(encoder.tokenizer, passages, longest),
            "of which: screen": lambda: screen.sift(passages, tokens, sep),
        }
    _say(f"{len(articles)} articles:\n\n| stage, in one process | seconds (min–max) | articles/s |\n|---|---|---|")
    for name, job in stages.items():
        times = sorted(_timed(job) for _ in range(repeats))
        median = statistics.median(times)
        _say(f"| {name} | {median:.2f} ({times[0]:.2f}–{times[-1]:.2f}) | {len(articles) / median:.0f} |")
    _say("")


def _arithmetic(articles: Sequence[Article], model: str, scratch: Path) -> None:
    _say("The encoder alone, in one process, every window read, in each precision:\n")
    _run(["scripts.measure_arithmetic", str(_written(articles, scratch / "some.jsonl")), "--model", model])
    _say("")


def _screen(articles: Sequence[Article], model: str, scratch: Path) -> None:
    _say("The screen, beside the model that reads every window of the same articles:\n")
    some, sentences = _written(articles, scratch / "some.jsonl"), scratch / "sentences.parquet"
    read = ["score", str(some), "--model", model, "-o", str(scratch / "scores.csv"), "--sentences", str(sentences)]
    froth_process(read)
    _run(["scripts.measure_screen", str(some), "--sentences", str(sentences), "--model", model])
    _say("")


def _curve(path: Path, sizes: Sequence[int], model: str, scratch: Path) -> None:
    fastest, options = list(_ways(model).items())[_FASTEST]
    _say(f"{fastest}, by number of articles:\n\n| articles | seconds | articles/s | peak MiB |\n|---|---|---|---|")
    for size in sizes:
        took = froth_process(
            [
                "score",
                str(_written(_articles(path, size), scratch / "many.jsonl")),
                *options,
                "-o",
                str(scratch / "s.csv"),
            ]
        )
        _say(f"| {size} | {took.seconds:.0f} | {size / took.seconds:.1f} | {took.peak_mib:.0f} |")


def _run(module: list[str]) -> None:
    subprocess.run([sys.executable, "-m", *module], cwd=ROOT, check=True)  # noqa: S603


def _timed(job: Callable[[], object]) -> float:
    started = time.perf_counter()
    job()
    return time.perf_counter() - started


if __name__ == "__main__":
    main(benchmark)
