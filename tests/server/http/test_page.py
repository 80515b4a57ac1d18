"""The built page: assets for ever, index afresh and for every address of its own."""

from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient

from server.http.page import PAGE

Client = TestClient[web.Request, web.Application]


@pytest.fixture
def app(app: web.Application, tmp_path: Path) -> web.Application:
    folder = tmp_path / "page"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><title>Houle</title>")
    (folder / "assets" / "app-3f2a.js").write_text("export {}")
    (folder / "favicon.svg").write_text("<svg/>")
    (tmp_path / "secret.key").write_text("nobody's business")
    (folder / ".hidden").write_text("nobody's business")
    app[PAGE] = folder
    return app


@pytest.mark.parametrize("path", ["/", "/library", "/tracks/018f-77", "/index"])
async def test_its_own_addresses_get_the_index_afresh(client: Client, path: str) -> None:
    response = await client.get(path)

    assert (response.status, response.content_type) == (200, "text/html")
    assert response.headers["Cache-Control"] == "no-cache"
    assert "Houle" in await response.text()


async def test_an_index_that_did_not_change_is_not_sent_again(client: Client) -> None:
    first = await client.get("/")
    again = await client.get("/", headers={"If-None-Match": first.headers["ETag"]})

    assert again.status == 304
    # A browser puts these in place of those it kept, and would run the page by another policy.
    assert "Content-Security-Policy" in first.headers
    assert "Content-Security-Policy" not in again.headers


async def test_hashed_assets_live_for_ever(client: Client) -> None:
    response = await client.get("/assets/app-3f2a.js")

    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response.content_type in {"text/javascript", "application/javascript"}


@pytest.mark.parametrize(
    "path",
    [
        "/assets/gone-11.js", "/robots.txt", "/api/v1/gone", "/hls/x/master.m3u8", "/.hidden",
        "/assets/../../secret.key", "/assets/%2e%2e/%2e%2e/secret.key", "/..%2fsecret.key",
    ],
)  # fmt: skip
async def test_what_is_not_there_is_not_the_index(client: Client, path: str) -> None:
    response = await client.get(path)

    assert (response.status, response.content_type) == (404, "application/problem+json")


@pytest.mark.parametrize("length", [255, 256, 4000])
async def test_an_address_may_be_longer_than_a_file_name(client: Client, length: int) -> None:
    name = "a" * length

    assert (await client.get(f"/{name}")).status == 200
    assert (await client.get(f"/assets/{name}.js")).status == 404


async def test_only_reading_gets_the_page(client: Client) -> None:
    assert (await client.post("/library")).status == 404


async def test_a_page_that_is_not_built_says_so(app: web.Application, client: Client) -> None:
    app[PAGE].joinpath("index.html").unlink()
    response = await client.get("/")

    assert response.status == 503
    assert "make setup" in await response.text()
