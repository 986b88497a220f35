"""Which article an entry of a feed is: by the address of its page, else by the feed's name for it, else by headline.

Feeds leave out links and ids, give one id to many entries, and change all three when an article is edited. What an
entry was taken for is kept with the store (`Listed`), so that an edited one becomes a version and not a second article.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nlp.store import Listed
from nlp.urls import canonical_url
from scrapers.feeds import FeedEntry

__all__ = ["Identity", "identities", "recognised"]

_ADDRESS, _NAME, _HEADLINE = "url", "id", "title"


@dataclass(frozen=True, slots=True)
class Identity:
    """What an entry can be recognised by, and what it says.

    Attributes:
        keys: of its source, the most trustworthy first; never empty.
        title, moment, text: digests of its headline, its date and, where the feed's text is the article's, of that
            text; empty where there is none.
    """

    keys: tuple[str, ...]
    title: str
    moment: str
    text: str

    @property
    def content(self) -> str:
        """What is kept of what it says."""
        return f"{self.title} {self.moment} {self.text}"

    def says(self, content: str) -> bool:
        """Whether it says what was kept; another date alone is no edit."""
        title, _, text = content.split(" ")
        return (self.title, self.text) == (title, text)

    def may_be(self, content: str) -> bool:
        """Whether it may be what was kept, edited: the headline or the date is the same."""
        title, moment, _ = content.split(" ")
        return self.title == title or (self.moment != "" and self.moment == moment)


def identities(entries: Sequence[FeedEntry], *, full_text: bool) -> list[Identity]:
    """The identity of each entry of one listing.

    An id that the listing gives to entries of different pages or headlines is no id. Without an address and an id, the
    headline with its date has to do.

    Args:
        entries: all that the listing has.
        full_text: whether the entries' texts are taken; else an edit is told by the headline alone, because summaries
            change with every comment.
    """
    meant_by_id: defaultdict[str, set[str]] = defaultdict(set)
    for entry in entries:
        meant_by_id[entry.guid].add(canonical_url(entry.url) if entry.url else entry.title)
    return [_identity(entry, len(meant_by_id[entry.guid]) == 1, full_text or entry.url is None) for entry in entries]


def _identity(entry: FeedEntry, id_is_unique: bool, takes_text: bool) -> Identity:
    moment = entry.published.moment.isoformat() if entry.published else ""
    keys = []
    if entry.url:
        keys.append(_key(_ADDRESS, canonical_url(entry.url)))
    if entry.guid and id_is_unique:
        keys.append(_key(_NAME, entry.guid))
    if not keys:
        keys.append(_key(_HEADLINE, f"{entry.title or entry.text}\n{moment}"))
    text = _digest(entry.text) if takes_text else ""
    return Identity(tuple(keys), _digest(entry.title), _digest(moment) if moment else "", text)


def recognised(identity: Identity, known: Mapping[str, Listed]) -> Listed | None:
    """What an entry was taken for before; None for a new one.

    An address or a headline is believed. An id that now stands at another address is believed where the headline or the
    date is the same: the article has moved; else it is a new article under an id used again.
    """
    for key in identity.keys:
        listed = known.get(key)
        if listed is None:
            continue
        moved = key.startswith(_NAME) and identity.keys[0].startswith(_ADDRESS)
        if not moved or identity.may_be(listed.content):
            return listed
    return None


def _key(kind: str, value: str) -> str:
    return f"{kind}:{_digest(value, 32)}"


def _digest(value: str, n_digits: int = 16) -> str:
    return hashlib.sha256(" ".join(value.split()).encode("utf-8", "surrogatepass")).hexdigest()[:n_digits]
