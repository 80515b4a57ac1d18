"""Tokens open their folder, until they expire, and nothing else."""

from urllib.parse import parse_qsl

import pytest

from storage import PathTokens

NOW = 1_800_000_000
TOKENS = PathTokens(b"s" * 32)


def query(prefix: str = "/hls/7/", expires: int = NOW + 600) -> dict[str, str]:
    return dict(parse_qsl(TOKENS.sign(prefix, expires=expires)))


@pytest.mark.parametrize("path", ["/hls/7/master.m3u8", "/hls/7/aac-128/0.m4s", "/hls/7/"])
def test_a_token_opens_everything_below_its_folder(path: str) -> None:
    assert TOKENS.verify(path, query(), now=NOW)


@pytest.mark.parametrize("path", ["/hls/70/master.m3u8", "/hls/7", "/hls/", "/", "", "/api/7/x"])
def test_a_token_opens_nothing_else(path: str) -> None:
    assert not TOKENS.verify(path, query(), now=NOW)


def test_a_token_expires_after_its_time_and_close_ones_are_equal() -> None:
    assert not TOKENS.verify("/hls/7/x", query(), now=NOW + 901)
    assert query(expires=NOW + 1) == query(expires=NOW + 299)


@pytest.mark.parametrize(
    "change",
    [{"e": str(NOW + 86_400)}, {"s": ""}, {"s": "ä"}, {"k": "2"}, {"e": "²"}, {"e": "9" * 30}],
)
def test_a_changed_token_opens_nothing(change: dict[str, str]) -> None:
    assert not TOKENS.verify("/hls/7/x", query() | change, now=NOW)


def test_another_secret_makes_other_tokens() -> None:
    assert not PathTokens(b"t" * 32).verify("/hls/7/x", query(), now=NOW)


def test_no_token_is_no_token() -> None:
    assert not TOKENS.verify("/hls/7/x", {}, now=NOW)
