"""A hundred polls of a feed whose entries lack ids, share them, change them and move, against what was published."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from html import escape
from typing import Any

import pytest

from nlp.dates import ParsedDate
from nlp.store import Listed, Store
from scrapers.client import Client, Limits
from scrapers.collect import collect
from scrapers.feeds import FeedEntry
from scrapers.identity import identities, recognised
from scrapers.polls import CollectReport
from scrapers.sources import Source

QUICK = Limits(total_seconds=5, max_bytes=1_000_000, host_delay_seconds=0, host_requests=8, backoff_seconds=0)
START = datetime(2024, 3, 6, tzinfo=UTC)
LINKED = ("stable id", "changing id", "no id", "shared id", "moving")
UNLINKED = ("named", "nameless", "shared name", "used again")


@dataclass
class Story:
    number: int
    kind: str
    title: str
    text: str
    contents: set[tuple[str, str]] = field(default_factory=set)


class Publisher:
    """Publishes, edits and lists stories, and remembers what it said."""

    def __init__(self, kinds: tuple[str, ...], web: Any, make_page: Callable[..., str], *, pages: bool) -> None:
        self.rng, self.web, self.make_page, self.pages, self.kinds = random.Random(5), web, make_page, pages, kinds
        self.stories: list[Story] = []
        self.n_polls = 0

    def publish(self) -> None:
        number = len(self.stories)
        kind = self.kinds[number % len(self.kinds)]
        self.stories.append(Story(number, kind, f"Story {number} of the {kind} kind", f"First text of {number}. " * 8))

    def edit(self) -> None:
        story = self.rng.choice(self.visible())
        if story.kind in ("nameless", "shared name"):  # their headline is all that they are known by
            story.text += f"Corrected in poll {self.n_polls}. "
        else:
            story.title += "!"
            story.text += f"Corrected in poll {self.n_polls}. "

    def visible(self) -> list[Story]:
        return self.stories[-16:]

    def listing(self) -> str:
        self.n_polls += 1
        items = []
        latest = next((story for story in reversed(self.visible()) if story.kind == "used again"), None)
        for story in self.visible():
            if story.kind in LINKED:
                slug = f"-{self.n_polls}" if story.kind == "moving" else ""
                path = f"/{story.number}{slug}"
                url = self.web.url(path)
                if self.pages:
                    page = self.make_page(story.title, "en", under_title=f"<p>{escape(story.text)}</p>")
                    self.web.put(path, page, content_type="text/html; charset=utf-8")
            else:
                url = ""
            guid = {
                "stable id": f"s{story.number}",
                "changing id": f"c{self.rng.random()}",
                "shared id": "news",
                "moving": f"m{story.number}",
                "named": f"n{story.number}",
                "shared name": "flash",
                "used again": "latest",
            }.get(story.kind, "")
            when = START + timedelta(hours=story.number)
            parts = [f"<title>{story.title}</title><description>{story.text}</description>"]
            parts += [f"<link>{url}</link>"] * bool(url)
            parts += [f'<guid isPermaLink="false">{guid}</guid>'] * bool(guid)
            parts.append(f"<pubDate>{when:%a, %d %b %Y %H:%M:%S} GMT</pubDate>")
            items.append(f"<item>{''.join(parts)}</item>")
            if story.kind == "used again" and story is not latest:
                items.pop()  # the feed has one place for these
                continue
            story.contents.add((story.title, story.text))
        self.rng.shuffle(items)
        return f'<?xml version="1.0"?><rss version="2.0"><channel>{"".join(items)}</channel></rss>'


def poll(source: Source, store: Store) -> CollectReport:
    async def whole() -> CollectReport:
        async with Client(QUICK, now=lambda: START + timedelta(days=30)) as client:
            return await collect([source], client, store)

    return asyncio.run(whole())


@pytest.fixture
def any_store(any_url: str) -> Iterator[Store]:
    with Store.open(any_url) as opened:
        yield opened


@pytest.mark.parametrize(("kinds", "pages"), [(UNLINKED + LINKED, False), (LINKED, True)], ids=["texts", "pages"])
def test_a_hundred_polls_double_nothing_and_keep_every_edit(
    kinds: tuple[str, ...],
    pages: bool,
    web: Any,
    any_store: Store,
    make_source: Callable[..., Source],
    make_page: Callable[..., str],
) -> None:
    store = any_store
    publisher = Publisher(kinds, web, make_page, pages=pages)
    source = make_source(url=web.url("/feed"), full_text=not pages)
    for number in range(100):
        for _ in range(16 if number == 0 else publisher.rng.randint(0, 1)):
            publisher.publish()
        if number % 3 == 2:
            publisher.edit()
        web.put("/feed", publisher.listing().encode(), content_type="application/rss+xml")
        report = poll(source, store)
        assert report.failures == ()
    counts = store.counts()
    seen = [story for story in publisher.stories if story.contents]
    assert counts.n_articles == len(seen)
    assert counts.n_versions == sum(len(story.contents) - 1 for story in seen)
    assert {article.title.rstrip("!") for article in store.articles()} == {story.title.rstrip("!") for story in seen}
    assert poll(source, store).n_added == 0


def entry(
    url: str | None = None, title: str = "A", guid: str = "", text: str = "", published: datetime = START
) -> FeedEntry:
    return FeedEntry(url, title, text, ParsedDate(published, "second"), "en", guid)


def test_an_id_that_several_entries_have_is_none() -> None:
    first, second = identities([entry(guid="x", title="A"), entry(guid="x", title="B")], full_text=True)
    assert not set(first.keys) & set(second.keys)
    alone, again = identities([entry(guid="x", title="A"), entry(guid="x", title="A")], full_text=True)
    assert alone.keys == again.keys


def test_an_id_used_again_for_another_page_is_a_new_article() -> None:
    (old,) = identities([entry("https://a.example/1", "Old", "x")], full_text=False)
    known = dict.fromkeys(old.keys, Listed("one", old.content))
    (moved,) = identities([entry("https://a.example/1-new", "Old", "x")], full_text=False)
    (retitled,) = identities([entry("https://a.example/1-new", "Older", "x")], full_text=False)
    later = START + timedelta(days=1)
    (other,) = identities([entry("https://a.example/2", "New", "x", published=later)], full_text=False)
    assert recognised(moved, known) == Listed("one", old.content)
    assert recognised(retitled, known) == Listed("one", old.content)
    assert recognised(other, known) is None


def test_a_summary_that_changes_is_no_edit_of_a_page() -> None:
    (before,) = identities([entry("https://a.example/1", text="3 comments")], full_text=False)
    (after,) = identities([entry("https://a.example/1", text="4 comments")], full_text=False)
    assert before == after
    (before,) = identities([entry("https://a.example/1", text="3 comments")], full_text=True)
    (after,) = identities([entry("https://a.example/1", text="4 comments")], full_text=True)
    assert not after.says(before.content)


def test_entries_of_one_headline_and_moment_are_told_apart_by_their_texts() -> None:
    first, second = identities([entry(text="Repo rates rose."), entry(text="Stocks fell.")], full_text=True)
    assert first.keys != second.keys


def test_an_id_used_again_without_an_address_is_a_new_article() -> None:
    later = START + timedelta(hours=1)
    (old,) = identities([entry(title="Old", guid="flash", text="a")], full_text=True)
    known = dict.fromkeys(old.keys, Listed("one", old.content))
    (new,) = identities([entry(title="New", guid="flash", text="b", published=later)], full_text=True)
    (edited,) = identities([entry(title="Older", guid="flash", text="b")], full_text=True)
    assert recognised(new, known) is None
    assert recognised(edited, known) == Listed("one", old.content)


def test_two_empty_headlines_or_the_same_day_prove_nothing() -> None:
    day = ParsedDate(START, "day")
    (old,) = identities([FeedEntry("https://a.example/1", "", "", day, "en", "x")], full_text=False)
    (new,) = identities([FeedEntry("https://a.example/2", "New", "", day, "en", "x")], full_text=False)
    (dated,) = identities([entry("https://a.example/2", "New", "x")], full_text=False)
    known = dict.fromkeys(old.keys, Listed("one", old.content))
    assert recognised(dated, known) is None
    assert recognised(new, known) is None
    assert old.says(new.content)


def changed(url: str, minute: int | None) -> FeedEntry:
    moment = START.replace(minute=minute) if minute is not None else None
    return replace(entry(url), updated=ParsedDate(moment, "minute") if moment else None)


def test_a_time_of_change_is_told_from_the_first_that_is_stated() -> None:
    (before,) = identities([changed("https://a.example/1", None)], full_text=False)
    (stated,) = identities([changed("https://a.example/1", 1)], full_text=False)
    (later,) = identities([changed("https://a.example/1", 2)], full_text=False)
    assert stated.says(before.content)
    assert stated.knows_more(before.content)
    assert stated.knows_more("a b c")  # of before times of change were kept
    assert not later.says(stated.content)
    assert not later.knows_more(stated.content)


def test_a_time_of_change_that_all_entries_share_is_none() -> None:
    first = identities([changed(f"https://a.example/{n}", 1) for n in range(3)], full_text=False)
    second = identities([changed(f"https://a.example/{n}", 2) for n in range(3)], full_text=False)
    assert first == second
