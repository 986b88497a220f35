"""`froth extract`: saved HTML pages → articles.jsonl, one record per page in input order."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from scripts.console import Tally, main, progress, recorded_failures

__all__ = ["extract"]


def extract(
    pages: Annotated[list[Path], typer.Argument(help="Saved HTML pages.", show_default=False)],
    out: Annotated[Path, typer.Option("-o", "--out", help="Articles, one JSON record per page.")] = Path(
        "articles.jsonl"
    ),
) -> None:
    """Extract title, date and text from saved pages; one without an article has an empty text and a failures row."""
    from nlp.errors import InputError
    from nlp.tables import check_writable, whole_file
    from scrapers.extraction import extract_pages, page_record

    missing = [str(page) for page in pages if not page.is_file()]
    if missing:
        raise InputError(f"no such page: {', '.join(missing)}; name files, not folders")
    if twice := sorted({str(page) for page in pages if pages.count(page) > 1}):
        raise InputError(f"given more than once: {', '.join(twice)}; name each page once")
    if out.suffix.lower() in (".csv", ".tsv", ".parquet"):
        raise InputError(f"{out}: pages become JSON lines; choose a name that ends in .jsonl")
    check_writable(out, read=pages)
    tally = Tally()
    with recorded_failures(tally, out.parent), whole_file(out) as file, progress("extracting") as advance:
        for result in extract_pages(pages):
            advance()
            file.write(json.dumps(page_record(result), ensure_ascii=False) + "\n")
            if result.failure:
                tally.fail(result.failure)
            else:
                tally.n_added += 1
    tally.say(out.with_name("failures.csv"))


if __name__ == "__main__":
    main(extract)
