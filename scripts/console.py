"""What every command shares: options, the error boundary, the progress bar and the closing count.

Results go to files or stdout; everything here writes to stderr.
"""

from __future__ import annotations

import gc
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal
from zoneinfo import ZoneInfo

import typer

from nlp.errors import Failure, FrothError, InputError
from nlp.safety import harmless
from scripts.progress import progress

if TYPE_CHECKING:
    from nlp.schema import Article

__all__ = [
    "DEFAULT_DB",
    "ArchiveOption",
    "DbOption",
    "DeviceOption",
    "FailuresOption",
    "InputsArgument",
    "MarketOption",
    "ModelOption",
    "PrecisionOption",
    "ScreenedOption",
    "SourcesOption",
    "Tally",
    "WorkersOption",
    "ZoneOption",
    "archive_folder",
    "articles_of",
    "main",
    "no_article",
    "parse_zone",
    "plain_table",
    "progress",
    "recorded_failures",
]

DEFAULT_DB = "sqlite:///froth.db"

_NEW_OBJECTS = 50_000
"""Garbage is looked for after so many. Libraries make a million objects that stay; at Python's own 700
looking through them is a sixth of what their import takes."""


def parse_zone(name: str) -> ZoneInfo:
    """A time zone by its IANA name."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise typer.BadParameter(f"{name!r} is no IANA time zone; write for example Asia/Shanghai") from error


InputsArgument = Annotated[
    list[str],
    typer.Argument(
        help="Files or folders (.txt .html .jsonl .json .csv .parquet); - reads JSONL from stdin.", show_default=False
    ),
]
ModelOption = Annotated[str, typer.Option("--model", help="A bundled name or a model folder.")]
DeviceOption = Annotated[str, typer.Option("--device", help="auto, cpu, cuda, cuda:1, …")]
PrecisionOption = Annotated[
    Literal["fp32", "bf16", "int8"],
    typer.Option("--precision", help="Numbers the encoder computes in; the faster ones change scores a little."),
]
ScreenedOption = Annotated[
    bool,
    typer.Option(
        "--screened", help="Leave unread where the model's screen says that there is nothing: a little is missed."
    ),
]
WorkersOption = Annotated[
    int | None,
    typer.Option(
        "--workers",
        min=1,
        help="Processes to score with, where there is enough to do; else as many as cores.",
        show_default=False,
    ),
]
DbOption = Annotated[
    str, typer.Option("--db", help="Database URL: SQLite, or PostgreSQL where its driver is installed.")
]
MarketOption = Annotated[
    Path | None, typer.Option("--market", help="Folder with one CSV per market series.", show_default=False)
]
FailuresOption = Annotated[Path, typer.Option("--failures", help="The folder for failures.csv.")]
SourcesOption = Annotated[
    Path | None,
    typer.Option("--sources", help="Source declarations (TOML); by default froth's own.", show_default=False),
]
ArchiveOption = Annotated[
    Path | None,
    typer.Option(
        "--archive",
        help="Folder of the raw answers; by default beside the database (froth.archive for froth.db).",
        show_default=False,
    ),
]
ZoneOption = Annotated[
    ZoneInfo | None,
    typer.Option(
        "--zone",
        parser=parse_zone,
        metavar="ZONE",
        show_default=False,
        help="Zone of dates without one; by default that of the language's country (zh, ja, ko), else UTC.",
    ),
]


@dataclass
class Tally:
    """Counts and failures of one run; its last word is the line `added A, skipped S, failed F`."""

    n_added: int = 0
    n_skipped: int = 0
    failures: list[Failure] = field(default_factory=list)

    def fail(self, failure: Failure) -> None:
        """Keeps a failure and says it."""
        self.failures.append(failure)
        sys.stderr.write(f"failed: {harmless(failure.item)}: {harmless(failure.reason)}\n")

    def say(self, failures_file: Path | str | None = None) -> None:
        """Prints the closing line; names the failures file first where there is something in it."""
        if self.failures and failures_file is not None:
            sys.stderr.write(f"see {failures_file}\n")
        sys.stderr.write(f"added {self.n_added}, skipped {self.n_skipped}, failed {len(self.failures)}\n")


def archive_folder(db: str, chosen: Path | None) -> Path:
    """Where the raw answers for a database are: as chosen, else beside its file, else in the working folder."""
    from nlp.store import sqlite_file

    return chosen or (sqlite_file(db) or Path("froth.db")).with_suffix(".archive")


def plain_table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Prints rows in columns to stdout: numbers to the right, wide characters counted as two; nothing without rows."""
    from rich.cells import cell_len

    if not rows:
        return
    cells = [[harmless(str(cell), 100) for cell in row] for row in (columns, *rows)]
    widths = [max(cell_len(row[place]) for row in cells) for place in range(len(columns))]
    right = [isinstance(cell, int) for cell in rows[0]]
    for row in cells:
        pads = [" " * (width - cell_len(cell)) for cell, width in zip(row, widths, strict=True)]
        texts = [pad + cell if to_right else cell + pad for cell, pad, to_right in zip(row, pads, right, strict=True)]
        sys.stdout.write("  ".join(texts).rstrip() + "\n")


def articles_of(inputs: list[str], zone: ZoneInfo | None, tally: Tally) -> Iterator[Article]:
    """The articles of some inputs, HTML pages included; what cannot be read goes to the tally.

    Raises:
        InputError: a path that does not exist, or not one article in all inputs.
    """
    from nlp.reading import read_articles
    from scrapers.saved_pages import HTML_READERS

    n_articles = 0
    for item in read_articles(inputs, zone=zone, readers=HTML_READERS):
        if isinstance(item, Failure):
            tally.fail(item)
        else:
            n_articles += 1
            yield item
    if not n_articles:
        raise no_article(inputs, tally)


def no_article(inputs: Sequence[str], tally: Tally) -> InputError:
    """The error of inputs without one article in them."""
    first = f"; the first problem was {tally.failures[0].item}: {tally.failures[0].reason}" if tally.failures else ""
    return InputError(f"not one article in {', '.join(inputs)}{first}")


@contextmanager
def recorded_failures(tally: Tally, folder: Path, *, keep: bool = False) -> Iterator[None]:
    """Writes `folder`/failures.csv when the work in it ends; `keep` adds to what stands there.

    Work that is broken off writes what failed until then, and leaves the file as it was where that is nothing.
    """
    from nlp.columns import FAILURE_COLUMNS
    from nlp.tables import read_table, write_failures

    file = folder / "failures.csv"
    earlier: list[Failure] = []
    if keep and file.is_file():
        earlier = [Failure(*row) for row in read_table(file, FAILURE_COLUMNS)[list(FAILURE_COLUMNS)].to_numpy()]
    ended = False
    try:
        yield
        ended = True
    finally:
        if ended or tally.failures:
            write_failures([*earlier, *(f for f in tally.failures if f not in earlier)], file)


def main(command: Callable[..., Any] | typer.Typer) -> None:
    """Runs a command and turns errors into the exit codes of the design: 0 done, 1 our error, 2 usage.

    `--debug` anywhere on the line shows tracebacks.
    """
    gc.set_threshold(_NEW_OBJECTS)
    debug = "--debug" in sys.argv
    arguments = [argument for argument in sys.argv[1:] if argument != "--debug"]
    app = command if isinstance(command, typer.Typer) else _single(command)
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # as stderr has it: a name must not end a run
    try:
        app(args=arguments, prog_name=Path(sys.argv[0]).name)
    except FrothError as error:
        if debug:
            raise
        sys.stderr.write(f"error: {harmless(str(error), 2000)}\n")
        sys.exit(1)
    except Exception as error:
        if debug:
            raise
        where = traceback.extract_tb(error.__traceback__)[-1]
        sys.stderr.write(
            f"error: froth failed unexpectedly in {Path(where.filename).name}:{where.lineno} "
            f"({type(error).__name__}: {harmless(str(error))}); run it again with --debug and report what it prints\n"
        )
        sys.exit(1)


def _single(command: Callable[..., Any]) -> typer.Typer:
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    app.command()(command)
    return app
