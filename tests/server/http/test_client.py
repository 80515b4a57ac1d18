"""Whose address counts."""

from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from server.http.client import client_address
from server.settings import SETTINGS, load


class Peer:
    """A transport's other end."""

    def __init__(self, address: str) -> None:
        self.address = address

    def get_extra_info(self, name: str, default: object = None) -> object:
        return (self.address, 40_000) if name == "peername" else default


def seen(tmp_path: Path, peer: str, forwarded: str | None, proxies: str) -> str:
    app = web.Application()
    app[SETTINGS] = load({"HOULE_TRUSTED_PROXIES": proxies}, None, data_dir=tmp_path)
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    request = make_mocked_request("GET", "/", headers=headers, app=app, transport=Peer(peer))
    return client_address(request)


@pytest.mark.parametrize(
    ("peer", "forwarded", "proxies", "client"),
    [
        ("198.51.100.7", "203.0.113.9", "", "198.51.100.7"),
        ("198.51.100.7", "203.0.113.9", "10.0.0.0/8", "198.51.100.7"),
        ("10.0.0.1", "203.0.113.9", "10.0.0.0/8", "203.0.113.9"),
        ("10.0.0.1", "192.0.2.66, 203.0.113.9, 10.0.0.2", "10.0.0.0/8", "203.0.113.9"),
        ("10.0.0.1", "nonsense", "10.0.0.0/8", "10.0.0.1"),
        ("10.0.0.1", "203.0.113.9, nonsense", "10.0.0.0/8", "10.0.0.1"),
        ("10.0.0.1", None, "10.0.0.0/8", "10.0.0.1"),
        ("::1", "2001:db8::7", "::1", "2001:db8::7"),
        ("10.0.0.1", "203.0.113.9:4711", "10.0.0.0/8", "203.0.113.9"),
        ("10.0.0.1", "192.0.2.66, 203.0.113.9:1, 10.0.0.2:2", "10.0.0.0/8", "203.0.113.9"),
        ("10.0.0.1", "[2001:db8::7]:4711", "10.0.0.0/8", "2001:db8::7"),
        ("10.0.0.1", "[2001:db8::7]", "10.0.0.0/8", "2001:db8::7"),
        ("10.0.0.1", "::ffff:203.0.113.9", "10.0.0.0/8", "::ffff:203.0.113.9"),
        ("10.0.0.1", "[nonsense]:1", "10.0.0.0/8", "10.0.0.1"),
    ],
)
def test_forwarded_addresses_count_from_trusted_proxies_only(
    tmp_path: Path, peer: str, forwarded: str | None, proxies: str, client: str
) -> None:
    assert seen(tmp_path, peer, forwarded, proxies) == client
