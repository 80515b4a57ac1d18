"""The cache of what was read a moment ago."""

from __future__ import annotations

from server.accounts.recent import Recent


def test_an_entry_lasts_its_seconds() -> None:
    now = [0.0]
    cache: Recent[str, int] = Recent(10, 5, clock=lambda: now[0])
    cache.put("a", 1)
    now[0] = 10.0
    assert cache.get("a") == 1
    now[0] = 10.1
    assert cache.get("a") is None


def test_the_oldest_gives_way_when_there_are_too_many() -> None:
    cache: Recent[str, int] = Recent(10, 2, clock=lambda: 0.0)
    for number, key in enumerate("abac"):
        cache.put(key, number)

    assert [cache.get(key) for key in "abc"] == [2, None, 3]
