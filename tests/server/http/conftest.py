"""An application with routes of the tests' own, in the real frame."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient
from pydantic import BaseModel, ConfigDict, Field
from pytest_aiohttp.plugin import AiohttpClient

from server.errors import Conflict, LimitReached, NotFound
from server.http.principal import AUTHENTICATE, Principal, Role, signed_in
from server.http.routes import Access, Binary, Multipart, Routes

Client = TestClient[web.Request, web.Application]
Serve = Callable[[web.Application], Awaitable[Client]]


class Song(BaseModel):
    model_config = ConfigDict(extra="forbid")

    title: Annotated[str, Field(min_length=1)]
    bpm: int | None = None


class Page(BaseModel):
    limit: Annotated[int, Field(ge=1, le=100, description="At most so many.")] = 20
    genre: list[str] = []


class SongNotFound(NotFound):
    """A refusal of a slice's own."""


def songs() -> Routes:
    routes = Routes("songs")

    @routes.post("/api/v1/songs", answers={201: Song}, body=Song, summary="Add", access=Access.OPEN)
    async def add(request: web.Request, body: Song) -> Song:
        return body

    @routes.get(
        "/api/v1/songs", answers={200: Page}, query=Page, summary="List", access=Access.PUBLIC
    )
    async def index(request: web.Request, query: Page) -> Page:
        return query

    @routes.get(
        r"/api/v1/songs/{song:\d{1,9}}", answers={200: Song}, summary="Show", access=Access.OPEN
    )
    async def show(request: web.Request) -> Song:
        raise SongNotFound("No such song.")

    @routes.delete("/api/v1/songs/{song}", answers={204: None}, summary="Delete")
    async def delete(request: web.Request) -> web.Response:
        raise Conflict(f"{signed_in(request).username} may not.")

    @routes.put(
        "/api/v1/songs/{song}/sound",
        answers={204: None},
        summary="Upload",
        body=Binary("audio/wav"),
        access=Access.OPEN,
    )
    async def upload(request: web.Request) -> web.Response:
        return web.Response(text=str(len(await request.content.read())))

    @routes.post(
        "/api/v1/forms",
        answers={202: None},
        summary="Send",
        body=Multipart(Song),
        access=Access.CREATOR,
        headers={202: {"Location": "where it is"}},
    )
    async def send(request: web.Request) -> web.Response:
        return web.Response(status=202)

    add_failures(routes)
    return routes


def add_failures(routes: Routes) -> None:
    @routes.get("/broken", answers={200: None}, summary="A bug", access=Access.OPEN, hidden=True)
    async def broken(request: web.Request) -> web.Response:
        raise ZeroDivisionError("a secret of ours")

    @routes.get("/half", answers={200: None}, summary="A bug", access=Access.OPEN, hidden=True)
    async def half(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        await answer.write(b"the first half")
        raise ZeroDivisionError

    @routes.get("/busy", answers={200: None}, summary="Busy", access=Access.OPEN, hidden=True)
    async def busy(request: web.Request) -> web.Response:
        raise LimitReached("Slow down.", retry_after=7)

    @routes.get("/slow", answers={200: None}, summary="Slow", access=Access.OPEN, hidden=True)
    async def slow(request: web.Request) -> web.Response:
        await asyncio.sleep(0.3)
        return web.Response(text="done")

    @routes.get("/admin", answers={200: None}, summary="Admin", access=Access.ADMIN, hidden=True)
    async def admin(request: web.Request) -> web.Response:
        return web.Response(text=signed_in(request).username)

    @routes.post("/worker", answers={200: None}, summary="W", access=Access.WORKER, hidden=True)
    async def worker(request: web.Request) -> web.Response:
        return web.Response(text="claimed")


async def by_name(request: web.Request) -> Principal | None:
    """Believe a header: these tests are about what follows."""
    role = request.headers.get("X-Role")
    return Principal(role, role, Role(role)) if role else None


@pytest.fixture
def app(app: web.Application) -> web.Application:
    app[AUTHENTICATE] = by_name
    songs().setup(app)
    return app


@pytest.fixture
async def client(aiohttp_client: AiohttpClient, app: web.Application) -> Client:
    return await aiohttp_client(app)
