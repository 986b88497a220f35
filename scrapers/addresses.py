"""Which network addresses a fetch may connect to, enforced where the connection is made.

The check sits in the socket factory, behind name resolution: it sees the very address that is about to be connected,
so that a literal address, a name that resolves to a private one, an odd spelling (`http://2130706433/`), a redirect
hop and a name that changes its answer between two look-ups all meet the same rule. Sources: the IANA special-purpose
registries as the standard library reads them, and the vendors' documentation of their metadata services.
"""

from __future__ import annotations

import errno
import ipaddress
import socket
from typing import Any

__all__ = ["ForbiddenAddressError", "guarded_socket", "is_public"]

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
# Public by the registry, yet answered by the machine's own host: Azure's metadata and DNS service.
_HOST_SERVICES = frozenset({ipaddress.ip_address("168.63.129.16")})


class ForbiddenAddressError(OSError):
    """A connection to an address that is not public; an OSError so that other addresses of the name are still tried."""


def is_public(address: str) -> bool:
    """Whether `address` (an IP literal) is reachable on the public internet; IPv4 inside IPv6 is unwrapped first.

    >>> [is_public(a) for a in ("1.1.1.1", "127.0.0.1", "10.0.0.1", "169.254.169.254", "::ffff:127.0.0.1")]
    [True, False, False, False, False]
    """
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        translated = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF) if ip in _NAT64 else None
        ip = ip.ipv4_mapped or ip.sixtofour or translated or ip
    return ip.is_global and not ip.is_multicast and ip not in _HOST_SERVICES


def guarded_socket(addr_info: tuple[Any, ...]) -> socket.socket:
    """A socket for one resolved address, for aiohttp's `socket_factory`.

    Raises:
        ForbiddenAddressError: the address is loopback, private, link-local, a metadata service or otherwise not public.
    """
    family, kind, protocol, _, address = addr_info
    if not is_public(str(address[0])):
        advice = "set allow_private = true in the source's declaration if that is meant"
        raise ForbiddenAddressError(errno.EACCES, f"{address[0]} is not a public address; {advice}")
    return socket.socket(family=family, type=kind, proto=protocol)
