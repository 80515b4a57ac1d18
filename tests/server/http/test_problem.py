"""Every failure has one shape, and none shows what is inside."""

import asyncio

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient

Client = TestClient[web.Request, web.Application]


async def test_a_slices_refusal_names_itself(client: Client) -> None:
    response = await client.get("/api/v1/songs/7", headers={"X-Request-Id": "caller-0001"})

    assert (response.status, response.content_type) == (404, "application/problem+json")
    assert await response.json() == {
        "type": "urn:houle:problem:song-not-found",
        "title": "Song not found",
        "status": 404,
        "detail": "No such song.",
        "request_id": "caller-0001",
    }


async def test_an_unknown_address_of_the_api_is_a_problem(client: Client) -> None:
    response = await client.get("/api/v1/nothing")

    assert (response.status, response.content_type) == (404, "application/problem+json")
    assert (await response.json())["request_id"] == response.headers["X-Request-Id"]


async def test_a_method_that_is_not_answered_tells_which_are(client: Client) -> None:
    response = await client.patch("/api/v1/songs")

    assert (response.status, response.content_type) == (405, "application/problem+json")
    assert {"GET", "HEAD", "POST"} == set(response.headers["Allow"].split(","))


async def test_a_limit_says_when_to_come_back(client: Client) -> None:
    response = await client.get("/busy")

    assert (response.status, response.headers["Retry-After"]) == (429, "7")


async def test_a_bug_shows_nothing_of_itself(client: Client) -> None:
    response = await client.get("/broken")

    assert (response.status, response.content_type) == (500, "application/problem+json")
    assert "secret" not in await response.text()


async def test_a_bug_in_the_middle_of_an_answer_breaks_it_off(client: Client) -> None:
    with pytest.raises(aiohttp.ClientPayloadError):
        await (await client.get("/half")).read()


async def test_a_request_id_that_could_forge_a_log_line_is_replaced(client: Client) -> None:
    response = await client.get("/livez", headers={"X-Request-Id": 'x" level="error'})

    assert '"' not in response.headers["X-Request-Id"]


async def test_a_client_that_leaves_is_not_a_failure(client: Client) -> None:
    with pytest.raises(asyncio.TimeoutError):
        await client.get("/slow", timeout=aiohttp.ClientTimeout(total=0.05))

    response = await client.get("/metrics")
    assert 'route="/slow",status="500"' not in await response.text()
