"""A small job queue that speaks the lease protocol as its papers say, over real HTTP."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web

from jobs.messages import PROTOCOL

TOKEN = "worker token"
ENDS = {"finish": "succeeded", "fail": "failed", "release": "pending"}


@dataclass
class Entry:
    """One job. Its token grows with each claim; only the newest may speak."""

    payload: dict[str, Any]
    kind: str = "count"
    pool: str = "cpu"
    state: str = "pending"
    token: int = 0
    attempt: int = 0
    lapses_at: float = 0.0
    cancel: bool = False
    facts: list[dict[str, Any]] = field(default_factory=list)
    beats: list[dict[str, Any]] = field(default_factory=list)
    ended_with: dict[str, Any] = field(default_factory=dict)


@dataclass
class QueueServer:
    """State, routes, and ways to be away."""

    lease_seconds: float = 1.5
    entries: dict[str, Entry] = field(default_factory=dict)
    away: bool = False  # it answers 503
    protocol: int = PROTOCOL
    requests: int = 0
    claims: list[dict[str, Any]] = field(default_factory=list)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    runner: web.AppRunner | None = None

    async def start(self, socket: Path) -> None:
        app = web.Application()
        app.router.add_post("/internal/jobs/claim", self.claim)
        app.router.add_post("/internal/jobs/{id}/{verb}", self.speak)
        self.runner = web.AppRunner(app, shutdown_timeout=0)
        await self.runner.setup()
        await web.UnixSite(self.runner, str(socket)).start()

    async def stop(self) -> None:
        if self.runner is not None:
            await self.runner.cleanup()
            self.runner = None

    def add(self, name: str, *, kind: str = "count", pool: str = "cpu", **payload: Any) -> Entry:
        self.entries[name] = Entry(payload, kind, pool)
        return self.entries[name]

    def take_back(self, name: str) -> None:
        """Let the lease lapse and another worker have it."""
        self.entries[name].token += 1

    async def until(self, name: str, state: str) -> Entry:
        entry = self.entries[name]
        async with asyncio.timeout(10), self.changed:
            await self.changed.wait_for(lambda: entry.state == state)
        return entry

    async def claim(self, request: web.Request) -> web.Response:
        body = await self._body(request)
        self.claims.append(body)
        if body["protocol"] != self.protocol:
            problem = {"type": "urn:houle:problem:protocol-refused", "detail": "Too old."}
            return web.json_response(problem, status=400, content_type="application/problem+json")
        until = asyncio.get_running_loop().time() + body["wait_seconds"]
        while request.transport is not None and not request.transport.is_closing():
            for name, entry in self.entries.items():
                if entry.state == "pending" and entry.pool in body["pools"]:
                    return await self._leased(name, entry)
            left = until - asyncio.get_running_loop().time()
            if left <= 0:
                return web.Response(status=204)
            await asyncio.sleep(min(0.02, left))
        return web.Response(status=204)  # nobody listens

    async def _leased(self, name: str, entry: Entry) -> web.Response:
        entry.state, entry.token = "processing", entry.token + 1
        entry.attempt += 1
        self._renew(entry)
        await self._tell()
        return web.json_response(
            {
                "id": name,
                "kind": entry.kind,
                "pool": entry.pool,
                "token": entry.token,
                "attempt": entry.attempt,
                "payload": entry.payload,
                "lease_seconds": self.lease_seconds,
                "grant": f"g{name}",
            }
        )

    async def speak(self, request: web.Request) -> web.Response:
        body = await self._body(request)
        entry = self.entries.get(request.match_info["id"])
        if entry is None:
            raise web.HTTPNotFound
        lapsed = asyncio.get_running_loop().time() > entry.lapses_at
        if entry.state != "processing" or entry.token != body.pop("token") or lapsed:
            raise web.HTTPConflict
        return await self._said(entry, request.match_info["verb"], body)

    async def _said(self, entry: Entry, verb: str, body: dict[str, Any]) -> web.Response:
        if verb == "beat":
            self._renew(entry)
            entry.beats.append(body)
            await self._tell()
            return web.json_response({"cancel": entry.cancel})
        if verb == "report":
            entry.facts.extend(body["facts"])
        else:
            entry.state, entry.ended_with = ENDS[verb], body
        await self._tell()
        return web.Response(status=204)

    def _renew(self, entry: Entry) -> None:
        entry.lapses_at = asyncio.get_running_loop().time() + self.lease_seconds

    async def _tell(self) -> None:
        async with self.changed:
            self.changed.notify_all()

    async def _body(self, request: web.Request) -> dict[str, Any]:
        self.requests += 1
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            raise web.HTTPUnauthorized
        if self.away:
            raise web.HTTPServiceUnavailable
        body = json.loads(await request.text())
        assert isinstance(body, Mapping)
        return dict(body)
