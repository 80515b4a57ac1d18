"""Whose attempts are counted together."""

from __future__ import annotations

import pytest

from server.accounts.limits import address_subject


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        ("203.0.113.7", "203.0.113.7", True),
        ("203.0.113.7", "203.0.113.8", False),
        ("203.0.113.7", "::ffff:203.0.113.7", True),
        ("::ffff:203.0.113.7", "::ffff:203.0.113.8", False),
        ("2001:db8:0:1::1", "2001:db8:0:1:ffff:ffff:ffff:ffff", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
        ("fe80::1%eth0", "fe80::2%eth0", True),
        ("", "", True),
        ("", "127.0.0.1", False),
    ],
)
def test_an_address_is_an_ipv4_address_or_an_ipv6_network_of_64_bits(
    one: str, other: str, together: object
) -> None:
    assert (address_subject(one) == address_subject(other)) is together
