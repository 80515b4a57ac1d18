"""Up, degraded, down: for people and for orchestrators."""

import asyncio

from aiohttp import web
from aiohttp.test_utils import TestClient
from pytest_aiohttp.plugin import AiohttpClient

from server.database import Database
from server.http.draining import DRAINING
from server.http.health import HEALTH, State

Client = TestClient[web.Request, web.Application]


async def up() -> State:
    return State.UP


async def degraded() -> State:
    return State.DEGRADED


async def failing() -> State:
    raise OSError("no such disk")


async def test_all_is_well(client: Client) -> None:
    response = await client.get("/health")
    report = await response.json()

    assert (response.status, report["database"]) == (200, "up")
    assert set(report) == {"status", "version", "database", "services"}


async def test_a_degraded_service_shows_and_the_server_stays_ready(
    app: web.Application, aiohttp_client: AiohttpClient
) -> None:
    app[HEALTH].register("sandbox", degraded)
    app[HEALTH].register("disk", failing)
    client = await aiohttp_client(app)
    response = await client.get("/health")
    report = await response.json()

    assert (response.status, report["status"]) == (200, "degraded")
    assert report["services"]["sandbox"] == "degraded"
    assert report["services"]["disk"] == "down"
    assert (await client.get("/readyz")).status == 200


async def test_however_many_ask_at_once_it_looks_once(app: web.Application) -> None:
    looks = 0

    async def slow() -> State:
        nonlocal looks
        looks += 1
        await asyncio.sleep(0.01)
        return State.UP

    app[HEALTH].register("slow", slow)
    async with asyncio.TaskGroup() as group:
        reports = [group.create_task(app[HEALTH].report()) for _ in range(20)]

    assert looks == 1
    assert {task.result().services["slow"] for task in reports} == {State.UP}


async def test_without_its_database_it_is_not_ready_and_still_alive(
    client: Client, database: Database
) -> None:
    await database.close()

    assert (await client.get("/health")).status == 503
    assert (await client.get("/readyz")).status == 503
    assert (await client.get("/livez")).status == 200


async def test_while_it_drains_it_is_not_ready(app: web.Application, client: Client) -> None:
    app[DRAINING].begun.set()

    assert (await client.get("/readyz")).status == 503
    assert (await client.get("/livez")).status == 200


async def test_requests_are_counted_by_the_template_of_their_route(client: Client) -> None:
    await client.get("/api/v1/songs/123456")
    await client.get("/wp-login.php")
    text = await (await client.get("/metrics")).text()

    assert 'http_requests_total{method="GET",route="/api/v1/songs/{song}",status="404"}' in text
    assert "123456" not in text
    assert "wp-login" not in text
    assert "event_loop_lag_seconds_bucket" in text
