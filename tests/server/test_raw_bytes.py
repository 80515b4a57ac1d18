"""Bytes that are no text are refused in words; they are no failure of the server."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from aiohttp.http_parser import HttpRequestParser, HttpRequestParserPy

from server.database import Database
from server.http.connection import Listener
from server.listening import bind
from tests.server.tracks.studio import make_user, wav

Port = int
Answer = tuple[int, dict[str, Any]]


@pytest.fixture(params=[HttpRequestParser, HttpRequestParserPy], ids=["C", "Python"])
async def port(
    app: web.Application, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Port]:
    """Behind our own connections, by either parser that an installation of aiohttp may have."""
    monkeypatch.setattr("aiohttp.web_protocol.HttpRequestParser", request.param)
    runner = web.AppRunner(app)
    await runner.setup()
    bound = bind("127.0.0.1", 0)
    server = await Listener(runner).listen(bound)
    yield bound.getsockname()[1]
    server.close()
    await runner.cleanup()


async def problem(port: Port, line: bytes, *headers: bytes, body: bytes = b"") -> Answer:
    """Send a request as it is, and read the problem that comes back."""
    head = [line + b" HTTP/1.1", b"Host: x", b"Content-Length: %d" % len(body), *headers]
    async with asyncio.timeout(10):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"\r\n".join([*head, b"Connection: close", b"", body]))
        answer = await reader.read()
        writer.close()
    top, _, shown = answer.partition(b"\r\n\r\n")
    assert b"application/problem+json" in top
    return int(top.split()[1]), json.loads(shown)


@pytest.mark.parametrize("token", [b"houle_\xff", b"\xff", b"\xc3\xa9"])
async def test_a_token_that_is_no_ascii_is_refused(port: Port, token: bytes) -> None:
    authorization = b"Authorization: Bearer " + token

    status, shown = await problem(port, b"GET /api/v1/users/me", authorization)

    assert (status, shown["type"]) == (401, "urn:houle:problem:sign-in-required")


async def test_a_workers_token_that_is_no_ascii_is_refused(port: Port) -> None:
    authorization = b"Authorization: Bearer \xff"

    status, _ = await problem(port, b"POST /internal/jobs/claim", authorization)

    assert status == 401


async def test_the_name_of_a_form_field_that_is_no_text_is_named_as_well_as_can_be(
    port: Port, database: Database
) -> None:
    _, token = await make_user(database, "Marin")
    disposition = b'Content-Disposition: form-data; name="\xff"'
    body = b"--swell\r\n" + disposition + b"\r\n\r\n" + wav() + b"\r\n--swell--\r\n"
    headers = (
        b"Authorization: Bearer " + token.encode(),
        b"Content-Type: multipart/form-data; boundary=swell",
    )

    status, shown = await problem(port, b"POST /api/v1/tracks", *headers, body=body)

    assert (status, shown["errors"]) == (422, [{"pointer": "#/?", "detail": "unknown field"}])


@pytest.mark.parametrize(
    "path", [b"/api/v1/tracks/\xff", b"/v1/tracks/\xff/cover", b"/hls/\xff/master.m3u8", b"/\xff"]
)
async def test_an_address_that_is_no_text_leads_nowhere(port: Port, path: bytes) -> None:
    status, _ = await problem(port, b"GET " + path)

    assert status in {400, 404}  # the C parser takes it for no HTTP


@pytest.mark.parametrize("path", [b"/%00", b"/api/v1/tracks/%00", b"/assets/%00.js"])
async def test_a_null_byte_in_an_address_leads_nowhere(port: Port, path: bytes) -> None:
    status, _ = await problem(port, b"GET " + path)

    assert status == 404
