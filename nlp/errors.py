"""Every error that froth raises on purpose.

Tree::

    FrothError
    ├── InputError (ValueError)           a file or a record that cannot be read as what it should be
    │   └── ArticleError                  one article that breaks a rule of the schema
    ├── NarrativeFileError (ValueError)   a narratives table that does not fit its format
    ├── MarketError (ValueError)          a market series that cannot be read, an exchange that is not known
    ├── StoreError                        a database that cannot be opened or is of another version
    ├── ArchiveError                      an archive of raw answers that cannot be read or written
    ├── CheckpointError (ValueError)      a model folder that is missing, incomplete or unsafe
    ├── TrainingError                     a training that cannot go on
    ├── SourceError (ValueError)          a source declaration that does not fit its format
    ├── FetchError                        a page or feed that could not be fetched
    ├── ClusterError                      a Ray cluster that cannot be reached, or work that failed on it for good
    ├── WorkerError                       a worker process of this machine that was killed
    ├── MissingExtraError (ImportError)   a library that comes with an extra which is not installed
    └── ExtractionError                   a page without an article in it

Messages say what was wrong with which value, what was expected and what to do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

__all__ = [
    "ArchiveError",
    "ArticleError",
    "CheckpointError",
    "ClusterError",
    "ExtractionError",
    "Failure",
    "FetchError",
    "FrothError",
    "InputError",
    "MarketError",
    "MissingExtraError",
    "NarrativeFileError",
    "SourceError",
    "StoreError",
    "TrainingError",
    "WorkerError",
]


class FrothError(Exception):
    """Root of the tree: the command line prints it as one paragraph and exits with 1."""

    def __reduce__(self) -> tuple[Any, ...]:
        """Travels between processes with what it says beside its message."""
        return _again, (type(self), self.args, self.__dict__)


def _again(kind: type[FrothError], args: tuple[Any, ...], attributes: dict[str, Any]) -> FrothError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(attributes)
    return error


class InputError(FrothError, ValueError):
    """A file or a record that cannot be read as what it should be."""


class ArticleError(InputError):
    """One article that breaks a rule of the schema; `field` names the culprit."""

    def __init__(self, message: str, *, field: str) -> None:
        super().__init__(message)
        self.field = field


class NarrativeFileError(FrothError, ValueError):
    """A narratives table that does not fit its format."""


class MarketError(FrothError, ValueError):
    """A market series that cannot be read or used as asked, or an exchange that is not known."""


class StoreError(FrothError):
    """A database that cannot be opened, or was written by another schema version."""


class ArchiveError(FrothError):
    """An archive of raw answers that cannot be read or written, or was written by another version."""


class CheckpointError(FrothError, ValueError):
    """A model folder that is missing, incomplete, inconsistent or unsafe to open."""


class TrainingError(FrothError):
    """A training that cannot go on: its loss is no number any more, or its state cannot be kept."""


class SourceError(FrothError, ValueError):
    """A source declaration that does not fit its format."""


class FetchError(FrothError):
    """A page or feed that could not be fetched.

    `url`; where there was an answer, its `status`; where robots.txt was the reason, `robots`: `forbidden` or
    `unreadable`.
    """

    def __init__(self, message: str, *, url: str, status: int | None = None, robots: str | None = None) -> None:
        super().__init__(message)
        self.url = url
        self.status = status
        self.robots = robots


class ClusterError(FrothError):
    """A Ray cluster that cannot be reached, or work that failed on it for good."""


class WorkerError(FrothError):
    """A worker process of this machine that was killed."""


class MissingExtraError(FrothError, ImportError):
    """A library that comes with an extra which is not installed; `extra` is its name."""

    def __init__(self, message: str, *, extra: str) -> None:
        super().__init__(message)
        self.extra = extra


class ExtractionError(FrothError):
    """A page in which no article was found."""


@dataclass(frozen=True, slots=True)
class Failure:
    """One item that a batch could not use; it becomes a row of failures.csv.

    Attributes:
        item: what failed, in words a person can find again (file and line, URL, article id).
        stage: where: `read`, `date`, `fetch`, `extract`, `score`.
        reason: why, and what to do.
    """

    item: str
    stage: str
    reason: str
