"""The program that `test_hostile_servers.py` measures: one run of collect, in a process of its own.

Arguments: a file of sources, a database, the addresses of the test's webs that pass for public, with commas. The last
line of its output is what the run did and took.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

import scrapers.addresses
from nlp.store import Store
from scrapers.client import Client, Limits
from scrapers.collect import collect
from scrapers.extraction import extract_page
from scrapers.polls import CollectReport
from scrapers.sources import load_sources

LIMITS = Limits(total_seconds=3, host_delay_seconds=0)
PAGE = b"<html><body><article><h1>Idle</h1><p>Nothing was fetched when this page was read.</p></article></body></html>"


def mebibytes(line: str) -> int:
    """Memory of this process by Linux: `VmRSS` is what it is, `VmHWM` the most it was.

    Not getrusage, whose peak begins with that of the parent, here the test with its bombs.
    """
    found = re.search(rf"^{line}:\s+(\d+) kB$", Path("/proc/self/status").read_text(encoding="ascii"), re.MULTILINE)
    if found is None:
        raise LookupError(line)
    return int(found[1]) // 1024


async def run(sources: str, database: str) -> CollectReport:
    with Store.open(database) as store:
        async with Client(LIMITS) as client:
            return await collect(load_sources(Path(sources)), client, store)


def main() -> None:
    sources, database, public = sys.argv[1:]
    real = scrapers.addresses.is_public
    scrapers.addresses.is_public = lambda address: address in public.split(",") or real(address)
    # The extractors are imported by the first page; they belong to the idle process.
    extract_page(PAGE, url="http://news.example.com/", zone=ZoneInfo("UTC"), source="idle")
    idle = mebibytes("VmRSS")
    report = asyncio.run(run(sources, database))
    failures = [[failure.item, failure.reason] for failure in report.failures]
    print(json.dumps({"added": report.n_added, "failures": failures, "growth": mebibytes("VmHWM") - idle}))  # noqa: T201


if __name__ == "__main__":
    main()
