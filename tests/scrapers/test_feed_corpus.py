"""Our entries beside feedparser's on ten parsers' test suites: where they differ there is a reason, and it is named.

`python -m pytest -s -m shared tests/scrapers/test_feed_corpus.py` prints how many entries differ for which reason.
"""

from __future__ import annotations

import calendar
import html
import io
import re
import tarfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import feedparser
import pytest

from scrapers.feeds import Feed, FeedEntry, parse_feed
from scrapers.sources import Source

BASE = "http://news.example.com/rss/feed.xml"
HEADERS = {"content-location": BASE, "content-type": "application/xml"}
Theirs = Mapping[str, Any]
Rule = Callable[[FeedEntry, Theirs], bool]

DATES = (("published", "published_parsed"), ("created", "created_parsed"), ("updated", "updated_parsed"))


ZONE_BY_NAME = {
    "EST": "America/New_York",
    "CST": "America/Chicago",
    "MST": "America/Denver",
    "PST": "America/Los_Angeles",
}


def their_date(raw: Theirs) -> tuple[str, datetime | None]:
    """The first date that is there, as written and as feedparser reads it."""
    plain = dict(raw)
    name, parsed = next(((name, parsed) for name, parsed in DATES if plain.get(name)), ("published", "none"))
    moment = plain.get(parsed)
    read = datetime.fromtimestamp(calendar.timegm(moment), UTC) if moment else None
    return str(plain.get(name) or ""), read


def text_of(markup: str) -> str:
    """Markup reduced to its letters, by another way than the code under test."""
    text = html.unescape(html.unescape(re.sub(r"<!--.*?-->|</?\w[^>]*>", "", markup)))
    return re.sub(r"<[^>]*>|\W", "", text)


def same_moment(ours: FeedEntry, theirs: Theirs) -> bool:
    moment = ours.published.moment.replace(microsecond=0) if ours.published else None
    return moment == their_date(theirs)[1]


def contradicts_itself(ours: FeedEntry, theirs: Theirs) -> bool:
    """Unknown, because the weekday is not that of the day."""
    day = re.match(r"([A-Z][a-z]{2}), (\d\d? [A-Z][a-z]{2} \d{4}) ", their_date(theirs)[0])
    return ours.published is None and day is not None and f"{datetime.strptime(day[2], '%d %b %Y'):%a}" != day[1]


def not_in_force(ours: FeedEntry, theirs: Theirs) -> bool:
    """Unknown, because the clocks of the named zone showed summer time; feedparser takes the name at its word."""
    raw, moment = their_date(theirs)
    name = raw.rpartition(" ")[2]
    if ours.published is not None or moment is None or name not in ZONE_BY_NAME:
        return False
    return moment.astimezone(ZoneInfo(ZONE_BY_NAME[name])).tzname() != name


def written_as(pattern: str) -> Rule:
    return lambda ours, theirs: re.search(pattern, their_date(theirs)[0]) is not None


def unknown_and_written_as(pattern: str) -> Rule:
    written = written_as(pattern)
    return lambda ours, theirs: ours.published is None and written(ours, theirs)


# The first rule of a field that holds is the reason; the reason None is no difference.
RULES: dict[str, dict[str | None, Rule]] = {
    "link": {
        None: lambda ours, theirs: (ours.url or "") == theirs.get("link", ""),
        "feedparser gives FeedBurner's counting address, we the page's own": lambda ours, theirs: (
            bool(ours.url) and ours.url == theirs.get("feedburner_origlink")
        ),
        "no web page: another scheme than http(s), or no host": lambda ours, theirs: (
            ours.url is None and not (theirs.get("link", "").startswith("http") and urlsplit(theirs["link"]).hostname)
        ),
    },
    "title": {
        None: lambda ours, theirs: ours.title == " ".join(theirs.get("title", "").split()),
        "feedparser keeps markup and character references, we give the text": lambda ours, theirs: (
            text_of(theirs.get("title", "")) == re.sub(r"\W", "", re.sub(r"<[^>]*>", "", ours.title))
        ),
    },
    "date": {
        None: lambda ours, theirs: same_moment(ours, theirs),
        "a day without a time is its last second, so that nothing counts before it is known": lambda ours, theirs: (
            ours.published is not None and ours.published.precision == "day"
        ),
        "feedparser reads day and month the wrong way round and drops the time": written_as(r"^\d{4}/\d\d?/\d\d?\s"),
        "feedparser ignores am and pm": written_as(r"(?i)\d\s*[ap]m\b"),
        "the standard time's name in summer: an hour off or not, nobody can tell": not_in_force,
        "the weekday is not that of the day: one of them is wrong, nobody can tell which": contradicts_itself,
        "feedparser reads English only": lambda ours, theirs: (
            ours.published is not None and written_as(r"^(lun|mar|mer|gio|ven|sab|dom), ")(ours, theirs)
        ),
        "a year of two digits or seconds and an offset cut short": unknown_and_written_as(
            r"[A-Za-z]{3} \d\d \d\d?:|:\d[+-]|[+-]\d\d:?\d$"
        ),
    },
}


def corpus(shared: Path) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(shared / "feeds" / "corpus.tar.xz") as archive:
        for member in archive:
            stream = archive.extractfile(member) if member.isfile() else None
            # Beside the feeds there are licences and the expected answers of one suite.
            if stream is not None and not member.name.endswith(("LICENSE", ".serde.json")):
                yield member.name, stream.read()


def reason_of(field: str, ours: FeedEntry, theirs: Theirs) -> str | None:
    for reason, rule in RULES[field].items():
        if rule(ours, theirs):
            return reason
    raise AssertionError(f"{field} differs without a reason: {ours} {dict(theirs)}")


def parsed(name: str, body: bytes, source: Source) -> tuple[Feed, list[Theirs]]:
    try:
        return parse_feed(body, source, BASE), feedparser.parse(io.BytesIO(body), response_headers=HEADERS)["entries"]
    except Exception as error:
        raise AssertionError(f"{name}: {error!r}") from error


@pytest.mark.shared
@pytest.mark.slow
def test_entries_are_those_of_feedparser_or_there_is_a_reason(shared: Path, make_source: Callable[..., Source]) -> None:
    source, found, n_feeds, n_entries, unexplained = make_source(zone="UTC"), Counter[str](), 0, 0, []
    for name, body in corpus(shared):
        feed, theirs = parsed(name, body, source)
        n_feeds, n_entries = n_feeds + 1, n_entries + len(feed.entries)
        if len(feed.entries) != len(theirs):
            is_json = body.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{")
            assert is_json or body.startswith((b"<\0", b"\0<")), name
            assert theirs == [], name
            found["count: " + ("feedparser reads no JSON Feed" if is_json else "UTF-16 without a mark")] += 1
            continue
        for ours, their in zip(feed.entries, theirs, strict=True):
            for field in RULES:
                try:
                    reason = reason_of(field, ours, their)
                except AssertionError as error:
                    unexplained.append(f"{name}: {error}"[:600])
                else:
                    found[f"{field}: {reason or 'equal'}"] += 1
    print(f"\n{n_feeds} feeds, {n_entries} entries")  # noqa: T201
    print("\n".join(f"{count:6} {what}" for what, count in sorted(found.items())))  # noqa: T201
    assert unexplained == []
    assert n_feeds == 3042
    assert n_entries >= 4991
    assert all(found[f"{field}: equal"] > 4000 for field in RULES)
