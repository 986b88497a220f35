"""`froth score`: articles from files or the store → scores.csv, and every sentence with `--sentences`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
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
    ReadAllOption,
    Tally,
    ZoneOption,
    articles_of,
    main,
    progress,
    recorded_failures,
)

if TYPE_CHECKING:
    from models.baseline_scores import Baselines
    from models.passages import Classifier
    from models.scoring import ScoredArticle
    from nlp.schema import Article
    from nlp.score_table import ScoreTable

__all__ = ["bundled_baselines", "each_once", "score", "score_stream"]


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
    baselines: Annotated[
        bool, typer.Option("--baselines", help="Add key words, TF-IDF and stress words to compare with.")
    ] = False,
    read_all: ReadAllOption = False,
) -> None:
    """Score articles; failures.csv beside the output tells what could not be used."""
    from models.checkpoint import load_classifier
    from nlp.tables import check_writable, write_table

    check_writable(out, sentences)
    tally = Tally()
    classifier = load_classifier(model, device=device, screened=not read_all)
    beside = bundled_baselines(classifier.narratives) if baselines else None
    with recorded_failures(tally, out.parent):
        if inputs:
            articles = each_once(articles_of(inputs, zone, tally), tally)
            table = score_stream(articles, classifier, tally, sentences=sentences, baselines=beside)
        else:
            table = _score_store(db, classifier, tally, sentences, beside)
        write_table(table.table(), out, table.columns)
    tally.say(out.with_name("failures.csv"))


def bundled_baselines(narratives: Sequence[str]) -> Baselines:
    """What measures the baselines of these narratives, with the TF-IDF model that is shipped."""
    from models.baseline_scores import Baselines
    from models.checkpoint import load_classifier

    return Baselines(narratives, load_classifier("tfidf"))


def score_stream(
    articles: Iterable[Article],
    classifier: Classifier,
    tally: Tally,
    *,
    sentences: Path | None = None,
    baselines: Baselines | None = None,
    keep: Callable[[ScoredArticle], object] = lambda scored: None,
) -> ScoreTable:
    """Scores a stream of articles, no id twice (`each_once`), into a table, with baselines where they are given.

    `keep` sees every scored article.
    """
    from models.scoring import score_articles
    from nlp.columns import sentence_rows, sentences_columns
    from nlp.narratives import DriverMatcher, load_narratives
    from nlp.score_table import ScoreTable
    from nlp.tables import TableWriter

    table = ScoreTable(classifier.narratives, baselines.columns if baselines else ())
    with ExitStack() as stack:
        writer = (
            stack.enter_context(TableWriter(sentences, sentences_columns(classifier.narratives))) if sentences else None
        )
        advance = stack.enter_context(progress("scoring"))
        for item in score_articles(articles, classifier, DriverMatcher(load_narratives())):
            advance()
            if isinstance(item, Failure):
                tally.fail(item)
                continue
            sentences_of = [scored.sentence for scored in item.sentences]
            table.add(item.score, baselines.measure(item.score.article, sentences_of) if baselines else {})
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


def _score_store(
    db: str, classifier: Classifier, tally: Tally, sentences: Path | None, baselines: Baselines | None
) -> ScoreTable:
    """Scores what this model has not scored yet, then reads all its scores back, and with them what baselines read."""
    from nlp.columns import sentence_rows, sentences_columns
    from nlp.errors import InputError
    from nlp.score_table import ScoreTable
    from nlp.store import Store
    from nlp.tables import TableWriter
    from nlp.text import split_sentences

    with Store.open(db) as store:
        if not store.counts().n_articles:
            raise InputError(f"the store {db} holds no articles: name files to score, or fill it with froth add")
        score_stream(
            store.articles(unscored_by=classifier.model_id),
            classifier,
            tally,
            keep=lambda scored: store.add_scores(scored.score, scored.sentences),
        )
        table = ScoreTable(classifier.narratives, baselines.columns if baselines else ())
        for scored in store.scores(classifier.model_id):
            article = scored.article
            table.add(scored, baselines.measure(article, split_sentences(article)) if baselines else {})
        tally.n_skipped += len(table) - tally.n_added
        if sentences:
            with TableWriter(sentences, sentences_columns(classifier.narratives)) as writer:
                for scored in store.scores(classifier.model_id):
                    writer.add(sentence_rows(store.sentence_scores(scored.article.id, classifier.model_id)))
    return table


if __name__ == "__main__":
    main(score)
