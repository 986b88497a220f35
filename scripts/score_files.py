"""Scoring of files with memory that stays flat, through a work file beside the table, which a killed run leaves.

Started again the same way, the run goes on from there (`nlp.work_file`).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from scripts.console import Tally, articles_of, progress
from scripts.score import each_once

if TYPE_CHECKING:
    from models.local_workers import Scoring
    from nlp.errors import Failure
    from nlp.outcome import Outcome
    from nlp.schema import Article
    from nlp.work_file import WorkFile

__all__ = ["Wanted", "score_files"]

Through = Callable[[Iterable["Article"]], Iterable["Article"]]

_ROWS_AT_ONCE, _ARTICLES_AT_ONCE, _OUTCOMES_AT_ONCE = 1024, 64, 16


@dataclass(frozen=True, slots=True)
class Wanted:
    """Where the tables go and what they hold.

    Attributes:
        out: the scores table.
        sentences: every sentence's, or None; the scorer must make their rows.
        zone: of dates without one.
    """

    out: Path
    sentences: Path | None = None
    zone: ZoneInfo | None = None


def score_files(
    inputs: list[str], wanted: Wanted, scoring: Scoring, tally: Tally, through: Through = lambda articles: articles
) -> None:
    """Scores the articles of some inputs, no id twice, into tables; all of them go `through` something on their way.

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
        "the model": scoring.model_id,
        "--zone": str(wanted.zone),
        "--baselines": str(bool(scoring.columns)),
        "--sentences": str(wanted.sentences is not None),
        "froth": code_hash(),
    }
    with opened_work(path, made_from) as work:
        if work.n_before:
            sys.stderr.write(f"going on after {work.n_before} articles that were scored before\n")
        left = None if given.n_articles is None else max(0, given.n_articles - work.n_before)
        failures: list[tuple[int, Failure]] = []
        try:
            with progress("scoring", left) as advance:
                place_by_id: dict[str, int] = {}
                read = through(each_once(articles_of(inputs, wanted.zone, tally), tally, work.met))
                outcomes = scoring.outcomes(_unscored(read, work, place_by_id))
                while batch := list(islice(outcomes, _OUTCOMES_AT_ONCE)):
                    work.add(_scored(batch, place_by_id, failures))
                    for _ in batch:
                        advance()
        finally:
            for _, failure in sorted(failures, key=lambda failed: failed[0]):
                tally.fail(failure)
        tally.n_added = len(work)
        _write(work, wanted, scoring)


def _unscored(articles: Iterable[Article], work: WorkFile, place_by_id: dict[str, int]) -> Iterator[Article]:
    """Those that an earlier run has not scored, the place of each among all put into `place_by_id`."""
    for place, article in enumerate(articles):
        if article.id not in work:
            place_by_id[article.id] = place
            yield article


def _scored(
    outcomes: Iterable[Outcome], place_by_id: dict[str, int], failures: list[tuple[int, Failure]]
) -> list[tuple[int, Outcome]]:
    """What was scored, with its place, which leaves `place_by_id`; what was not goes to the failures."""
    scored = []
    for outcome in outcomes:
        place = place_by_id.pop(outcome.id)
        if outcome.failure is None:
            scored.append((place, outcome))
        else:
            failures.append((place, outcome.failure))
    return scored


def _write(work: WorkFile, wanted: Wanted, scoring: Scoring) -> None:
    from nlp.columns import scores_columns, sentences_columns
    from nlp.stories_on_disk import rows_with_stories
    from nlp.tables import TableWriter

    if wanted.sentences:
        with TableWriter(wanted.sentences, sentences_columns(scoring.narratives)) as writer:
            articles = work.sentences()
            while rows := list(islice(articles, _ARTICLES_AT_ONCE)):
                writer.add(row for of_article in rows for row in of_article)
    columns = (*scores_columns(scoring.narratives), *scoring.columns)
    with TableWriter(wanted.out, columns) as writer:
        numbered = rows_with_stories(work.connection, wanted.out.with_name(f".{wanted.out.name}.copies"))
        while chunk := list(islice(numbered, _ROWS_AT_ONCE)):
            writer.add(_row(*pair) for pair in chunk)


def _row(written: str, story: str) -> dict[str, Any]:
    return {**json.loads(written), "story": story}
