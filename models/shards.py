"""Results as folders of Parquet shards, written by the workers themselves, so that no process holds them all.

A worker lands what it made of a batch as a part, under a name that the batch gives it: work that is done again
replaces what it wrote before. When all parts are there, each is finished on its own: rows of articles that came before
are taken out, the others get their story.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from nlp.columns import is_text, scores_columns, sentences_columns
from nlp.errors import InputError
from nlp.object_stores import is_url, opened
from nlp.tables import frame

if TYPE_CHECKING:
    import pyarrow as pa

    from nlp.outcome import Outcome


__all__ = ["PARTS", "Folder", "Landing"]

PARTS = "_parts"
"""The folder of what is not finished, in that of the results; readers of Parquet folders pass such names over."""
_PLACE = "place"
_WHOLE_NUMBERS = frozenset({"n_sentences", "sentence", "start", "end", _PLACE})


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder for results: `path` in the file system `store` (`pyarrow.fs`)."""

    path: str
    store: Any

    @classmethod
    def at(cls, place: str) -> Folder:
        """The folder of a local path or a URL.

        Raises:
            InputError: a URL that nothing here reads, or one without a folder in it.
        """
        if not is_url(place):
            from pyarrow import fs

            return cls(str(Path(place).absolute()), fs.LocalFileSystem())
        store, path = opened(place)
        if not PurePosixPath(path).parent.name:
            raise InputError(f"{place} names no folder: give one in it, {place.rstrip('/')}/scores")
        return cls(path.rstrip("/"), store)

    @property
    def parent(self) -> Folder:
        """The folder that this one is in."""
        return Folder(str(PurePosixPath(self.path).parent), self.store)

    def below(self, name: str) -> Folder:
        """A folder in this one."""
        return Folder(f"{self.path}/{name}", self.store)

    def check_empty(self) -> None:
        """Makes the folder.

        Raises:
            InputError: it holds something, or cannot be made.
        """
        from pyarrow import fs

        try:
            self.store.create_dir(self.path, recursive=True)
            found = self.store.get_file_info(fs.FileSelector(self.path, allow_not_found=True))
        except OSError as error:
            raise InputError(f"cannot write {self.path} ({error}): choose a folder that can be written") from error
        if found:
            raise InputError(f"{self.path} holds {PurePosixPath(found[0].path).name}: choose a new or empty folder")

    def put(self, name: str, content: bytes) -> None:
        """Writes a file, which appears whole or not at all; one of this name is replaced."""
        from pyarrow import fs

        target = f"{self.path}/{name}"
        scratch = f"{self.path}/.{name}.{uuid4().hex}"
        is_local = isinstance(self.store, fs.LocalFileSystem)
        with self.store.open_output_stream(scratch if is_local else target) as stream:
            stream.write(content)
        if is_local:  # an object store shows an object when it is complete
            Path(scratch).replace(target)


@dataclass(frozen=True, slots=True)
class Landing:
    """Where the results of a run go.

    Attributes:
        scores, sentences: folders; None where sentences are not wanted.
        narratives: for the columns.
        baselines: further columns of scores.
    """

    scores: Folder
    sentences: Folder | None
    narratives: tuple[str, ...]
    baselines: tuple[str, ...] = ()

    @property
    def _tables(self) -> list[tuple[Folder, tuple[str, ...]]]:
        scores = (self.scores, (*scores_columns(self.narratives), *self.baselines))
        return [scores, (self.sentences, sentences_columns(self.narratives))] if self.sentences else [scores]

    @contextmanager
    def open(self) -> Iterator[None]:
        """Makes the folders for what follows; removes the parts at its end, and everything where it is broken off.

        Raises:
            InputError: one that holds something, or cannot be made.
        """
        for folder, _ in self._tables:
            folder.check_empty()
        for folder, _ in self._tables:
            folder.below(PARTS).check_empty()
        try:
            yield
        except BaseException:
            for folder, _ in self._tables:
                folder.store.delete_dir(folder.path)
            raise
        for folder, _ in self._tables:
            folder.store.delete_dir(folder.below(PARTS).path)

    def land(self, name: str, outcomes: Sequence[Outcome]) -> None:
        """Writes the part `name`: the rows of `outcomes`, each with its place among them."""
        scores = [{**one.row, _PLACE: place} for place, one in enumerate(outcomes) if one.row]
        sentences = [{**row, _PLACE: place} for place, one in enumerate(outcomes) for row in one.sentences]
        for (folder, columns), rows in zip(self._tables, (scores, sentences), strict=False):
            folder.below(PARTS).put(name, _parquet(_table(rows, (*columns, _PLACE))))

    def finish(self, name: str, story_by_place: Mapping[int, str]) -> None:
        """Makes a shard of the part `name`, with the rows whose places are given; of a part without any, none."""
        import pyarrow as pa

        for folder, columns in self._tables:
            if not story_by_place:
                continue
            part = _read(folder.below(PARTS), name)
            places = part.column(_PLACE).to_pylist()
            kept = part.filter(pa.array([place in story_by_place for place in places], pa.bool_()))
            if "story" in columns:
                stories = [story_by_place[place] for place in kept.column(_PLACE).to_pylist()]
                kept = kept.set_column(columns.index("story"), "story", pa.array(stories, pa.string()))
            folder.put(name, _parquet(kept.drop_columns([_PLACE])))


def _table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> pa.Table:
    import pyarrow as pa

    def kind(column: str) -> pa.DataType:
        if is_text(column):
            return pa.string()
        return pa.int64() if column in _WHOLE_NUMBERS else pa.float64()

    schema = pa.schema([(column, kind(column)) for column in columns])
    return pa.Table.from_pandas(frame(rows, columns), schema=schema, preserve_index=False)


def _parquet(table: pa.Table) -> bytes:
    import pyarrow as pa
    from pyarrow import parquet

    sink = pa.BufferOutputStream()
    parquet.write_table(table.replace_schema_metadata(None), sink, compression="zstd")
    content: bytes = sink.getvalue().to_pybytes()
    return content


def _read(folder: Folder, name: str) -> pa.Table:
    from pyarrow import parquet

    with folder.store.open_input_file(f"{folder.path}/{name}") as file:
        return parquet.read_table(file)
