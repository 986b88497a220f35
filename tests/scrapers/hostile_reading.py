"""The program that `test_hostile_documents.py` measures: hostile documents read in turn, in a process of its own.

Arguments: the number of shares, and which share. A line of JSON for each: its name, the seconds that it took, what
came of it, and the most memory that the process has needed so far above what it had idle, in MiB.
"""

from __future__ import annotations

import json
import sys
import time
from itertools import islice
from zoneinfo import ZoneInfo

from nlp.errors import FrothError
from scrapers.extraction import extract_page
from tests.scrapers.hostile_documents import documents
from tests.scrapers.hostile_run import PAGE, mebibytes

UTC = ZoneInfo("UTC")


def outcome(document: bytes) -> str:
    try:
        article = extract_page(document, url="http://news.example.com/a", zone=UTC, source="hostile")
    except FrothError as error:
        return type(error).__name__
    return f"{len(article.text)} characters"


def main() -> None:
    n_shares, share = map(int, sys.argv[1:])
    # The extractors are imported by the first page; they belong to the idle process.
    extract_page(PAGE, url="http://news.example.com/", zone=UTC, source="idle")
    idle = mebibytes("VmRSS")
    for name, make in islice(documents(), share, None, n_shares):
        document = make()
        started = time.monotonic()
        print(json.dumps({"name": name, "begun": True}), flush=True)  # noqa: T201
        said = outcome(document)
        seconds = time.monotonic() - started
        growth = mebibytes("VmHWM") - idle
        print(json.dumps({"name": name, "seconds": seconds, "said": said, "growth": growth}), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
