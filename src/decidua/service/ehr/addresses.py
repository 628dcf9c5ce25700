"""Which addresses may be spoken to. Nothing that a caller sends makes the service speak to a machine of its own net.

An address on the internet may be asked, if its server is on the list. Loopback, link-local, private and reserved
addresses only if their network is listed too, also where they stand inside another address (IPv4 in IPv6, 6to4,
Teredo, NAT64).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
_NAT64 = IPv6Network("64:ff9b::/96")
PORTS = {"https": 443, "http": 80}


def may_be_reached(address: Address, networks: Sequence[Network]) -> bool:
    return all(_may(one, networks) for one in _inside(address))


def _may(address: Address, networks: Sequence[Network]) -> bool:
    if any(address.version == network.version and address in network for network in networks):
        return True
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def _inside(address: Address) -> Iterator[Address]:
    """The address that a packet ends up at: itself, or those that it carries."""
    if not isinstance(address, IPv6Address):
        yield address
    elif address.ipv4_mapped is not None:
        yield address.ipv4_mapped
    elif address in _NAT64:
        yield IPv4Address(int(address) & 0xFFFFFFFF)
    else:
        yield address
        if address.sixtofour is not None:
            yield address.sixtofour
        if address.teredo is not None:
            yield from address.teredo


def origin_of(url: str) -> tuple[str, str, int] | None:
    """Scheme, host in small letters and port; None for what is no plain http(s) address."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme not in PORTS or not host or parts.username is not None or parts.password is not None:
        return None
    if not url.isascii() or not url.isprintable() or " " in url or "\\" in url or parts.fragment:
        return None
    return parts.scheme, host.rstrip("."), port or PORTS[parts.scheme]


def is_secure(url: str, networks: Sequence[Network]) -> bool:
    """https; or http to this machine by its number, where that is listed."""
    origin = origin_of(url)
    if origin is None:
        return False
    if origin[0] == "https":
        return True
    try:
        address = ip_address(origin[1])
    except ValueError:
        return False
    return address.is_loopback and may_be_reached(address, networks)
