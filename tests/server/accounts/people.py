"""People who use the accounts over HTTP, each from an address of their own."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from aiohttp import web
from aiohttp.test_utils import TestClient

Client: TypeAlias = TestClient[web.Request, web.Application]
PASSWORD = "a swell of the sea 7"


@dataclass
class Answer:
    """What came back, read to the end."""

    status: int
    headers: Any
    body: Any

    @property
    def set_cookie(self) -> str:
        return "; ".join(self.headers.getall("Set-Cookie", []))


@dataclass
class Person:
    """Somebody at an IP address, behind the proxy that the settings trust."""

    client: Client
    address: str = "203.0.113.7"
    headers: dict[str, str] = field(default_factory=dict)

    async def get(self, path: str, token: str | None = None, **headers: str) -> Answer:
        return await self._ask("GET", path, token=token, headers=headers)

    async def post(
        self, path: str, body: Any = None, token: str | None = None, **headers: str
    ) -> Answer:
        return await self._ask("POST", path, body=body, token=token, headers=headers)

    async def register(self, username: str, **fields: Any) -> Answer:
        body = {"username": username, "email": f"{username}@example.org", "password": PASSWORD}
        return await self.post("/api/v1/auth/register", body | fields)

    async def login(self, username: str, password: str = PASSWORD, **fields: Any) -> Answer:
        body = {"username": username, "password": password, **fields}
        return await self.post("/api/v1/auth/login", body)

    async def refresh(self, refresh_token: str) -> Answer:
        return await self.post("/api/v1/auth/refresh", {"refresh_token": refresh_token})

    async def _ask(
        self,
        method: str,
        path: str,
        *,
        headers: dict[str, str],
        body: Any = None,
        token: str | None = None,
    ) -> Answer:
        sent = {"X-Forwarded-For": self.address, **self.headers}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        if token is not None:
            sent["Authorization"] = f"Bearer {token}"
        async with self.client.request(method, path, json=body, headers=sent) as response:
            raw = await response.read()
            parsed = json.loads(raw) if "json" in response.content_type else raw
            return Answer(response.status, response.headers, parsed)
