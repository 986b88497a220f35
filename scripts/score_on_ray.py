"""`froth score --engine ray`: files or URLs → scores, as one table or as shards; the workers are `models.cluster`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from nlp.errors import Failure, InputError
from scripts.console import Tally, no_article, progress, recorded_failures
from scripts.score import each_once

if TYPE_CHECKING:
    from models.choice import ModelChoice
    from models.cluster import Workers
    from models.shards import Folder, Landing
    from models.worker import Batch
    from nlp.outcome import Outcome
    from nlp.sketches import Sketch
    from nlp.translations import Meaning

__all__ = ["WantedOfRay", "score_on_ray"]

_READ_AT_ONCE = 4 << 20
"""Bytes of small files that one task reads."""


@dataclass(frozen=True, slots=True)
class WantedOfRay:
    """What is to be written, and by which model.

    Attributes:
        out: a table (.csv, .parquet), or a folder or URL for shards.
        sentences: the same of every sentence, or None.
        choice: the model.
        zone: of dates without one.
        baselines: whether to measure them too.
    """

    out: str
    sentences: str | None
    choice: ModelChoice
    zone: ZoneInfo | None
    baselines: bool


@dataclass(frozen=True, slots=True)
class _Placed:
    """An outcome, and where it is among its batch."""

    outcome: Outcome
    batch: str
    place: int
    id: str
    content_hash: str
    title: str


@dataclass
class _Gathered:
    """What is kept of the outcomes until all are there."""

    sketches: list[Sketch] = field(default_factory=list)
    meanings: dict[str, Meaning] = field(default_factory=dict)
    rows: list[Mapping[str, Any]] = field(default_factory=list)
    id_by_place_by_batch: dict[str, dict[int, str]] = field(default_factory=dict)

    def add(self, one: _Placed) -> None:
        """Keeps an outcome that is a score."""
        if one.outcome.sketch is not None:
            self.sketches.append(one.outcome.sketch)
        if one.outcome.meaning is not None:
            self.meanings[one.id] = one.outcome.meaning
        if one.outcome.row is not None:
            self.rows.append(one.outcome.row)
        self.id_by_place_by_batch.setdefault(one.batch, {})[one.place] = one.id

    def stories(self) -> dict[str, str]:
        """The story of every article."""
        from nlp.stories import assign_stories

        return assign_stories(self.sketches, self.meanings)


def score_on_ray(inputs: Sequence[str], wanted: WantedOfRay, workers: Workers) -> None:
    """Scores what is in `inputs`, as `froth score` does without a cluster, row for row."""
    from models.shards import Folder, Landing
    from nlp.columns import baseline_columns

    narratives = wanted.choice.narratives
    beside = baseline_columns(narratives) if wanted.baselines else ()
    tally = Tally()
    _check_alike(wanted)
    if _is_table(wanted.out):
        _into_tables(inputs, wanted, workers, tally, (narratives, beside))
    else:
        sentences = Folder.at(wanted.sentences) if wanted.sentences else None
        landing = Landing(Folder.at(wanted.out), sentences, narratives, beside)
        _into_shards(inputs, wanted, workers, tally, landing)
    tally.say(f"{wanted.out.rstrip('/').rpartition('/')[0] or '.'}/failures.csv")


def _is_table(place: str) -> bool:
    from nlp.object_stores import is_url

    return not is_url(place) and Path(place).suffix in {".csv", ".parquet"} and not Path(place).is_dir()


def _check_alike(wanted: WantedOfRay) -> None:
    kinds = ["a table" if _is_table(place) else "a folder" for place in (wanted.out, wanted.sentences) if place]
    if len(set(kinds)) > 1:
        raise InputError(
            f"{wanted.out} and {wanted.sentences} are {' and '.join(kinds)}: give -o and --sentences both as files "
            "(.csv, .parquet), or both as folders or URLs"
        )


def _into_tables(
    inputs: Sequence[str],
    wanted: WantedOfRay,
    workers: Workers,
    tally: Tally,
    names: tuple[tuple[str, ...], tuple[str, ...]],
) -> None:
    """Scores and sentences as one file each."""
    from nlp.columns import scores_columns, sentences_columns
    from nlp.tables import TableWriter, check_writable, frame, write_table

    narratives, beside = names
    out, columns = Path(wanted.out), (*scores_columns(narratives), *beside)
    sentences = Path(wanted.sentences) if wanted.sentences else None
    check_writable(out, sentences, read=inputs)
    with ExitStack() as stack:
        stack.enter_context(recorded_failures(tally, out.parent))
        batches = stack.enter_context(_scored(inputs, wanted, workers, None))
        writer = stack.enter_context(TableWriter(sentences, sentences_columns(narratives))) if sentences else None
        gathered = _Gathered()
        for one in _counted(batches, tally, inputs):
            gathered.add(one)
            if writer:
                writer.add(one.outcome.sentences)
        stories = gathered.stories()
        rows = [{**row, "story": stories[row["article_id"]]} for row in gathered.rows]
        write_table(frame(rows, columns), out, columns)


def _into_shards(inputs: Sequence[str], wanted: WantedOfRay, workers: Workers, tally: Tally, landing: Landing) -> None:
    """Scores and sentences as folders, written by the workers."""
    from models.cluster import finish_shards

    with ExitStack() as stack:
        stack.enter_context(_failures_beside(tally, landing.scores.parent))
        stack.enter_context(landing.open())
        batches = stack.enter_context(_scored(inputs, wanted, workers, landing))
        gathered = _Gathered()
        for one in _counted(batches, tally, inputs):
            gathered.add(one)
        stories = gathered.stories()
        finish_shards(
            landing,
            {
                batch: {place: stories[article_id] for place, article_id in id_by_place.items()}
                for batch, id_by_place in gathered.id_by_place_by_batch.items()
            },
        )


@contextmanager
def _failures_beside(tally: Tally, folder: Folder) -> Iterator[None]:
    """failures.csv in a folder that may be a URL's."""
    with TemporaryDirectory(prefix="froth-") as scratch:
        try:
            with recorded_failures(tally, Path(scratch)):
                yield
        finally:
            if (file := Path(scratch, "failures.csv")).is_file():
                folder.put(file.name, file.read_bytes())


@contextmanager
def _scored(
    inputs: Sequence[str], wanted: WantedOfRay, workers: Workers, landing: Landing | None
) -> Iterator[Iterator[Batch]]:
    """The batches of a cluster that is there as long."""
    from models.cluster import connected, scored_batches
    from models.manifest import BUNDLED
    from models.places import Reading, find_files, runs_of_files
    from models.worker import Job
    from scrapers.saved_pages import HTML_READERS

    readers = dict(HTML_READERS)
    runs = list(runs_of_files(find_files(inputs, readers), _READ_AT_ONCE))
    choice = wanted.choice
    if choice.model not in BUNDLED:
        choice = replace(choice, model=str(choice.folder.absolute()))
    has_sentences = wanted.sentences is not None
    job = Job(choice, choice.model_id, wanted.baselines, has_sentences, max(1, int(workers.n_cpus)), landing)
    with connected(workers):
        yield scored_batches(runs, Reading(datetime.now(UTC), wanted.zone, readers), job, workers)


def _counted(batches: Iterable[Batch], tally: Tally, inputs: Sequence[str]) -> Iterator[_Placed]:
    """The scores among the outcomes, no id twice; the tally counts, and has the failures."""
    with progress("scoring") as advance:
        n_outcomes = 0
        for one in each_once(_placed(batches, tally), tally):
            n_outcomes += 1
            advance()
            if one.outcome.failure is not None:
                tally.fail(one.outcome.failure)
            else:
                tally.n_added += 1
                yield one
    if not n_outcomes:
        raise no_article(inputs, tally)


def _placed(batches: Iterable[Batch], tally: Tally) -> Iterator[_Placed]:
    for batch in batches:
        place = 0
        for item in batch.items:
            if isinstance(item, Failure):
                tally.fail(item)
            else:
                yield _Placed(item, batch.name, place, item.id, item.content_hash, item.title)
                place += 1
