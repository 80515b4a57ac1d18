"""What the client of objects makes of answers, by a server that gives them as it is told."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from jobs.client import LeaseClient
from jobs.granted_objects import GrantedObjects
from jobs.messages import Job, LeaseLost, RequestRefused, ServerAway, ServerFull
from jobs.objects import ObjectGone

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]
Serving = Callable[..., Awaitable[GrantedObjects]]
JOB = Job("7", "count", "cpu", token=1, attempt=1, payload={}, lease_seconds=15, grant="s3cret")
PATIENCE = 0.5


@pytest.fixture
async def serving(
    aiohttp_server: Callable[..., Awaitable[TestServer]],
) -> AsyncIterator[Serving]:
    clients: list[LeaseClient] = []

    async def serve(answer: Answer, job: Job = JOB) -> GrantedObjects:
        app = web.Application(client_max_size=1 << 30)
        app.router.add_route("*", "/houle/internal/objects/s3cret/{name:.+}", answer)
        server = await aiohttp_server(app)
        clients.append(LeaseClient(str(server.make_url("/houle")), "token"))
        return clients[-1].objects(job, lambda: PATIENCE)

    yield serve
    for client in clients:
        await client.close()


def always(status: int) -> Answer:
    async def answer(request: web.Request) -> web.Response:
        await request.read()
        return web.Response(status=status)

    return answer


MEANINGS = [
    (404, LeaseLost),
    (409, LeaseLost),
    (403, RequestRefused),
    (413, RequestRefused),
    (400, RequestRefused),
    (408, ServerAway),
    (429, ServerAway),
    (500, ServerAway),
    (503, ServerAway),
]


@pytest.mark.parametrize(("status", "meaning"), MEANINGS)
async def test_a_status_means_the_same_for_input_and_output(
    status: int, meaning: type[Exception], serving: Serving, tmp_path: Path
) -> None:
    objects = await serving(always(status))
    made = tmp_path / "made"
    made.write_bytes(b"x")

    with pytest.raises(meaning) as read:
        await objects.input("original", tmp_path)
    with pytest.raises(meaning) as written:
        await objects.output("cover", made)

    assert made.exists()
    assert "s3cret" not in str(read.value) + str(written.value)


async def test_a_full_server_is_not_asked_again(serving: Serving, tmp_path: Path) -> None:
    asked = []

    async def full(request: web.Request) -> web.Response:
        asked.append(request.method)
        await request.read()
        return web.Response(status=507)

    made = tmp_path / "made"
    made.write_bytes(b"x")
    objects = await serving(full)

    with pytest.raises(ServerFull):
        await objects.output("cover", made)

    assert asked == ["PUT"]


async def test_what_an_earlier_attempt_left_is_asked_for_and_not_sent_again(
    serving: Serving, tmp_path: Path
) -> None:
    asked = []

    async def half_there(request: web.Request) -> web.Response:
        asked.append((request.method, request.match_info["name"]))
        await request.read()
        if request.method == "HEAD" and request.match_info["name"] == "1":
            return web.Response(status=404, headers={"Upload-Offset": "0"})
        return web.Response(status=201 if request.method == "PUT" else 200)

    objects = await serving(half_there, replace(JOB, token=2))
    for name in ("0", "1"):
        made = tmp_path / name
        made.write_bytes(b"x")
        await objects.output(name, made)
        assert not made.exists()

    assert asked == [("HEAD", "0"), ("HEAD", "1"), ("PUT", "1")]


async def test_an_object_that_is_gone_is_told_from_a_lease_that_is(
    serving: Serving, tmp_path: Path
) -> None:
    async def gone(_request: web.Request) -> web.Response:
        problem = '{"type": "urn:houle:problem:object-gone"}'
        return web.Response(status=404, text=problem, content_type="application/problem+json")

    objects = await serving(gone)
    with pytest.raises(ObjectGone):
        await objects.input("original", tmp_path)


async def test_a_server_that_never_gets_on_is_given_up(serving: Serving, tmp_path: Path) -> None:
    made = tmp_path / "made"
    made.write_bytes(bytes(9 * 1024**2))

    async def stuck(request: web.Request) -> web.Response:
        await request.read()
        status = 404 if request.method == "HEAD" else 409
        return web.Response(status=status, headers={"Upload-Offset": "7"})

    objects = await serving(stuck)
    with pytest.raises(ServerAway):
        async with asyncio.timeout(30):
            await objects.output("cover", made)


async def test_every_step_forward_begins_the_patience_anew(
    serving: Serving, tmp_path: Path
) -> None:
    """One byte each time, and a third of the patience for each: ten are longer than it."""
    content = b"0123456789"

    async def a_byte(request: web.Request) -> web.StreamResponse:
        start = int(request.headers.get("Range", "bytes=0-")[6:-1])
        answer = web.StreamResponse(status=206 if start else 200)
        answer.headers["Content-Range"] = f"bytes {start}-9/10"
        answer.content_length = len(content) - start
        await answer.prepare(request)
        await answer.write(content[start : start + 1])
        await asyncio.sleep(PATIENCE / 3)
        if start < 9:
            assert request.transport is not None
            request.transport.close()
        return answer

    objects = await serving(a_byte)
    path = await objects.input("original", tmp_path)

    assert path.read_bytes() == content


async def test_a_server_without_ranges_sends_all_of_it_again(
    serving: Serving, tmp_path: Path
) -> None:
    asked = 0

    async def whole(request: web.Request) -> web.StreamResponse:
        nonlocal asked
        asked += 1
        answer = web.StreamResponse()
        answer.content_length = 10
        await answer.prepare(request)
        if asked == 1:
            await answer.write(b"other")
            assert request.transport is not None
            request.transport.close()
        else:
            await answer.write(b"0123456789")
        return answer

    objects = await serving(whole)
    path = await objects.input("original", tmp_path)

    assert path.read_bytes() == b"0123456789"


async def test_a_long_file_goes_in_pieces_from_where_the_server_is(
    serving: Serving, tmp_path: Path
) -> None:
    size, came, lengths = 70 * 1024**2, 1000, []

    async def pieces(request: web.Request) -> web.Response:
        nonlocal came
        if request.method == "HEAD":
            return web.Response(status=404, headers={"Upload-Offset": str(came)})
        assert request.headers["Content-Range"].startswith(f"bytes {came}-")
        length = 0
        async for chunk in request.content.iter_any():
            length += len(chunk)
        came += length
        lengths.append(length)
        if came < size:
            return web.Response(status=202, headers={"Upload-Offset": str(came)})
        return web.Response(status=201)

    made = tmp_path / "made"
    made.write_bytes(bytes(size))
    objects = await serving(pieces)
    await objects.output("cover", made)

    assert sum(lengths) == size - 1000
    assert max(lengths) == 32 * 1024**2
    assert not made.exists()
