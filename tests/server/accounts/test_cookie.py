"""The refresh token in a cookie, as the page has it."""

from __future__ import annotations

from http.cookies import SimpleCookie
from typing import Any

import pytest

from server.accounts import User
from tests.server.accounts.people import Answer, Person

REFRESH = "/api/v1/auth/refresh"
LOGOUT = "/api/v1/auth/logout"
OWN = {"Sec_Fetch_Site": "same-origin"}


async def cookie_of(person: Person, **fields: Any) -> str:
    answer = await person.login("anna", cookie=True, **fields)
    return token_in(answer)


def token_in(answer: Answer) -> str:
    assert answer.status == 200
    assert answer.body["refresh_token"] is None
    return SimpleCookie(answer.set_cookie)["houle_refresh"].value


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(
    person: Person, anna: User
) -> None:
    answer = await person.login("anna", cookie=True)
    morsel = SimpleCookie(answer.set_cookie)["houle_refresh"]

    assert answer.body["refresh_token"] is None
    assert morsel.value not in str(answer.body)
    assert morsel["httponly"] is True
    assert morsel["samesite"] == "Strict"
    assert morsel["path"] == "/api/v1/auth"
    assert int(morsel["max-age"]) == 30 * 24 * 3600
    assert not morsel["secure"]  # plain http, as on a laptop


async def test_to_be_remembered_is_a_cookie_of_90_days(person: Person, anna: User) -> None:
    answer = await person.login("anna", cookie=True, remember=True)

    assert f"Max-Age={90 * 24 * 3600}" in answer.set_cookie


async def test_the_page_refreshes_and_gets_the_next_cookie(person: Person, anna: User) -> None:
    first = await cookie_of(person)
    second = await person.post(REFRESH, Cookie=f"houle_refresh={first}", **OWN)
    third = await person.post(REFRESH, {}, Cookie=f"houle_refresh={token_in(second)}", **OWN)

    assert len({first, token_in(second), token_in(third)}) == 3


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec_Fetch_Site": "same-origin"}, 200),
        ({"Origin": "{own}"}, 200),
        ({}, 403),
        ({"Origin": "https://elsewhere.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec_Fetch_Site": "cross-site"}, 403),
        ({"Sec_Fetch_Site": "same-site"}, 403),
        ({"Sec_Fetch_Site": "none"}, 403),
        ({"Sec_Fetch_Site": "cross-site", "Origin": "{own}"}, 403),
    ],
)
@pytest.mark.parametrize("path", [REFRESH, LOGOUT])
async def test_a_cookie_counts_only_with_a_request_of_our_own_page(
    person: Person, anna: User, path: str, headers: dict[str, str], status: int
) -> None:
    own = str(person.client.make_url("/")).rstrip("/")
    sent = {name: value.format(own=own) for name, value in headers.items()}
    cookie = await cookie_of(person)
    answer = await person.post(path, Cookie=f"houle_refresh={cookie}", **sent)

    assert answer.status == (204 if (status, path) == (200, LOGOUT) else status)


async def test_another_site_cannot_sign_somebody_in_by_cookie(person: Person, anna: User) -> None:
    body = {"username": "anna", "password": "a swell of the sea 7", "cookie": True}
    answer = await person.post("/api/v1/auth/login", body, Sec_Fetch_Site="cross-site")

    assert answer.status == 403
    assert not answer.set_cookie


async def test_signing_out_takes_the_cookie_and_the_session_away(
    person: Person, anna: User
) -> None:
    cookie = await cookie_of(person)
    out = await person.post(LOGOUT, Cookie=f"houle_refresh={cookie}", **OWN)
    morsel = SimpleCookie(out.set_cookie)["houle_refresh"]

    assert out.status == 204
    assert (morsel.value, morsel["max-age"], morsel["path"]) == ("", "0", "/api/v1/auth")
    assert (await person.refresh(cookie)).status == 401


async def test_a_token_in_the_body_goes_before_the_cookie(person: Person, anna: User) -> None:
    cookie = await cookie_of(person)
    in_body = (await person.login("anna")).body["refresh_token"]
    body = {"refresh_token": in_body}
    answer = await person.post(REFRESH, body, Cookie=f"houle_refresh={cookie}")

    assert answer.status == 200
    assert answer.body["refresh_token"]
    assert not answer.set_cookie


async def test_behind_a_proxy_that_speaks_tls_the_cookie_is_secure(
    person: Person, anna: User
) -> None:
    person.headers["X-Forwarded-Proto"] = "https"
    answer = await person.login("anna", cookie=True)

    assert "Secure" in answer.set_cookie


async def test_with_an_https_address_of_its_own_the_cookie_is_secure_and_the_origin_known(
    serve: Any, person: Person, anna: User
) -> None:
    person.client = await serve(public_url="https://sea.example")
    answer = await person.login("anna", cookie=True)
    cookie = token_in(answer)
    headers = {"Cookie": f"houle_refresh={cookie}", "Origin": "https://sea.example"}

    assert "Secure" in answer.set_cookie
    assert (await person.post(REFRESH, **headers)).status == 200
