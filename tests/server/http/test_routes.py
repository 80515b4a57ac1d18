"""What a declaration does to requests: parsing, access, rendering, the alias, HEAD."""

import io

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient

from server.http.worker import embedded_worker_token
from server.settings import Settings

Client = TestClient[web.Request, web.Application]


async def test_a_declared_body_arrives_as_its_model(client: Client) -> None:
    response = await client.post("/api/v1/songs", json={"title": "La Mer"})

    assert (response.status, response.content_type) == (201, "application/json")
    assert await response.json() == {"title": "La Mer", "bpm": None}


async def test_the_short_prefix_answers_the_same(client: Client) -> None:
    response = await client.get("/v1/songs?limit=3")

    assert await response.json() == {"limit": 3, "genre": []}


async def test_a_name_given_twice_fills_a_list_and_unknown_names_are_left_alone(
    client: Client,
) -> None:
    response = await client.get("/api/v1/songs?genre=folk&genre=jazz&e=1&s=abc")

    assert (await response.json())["genre"] == ["folk", "jazz"]


async def test_each_fault_of_a_body_has_its_pointer(client: Client) -> None:
    response = await client.post("/api/v1/songs", json={"title": "", "bpm": "fast", "a/b": 1})
    problem = await response.json()

    assert (response.status, response.content_type) == (422, "application/problem+json")
    assert {fault["pointer"] for fault in problem["errors"]} == {"#/title", "#/bpm", "#/a~1b"}


async def test_a_fault_of_the_query_is_named(client: Client) -> None:
    response = await client.get("/api/v1/songs?limit=101")
    problem = await response.json()

    assert (response.status, problem["errors"][0]["pointer"]) == (422, "#/limit")


async def test_a_body_that_is_no_json_is_a_bad_request(client: Client) -> None:
    response = await client.post(
        "/api/v1/songs", data=b"{", headers={"Content-Type": "application/json"}
    )

    assert response.status == 400


async def test_a_body_of_another_type_is_refused(client: Client) -> None:
    response = await client.post("/api/v1/songs", data={"title": "La Mer"})

    assert response.status == 415


async def test_a_body_beyond_a_mebibyte_is_refused(client: Client) -> None:
    body = io.BytesIO(b'{"title": "' + b"x" * 1024**2 + b'"}')
    response = await client.post(
        "/api/v1/songs", data=body, headers={"Content-Type": "application/json"}
    )

    assert (response.status, (await response.json())["title"]) == (413, "Too large")


async def test_head_answers_as_get_without_a_body(client: Client) -> None:
    get = await client.get("/api/v1/songs")
    head = await client.head("/api/v1/songs")

    assert head.status == 200
    assert head.headers["Content-Length"] == get.headers["Content-Length"]
    assert await head.read() == b""


async def test_a_guest_must_sign_in_for_what_is_not_public(client: Client) -> None:
    response = await client.delete("/api/v1/songs/1")

    assert response.status == 401
    assert response.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    ("role", "status"),
    [("user", 403), ("creator", 403), ("moderator", 403), ("support", 403), ("admin", 200)],
)
async def test_only_an_admin_passes_where_admins_are_asked(
    client: Client, role: str, status: int
) -> None:
    response = await client.get("/admin", headers={"X-Role": role})

    assert response.status == status


@pytest.mark.parametrize(("role", "status"), [("user", 202), ("guest", 403), ("support", 403)])
async def test_making_things_is_for_users_and_not_for_support(
    client: Client, role: str, status: int
) -> None:
    response = await client.post("/api/v1/forms", headers={"X-Role": role})

    assert response.status == status


async def test_workers_enter_by_their_own_token_only(client: Client, settings: Settings) -> None:
    token = embedded_worker_token(settings.secret_key)
    known = await client.post("/worker", headers={"Authorization": f"Bearer {token}"})
    user = await client.post("/worker", headers={"X-Role": "admin"})

    assert (known.status, user.status) == (200, 401)
