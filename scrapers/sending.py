"""What a request carries beside its address: method, headers and body, as a source declares them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

__all__ = ["PLAIN", "Sent", "json_post"]

_KEEPS_METHOD = frozenset({307, 308})


@dataclass(frozen=True, slots=True)
class Sent:
    """One request's own part; the client adds its name and what it can decode."""

    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    body: bytes | None = None

    def redirected(self, status: int, *, same_host: bool) -> Sent:
        """What goes to the next hop: nothing of it to another host, which has no business with a cookie or a body.

        >>> Sent("POST", body=b"{}").redirected(303, same_host=True).method
        'GET'
        """
        return self if same_host and (self.body is None or status in _KEEPS_METHOD) else PLAIN

    def key(self, url: str) -> str:
        """Under what the answer of `url` is kept: the address, and a hash of the body where there is one.

        >>> Sent().key("https://example.com/a")
        'https://example.com/a'
        >>> Sent("POST", body=b"{}").key("https://example.com/a")
        'https://example.com/a#sha256=44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a'
        """
        return url if self.body is None else f"{url}#sha256={hashlib.sha256(self.body).hexdigest()}"


PLAIN = Sent()
"""A GET without anything."""


def json_post(value: object, headers: Mapping[str, str]) -> Sent:
    """A POST of a JSON value.

    >>> json_post({"page": 1}, {}).body
    b'{"page": 1}'
    """
    typed = MappingProxyType({**headers, "content-type": "application/json"})
    return Sent("POST", typed, json.dumps(value, ensure_ascii=False).encode())
