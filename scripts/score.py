"""`froth score`: articles from files or the store → scores.csv, and every sentence with `--sentences`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, Protocol, TypeVar

import typer

from nlp.errors import Failure, InputError
from scripts.console import (
    DEFAULT_DB,
    DbOption,
    DeviceOption,
    ModelOption,
    PrecisionOption,
    ScreenedOption,
    Tally,
    WorkersOption,
    ZoneOption,
    main,
    progress,
    recorded_failures,
)

if TYPE_CHECKING:
    from models.choice import ModelChoice
    from models.local_workers import Scoring
    from models.passages import Classifier
    from models.scoring import ScoredArticle
    from nlp.schema import Article
    from nlp.score_table import ScoreTable
    from scripts.score_files import Wanted

__all__ = ["each_once", "score", "score_stream"]


def score(
    inputs: Annotated[
        list[str] | None, typer.Argument(help="Files or folders; without any, the store is scored.", show_default=False)
    ] = None,
    out: Annotated[
        str, typer.Option("-o", "--out", help="The scores table (.csv or .parquet); of Ray also a folder or URL.")
    ] = "scores.csv",
    sentences: Annotated[
        str | None, typer.Option(help="Also write every sentence here (.csv or .parquet).", show_default=False)
    ] = None,
    db: DbOption = DEFAULT_DB,
    model: ModelOption = "default",
    device: DeviceOption = "auto",
    precision: PrecisionOption = "fp32",
    zone: ZoneOption = None,
    baselines: Annotated[
        bool, typer.Option("--baselines", help="Add key words, TF-IDF and stress words to compare with.")
    ] = False,
    no_table: Annotated[
        bool,
        typer.Option(
            "--no-table", help="Only score the store, beside other processes; leave the table to one of them."
        ),
    ] = False,
    engine: Annotated[Literal["local", "ray"], typer.Option(help="Where to score: on this machine, or on Ray.")] = (
        "local"
    ),
    ray_address: Annotated[
        str | None, typer.Option(envvar="RAY_ADDRESS", help="A running cluster; else one here.", show_default=False)
    ] = None,
    ray_workers: Annotated[
        int | None, typer.Option(min=1, help="Batches scored at once; else as many as fit.", show_default=False)
    ] = None,
    ray_cpus: Annotated[float, typer.Option(min=0.1, help="CPUs of a worker.")] = 1,
    ray_gpus: Annotated[float, typer.Option(min=0, help="GPUs of a worker.")] = 0,
    ray_batch: Annotated[int, typer.Option(min=1, help="Articles handed to a worker at once.")] = 256,
    screened: ScreenedOption = False,
    workers: WorkersOption = None,
) -> None:
    """Score articles; failures.csv beside the output tells what could not be used.

    Any number of processes may score one store at once; one without --no-table waits for the others before it writes.
    """
    if no_table and (inputs or sentences or baselines):
        raise typer.BadParameter("--no-table scores the store and writes nothing: leave inputs and tables out")
    from models.choice import ModelChoice

    choice = ModelChoice(model, device, precision, screened)
    if engine == "ray":
        from models.cluster import Workers
        from scripts.score_on_ray import WantedOfRay, score_on_ray

        if workers is not None:
            raise typer.BadParameter("--workers is of this machine: give --ray-workers")
        if not inputs:
            raise InputError("--engine ray scores files: for a store start `froth score --db` several times")
        cluster = Workers(ray_address, ray_workers, ray_cpus, ray_gpus, ray_batch)
        score_on_ray(inputs, WantedOfRay(out, sentences, choice, zone, baselines), cluster)
        return

    from models.local_workers import LocalWorkers
    from nlp.processes import n_cores
    from scripts.score_files import Wanted

    wanted = Wanted(Path(out), Path(sentences) if sentences else None, zone)
    if inputs:
        scoring = LocalWorkers.of(choice, baselines=baselines, sentences=sentences is not None, n_workers=workers)
        _score_inputs(inputs, wanted, scoring)
    else:
        _score_stored(db, None if no_table else wanted, choice, baselines=baselines, n_workers=workers or n_cores())


def _score_inputs(inputs: list[str], wanted: Wanted, scoring: Scoring) -> None:
    from nlp.reading import check_inputs

    check_inputs(inputs)

    from nlp.tables import check_writable
    from scripts.score_files import score_files

    check_writable(wanted.out, wanted.sentences, read=inputs)
    tally = Tally()
    with recorded_failures(tally, wanted.out.parent):
        score_files(inputs, wanted, scoring, tally)
    tally.say(wanted.out.with_name("failures.csv"))


def _score_stored(db: str, wanted: Wanted | None, choice: ModelChoice, *, baselines: bool, n_workers: int) -> None:
    """Scores a store beside other processes, and where something is wanted waits for these and writes the tables."""
    from models.outcomes import bundled_baselines
    from nlp.store import sqlite_file
    from nlp.tables import check_writable, write_table
    from scripts.score_store import Shared, score_store, table_of_store

    if wanted:
        check_writable(wanted.out, wanted.sentences, read=[sqlite_file(db)])
    tally = Tally()
    _ = choice.model_id  # says what is wrong with it before it is loaded
    classifier = choice.load()
    shared = Shared(choice, n_workers)
    if wanted is None:
        score_store(db, classifier, tally, to_the_end=False, shared=shared)
        tally.say()
        return
    with recorded_failures(tally, wanted.out.parent):
        score_store(db, classifier, tally, to_the_end=True, shared=shared)
        beside = bundled_baselines(classifier) if baselines else None
        table = table_of_store(db, classifier, tally, sentences=wanted.sentences, baselines=beside)
        write_table(table.table(), wanted.out, table.columns)
    tally.say(wanted.out.with_name("failures.csv"))


def score_stream(
    articles: Iterable[Article],
    classifier: Classifier,
    tally: Tally,
    *,
    keep: Callable[[ScoredArticle], object] = lambda scored: None,
) -> ScoreTable:
    """Scores a stream of articles, no id twice (`each_once`), into a table, in this process.

    `keep` sees every scored article.
    """
    from models.narrative_table import narratives_of
    from models.scoring import score_articles
    from nlp.narratives import DriverMatcher
    from nlp.score_table import ScoreTable

    table = ScoreTable(classifier.narratives)
    with progress("scoring") as advance:
        for item in score_articles(articles, classifier, DriverMatcher(narratives_of(classifier))):
            advance()
            if isinstance(item, Failure):
                tally.fail(item)
                continue
            table.add(item.score)
            keep(item)
            tally.n_added += 1
    return table


class _Known(Protocol):
    """What tells one article from another."""

    @property
    def id(self) -> str: ...
    @property
    def content_hash(self) -> str: ...
    @property
    def title(self) -> str: ...


_Known_ = TypeVar("_Known_", bound=_Known)


def each_once(
    articles: Iterable[_Known_], tally: Tally, met: Callable[[_Known_], str | None] | None = None
) -> Iterator[_Known_]:
    """The articles without later ones of an id that came before; the same id with another text is said to be lost.

    `met` says of each the content hash that its id came with before, and remembers; by default in memory.
    """
    met = met or _Met()
    for article in articles:
        known = met(article)
        if known is None:
            yield article
        elif known == article.content_hash:
            tally.n_skipped += 1
        else:
            tally.fail(
                Failure(
                    f"article {article.id} ({article.title[:60]})",
                    "read",
                    "another article with this id but a different text came before: give each its own id",
                )
            )


class _Met:
    """Remembers the content hashes of articles by their ids."""

    def __init__(self) -> None:
        self._hash_by_id: dict[str, str] = {}

    def __call__(self, article: _Known) -> str | None:
        known = self._hash_by_id.get(article.id)
        if known is None:
            self._hash_by_id[article.id] = article.content_hash
        return known


if __name__ == "__main__":
    main(score)
