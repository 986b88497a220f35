"""What articles cost: measures a model on some articles here, and computes hours, bytes and dollars for many more.

Prints Markdown tables; docs/scale.md holds a run. Prices are list prices of cloud machines, assumed and not measured.
"""

from __future__ import annotations

import os
import pickle
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from nlp.outcome import Outcome
    from nlp.schema import Article

__all__ = ["cost_model"]

_SIZES = (10**5, 10**6, 10**8, 10**9)


@dataclass(frozen=True, slots=True)
class _Measured:
    """Articles a second of one core (by process time, so that others on the machine do not count), bytes an article."""

    n_articles: int
    load_seconds: float
    scored: float
    gathered: float
    bytes_by_kind: dict[str, float]


def cost_model(
    inputs: Annotated[list[str], typer.Argument(help="Articles to measure with.")],
    model: Annotated[str, typer.Option(help="The model to measure.")] = "default",
    n_articles: Annotated[int, typer.Option(help="At most so many of them.")] = 256,
    cores: Annotated[int, typer.Option(help="Cores of the cluster.")] = 64,
    core_hour: Annotated[float, typer.Option(help="Dollars for a core for an hour.")] = 0.04,
    gigabyte_month: Annotated[float, typer.Option(help="Dollars for a gigabyte kept for a month.")] = 0.023,
    gpu_rate: Annotated[float, typer.Option(help="Articles a second of a GPU.")] = 400,
    gpu_hour: Annotated[float, typer.Option(help="Dollars for a GPU for an hour.")] = 3.0,
) -> None:
    """Measure on one core, and print what it comes to."""
    from nlp.reading import read_articles
    from nlp.schema import Article

    articles = [a for a in read_articles(inputs) if isinstance(a, Article)][:n_articles]
    measured = _measured(articles, model)
    say = sys.stdout.write
    say(f"{len(articles)} articles, model {model}, loaded in {measured.load_seconds:.1f} s, {os.cpu_count()} cores\n\n")
    say("| what | articles/s |\n|---|---|\n")
    say(f"| scored by one core | {measured.scored:.1f} |\n| gathered by the driver | {measured.gathered:.0f} |\n\n")
    say("| kept of an article | bytes |\n|---|---|\n")
    for kind, n_bytes in measured.bytes_by_kind.items():
        say(f"| {kind} | {n_bytes:.0f} |\n")
    say(
        f"\n| articles | hours on {cores} cores | $ of cores | hours on a GPU | $ of GPU | driver: hours | driver: GB |"
    )
    say(" Parquet GB | $ a month |\n|" + "---|" * 9 + "\n")
    parquet = sum(n for kind, n in measured.bytes_by_kind.items() if kind.endswith("Parquet"))
    for n in _SIZES:
        core_hours, gpu_hours = n / measured.scored / 3600, n / gpu_rate / 3600
        say(
            f"| {n:,} | {core_hours / cores:.1f} | {core_hours * core_hour:.0f} | {gpu_hours:.1f} "
            f"| {gpu_hours * gpu_hour:.0f} | {n / measured.gathered / 3600:.1f} "
            f"| {n * measured.bytes_by_kind['driver memory'] / 1e9:.1f} | {n * parquet / 1e9:.1f} "
            f"| {n * parquet / 1e9 * gigabyte_month:.2f} |\n"
        )


def _measured(articles: list[Article], model: str) -> _Measured:
    from models.choice import ModelChoice
    from models.outcomes import load_scorer
    from nlp.stories import assign_stories

    started = time.process_time()
    scorer = load_scorer(ModelChoice(model, "cpu"), sentences=True)
    load_seconds = time.process_time() - started
    list(scorer.outcomes(articles[:8]))
    started = time.process_time()
    outcomes = [one for one in scorer.outcomes(articles) if one.row]
    scored = len(outcomes) / (time.process_time() - started)
    light = pickle.dumps([(one.id, one.content_hash, one.title, one.sketch, one.meaning) for one in outcomes])
    started = time.process_time()
    again = pickle.loads(light)  # noqa: S301  # just made
    assign_stories([sketch for *_, sketch, _ in again], {each[0]: each[4] for each in again if each[4]})
    gathered = len(outcomes) / (time.process_time() - started)
    sizes = _bytes(articles, outcomes) | {"driver memory": len(light) / len(outcomes)}
    return _Measured(len(articles), load_seconds, scored, gathered, sizes)


def _bytes(articles: list[Article], outcomes: list[Outcome]) -> dict[str, float]:
    from nlp.columns import scores_columns, sentences_columns
    from nlp.store import Store
    from nlp.tables import write_table

    narratives = [name.removesuffix("_stance") for name in outcomes[0].row or {} if name.endswith("_stance")]
    rows = [{"id": a.id, "url": a.url, "source": a.source, "title": a.title, "text": a.text} for a in articles]
    tables: dict[str, tuple[Sequence[Mapping[str, Any]], Sequence[str]]] = {
        "articles": (rows, list(rows[0])),
        "scores": ([one.row or {} for one in outcomes], scores_columns(narratives)),
        "sentences": ([row for one in outcomes for row in one.sentences], sentences_columns(narratives)),
    }
    sizes = {"text, UTF-8": sum(len(a.text.encode()) for a in articles) / len(articles)}
    with tempfile.TemporaryDirectory() as folder:
        for name, (table, columns) in tables.items():
            for kind in ("csv", "parquet"):
                path = Path(folder, f"{name}.{kind}")
                write_table(table, path, columns)
                label = "CSV" if kind == "csv" else "Parquet"
                sizes[f"{name}, {label}"] = path.stat().st_size / len(articles)
        with Store.open(f"sqlite:///{folder}/store.db") as store:
            store.add(articles)
        sizes["store without scores, SQLite"] = sum(f.stat().st_size for f in Path(folder).glob("store.db*")) / len(
            articles
        )
    return sizes


if __name__ == "__main__":
    typer.run(cost_model)
