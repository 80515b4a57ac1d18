"""A token opens one folder, to whoever holds it, for a while."""

from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage import PathTokens

NOW = 1_700_000_000
TOKENS = PathTokens(b"s" * 32)


def query_of(token: str) -> dict[str, str]:
    return dict(parse_qsl(token, strict_parsing=True))


def opens(path: str, prefix: str = "/hls/1/", *, now: int = NOW) -> bool:
    return TOKENS.verify(path, query_of(TOKENS.sign(prefix, expires=NOW + 600)), now=now)


@pytest.mark.parametrize("path", ["/hls/1/master.m3u8", "/hls/1/aac-128/0.m4s", "/hls/1/"])
def test_every_path_below_the_folder_is_open(path: str) -> None:
    assert opens(path)


@pytest.mark.parametrize(
    "path",
    [
        "/hls/10/master.m3u8",
        "/hls/1",
        "/hls/",
        "/hls/11/x",
        "/api/hls/1/x",
        "hls/1/x",
        "/hls/1/../10/x",
        "/hls/1/./x",
        "/hls/1/..",
        "/hls//1/x",
        "//hls/1/x",
        "/hls/1/a//b",
        "/hls/1/\0",
        "",
        "/",
        "/hls/1/" + "x/" * 40,
    ],
)
def test_every_other_path_is_closed(path: str) -> None:
    assert not opens(path)


def test_the_sixteenth_folder_down_is_still_open() -> None:
    assert opens("/hls/1/" + "x/" * 14 + "name")


def test_it_expires_at_the_next_full_five_minutes() -> None:
    token = query_of(TOKENS.sign("/hls/1/", expires=NOW + 1))
    expiry = int(token["e"])

    assert expiry % 300 == 0
    assert NOW + 1 <= expiry < NOW + 301
    assert TOKENS.verify("/hls/1/x", token, now=expiry - 1)
    assert not TOKENS.verify("/hls/1/x", token, now=expiry)


def test_tokens_of_the_same_five_minutes_are_equal() -> None:
    assert TOKENS.sign("/a/", expires=1_699_999_801) == TOKENS.sign("/a/", expires=1_700_000_100)


def test_a_token_needs_no_escaping_in_an_address() -> None:
    token = TOKENS.sign("/hls/1/", expires=NOW)

    assert set(token) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=&")
    assert list(query_of(token)) == ["e", "k", "s"]


def test_another_secret_opens_nothing() -> None:
    token = query_of(PathTokens(b"t" * 32).sign("/hls/1/", expires=NOW + 600))

    assert not TOKENS.verify("/hls/1/x", token, now=NOW)


@pytest.mark.parametrize("name", ["e", "k", "s"])
def test_every_change_of_a_token_closes_it(name: str) -> None:
    token = query_of(TOKENS.sign("/hls/1/", expires=NOW + 600))
    for at, letter in enumerate(token[name]):
        other = "2" if letter == "1" else "1"
        changed = token[name][:at] + other + token[name][at + 1 :]
        assert not TOKENS.verify("/hls/1/x", {**token, name: changed}, now=NOW)
    without = {key: value for key, value in token.items() if key != name}
    assert not TOKENS.verify("/hls/1/x", without, now=NOW)


@pytest.mark.parametrize(
    "expiry", ["", "-1", "+1900000000", "1e99", "٣٣٣٣٣٣٣٣٣٣", "9" * 5000, " 1"]
)
def test_an_expiry_that_is_no_number_is_no_expiry(expiry: str) -> None:
    token = query_of(TOKENS.sign("/hls/1/", expires=NOW + 600))

    assert not TOKENS.verify("/hls/1/x", {**token, "e": expiry}, now=NOW)


@pytest.mark.parametrize("prefix", ["", "/", "hls/", "/hls", "/a//", "/a/../", "//", "/a/\n/"])
def test_only_a_folder_can_be_signed(prefix: str) -> None:
    with pytest.raises(ValueError, match="folder"):
        TOKENS.sign(prefix, expires=NOW)


@given(
    query=st.fixed_dictionaries({"e": st.text(), "k": st.text(), "s": st.text()}), path=st.text()
)
def test_nonsense_opens_nothing_and_breaks_nothing(query: dict[str, str], path: str) -> None:
    assert not TOKENS.verify(path, query, now=NOW)


names = st.text("abc019-_", min_size=1, max_size=6)


@given(mine=names, other=names, rest=names)
def test_one_track_never_opens_another(mine: str, other: str, rest: str) -> None:
    assert opens(f"/hls/{other}/{rest}", f"/hls/{mine}/") == (mine == other)
