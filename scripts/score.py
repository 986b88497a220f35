"""`froth score`: articles from files or the store → scores.csv, and every sentence with `--sentences`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nlp.errors import Failure
from scripts.console import (
    DEFAULT_DB,
    DbOption,
    DeviceOption,
    ModelOption,
    Tally,
    ZoneOption,
    articles_of,
    main,
    progress,
    recorded_failures,
)

if TYPE_CHECKING:
    from models.passages import Classifier
    from models.scoring import ScoredArticle
    from nlp.schema import Article
    from nlp.score_table import ScoreTable

__all__ = ["each_once", "score", "score_stream"]


def score(
    inputs: Annotated[
        list[str] | None, typer.Argument(help="Files or folders; without any, the store is scored.", show_default=False)
    ] = None,
    out: Annotated[Path, typer.Option("-o", "--out", help="The scores table (.csv or .parquet).")] = Path("scores.csv"),
    sentences: Annotated[
        Path | None, typer.Option(help="Also write every sentence here (.csv or .parquet).", show_default=False)
    ] = None,
    db: DbOption = DEFAULT_DB,
    model: ModelOption = "default",
    device: DeviceOption = "auto",
    zone: ZoneOption = None,
) -> None:
    """Score articles; failures.csv beside the output tells what could not be used."""
    from models.checkpoint import load_classifier
    from nlp.columns import scores_columns
    from nlp.tables import check_writable, write_table

    check_writable(out, sentences)
    tally = Tally()
    classifier = load_classifier(model, device=device)
    with recorded_failures(tally, out.parent):
        if inputs:
            table = score_stream(articles_of(inputs, zone, tally), classifier, tally, sentences=sentences)
        else:
            table = _score_store(db, classifier, tally, sentences)
        write_table(table.table(), out, scores_columns(table.narratives))
    tally.say(out.with_name("failures.csv"))


def score_stream(
    articles: Iterable[Article],
    classifier: Classifier,
    tally: Tally,
    *,
    sentences: Path | None = None,
    keep: Callable[[ScoredArticle], object] = lambda scored: None,
) -> ScoreTable:
    """Scores a stream of articles into a table, each id once; `keep` sees every scored article."""
    from models.scoring import score_articles
    from nlp.columns import sentence_rows, sentences_columns
    from nlp.narratives import DriverMatcher, load_narratives
    from nlp.score_table import ScoreTable
    from nlp.tables import TableWriter

    table = ScoreTable(classifier.narratives)
    with ExitStack() as stack:
        writer = (
            stack.enter_context(TableWriter(sentences, sentences_columns(classifier.narratives))) if sentences else None
        )
        advance = stack.enter_context(progress("scoring"))
        for item in score_articles(each_once(articles, tally), classifier, DriverMatcher(load_narratives())):
            advance()
            if isinstance(item, Failure):
                tally.fail(item)
                continue
            table.add(item.score)
            keep(item)
            tally.n_added += 1
            if writer:
                writer.add(sentence_rows(item.sentences))
    return table


def each_once(articles: Iterable[Article], tally: Tally) -> Iterator[Article]:
    """The articles without later ones of an id that came before; the same id with another text is said to be lost."""
    hash_by_id: dict[str, str] = {}
    for article in articles:
        known = hash_by_id.get(article.id)
        if known is None:
            hash_by_id[article.id] = article.content_hash
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


def _score_store(db: str, classifier: Classifier, tally: Tally, sentences: Path | None) -> ScoreTable:
    """Scores what this model has not scored yet, then reads all its scores back."""
    from nlp.columns import sentence_rows, sentences_columns
    from nlp.errors import InputError
    from nlp.score_table import ScoreTable
    from nlp.store import Store
    from nlp.tables import TableWriter

    with Store.open(db) as store:
        if not store.counts().n_articles:
            raise InputError(f"the store {db} holds no articles: name files to score, or fill it with froth add")
        score_stream(
            store.articles(unscored_by=classifier.model_id),
            classifier,
            tally,
            keep=lambda scored: store.add_scores(scored.score, scored.sentences),
        )
        table = ScoreTable(classifier.narratives)
        for scored in store.scores(classifier.model_id):
            table.add(scored)
        tally.n_skipped += len(table) - tally.n_added
        if sentences:
            with TableWriter(sentences, sentences_columns(classifier.narratives)) as writer:
                for scored in store.scores(classifier.model_id):
                    writer.add(sentence_rows(store.sentence_scores(scored.article.id, classifier.model_id)))
    return table


if __name__ == "__main__":
    main(score)
