"""Where the articles are that a cluster scores: local paths, patterns, and URLs of object stores.

A URL is one that `nlp.object_stores` opens. A file that is not on a local path is copied to the worker for as long as
it is read.
"""

from __future__ import annotations

import glob
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from nlp.errors import Failure, InputError
from nlp.object_stores import fetched, is_url, opened, shown
from nlp.reading import READERS, STDIN, counts_in_folder, input_files, read_articles

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

    from nlp.reading.records import Reader
    from nlp.schema import Article

__all__ = ["File", "Reading", "find_files", "runs_of_files"]

_WILD = re.compile(r"[*?\[]")


@dataclass(frozen=True, slots=True)
class Reading:
    """How files are read on a worker: by `nlp.reading.read_articles`, with the clock of the one who asked."""

    now: datetime
    zone: tzinfo | None
    readers: Mapping[str, Reader]


@dataclass(frozen=True, slots=True)
class File:
    """One file of articles.

    Attributes:
        name: as failures name it.
        path: absolute.
        size: in bytes, as it lies there.
        store: the file system (`pyarrow.fs`) that `path` is in; None where every worker has it under this path.
    """

    name: str
    path: str
    size: int
    store: Any = None

    def read(self, how: Reading) -> Iterator[Article | Failure]:
        """What the file holds, in its order.

        Raises:
            InputError: there is no such file where this runs.
        """
        if self.store is None:
            yield from self._named(Path(self.path), how)
            return
        with tempfile.TemporaryDirectory(prefix="froth-") as folder:
            try:
                copy = fetched(self.store, self.path, Path(folder))
            except OSError as error:
                yield Failure(self.name, "read", f"could not be fetched: {error}")
            else:
                yield from self._named(copy, how)

    def _named(self, path: Path, how: Reading) -> Iterator[Article | Failure]:
        """What is at `path`, its failures under the file's name."""
        for item in read_articles([path], zone=how.zone, readers=how.readers, now=how.now):
            yield replace(item, item=item.item.replace(str(path), self.name)) if isinstance(item, Failure) else item


def find_files(inputs: Sequence[str], readers: Mapping[str, Reader]) -> Iterator[File | Failure]:
    """The files that inputs stand for, in the order of the inputs, and in a folder or pattern of their names.

    Raises:
        InputError: an input that does not exist, a pattern that fits nothing, a URL that nothing here reads.
    """
    known = {**READERS, **readers}
    for place in inputs:
        if place == STDIN:
            raise InputError("a cluster cannot read standard input: give files, a folder or a URL")
        if is_url(place):
            yield from _remote(place, known)
        else:
            for found in input_files(_local(place), known):
                yield found if isinstance(found, Failure) else _file_at(found)


def _file_at(path: Path) -> File:
    return File(str(path), str(path.absolute()), path.stat().st_size)


def _local(place: str) -> list[Path]:
    if Path(place).exists():
        return [Path(place)]
    found = [Path(one) for one in sorted(glob.glob(place, recursive=True))]  # noqa: PTH207  # it may be absolute
    if not found:
        raise InputError(f"{place} does not exist; give a file, a folder, a pattern or a URL")
    return found


def _remote(url: str, readers: Mapping[str, Reader]) -> Iterator[File | Failure]:
    from pyarrow import fs

    address, mark, query = url.partition("?") if "=" in url else (url, "", "")
    wild = _WILD.search(address)
    stem = address[: address.rindex("/", 0, wild.start()) + 1] if wild else address
    store, path = opened(stem + mark + query)
    fits = _pattern(f"{path.rstrip('/')}/{address[len(stem) :]}") if wild else None
    try:
        found = store.get_file_info(path.rstrip("/"))
        if found.type == fs.FileType.Directory:
            listed = store.get_file_info(fs.FileSelector(path, recursive=True))
        else:
            listed = [found] if found.type == fs.FileType.File else []
    except OSError as error:
        raise InputError(shown(f"cannot read {url} ({error}): check the address and the right to read it")) from error
    files = [one for one in sorted(listed, key=lambda one: str(one.path)) if one.type == fs.FileType.File]
    if found.type == fs.FileType.Directory:
        below = len(path.rstrip("/")) + 1
        files = [one for one in files if not _is_hidden(one.path[below:])]
        if fits is None:
            files = [one for one in files if counts_in_folder(Path(one.path), readers)]
        else:
            files = [one for one in files if fits.fullmatch(one.path)]
    if not files:
        raise InputError(
            shown(f"{url} does not exist or holds no file that froth reads; give a file, a folder or a pattern")
        )
    is_local = isinstance(store, fs.LocalFileSystem)
    root = url[: url.index("://") + 3]
    for one in files:
        yield File(one.path if is_local else root + one.path, one.path, one.size, None if is_local else store)


def _is_hidden(path: str) -> bool:
    return any(part.startswith(".") for part in PurePosixPath(path).parts)


def _pattern(path: str) -> re.Pattern[str]:
    """A path with `*`, `?` and `[…]` within names, and `**` across them."""
    parts = re.split(r"(\*\*/?|\*|\?|\[[^\]]*\])", path)
    wild = {"**": ".*", "**/": "(?:.*/)?", "*": "[^/]*", "?": "[^/]"}
    return re.compile("".join(wild.get(p, p if p.startswith("[") and p.endswith("]") else re.escape(p)) for p in parts))


def runs_of_files(found: Iterable[File | Failure], n_bytes: int) -> Iterator[tuple[File | Failure, ...]]:
    """What was found, in runs of about `n_bytes` at least, the last one apart: what is read in one go."""
    run: list[File | Failure] = []
    n_waiting = 0
    for one in found:
        run.append(one)
        n_waiting += one.size if isinstance(one, File) else 0
        if n_waiting >= n_bytes:
            yield tuple(run)
            run, n_waiting = [], 0
    if run:
        yield tuple(run)
