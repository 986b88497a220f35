"""Sources are declarations: one table per source in a TOML file, `sources.toml` beside this module by default.

What can be declared is what `Source` has as fields; adding a source is adding a table to the file. A portal's roll
has a table of its own below its source, `[source.roll]` (`scrapers.roll_table`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import MISSING, dataclass, fields, replace
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from nlp.errors import SourceError
from nlp.language import Language, Script
from scrapers.declarations import load_declarations
from scrapers.roll_table import Roll, roll_from_table

__all__ = ["DEFAULT_SOURCES", "KIND_NAMES", "Source", "load_sources", "with_rsshub"]

DEFAULT_SOURCES = Path(__file__).with_name("sources.toml")
KIND_NAMES = ("feed", "roll", "sitemap")

_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")
_SCRIPTS: dict[str, Script] = {"Hans": "zh-Hans", "Hant": "zh-Hant"}
_LANG = re.compile(r"[a-z]{2,3}(?:-[A-Z][a-z]{3})?\Z")


@dataclass(frozen=True, kw_only=True)
class Source:
    """One place that articles come from.

    Attributes:
        id: lower-case letters, digits and hyphens; unique in a file.
        name: what `Article.source` says.
        kind: `feed`: RSS, Atom or JSON Feed; `roll`: a portal's JSON, as `roll` says; `sitemap`: sitemap.xml, a news
            sitemap or an index of them.
        url: http or https address of the feed; empty for a feed of an RSSHub.
        rsshub: the route of a feed that an RSSHub makes (https://docs.rsshub.app), such as `/thepaper/featured`; the
            address of the RSSHub comes from the user, and without one the source is skipped.
        roll: for a `roll`, what its answer looks like.
        under: for a `sitemap`, the beginning of the paths that count, such as `/business/`.
        lang: ISO 639-1 code, with the script for Chinese: `en`, `zh-Hans`, `zh-Hant`. For texts too
            short to tell.
        zone: IANA name of the zone that the source's dates without one are in.
        licence_note: on what terms its texts may be read and kept.
        full_text: True: the feed's entries are taken as they are and no page is fetched (the text is in them, or
            the pages are behind a wall); False: the page of every new entry is fetched.
        enabled: whether `froth collect` polls it.
        allow_private: whether it may lead to loopback or private addresses (an intranet feed).
    """

    id: str
    name: str
    kind: str = "feed"
    url: str = ""
    rsshub: str = ""
    roll: Roll | None = None
    under: str = ""
    lang: str
    zone: str
    licence_note: str
    full_text: bool = False
    enabled: bool = True
    allow_private: bool = False

    def __post_init__(self) -> None:
        for field in fields(self):
            value, wanted = getattr(self, field.name), str if field.default is MISSING else type(field.default)
            if field.name != "roll" and (type(value) is not wanted or (value == "" and field.default != "")):
                self._refuse(field.name, f"a {wanted.__name__} that is not empty")
        if not _ID.match(self.id):
            self._refuse("id", "lower-case letters, digits and single hyphens")
        if self.kind not in KIND_NAMES:
            self._refuse("kind", f"one of {', '.join(KIND_NAMES)}")
        if not _LANG.match(self.lang):
            self._refuse("lang", "an ISO 639 code with the script for Chinese, such as 'en' or 'zh-Hans'")
        self._check_kind()
        if not _is_address(self.url) and not (self.rsshub and not self.url):
            self._refuse("url", "an absolute http or https address")
        try:
            self.tzinfo.utcoffset(None)
        except (KeyError, ValueError, OSError):
            self._refuse("zone", "an IANA zone such as 'Asia/Shanghai'")

    def _check_kind(self) -> None:
        """Refuse what belongs to another kind of source."""
        if isinstance(self.roll, Roll) != (self.kind == "roll") or not isinstance(self.roll, Roll | None):
            self._refuse("roll", "a [source.roll] table if kind = 'roll', and none otherwise")
        if self.rsshub and (self.kind != "feed" or not self.rsshub.startswith("/")):
            self._refuse("rsshub", "a route that begins with / for a source of kind 'feed'")
        if self.under and (self.kind != "sitemap" or not self.under.startswith("/")):
            self._refuse("under", "a path that begins with / for a source of kind 'sitemap'")

    @cached_property
    def tzinfo(self) -> ZoneInfo:
        """The zone as a time zone."""
        return ZoneInfo(self.zone)

    @property
    def language(self) -> Language:
        """The declared language in the form in which texts are judged."""
        code, _, script = self.lang.partition("-")
        return Language(code, _SCRIPTS.get(script))

    def _refuse(self, key: str, expected: str) -> None:
        raise SourceError(f"source {self.id!r}: {key} = {getattr(self, key)!r}; expected {expected}")


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def with_rsshub(sources: Iterable[Source], base_url: str | None) -> tuple[Source, ...]:
    """The same sources, those of an RSSHub with the address of their feed; without a base URL they stay without one.

    Args:
        sources: declarations.
        base_url: of the user's RSSHub, such as `http://localhost:1200`, or None.

    Raises:
        SourceError: it is no http or https address.
    """
    if not base_url:
        return tuple(sources)
    if not _is_address(base_url):
        raise SourceError(f"the RSSHub's address is {base_url!r}; expected one like http://localhost:1200")
    base = base_url.rstrip("/")
    return tuple(replace(one, url=base + one.rsshub) if one.rsshub and not one.url else one for one in sources)


def load_sources(path: Path | None = None) -> tuple[Source, ...]:
    """All declared sources in file order, disabled ones included.

    Args:
        path: a TOML file with `[[source]]` tables; None for the declarations that come with froth.

    Raises:
        SourceError: the file cannot be read, or a declaration does not fit; names the file, the source and the key.
    """
    return load_declarations(DEFAULT_SOURCES if path is None else path, "source", Source, _with_roll)


def _with_roll(table: dict[str, Any]) -> dict[str, Any]:
    return table | ({"roll": roll_from_table(table["roll"])} if "roll" in table else {})
