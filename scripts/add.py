"""`froth add`: files, folders or stdin → the store."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from scripts.console import (
    DEFAULT_DB,
    DbOption,
    FailuresOption,
    InputsArgument,
    Tally,
    ZoneOption,
    articles_of,
    main,
    progress,
    recorded_failures,
)

if TYPE_CHECKING:
    from nlp.schema import Article

__all__ = ["add"]


def add(
    inputs: InputsArgument,
    db: DbOption = DEFAULT_DB,
    zone: ZoneOption = None,
    failures: FailuresOption = Path(),
) -> None:
    """Import articles into the store; what is there already is skipped."""
    from nlp.store import Store

    tally = Tally()
    with recorded_failures(tally, failures), Store.open(db) as store, progress("adding") as advance:
        added = store.add(_counted(articles_of(inputs, zone, tally), advance))
    tally.n_added, tally.n_skipped = added.n_added, added.n_skipped + added.n_versions
    if added.n_versions:
        sys.stderr.write(
            f"{added.n_versions} of the skipped have the id of a known article and another text: it is kept as a "
            "version, and not scored. Where they are other articles, give each its own id\n"
        )
    tally.say(failures / "failures.csv")


def _counted(articles: Iterable[Article], advance: Callable[[], None]) -> Iterator[Article]:
    for article in articles:
        advance()
        yield article


if __name__ == "__main__":
    main(add)
