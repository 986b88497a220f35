"""Start tags with absurdly many attributes lose them before a parser sees them.

Every HTML parser here compares an attribute with all earlier ones of its tag: a page of ten megabytes with a
million of them would take hours. What follows is linear: the markup is cut at each `>`, and a tag goes on behind
one that stands in an attribute's quotes. Where that cannot be told for sure (comparisons in scripts look like
tags), only what no real page has is cut.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

__all__ = ["MOST_ATTRIBUTES", "without_long_tags"]

MOST_ATTRIBUTES = 300
"""Of a tag; real ones have up to some sixty."""

_MOST_ACROSS = 5000
"""Words and equals signs of a tag that goes on behind a `>`: fewer may be a text that was taken for one."""

_LONG = 2000
_TAG = re.compile(r"<[a-zA-Z][^\s<>/\"'=]*")
_NAME = re.compile(r"[^\s<>/\"'=]*")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")


@dataclass(slots=True)
class _Open:
    """A tag that goes on behind a `>` in quotes: its place among the pieces, itself without attributes, the quote."""

    place: int
    bare: str
    quote: str
    n: int


@dataclass(slots=True)
class _Pieces:
    """The pieces so far, and the tag that is still open, if one is."""

    kept: list[str] = field(default_factory=list)
    opened: _Open | None = None

    def add(self, piece: str) -> None:
        """Takes what stands before the next `>`."""
        if self.opened is None:
            tag = _TAG.search(piece)
            self.kept.append(piece if tag is None else self._begun(piece, tag))
            return
        _, quote, rest = piece.partition(self.opened.quote)
        self.kept.append(piece)
        if not quote:
            return
        self.opened.n += _count(rest)
        self.opened.quote = _open_quote(rest)
        if self.opened.n > _MOST_ACROSS:
            del self.kept[self.opened.place :]
            self.kept.append(self.opened.bare)
        if not self.opened.quote:
            self.opened = None

    def _begun(self, piece: str, tag: re.Match[str]) -> str:
        """A piece with a tag in it; an end tag within it, as behind a script, is kept."""
        first, *rest = piece[tag.end() :].split("</")
        bare = piece[: tag.end()]
        if not rest and (quote := _open_quote(first)):
            self.opened = _Open(len(self.kept), bare, quote, _count(first))
        if len(piece) <= _LONG:
            return piece
        kept = [bare if _count(first) > MOST_ATTRIBUTES else bare + first]
        for part in rest:
            name = _NAME.match(part)
            kept.append(name[0] if name and _count(part) > MOST_ATTRIBUTES else part)
        return "</".join(kept)


def without_long_tags(markup: str) -> str:
    """The markup; a tag with more than `MOST_ATTRIBUTES` has none.

    >>> without_long_tags("<p class='a'>b</p>")
    "<p class='a'>b</p>"
    """
    pieces = _Pieces()
    for piece in markup.split(">"):
        pieces.add(piece)
    return ">".join(pieces.kept)


def _count(attributes: str) -> int:
    """How many attributes there may be: words, or equals signs, outside quotes."""
    bare = _QUOTED.sub(" ", attributes)
    return max(len(bare.replace("/", " ").split()), bare.count("="))


def _open_quote(attributes: str) -> str:
    """The quote that an attribute's value has opened and not closed, or nothing."""
    bare = _QUOTED.sub("", attributes)
    begun = re.search(r"=\s*([\"'])", bare)
    return begun[1] if begun else ""
