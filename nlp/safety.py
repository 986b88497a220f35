"""Foreign text and addresses made harmless before they reach a report or a terminal.

Titles, sentences and source names come from anybody's web page. Escaping is the writer's task (`nlp.report`); here go
what escaping does not catch: terminal sequences, control characters, characters that reverse or hide text, and
addresses that are not a plain web page. Source of the bidi list: Unicode Standard Annex 9, section 2, and the
"Trojan Source" note (CVE-2021-42574).
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

__all__ = ["encodable", "harmless", "inert", "language_tag", "safe_link"]

_ANSI = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"  # colours, cursor moves
    r"|(?:\x1b\]|\x9d)[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)"  # window titles, hyperlinks; only where they end
)
_HIDDEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"  # controls; what splits words is left to str.split
    "\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_ACTIVE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""Controls, line ends that only some readers know, overrides and isolates of direction, lone surrogates."""
_SURROGATE = re.compile("[\ud800-\udfff]")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}\Z")
_URL = re.compile(
    r"https?://[^\s\\<>\"'`{}|^\x00-\x20\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+\Z", re.I
)
_URL_LIMIT = 2000


def harmless(text: object, limit: int = 600) -> str:
    r"""One line of display text: no terminal sequences, controls, bidi overrides; at most `limit` characters.

    >>> harmless("a\x1b[31mred\x1b[0m\n \u202egpj.exe")
    'ared gpj.exe'
    >>> harmless("流动性枯竭", limit=4)
    '流动性…'
    """
    if not isinstance(text, str):
        return ""
    clean = _HIDDEN.sub("", _ANSI.sub("", encodable(text)))
    clean = " ".join(clean.split())
    return clean if len(clean) <= limit else clean[: limit - 1].rstrip() + "…"


def encodable(text: str) -> str:
    r"""The text with lone surrogates replaced, which neither UTF-8 nor pandas can hold.

    >>> encodable("\ud800x") == "\N{REPLACEMENT CHARACTER}x"
    True
    """
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)


def safe_link(url: object) -> str | None:
    """The address if it is a plain http(s) page, else None: no other scheme, no credentials, no hidden characters.

    >>> safe_link("https://example.org/a?b=1")
    'https://example.org/a?b=1'
    >>> safe_link("javascript:alert(1)") is safe_link("https://bank.example@evil.example/") is None
    True
    """
    if not isinstance(url, str) or len(url) > _URL_LIMIT or not _URL.match(url.strip()):
        return None
    try:
        parts = urlsplit(url.strip())
        parts.port  # noqa: B018  # raises on a port that is none
    except ValueError:
        return None
    return url.strip() if parts.hostname and "@" not in parts.netloc else None


def inert(text: str) -> str:
    r"""The text with nothing in it that acts on a terminal, turns what follows around or cannot be encoded.

    Each such character becomes U+FFFD, so that offsets stay true; every line end becomes a line feed.

    >>> inert("\x1b[31mred\r\n\u202egpj.exe") == "\N{REPLACEMENT CHARACTER}[31mred\n\N{REPLACEMENT CHARACTER}gpj.exe"
    True
    """
    return text if text.isprintable() else _ACTIVE.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


def language_tag(lang: object) -> str:
    """A value fit for HTML's `lang` attribute; `und` for what is no language tag.

    >>> language_tag("zh-Hant"), language_tag('en" onload="x')
    ('zh-Hant', 'und')
    """
    return lang if isinstance(lang, str) and _LANGUAGE.match(lang) else "und"
