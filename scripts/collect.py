"""`froth collect`: polls the declared sources and adds new articles to the store; keeps every raw answer."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nlp.safety import harmless
from scripts.console import (
    DEFAULT_DB,
    ArchiveOption,
    DbOption,
    FailuresOption,
    SourcesOption,
    Tally,
    archive_folder,
    main,
    plain_table,
    progress,
    recorded_failures,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scrapers.client import Limits
    from scrapers.feeds import FeedEntry
    from scrapers.polls import CollectReport, Poll
    from scrapers.sources import Source

__all__ = ["collect"]


def collect(
    sources: SourcesOption = None,
    rsshub: Annotated[
        str | None,
        typer.Option(
            envvar="FROTH_RSSHUB",
            help="Your RSSHub, such as http://localhost:1200, for the sources that give a route of one.",
            show_default=False,
        ),
    ] = None,
    db: DbOption = DEFAULT_DB,
    archive: ArchiveOption = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Read the lists, print the pages that would be fetched; store nothing.")
    ] = False,
    replay: Annotated[
        Path | None,
        typer.Option(help="Extract every article of this archive again, without the network.", show_default=False),
    ] = None,
    delay: Annotated[
        float | None, typer.Option(min=0, help="Seconds between two requests to one host; 1 if left out.")
    ] = None,
    per_host: Annotated[
        int | None, typer.Option(min=1, max=8, help="Requests to one host at once; 1 if left out.")
    ] = None,
    failures: FailuresOption = Path(),
) -> None:
    """Poll feeds, portals and sitemaps, fetch and extract new pages, and store them with when they were first seen."""
    from scrapers.client import Limits

    if dry_run and replay is not None:
        raise typer.BadParameter("--dry-run and --replay exclude each other")
    if archive is not None and replay is not None:
        raise typer.BadParameter("--replay names the archive itself; leave --archive out")
    if replay is not None and (delay, per_host) != (None, None):
        raise typer.BadParameter("--replay asks no host for anything; leave --delay and --per-host out")
    declared = _declared(sources, rsshub)
    limits = Limits(host_delay_seconds=1.0 if delay is None else delay, host_requests=per_host or 1)
    if dry_run:
        _list(declared, db, limits)
        return
    tally = Tally()
    with recorded_failures(tally, failures):
        if replay is not None:
            report = _replay(declared, db, replay)
            for failure in report.failures:
                tally.fail(failure)
        else:
            report = _poll(declared, db, archive_folder(db, archive), limits, tally)
    tally.n_added, tally.n_skipped = report.n_added, report.n_skipped
    tally.say(failures / "failures.csv")


def _declared(file: Path | None, rsshub: str | None) -> tuple[Source, ...]:
    """The declared sources with their addresses; says which are left out for want of an RSSHub."""
    from scrapers.sources import load_sources, with_rsshub

    declared = with_rsshub(load_sources(file), rsshub)
    for source in declared:
        if source.enabled and not source.url:
            name = harmless(source.name)
            sys.stderr.write(f"skipped: {source.id} ({name}): give --rsshub URL or FROTH_RSSHUB to collect it\n")
    return declared


def _poll(declared: Sequence[Source], db: str, folder: Path, limits: Limits, tally: Tally) -> CollectReport:
    """Collect from the network, and print what came of every source; what failed is tallied as each source ends."""
    from nlp.store import Store
    from scrapers.archive import Archive
    from scrapers.runs import collect_now

    polls: list[Poll] = []

    def on_poll(poll: Poll) -> None:
        polls.append(poll)
        for failure in poll.failures:
            tally.fail(failure)

    with Store.open(db) as store, Archive.open(folder) as archive, progress("collecting") as advance:
        report = collect_now(
            declared,
            store,
            archive=archive,
            limits=limits,
            on_progress=lambda step: advance(),
            on_poll=on_poll,
        )
        n_articles = store.counts().n_articles
    _say_polls(polls)
    sys.stdout.write(f"{n_articles} articles in {db.rpartition('@')[2]}; raw answers in {folder}\n")
    return report


def _replay(declared: Sequence[Source], db: str, folder: Path) -> CollectReport:
    """Extract again from the archive, and print what differs from the store."""
    from nlp.store import Store
    from scrapers.archive import Archive
    from scrapers.replay import replay

    with Archive.open(folder, create=False) as archive, Store.open(db) as store, progress("extracting") as advance:
        n_before = store.counts().n_versions
        report = replay(declared, archive, store, on_progress=lambda step: advance())
        n_versions = store.counts().n_versions - n_before
    n_articles = report.n_added + report.n_skipped
    sys.stdout.write(f"{n_articles} articles extracted from {folder}: {report.n_added} new")
    sys.stdout.write(f", {n_versions} read otherwise than before and kept as versions\n")
    return report


def _list(declared: Sequence[Source], db: str, limits: Limits) -> None:
    """Print what a run would fetch; no file is made, not even an empty database."""
    from nlp.store import Store, sqlite_file
    from scrapers.runs import list_now

    polls: list[Poll] = []
    file = sqlite_file(db)
    with Store.open("sqlite://" if file is not None and not file.exists() else db) as store:
        found = list_now(declared, store, limits=limits, on_poll=polls.append)
    tally = Tally()
    for poll in sorted(polls, key=lambda poll: poll.source.name):
        for entry in found[poll.source.id]:
            sys.stdout.write(f"{poll.source.id}\t{_action(entry, poll.source)}\t{harmless(entry.url or entry.title)}\n")
        tally.n_skipped += poll.n_skipped
        for failure in poll.failures:
            tally.fail(failure)
    sys.stderr.write(f"nothing was stored; a run would take {sum(map(len, found.values()))} entries\n")
    tally.say()


def _action(entry: FeedEntry, source: Source) -> str:
    return "take" if entry.url is None or source.full_text else "fetch"


def _say_polls(polls: Sequence[Poll]) -> None:
    """Print a line for every source that had something new or a failure, and one for the rest."""
    telling = [poll for poll in polls if poll.n_added or poll.failures]
    rows = [
        (poll.source.name, poll.n_added, poll.n_skipped, len(poll.failures), poll.problem or "")
        for poll in sorted(telling, key=lambda poll: poll.source.name)
    ]
    plain_table(("source", "new", "known", "failed", "problem"), rows)
    n_unread = sum(poll.problem is not None for poll in polls)
    quiet = f", {len(polls) - len(telling)} of them with nothing new" if len(telling) < len(polls) else ""
    sys.stdout.write(f"{len(polls)} sources polled{quiet}; {n_unread} could not be read\n")


if __name__ == "__main__":
    main(collect)
