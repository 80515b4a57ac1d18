"""Ranges and conditions through the front door: what RFC 9110 says an origin answers."""

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.http.ranges import Span, Unsatisfiable, requested
from storage import keys
from tests.server.tracks.studio import Studio, segment_bytes

BODY = segment_bytes("aac-128", 0)
SIZE = len(BODY)
WHOLE = slice(None)

# Range header, and what comes: a slice of the object, or None for 416.
RANGES: list[tuple[str, slice | None, int]] = [
    ("bytes=0-0", slice(0, 1), 206),
    ("bytes=0-9", slice(0, 10), 206),
    ("bytes=10-19", slice(10, 20), 206),
    ("bytes=0-", WHOLE, 206),
    ("bytes=100-", slice(100, None), 206),
    (f"bytes={SIZE - 1}-", slice(SIZE - 1, None), 206),
    (f"bytes=0-{SIZE - 1}", WHOLE, 206),
    (f"bytes=0-{SIZE}", WHOLE, 206),
    (f"bytes={SIZE - 1}-{SIZE + 99}", slice(SIZE - 1, None), 206),
    ("bytes=5-99999999999999999", slice(5, None), 206),
    ("bytes=-1", slice(SIZE - 1, None), 206),
    ("bytes=-10", slice(SIZE - 10, None), 206),
    (f"bytes=-{SIZE}", WHOLE, 206),
    (f"bytes=-{SIZE + 1}", WHOLE, 206),
    ("bytes=-99999999999999999", WHOLE, 206),
    ("Bytes=0-9", slice(0, 10), 206),
    ("BYTES=0-9", slice(0, 10), 206),
    ("bytes= 0-9", slice(0, 10), 206),
    ("bytes=0-9 ", slice(0, 10), 206),
    ("bytes=,0-9,", slice(0, 10), 206),
    ("bytes=00010-00019", slice(10, 20), 206),
    (f"bytes={SIZE}-", None, 416),
    (f"bytes={SIZE}-{SIZE + 9}", None, 416),
    ("bytes=999999999-", None, 416),
    ("bytes=99999999999999999-", None, 416),
    ("bytes=-0", None, 416),
    ("bytes=-00", None, 416),
    # several at once: the whole, which 15.3.7.2 allows
    ("bytes=0-9,20-29", WHOLE, 200),
    ("bytes=0-0, 5-5", WHOLE, 200),
    ("bytes=0-9,-5", WHOLE, 200),
    # invalid, so ignored (14.2)
    ("bytes=9-0", WHOLE, 200),
    ("bytes=5-4", WHOLE, 200),
    ("bytes=", WHOLE, 200),
    ("bytes=-", WHOLE, 200),
    ("bytes=--5", WHOLE, 200),
    ("bytes=a-b", WHOLE, 200),
    ("bytes=0-b", WHOLE, 200),
    ("bytes=1.5-3", WHOLE, 200),
    ("bytes=+1-3", WHOLE, 200),
    ("bytes=0x1-3", WHOLE, 200),
    ("bytes=0 - 9", WHOLE, 200),
    ("bytes 0-9", WHOLE, 200),
    ("bytes", WHOLE, 200),
    ("bytes=0-9999999999999999999999999", WHOLE, 200),
    ("bytes=1-2-3", WHOLE, 200),
    # other units
    ("items=0-9", WHOLE, 200),
    ("seconds=1-2", WHOLE, 200),
    ("none", WHOLE, 200),
    ("", WHOLE, 200),
]


@pytest.fixture
async def address(studio: Studio) -> str:
    """A segment of a track that everybody may hear."""
    marin = await studio.person("Marin")
    track_id = await studio.ready(marin, "aac-128")
    return f"/hls/{track_id}/aac-128/0.m4s?v=1"


async def test_forty_nine_ranges(studio: Studio, address: str) -> None:
    for header, wanted, status in RANGES:
        response = await studio.client.get(address, headers={"Range": header})
        content = await response.read()

        assert response.status == status, header
        if wanted is None:
            assert response.headers["Content-Range"] == f"bytes */{SIZE}", header
            continue
        assert content == BODY[wanted], header
        assert response.headers["Content-Length"] == str(len(content)), header
        start, stop, _ = wanted.indices(SIZE)
        shown = f"bytes {start}-{stop - 1}/{SIZE}" if status == 206 else None
        assert response.headers.get("Content-Range") == shown, header


async def test_the_original_has_the_same_ranges_while_it_is_streamed(studio: Studio) -> None:
    marin = await studio.person("Marin")
    content = bytes(range(256)) * 4000
    body = b"fLaC" + content[: SIZE - 4]
    track = await marin.upload(body, name="song.flac")
    for header, wanted, status in RANGES:
        response = await studio.client.get(track["urls"]["download"], headers={"Range": header})
        answer = await response.read()

        assert response.status == status, header
        if wanted is not None:
            assert answer == body[wanted], header


CONDITIONS: list[tuple[dict[str, str], int]] = [
    ({"If-None-Match": "{etag}"}, 304),
    ({"If-None-Match": "W/{etag}"}, 304),
    ({"If-None-Match": "*"}, 304),
    ({"If-None-Match": '"other", {etag}'}, 304),
    ({"If-None-Match": '"other"'}, 200),
    ({"If-None-Match": "{etag}", "Range": "bytes=0-9"}, 304),
    ({"If-Match": "{etag}"}, 200),
    ({"If-Match": "*"}, 200),
    ({"If-Match": '"other"'}, 412),
    ({"If-Match": "W/{etag}"}, 412),
    ({"If-Match": "{etag}", "Range": "bytes=0-9"}, 206),
    ({"If-Range": "{etag}", "Range": "bytes=0-9"}, 206),
    ({"If-Range": '"other"', "Range": "bytes=0-9"}, 200),
    ({"If-Range": "W/{etag}", "Range": "bytes=0-9"}, 200),
    ({"If-Range": "Sat, 21 Nov 2026 10:00:00 GMT", "Range": "bytes=0-9"}, 200),
    ({"If-Range": '"other"', "Range": f"bytes={SIZE}-"}, 200),
    ({"If-Range": "{etag}"}, 200),
    ({"If-Modified-Since": "Sat, 21 Nov 2099 10:00:00 GMT"}, 200),
]


async def test_eighteen_conditions(studio: Studio, address: str) -> None:
    etag = (await studio.client.get(address)).headers["ETag"]
    for condition, status in CONDITIONS:
        headers = {name: value.replace("{etag}", etag) for name, value in condition.items()}
        response = await studio.client.get(address, headers=headers)
        content = await response.read()

        assert response.status == status, condition
        if status == 304:
            assert content == b""
            assert response.headers["ETag"] == etag
            assert "immutable" in response.headers["Cache-Control"]


@pytest.mark.parametrize("headers", [{}, {"Range": "bytes=0-9"}, {"Range": "bytes=9999999-"}])
async def test_head_says_what_get_would_and_sends_nothing(
    headers: dict[str, str], studio: Studio, address: str
) -> None:
    whole = await studio.client.get(address)

    response = await studio.client.head(address, headers=headers)

    assert (response.status, await response.read()) == (200, b"")
    for name in ("Content-Length", "Content-Type", "ETag", "Cache-Control", "Accept-Ranges"):
        assert response.headers[name] == whole.headers[name]


async def test_the_etag_of_equal_bytes_is_equal_wherever_they_lie(
    studio: Studio, address: str
) -> None:
    first = await studio.client.get(address)
    ines = await studio.person("Ines")
    other = f"/hls/{await studio.ready(ines, 'aac-128')}/aac-128"

    assert (await studio.client.get(f"{other}/0.m4s?v=1")).headers["ETag"] == first.headers["ETag"]
    assert (await studio.client.get(f"{other}/1.m4s?v=1")).headers["ETag"] != first.headers["ETag"]


async def test_a_client_that_leaves_in_the_middle_of_a_download_harms_nobody(
    studio: Studio,
) -> None:
    marin = await studio.person("Marin")
    track = await marin.upload(b"fLaC" + bytes(8_000_000), name="long.flac")
    response = await studio.client.get(track["urls"]["download"])
    await response.content.readexactly(1000)
    response.close()

    again = await studio.client.get(track["urls"]["download"])

    assert len(await again.read()) == 8_000_004
    size = await studio.storage.size(keys.original(track["id"]))
    assert again.headers["Content-Length"] == str(size)
    assert isinstance(again, aiohttp.ClientResponse)


@given(st.integers(0, 300), st.integers(0, 300), st.integers(0, 200))
def test_a_range_is_what_slicing_gives(first: int, last: int, size: int) -> None:
    data = bytes(size % 251 for size in range(size))
    try:
        span = requested(f"bytes={first}-{last}", size)
    except Unsatisfiable:
        assert first >= size
        return
    if span is None:
        assert last < first
    else:
        assert data[span.start : span.stop] == data[first : last + 1]
        assert span.stop > span.start


@given(st.integers(0, 300), st.integers(0, 200))
def test_a_suffix_is_what_slicing_gives(length: int, size: int) -> None:
    data = bytes(size % 251 for size in range(size))
    try:
        span = requested(f"bytes=-{length}", size)
    except Unsatisfiable:
        assert length == 0 or size == 0
        return
    assert span is not None
    assert data[span.start : span.stop] == data[-length:]


@given(st.text(max_size=40))
def test_no_text_breaks_it(header: str) -> None:
    try:
        span = requested(header, 100)
    except Unsatisfiable:
        return
    assert span is None or Span(0, 0) < span <= Span(99, 100)
