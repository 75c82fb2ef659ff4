"""Who asks: the visitor's address, behind a proxy too, and whether another site's page does."""

import hmac
import ipaddress

from django.conf import settings
from django.http import HttpRequest

SAFE_METHODS = ("GET", "HEAD", "OPTIONS", "TRACE")


def address_of(request: HttpRequest) -> str:
    """The visitor's address; behind a proxy, what the proxy says of it."""
    if settings.CLIENT_ADDRESS_HEADER:
        stated = request.headers.get(settings.CLIENT_ADDRESS_HEADER, "")
        return stated.rpartition(",")[2].strip()
    return request.META.get("REMOTE_ADDR", "")


def network_of(address: str) -> str:
    """An IPv6 visitor has a whole network of addresses to send from: its first 64 bits count."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


def counted_address(request: HttpRequest) -> str | None:
    """The address that failed logins count by: the first of its network, None if it is none."""
    network = network_of(address_of(request)).partition("/")[0]
    try:
        return str(ipaddress.ip_address(network))
    except ValueError:
        return None


def key_of(action: str, address: str) -> str:
    """A keyed hash, so that nobody can find the address by trying all of them."""
    text = f"{action} {network_of(address)}".encode()
    return hmac.digest(settings.SECRET_KEY.encode(), text, "sha256").hex()[:32]


def is_sent_from_elsewhere(request: HttpRequest) -> bool:
    """Whether the browser says that a page of another site sends something to this one.

    Links from elsewhere send nothing. Browsers that do not say where a request comes from are let
    through to the checks of the form.
    """
    if request.method in SAFE_METHODS or request.headers.get("Sec-Fetch-Site") != "cross-site":
        return False
    return request.headers.get("Origin") not in settings.CSRF_TRUSTED_ORIGINS
