"""`froth suggest`: which articles to label next, as a file that annotation tools open."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from nlp.errors import Failure, InputError
from scripts.console import (
    DEFAULT_DB,
    DbOption,
    DeviceOption,
    ModelOption,
    PrecisionOption,
    Tally,
    ZoneOption,
    articles_of,
    main,
    plain_table,
    recorded_failures,
)
from scripts.labels import Format

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from models.passages import Classifier
    from models.scoring import ScoredArticle
    from models.suggestion_rows import Asking
    from models.suggestions import Labels, Suggestion
    from nlp.labelled import Labelled

__all__ = ["suggest"]

_N_COMPARED = 1000
"""Of so many labelled articles at most the distance is taken: the model reads them for it."""
_N_SHOWN = 10


def suggest(
    inputs: Annotated[
        list[str] | None,
        typer.Argument(help="Files or folders of articles; without any, the store.", show_default=False),
    ] = None,
    out: Annotated[Path, typer.Option("-o", "--out", help="The file to annotate.")] = Path("suggested.json"),
    n: Annotated[int, typer.Option("-n", "--number", min=1, help="How many articles.")] = 50,
    to: Annotated[Format, typer.Option(help="The format to write; csv is Parquet by the suffix.")] = (
        Format.label_studio
    ),
    labelled: Annotated[
        list[Path] | None,
        typer.Option(help="What is labelled already, in any format of froth labels.", show_default=False),
    ] = None,
    names: Annotated[
        Path | None, typer.Option(help="What labels of tools mean, as for froth labels.", show_default=False)
    ] = None,
    unit: Annotated[
        Literal["sentence", "article"], typer.Option(help="What is to be judged; articles whole, with marked spans.")
    ] = "sentence",
    sentences: Annotated[int, typer.Option(min=1, help="Sentences asked of an article at most.")] = 5,
    weights: Annotated[
        tuple[float, float, float],
        typer.Option(metavar="U R D", help="What uncertainty, rarity and diversity weigh."),
    ] = (1.0, 1.0, 0.5),
    at_random: Annotated[
        float, typer.Option(min=0, max=1, help="Share of the articles drawn at random, to measure on.")
    ] = 0.0,
    blind: Annotated[
        bool, typer.Option("--blind", help="Leave out what the model says and why: it sways annotators.")
    ] = False,
    ranking: Annotated[
        Path | None, typer.Option(help="Also write the articles with their reasons here.", show_default=False)
    ] = None,
    db: DbOption = DEFAULT_DB,
    model: ModelOption = "default",
    seed: Annotated[int, typer.Option(help="Of what is drawn.")] = 0,
    device: DeviceOption = "auto",
    precision: PrecisionOption = "fp32",
    zone: ZoneOption = None,
) -> None:
    """Rank articles without labels by what they would teach the model; of copies only one is asked."""
    from models.checkpoint import load_classifier
    from models.suggestion_rows import SUGGESTION_COLUMNS, Asking
    from models.suggestion_rows import ranking as ranked
    from models.suggestions import SuggestionPlan
    from models.suggestions import suggest as choose
    from models.unlabelled import unlabelled
    from nlp.store import sqlite_file
    from nlp.tables import check_writable, write_table

    plan = SuggestionPlan(n, sentences, *weights, n_random=round(n * at_random), seed=seed)
    check_writable(out, ranking, read=[names, sqlite_file(db), *(labelled or ()), *(inputs or ())])
    tally = Tally()
    with recorded_failures(tally, out.parent):
        rows = _read(labelled or [], names, tally)
        classifier = load_classifier(model, device=device, precision=precision)
        scored = list(_scored(inputs, zone, classifier, tally) if inputs else _stored(db, classifier, tally))
        pool = unlabelled(scored, rows)
        if not pool.articles:
            raise InputError(f"all {len(scored)} articles are labelled, or have no sentence: give others")
        labels = _labels(rows, classifier, tally, seed)
        chosen = choose(pool, labels, plan, classifier.narratives)
        asking = Asking(classifier.narratives, classifier.thresholds, classifier.model_id)
        _write(out, chosen, asking, to=to.value, unit=unit, blind=blind)
        table = ranked(chosen, asking)
        if ranking:
            write_table(table, ranking, SUGGESTION_COLUMNS)
        shown = ("rank", "uncertainty", "rarity", "diversity", "lang", "title", "why")
        plain_table(shown, [[row[name] for name in shown] for row in table[:_N_SHOWN]])
        tally.n_added, tally.n_skipped = len(chosen), len(scored) - len(chosen)
    tally.say(out.with_name("failures.csv"))


def _read(paths: Sequence[Path], names: Path | None, tally: Tally) -> Sequence[Labelled]:
    from nlp.annotations.formats import read_labels
    from nlp.annotations.names import load_names
    from nlp.annotations.projection import Projection

    if not paths:
        return []
    found = read_labels(paths, Projection(load_names(names)))
    for failure in found.failures:
        tally.fail(failure)
    return found.labels


def _scored(inputs: list[str], zone: ZoneInfo | None, classifier: Classifier, tally: Tally) -> Iterator[ScoredArticle]:
    from scripts.score import each_once, score_stream

    kept: list[ScoredArticle] = []
    score_stream(each_once(articles_of(inputs, zone, tally), tally), classifier, tally, keep=kept.append)
    yield from kept


def _stored(db: str, classifier: Classifier, tally: Tally) -> Iterator[ScoredArticle]:
    """The articles of a store, read by the model where they are not yet."""
    from models.scoring import ScoredArticle
    from nlp.store import Store
    from scripts.score_store import score_store

    score_store(db, classifier, tally, to_the_end=True)
    with Store.existing(db) as store:
        for score in store.scores(classifier.model_id):
            yield ScoredArticle(score, tuple(store.sentence_scores(score.article.id, classifier.model_id)))


def _labels(rows: Sequence[Labelled], classifier: Classifier, tally: Tally, seed: int) -> Labels:
    from models.narrative_table import narratives_of
    from models.scoring import score_articles
    from models.suggestions import Labels
    from models.unlabelled import labelled_articles
    from nlp.narratives import DriverMatcher

    articles = labelled_articles(rows)
    if len(articles) > _N_COMPARED:
        articles = random.Random(seed).sample(articles, _N_COMPARED)  # noqa: S311 - a reproducible sample, not a secret
    scored = []
    for item in score_articles(articles, classifier, DriverMatcher(narratives_of(classifier))):
        if isinstance(item, Failure):
            tally.fail(item)
        else:
            scored.append(item)
    return Labels(rows, scored)


def _write(out: Path, chosen: Sequence[Suggestion], asking: Asking, *, to: str, unit: str, blind: bool) -> None:
    from models.suggestion_rows import labels_to_fill, rows_to_judge
    from nlp.annotations.writing import write_labels, write_rows

    if to == "froth":
        write_labels(out, [row for one in chosen for row in labels_to_fill(one, unit)], to)
    else:
        write_rows(out, rows_to_judge(chosen, asking, unit, blind=blind), to)


if __name__ == "__main__":
    main(suggest)
