"""Canonical URLs: the form in which two addresses of one page are equal.

Scheme and host are lower-cased, default ports, fragments, tracking parameters and a trailing slash are dropped and
the query is sorted. The path keeps its case. Nothing is fetched or redirected. Source of the parameter list: the
vendors' own documentation.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, quote, unquote_to_bytes, urlencode, urlsplit, urlunsplit

__all__ = ["canonical_url", "is_web_url"]

_TRACKING = re.compile(
    r"(?:utm_\w+|fbclid|gclid|yclid|msclkid|mc_[ce]id|spm|scm|share_token|from_source|cmpid|ncid)\Z", re.IGNORECASE
)
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_PATH_SAFE = "/:@!$&'()*+,;=~"
_PRINTABLE = "".join(map(chr, range(0x21, 0x7F)))
_DEFAULT_PORTS = {"http": 80, "https": 443}


def is_web_url(url: str) -> bool:
    """Whether this is an absolute http(s) URL, so that it can tell one page from another.

    >>> is_web_url("https://example.com/a"), is_web_url("N/A")
    (True, False)
    """
    return re.match(r"https?://[^/?#\s]+", url, re.IGNORECASE) is not None


def canonical_url(url: str) -> str:
    """The canonical form of `url`; idempotent. What is not an absolute http(s) URL comes back stripped only.

    >>> canonical_url("HTTP://Example.com:80/A/?utm_source=x&b=2&a=1#top")
    'http://example.com/A?a=1&b=2'
    >>> canonical_url("https://example.cn/%B9%C9/泡沫")
    'https://example.cn/%B9%C9/%E6%B3%A1%E6%B2%AB'
    """
    url = _SURROGATE.sub("\ufffd", url.strip())
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return url
    scheme = parts.scheme.lower()
    if scheme not in _DEFAULT_PORTS or not parts.hostname:
        return url
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    if port is not None and port != _DEFAULT_PORTS[scheme]:
        host = f"{host}:{port}"
    path = quote(unquote_to_bytes(parts.path), safe=_PATH_SAFE).rstrip("/")
    # Latin-1 keeps every escaped byte as it is: Chinese portals escape GBK as well as UTF-8.
    query = quote(parts.query, safe=_PRINTABLE)
    pairs = [
        pair for pair in parse_qsl(query, keep_blank_values=True, encoding="latin-1") if not _TRACKING.match(pair[0])
    ]
    # A fragment that names a page of a one-page site (#/… or #!…) is part of the address; any other is a place in it.
    fragment = quote(unquote_to_bytes(parts.fragment), safe=_PRINTABLE) if parts.fragment[:1] in {"/", "!"} else ""
    return urlunsplit((scheme, host, path, urlencode(sorted(pairs), encoding="latin-1"), fragment))
