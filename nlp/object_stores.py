"""Files and folders at URLs: object stores, file systems of clusters, web servers.

A URL is one that pyarrow knows (`file:`, `s3:`, `gs:`, `abfs:`, `hdfs:`), or fsspec where its package for it is
installed. Credentials are taken from the environment, as each of them documents; what a URL holds of them is not shown.
"""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from typing import Any

from nlp.errors import InputError

__all__ = ["fetched", "is_url", "opened", "shown"]

_URL = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)
_SECRET = re.compile(r"(?<=://)\S*@|(?<=[^\s:])\?[^\s'\"]*=[^\s'\"]*")
"""A login up to the last sign that may end one, as keys hold any sign, and what follows a question mark."""
_PIECE = 1 << 20


def is_url(place: str) -> bool:
    """Whether a place is a URL and no local path.

    >>> is_url("s3://news/2024"), is_url("C:/news"), is_url("news/2024")
    (True, False, False)
    """
    return _URL.match(place) is not None


def shown(text: str) -> str:
    """Text that names URLs, without users, passwords and signatures in them.

    >>> shown("cannot read s3://key:se/cret@news/2024")
    'cannot read s3://news/2024'
    >>> shown("https://news.example/scores.parquet?sig=secret: 403")
    'https://news.example/scores.parquet 403'
    """
    return _SECRET.sub("", text)


def opened(url: str, *, patience: int | None = None) -> tuple[Any, str]:
    """The file system (`pyarrow.fs`) of a URL, and the path in it; whether something is there it does not say.

    Args:
        url: of a file or folder.
        patience: seconds for which Google's store is asked again where it does not answer, or without credentials for
            it, in place of its own quarter of an hour.

    Raises:
        InputError: a URL that nothing here reads; the message names the package that would.
    """
    from pyarrow import ArrowInvalid, fs

    try:
        store, path = fs.FileSystem.from_uri(url if patience is None else _asked_for(url, patience))
    except (ArrowInvalid, OSError) as refused:
        try:
            from fsspec.core import url_to_fs

            store, path = url_to_fs(url)
        except ImportError as error:
            raise InputError(shown(f"cannot open {url}: the package for it is not installed ({error})")) from error
        except (ValueError, OSError) as error:
            raise InputError(shown(f"cannot open {url}: pyarrow says {refused}; fsspec says {error}")) from error
        store = fs.PyFileSystem(fs.FSSpecHandler(store))
    return store, str(path)


def _asked_for(url: str, seconds: int) -> str:
    """A URL of Google's store that says for how long; one that says so, or of another store, as it is."""
    if not url.lower().startswith(("gs://", "gcs://")) or "retry_limit_seconds=" in url:
        return url
    return f"{url}{'&' if '?' in url else '?'}retry_limit_seconds={seconds}"


def fetched(store: Any, path: str, folder: Path) -> Path:  # noqa: ANN401
    """A copy of a file of a store (`opened`) in a local folder, under its own name.

    Raises:
        OSError: it cannot be read.
    """
    copy = folder / PurePosixPath(re.split(r"[?#]", path, maxsplit=1)[0]).name
    with store.open_input_stream(path, compression=None) as source, copy.open("wb") as target:
        while piece := source.read(_PIECE):
            target.write(piece)
    return copy
