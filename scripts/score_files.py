"""Scoring of files with memory that stays flat, through a work file beside the table, which a killed run leaves.

Started again the same way, the run goes on from there (`nlp.work_file`).
"""

from __future__ import annotations

import json
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from nlp.errors import Failure
from scripts.console import Tally, articles_of, progress
from scripts.score import each_once

if TYPE_CHECKING:
    from models.baseline_scores import Baselines
    from models.passages import Classifier
    from models.scoring import ScoredArticle
    from nlp.schema import Article
    from nlp.work_file import Scored, WorkFile

__all__ = ["Wanted", "score_files"]

_ROWS_AT_ONCE, _ARTICLES_AT_ONCE = 1024, 64


@dataclass(frozen=True, slots=True)
class Wanted:
    """Where the tables go and what they hold.

    Attributes:
        out: the scores table.
        sentences: every sentence's, or None.
        zone: of dates without one.
        baselines: what measures them, or None.
    """

    out: Path
    sentences: Path | None = None
    zone: ZoneInfo | None = None
    baselines: Baselines | None = None


def score_files(inputs: list[str], wanted: Wanted, classifier: Classifier, tally: Tally) -> None:
    """Scores the articles of some inputs, no id twice, into tables.

    Raises:
        InputError: an input that does not exist, not one article in all, or a work file of another run.
    """
    from nlp.code_hash import code_hash
    from nlp.reading import fingerprint
    from nlp.work_file import opened_work

    given = fingerprint(inputs)
    path = wanted.out.with_name(f".{wanted.out.name}.work")
    if given.digest is None:
        path.unlink(missing_ok=True)  # standard input does not come again
    made_from = {
        "the input": str(given.digest),
        "the model": classifier.model_id,
        "--zone": str(wanted.zone),
        "--baselines": str(wanted.baselines is not None),
        "--sentences": str(wanted.sentences is not None),
        "froth": code_hash(),
    }
    with opened_work(path, made_from) as work:
        if work.n_before:
            sys.stderr.write(f"going on after {work.n_before} articles that were scored before\n")
        left = None if given.n_articles is None else max(0, given.n_articles - work.n_before)
        with progress("scoring", left) as advance:
            places: deque[int] = deque()
            articles = _unscored(each_once(articles_of(inputs, wanted.zone, tally), tally, work.met), work, places)
            for batch in _scored(articles, places, classifier, wanted, tally):
                work.add(batch)
                for _ in batch:
                    advance()
        tally.n_added = len(work)
        _write(work, wanted, classifier)


def _unscored(articles: Iterable[Article], work: WorkFile, places: deque[int]) -> Iterator[Article]:
    """Those that an earlier run has not scored, the place of each among all put into `places`."""
    for place, article in enumerate(articles):
        if article.id not in work:
            places.append(place)
            yield article


def _scored(
    articles: Iterable[Article], places: deque[int], classifier: Classifier, wanted: Wanted, tally: Tally
) -> Iterator[list[Scored]]:
    """Batch by batch what was scored; failures go to the tally."""
    from models.narrative_table import narratives_of
    from models.scoring import BATCH_ARTICLES, score_articles
    from nlp.narratives import DriverMatcher

    stream = score_articles(articles, classifier, DriverMatcher(narratives_of(classifier)))
    while batch := list(islice(stream, BATCH_ARTICLES)):
        found = []
        for item in batch:
            place = places.popleft()
            if isinstance(item, Failure):
                tally.fail(item)
            else:
                found.append(_with_all(place, item, wanted))
        yield found


def _with_all(place: int, item: ScoredArticle, wanted: Wanted) -> Scored:
    from nlp.columns import sentence_rows
    from nlp.work_file import Scored

    sentences = [scored.sentence for scored in item.sentences]
    beside = wanted.baselines.measure(item.score.article, sentences) if wanted.baselines else {}
    return Scored(place, item.score, beside, sentence_rows(item.sentences) if wanted.sentences else ())


def _write(work: WorkFile, wanted: Wanted, classifier: Classifier) -> None:
    from nlp.columns import scores_columns, sentences_columns
    from nlp.stories_on_disk import rows_with_stories
    from nlp.tables import TableWriter

    if wanted.sentences:
        with TableWriter(wanted.sentences, sentences_columns(classifier.narratives)) as writer:
            articles = work.sentences()
            while rows := list(islice(articles, _ARTICLES_AT_ONCE)):
                writer.add(row for of_article in rows for row in of_article)
    columns = (*scores_columns(classifier.narratives), *(wanted.baselines.columns if wanted.baselines else ()))
    with TableWriter(wanted.out, columns) as writer:
        numbered = rows_with_stories(work.connection, wanted.out.with_name(f".{wanted.out.name}.copies"))
        while chunk := list(islice(numbered, _ROWS_AT_ONCE)):
            writer.add(_row(*pair) for pair in chunk)


def _row(written: str, story: str) -> dict[str, Any]:
    return {**json.loads(written), "story": story}
