"""Mission F7, on every kind of answer."""

from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient
from pytest_aiohttp.plugin import AiohttpClient

from server.app import create_app
from server.database import Database
from server.media import open_storage
from server.settings import load

Client = TestClient[web.Request, web.Application]


@pytest.mark.parametrize("path", ["/health", "/api/docs", "/api/v1/nothing", "/broken", "/"])
async def test_every_answer_carries_them(client: Client, path: str) -> None:
    headers = (await client.get(path)).headers

    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert "camera=(self), microphone=(self)" in headers["Permissions-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert "aiohttp" not in headers["Server"]


async def test_plain_http_gets_no_hsts(client: Client) -> None:
    assert "Strict-Transport-Security" not in (await client.get("/livez")).headers


async def test_a_stranger_cannot_claim_https(client: Client) -> None:
    response = await client.get("/livez", headers={"X-Forwarded-Proto": "https"})

    assert "Strict-Transport-Security" not in response.headers


@pytest.mark.parametrize(
    "given", [{"HOULE_TRUSTED_PROXIES": "127.0.0.1"}, {"HOULE_PUBLIC_URL": "https://houle.example"}]
)
async def test_behind_tls_hsts_lasts_a_year(
    aiohttp_client: AiohttpClient, database: Database, tmp_path: Path, given: dict[str, str]
) -> None:
    settings = load(given, env_file=None, data_dir=tmp_path / "data")
    client = await aiohttp_client(
        create_app(settings, database, open_storage(settings.storage_url))
    )
    response = await client.get("/livez", headers={"X-Forwarded-Proto": "https"})

    assert (
        response.headers["Strict-Transport-Security"]
        == "max-age=31536000; includeSubDomains; preload"
    )
