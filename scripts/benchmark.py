"""`make benchmark`: how fast and how large froth is here, stage by stage and as whole processes, side by side.

Prints medians of repeated runs with their range and the ratio to the TF-IDF floor. Nothing is asserted: machines
differ. The articles are corpora/sample, repeated under new ids until there are enough.
"""

from __future__ import annotations

import dataclasses
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from nlp.schema import Article

__all__ = ["benchmark"]

ROOT = Path(__file__).resolve().parents[1]


def benchmark(
    n_articles: Annotated[int, typer.Option(help="Articles a run.")] = 252,
    repeats: Annotated[int, typer.Option(min=1, help="Counted runs of each row, after one that is not counted.")] = 3,
    model: Annotated[str, typer.Option(help="The model to measure.")] = "default",
) -> None:
    """Measure and print one Markdown table."""
    articles = _articles(n_articles)
    n_characters = sum(len(a.text) for a in articles)
    say = sys.stdout.write
    say(f"{len(articles)} articles, {n_characters} characters, {os.cpu_count()} cores, {repeats} runs\n\n")
    say("| what | seconds (min–max) | articles/s | characters/s |\n|---|---|---|---|\n")
    for name, job in _stages(articles, model).items():
        job()
        times = sorted(_timed(job) for _ in range(repeats))
        median = statistics.median(times)
        say(
            f"| {name} | {median:.2f} ({times[0]:.2f}–{times[-1]:.2f}) "
            f"| {len(articles) / median:.0f} | {n_characters / median:.0f} |\n"
        )
    with tempfile.TemporaryDirectory() as scratch:
        floor, ours = _processes(articles, Path(scratch), model, repeats)
    say("\n| whole process `froth score` | seconds | articles/s | peak MiB |\n|---|---|---|---|\n")
    for name, (seconds, peak) in {"tfidf": floor, model: ours}.items():
        say(f"| {name} | {seconds:.2f} | {len(articles) / seconds:.1f} | {peak:.0f} |\n")
    say(f"\n{model} takes {ours[0] / floor[0]:.1f} times as long as the floor\n")


def _articles(n_articles: int) -> list[Article]:
    from nlp.reading import read_articles
    from nlp.schema import Article

    sample = [a for a in read_articles([ROOT / "corpora/sample"]) if isinstance(a, Article)]
    rounds = range(-(-n_articles // len(sample)))
    return [dataclasses.replace(a, id=f"{a.id}-{n}") for n in rounds for a in sample][:n_articles]


def _stages(articles: list[Article], model: str) -> dict[str, Callable[[], object]]:
    from models.checkpoint import load_classifier
    from models.passages import passage_of_article
    from nlp.narratives import DriverMatcher, load_narratives
    from nlp.sketches import sketch
    from nlp.stories import assign_stories
    from nlp.text import split_sentences

    classifier, drivers = load_classifier(model), DriverMatcher(load_narratives())
    split = [split_sentences(a) for a in articles]
    passages = [passage_of_article(a, s) for a, s in zip(articles, split, strict=True)]
    return {
        "split sentences": lambda: [split_sentences(a) for a in articles],
        "match drivers": lambda: [
            drivers.drivers(s.text, a.lang) for a, own in zip(articles, split, strict=True) for s in own
        ],
        f"classify ({classifier.model_id})": lambda: classifier.predict_proba(passages),
        "find copies": lambda: assign_stories([sketch(a) for a in articles]),
    }


def _processes(articles: list[Article], scratch: Path, model: str, repeats: int) -> list[tuple[float, float]]:
    """Median seconds and peak MiB of `froth score` with the TF-IDF floor and with `model`, run in turns."""
    from models.baseline import train_tfidf
    from models.checkpoint import save_classifier
    from nlp.labelled import read_labelled
    from nlp.tables import write_table

    save_classifier(
        train_tfidf(read_labelled([ROOT / "corpora/labels/sentences.jsonl"]), ("bubble", "liquidity_crisis")),
        scratch / "tfidf",
    )
    write_table(
        [{"id": a.id, "title": a.title, "text": a.text} for a in articles],
        scratch / "articles.parquet",
        ["id", "title", "text"],
    )
    measured: dict[str, list[tuple[float, float]]] = {str(scratch / "tfidf"): [], model: []}
    for turn in range(repeats + 1):
        for name, results in measured.items():
            command = [
                sys.executable,
                "-m",
                "scripts.cli",
                "score",
                str(scratch / "articles.parquet"),
                "--model",
                name,
                "-o",
                str(scratch / "s.csv"),
            ]
            started = time.perf_counter()
            process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)  # noqa: S603
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            if process.returncode:
                raise subprocess.CalledProcessError(process.returncode, command)
            if turn:
                results.append((time.perf_counter() - started, _mebibytes(usage)))
    return [(statistics.median(t for t, _ in runs), max(m for _, m in runs)) for runs in measured.values()]


def _mebibytes(usage: resource.struct_rusage) -> float:
    return usage.ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2)


def _timed(job: Callable[[], object]) -> float:
    started = time.perf_counter()
    job()
    return time.perf_counter() - started


if __name__ == "__main__":
    typer.run(benchmark)
