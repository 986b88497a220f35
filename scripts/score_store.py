"""Scoring what a store holds, beside other processes, and reading all its scores back into the table.

How processes share the articles is `nlp.store.work`; scoring files is `scripts.score`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from models.local_workers import FEW, MODEL_MODULES
from nlp.errors import Failure, InputError
from nlp.processes import helpers
from nlp.store.work import BATCH_ARTICLES
from scripts.console import Tally

if TYPE_CHECKING:
    from models.baseline_scores import Baselines
    from models.choice import ModelChoice
    from models.passages import Classifier
    from nlp.score_table import ScoreTable

__all__ = ["Shared", "score_store", "table_of_store"]


def score_store(
    db: str,
    classifier: Classifier,
    tally: Tally,
    *,
    to_the_end: bool,
    shared: Shared | None = None,
    is_seen: bool = True,
    began_at: float | None = None,
) -> None:
    """Score what this model has not scored yet and no other process has.

    Args:
        db: of the store.
        classifier: the model.
        tally: of what this process and its helpers do.
        to_the_end: wait until other processes are done too, and score what any of them leaves unscored.
        shared: how others are started where there is enough to do.
        is_seen: whether the progress is shown.
        began_at: when the run began that this is part of, as `Store.work` takes it.

    Raises:
        InputError: the store is empty.
    """
    from models.narrative_table import narratives_of
    from models.scoring import score_articles
    from nlp.narratives import DriverMatcher
    from nlp.store import Store

    with Store.existing(db) as store:
        if next(store.articles(), None) is None:
            raise InputError(f"the store {db} holds no articles: name files to score, or fill it with froth add")
        drivers = DriverMatcher(narratives_of(classifier))
        with ExitStack() as stack:
            work = stack.enter_context(store.work(classifier.model_id, began_at=began_at))
            show = stack.enter_context(_progress(work.n_to_score, is_seen=is_seen))
            if shared and (n := shared.n_helpers(work.n_to_score, classifier)):
                stack.enter_context(_helped(db, shared, n, tally, work.began_at))
            for batch in work.batches(to_the_end=to_the_end, on_wait=lambda: show(work.n_done(), waits=True)):
                scored, reason_by_id = [], {}
                items = score_articles(batch.unread, classifier, drivers)
                for article, item in zip(batch.unread, items, strict=True):
                    if isinstance(item, Failure):
                        tally.fail(item)
                        reason_by_id[article.id] = item.reason
                    else:
                        scored.append((item.score, item.sentences))
                work.finish(batch, scored, reason_by_id)
                show(work.n_done())
        tally.n_added += work.n_scored


def table_of_store(
    db: str, classifier: Classifier, tally: Tally, *, sentences: Path | None, baselines: Baselines | None
) -> ScoreTable:
    """All scores of this model in the store, and with them what baselines read; its sentences go into a file.

    What other processes could not score goes to the tally.
    """
    from nlp.columns import sentence_rows, sentences_columns
    from nlp.score_table import ScoreTable
    from nlp.store import Store
    from nlp.tables import TableWriter
    from nlp.text import split_sentences

    table = ScoreTable(classifier.narratives, baselines.columns if baselines else ())
    with Store.open(db) as store:
        said = {failure.item for failure in tally.failures}
        for failure in store.failures(classifier.model_id):
            if failure.item not in said:
                tally.fail(failure)
        for scored in store.scores(classifier.model_id):
            article = scored.article
            table.add(scored, baselines.measure(article, split_sentences(article)) if baselines else {})
        tally.n_skipped += len(table) - tally.n_added
        if sentences:
            with TableWriter(sentences, sentences_columns(classifier.narratives)) as writer:
                for judged in store.all_sentence_scores(classifier.model_id):
                    writer.add(sentence_rows(judged))
    return table


@dataclass(frozen=True, slots=True)
class Shared:
    """How a command that scores a store starts others beside itself.

    Attributes:
        choice: the same model.
        n_workers: processes at most, this one among them.
    """

    choice: ModelChoice
    n_workers: int

    def n_helpers(self, n_to_score: int, classifier: Classifier) -> int:
        """How many are worth starting: none for few articles or beside a GPU, and none that would find no batch."""
        device = getattr(classifier, "device", None)
        if n_to_score <= FEW or (device is not None and device.type != "cpu"):
            return 0
        return min(self.n_workers, -(-n_to_score // BATCH_ARTICLES)) - 1


@contextmanager
def _helped(db: str, shared: Shared, n: int, tally: Tally, began_at: float) -> Iterator[None]:
    """`n` processes score while the block runs, and this one keeps to one thread; what they do is counted."""
    from models.side_by_side import one_thread

    with one_thread(), helpers(n, MODEL_MODULES, _share, db, shared.choice, began_at) as running:
        yield
        for helper in running:
            share = helper.result()
            if share is None:
                sys.stderr.write("a worker process ended early, perhaps for want of memory: others do its work\n")
            else:
                tally.n_added += share.n_added
                tally.failures.extend(share.failures)


def _share(db: str, choice: ModelChoice, began_at: float) -> Tally:
    """Scores in a helper's process."""
    tally = Tally()
    score_store(db, choice.load(), tally, to_the_end=False, is_seen=False, began_at=began_at)
    return tally


class _Show(Protocol):
    def __call__(self, n_done: int, *, waits: bool = False) -> None: ...


@contextmanager
def _progress(n_to_score: int, *, is_seen: bool) -> Iterator[_Show]:
    """A bar over what all processes have to do, with their rate and the time left; silence where it is no terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    texts = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}")
    columns = (*texts, TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not (is_seen and console.is_terminal)) as bar:
        task = bar.add_task("scoring", total=n_to_score, rate="")
        said = False

        def show(n_done: int, *, waits: bool = False) -> None:
            nonlocal said
            if waits and not said and is_seen:
                sys.stderr.write("waiting for articles that other processes have; those of a killed one are taken\n")
                said = True
            speed = bar.tasks[0].speed
            bar.update(task, completed=n_done, rate=f"{speed:.1f} articles/s" if speed else "")

        yield show
