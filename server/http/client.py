"""Who is at the other end: forwarded addresses count only from proxies we were told to trust."""

from __future__ import annotations

from ipaddress import ip_address

from aiohttp import web

from server.settings import SETTINGS, Network


def client_address(request: web.Request) -> str:
    """Return the client's IP address; "" for a Unix socket."""
    trusted = request.config_dict[SETTINGS].trusted_proxies
    address = request.remote or ""
    if not trusted or not within(address, trusted):
        return address
    # the nearest hop that is no proxy of ours; what stands left of it may be invented
    for hop in reversed(request.headers.get("X-Forwarded-For", "").split(",")):
        candidate = _without_port(hop.strip())
        if not _is_address(candidate):
            break
        address = candidate
        if not within(address, trusted):
            break
    return address


def is_https(request: web.Request) -> bool:
    """Tell whether the client came by TLS, to us or to a trusted proxy."""
    if request.transport is not None and request.transport.get_extra_info("sslcontext"):
        return True
    trusted = request.config_dict[SETTINGS].trusted_proxies
    forwarded = request.headers.get("X-Forwarded-Proto", "").split(",")[-1].strip()
    return forwarded == "https" and bool(trusted) and within(request.remote or "", trusted)


def origin(request: web.Request) -> str:
    """Return where the client reaches us, for absolute URLs: `https://host[:port]`."""
    public = request.config_dict[SETTINGS].public_url
    if public:
        return public
    return f"{'https' if is_https(request) else 'http'}://{request.host}"


def within(address: str, networks: tuple[Network, ...]) -> bool:
    return _is_address(address) and any(ip_address(address) in network for network in networks)


def _without_port(hop: str) -> str:
    """Return the address of `203.0.113.9:4711` and `[2001:db8::7]:4711`, as some proxies write."""
    if hop.startswith("["):
        return hop[1:].partition("]")[0]
    host, colon, _ = hop.partition(":")
    return host if colon and "." in host else hop


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
