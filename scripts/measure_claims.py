"""Measures what `froth claims` finds in real articles: figures, those of an indicator, verdicts, and its speed.

With `--golden`, in articles whose claims are known: how much of it is right.

Not a froth command. Draws dated articles from files (JSONL.xz of `id, date, title, text`), each file in its turn so
that a large one does not fill the draw, and reads them as `froth claims` does. `--articles` and `--claims` keep what
was drawn and found, to be read: whether a verdict is right only a reader can say.
"""

from __future__ import annotations

import json
import lzma
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any, get_args

import typer

from nlp.errors import Failure
from scripts.console import Tally, articles_of, main
from scripts.trend import market_series

if TYPE_CHECKING:
    from nlp.claims.batches import Against
    from nlp.schema import Article

__all__ = ["drawn", "measure_claims"]

_LEAST_LENGTH = 20
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def measure_claims(
    files: Annotated[list[Path], typer.Argument(help="JSONL.xz of id, date, title, text; with --golden, JSONL.")],
    market: Annotated[Path, typer.Option("--market", help="Folder with one CSV per market series.")],
    n: Annotated[int, typer.Option("--n", help="Articles to draw.")] = 500,
    seed: Annotated[int, typer.Option(help="Of the draw.")] = 0,
    workers: Annotated[int, typer.Option(min=1, help="Processes to read articles with.")] = 1,
    articles: Annotated[Path | None, typer.Option(help="Also write the articles drawn (JSONL).")] = None,
    claims: Annotated[Path | None, typer.Option(help="Also write the claims table (.csv or .parquet).")] = None,
    golden: Annotated[bool, typer.Option("--golden", help="The files are gold, as corpora/claims/*.jsonl.")] = False,
) -> None:
    """Prints articles, figures and linked figures an article, verdicts, articles a second."""
    if golden:
        _against_gold(files, market)
        return
    from nlp.claims.batches import Against
    from nlp.claims.claim_table import CLAIM_COLUMNS
    from nlp.claims.indicators import load_indicators
    from nlp.claims.series import series_by_indicator
    from nlp.tables import write_table

    tally = Tally()
    table = load_indicators(None)
    with TemporaryDirectory() as folder:
        path = articles or Path(folder) / "articles.jsonl"
        path.write_text(
            "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in drawn(files, n, seed)), encoding="utf-8"
        )
        read = list(articles_of([str(path)], None, tally))
    against = Against(table, series_by_indicator(market_series(market, tally), table.by_id))
    started = time.perf_counter()
    rows = _rows(read, against, tally, workers=workers)
    seconds = time.perf_counter() - started
    for what, number in _counts(rows, len(read)).items():
        sys.stdout.write(f"{what:32}{number:10.6g}\n")
    sys.stdout.write(f"{'articles a second':32}{len(read) / seconds:10.1f}\n")
    if claims:
        write_table(rows, claims, CLAIM_COLUMNS)
    tally.say()


def _against_gold(files: Sequence[Path], market: Path) -> None:
    from nlp.claims.gold import measure_against_gold, read_gold
    from nlp.claims.indicators import load_indicators
    from nlp.claims.mentions import MentionFinder
    from nlp.claims.series import series_by_indicator

    table = load_indicators()
    series = series_by_indicator(market_series(market, Tally()), table.by_id)
    sys.stdout.write(
        "| file | figures | F1 | links right | verdicts right | false contradicted |\n|---|---|---|---|---|---|\n"
    )
    for path in files:
        found = measure_against_gold(read_gold(path), MentionFinder(table), series)
        sys.stdout.write(
            f"| {path.stem} | {found.n_gold} | {found.f1:.3f} | {found.link_accuracy:.3f} "
            f"| {found.verdict_accuracy:.3f} | {found.false_contradicted:.4f} |\n"
        )


def drawn(files: Sequence[Path], n: int, seed: int) -> list[dict[str, str]]:
    """`n` dated articles that have a text, each text once, each file in its turn.

    >>> drawn([], 3, seed=0)
    []
    """
    rng = random.Random(seed)  # noqa: S311
    by_file = [list(_dated(path)) for path in files]
    for rows in by_file:
        rng.shuffle(rows)
    longest = max(map(len, by_file), default=0)
    mixed = (rows[place] for place in range(longest) for rows in by_file if place < len(rows))
    return list(islice(_each_text_once(mixed), n))


def _each_text_once(rows: Iterator[dict[str, str]]) -> Iterator[dict[str, str]]:
    seen = set[str]()
    for row in rows:
        if row["text"] not in seen:
            seen.add(row["text"])
            yield row


def _dated(path: Path) -> Iterator[dict[str, str]]:
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            if len(row["text"]) >= _LEAST_LENGTH and _DAY.match(row["date"] or ""):
                source = path.name.partition(".")[0]
                yield {**{name: row[name] for name in ("id", "date", "title", "text")}, "source": source}


def _rows(articles: Sequence[Article], against: Against, tally: Tally, *, workers: int) -> list[dict[str, Any]]:
    from nlp.claims.batches import claim_rows_of

    rows: list[dict[str, Any]] = []
    for item in claim_rows_of(articles, against, workers=workers):
        if isinstance(item, Failure):
            tally.fail(item)
        else:
            tally.n_added += 1
            rows += item
    return rows


def _counts(rows: Sequence[dict[str, Any]], n_articles: int) -> dict[str, float]:
    from nlp.claims.records import Verdict

    linked = [row for row in rows if row["indicator"]]
    verdicts = Counter(row["verdict"] for row in linked)
    return {
        "articles": n_articles,
        "figures an article": len(rows) / n_articles,
        "of an indicator, an article": len(linked) / n_articles,
        **{f"of an indicator: {verdict}": verdicts[verdict] for verdict in get_args(Verdict)},
    }


if __name__ == "__main__":
    main(measure_claims)
