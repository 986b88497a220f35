"""Which article an entry of a feed is: by the address of its page, else by the feed's name for it, else by headline.

Feeds leave out links and ids, give one id to many entries, and change all three when an article is edited. What an
entry was taken for is kept with the store (`Listed`), so that an edited one becomes a version and not a second article.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nlp.dates import ParsedDate
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
        title, moment, text, updated: digests of its headline, its date, of its text where that is the article's, and
            of when it was changed where its page is; empty where there is none.
    """

    keys: tuple[str, ...]
    title: str
    moment: str
    text: str
    updated: str

    @property
    def content(self) -> str:
        """What is kept of what it says."""
        return f"{self.title} {self.moment} {self.text} {self.updated}"

    def says(self, content: str) -> bool:
        """Whether it says what was kept; another date of publication or a headline left out is no edit."""
        title, _, text, updated = _parts(content)
        same = (self.title, title), (self.updated, updated)
        return self.text == text and all(mine == kept or not mine or not kept for mine, kept in same)

    def knows_more(self, content: str) -> bool:
        """Whether it states when it was changed and what was kept does not."""
        return bool(self.updated) and not _parts(content)[3]

    def may_be(self, content: str) -> bool:
        """Whether it may be what was kept, edited or moved: headline, moment or text is the same.

        Without an address it may also be where neither has a moment: there is nothing against it.
        """
        title, moment, text, _ = _parts(content)
        same = (self.title, title), (self.moment, moment), (self.text, text)
        undated = not self.keys[0].startswith(_ADDRESS) and not self.moment and not moment
        return undated or any(mine and mine == kept for mine, kept in same)


def identities(entries: Sequence[FeedEntry], *, full_text: bool) -> list[Identity]:
    """The identity of each entry of one listing.

    A time of change that all entries share is the listing's own, and says nothing of any of them. An id that the
    listing gives to entries of different pages or headlines is no id. Without an address and an id, the
    headline with its date has to do, and the text too where the listing has several of that headline.

    Args:
        entries: all that the listing has.
        full_text: whether the entries' texts are taken; else an edit is told by the headline and the stated time of
            the last change, because summaries change with every comment.
    """
    meant_by_id: defaultdict[str, set[str]] = defaultdict(set)
    texts_by_headline: defaultdict[str, set[str]] = defaultdict(set)
    for entry in entries:
        meant_by_id[entry.guid].add(canonical_url(entry.url) if entry.url else _headline(entry))
        texts_by_headline[_headline(entry)].add(entry.text)
    changes = {_exact(entry.updated) for entry in entries}
    found = []
    for entry in entries:
        keys = [_key(_ADDRESS, canonical_url(entry.url))] if entry.url else []
        if entry.guid and len(meant_by_id[entry.guid]) == 1:
            keys.append(_key(_NAME, entry.guid))
        takes_text = full_text or entry.url is None
        content = _content(
            entry, takes_text=takes_text, states_change=not takes_text and (len(changes) > 1 or len(entries) == 1)
        )
        if not keys or (entry.url is None and content[1]):  # an id that is unique today may be shared tomorrow
            headline = _headline(entry)
            alone = len(texts_by_headline[headline]) == 1
            keys.append(_key(_HEADLINE, headline if alone else f"{headline}\n{entry.text}"))
        found.append(Identity(tuple(keys), *content))
    return found


def _headline(entry: FeedEntry) -> str:
    return f"{entry.title or entry.text}\n{entry.published.moment.isoformat() if entry.published else ''}"


def _content(entry: FeedEntry, *, takes_text: bool, states_change: bool) -> tuple[str, str, str, str]:
    """Digests of title, moment, text and time of the last change; a whole day tells no entry from another."""
    said = entry.title, _exact(entry.published), entry.text if takes_text else ""
    title, moment, text = (_digest(part) if part else "" for part in said)
    updated = _exact(entry.updated) if states_change else ""
    return title, moment, text, _digest(updated) if updated else ""


def _exact(date: ParsedDate | None) -> str:
    return date.moment.isoformat() if date is not None and date.precision in ("minute", "second") else ""


def _parts(content: str) -> tuple[str, str, str, str]:
    """What `Identity.content` is made of; a store of before changes were kept has three of them."""
    title, moment, text, *updated = content.split(" ")
    return title, moment, text, updated[0] if updated else ""


def recognised(identity: Identity, known: Mapping[str, Listed]) -> Listed | None:
    """What an entry was taken for before; None for a new one.

    An address or a headline is believed. An id is believed where something else is the same (`Identity.may_be`): at
    another address the article has moved, without one it was edited; else the id was used again for a new article.
    """
    for key in identity.keys:
        listed = known.get(key)
        if listed is not None and (not key.startswith(_NAME) or identity.may_be(listed.content)):
            return listed
    return None


def _key(kind: str, value: str) -> str:
    return f"{kind}:{_digest(value, 32)}"


def _digest(value: str, n_digits: int = 16) -> str:
    return hashlib.sha256(" ".join(value.split()).encode("utf-8", "surrogatepass")).hexdigest()[:n_digits]
