"""Staying signed in: refresh tokens and what a spent one means."""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import text

from server.accounts import User, set_disabled, set_password
from server.database import Database
from tests.server.accounts.people import Person

Age = Callable[[str, int], Awaitable[None]]
DAY = 24 * 60 * 60 * 1000


@pytest.fixture
async def first(person: Person, anna: User) -> str:
    return str((await person.login("anna")).body["refresh_token"])


async def test_a_refresh_token_buys_a_new_pair(person: Person, first: str) -> None:
    renewed = await person.refresh(first)
    me = await person.get("/api/v1/users/me", renewed.body["access_token"])
    again = await person.refresh(renewed.body["refresh_token"])

    assert (renewed.status, me.status, again.status) == (200, 200, 200)
    assert me.body["username"] == "Anna"
    assert len({first, renewed.body["refresh_token"], again.body["refresh_token"]}) == 3


async def test_a_token_holds_256_bits_of_which_only_a_hash_is_stored(
    first: str, database: Database
) -> None:
    raw = base64.urlsafe_b64decode(first)
    query = text("SELECT * FROM sessions")
    row = await database.read(lambda connection: connection.execute(query).one())

    assert len(raw) == 16 + 32
    stored = " ".join(str(value) for value in row)
    assert raw[16:].hex() not in stored
    assert first not in stored


async def test_a_lost_reply_is_given_again_for_ten_seconds(
    person: Person, first: str, age: Age
) -> None:
    renewed = await person.refresh(first)
    await age("sessions.rotated_at", 9_000)
    repeated = await person.refresh(first)

    assert repeated.status == 200
    assert repeated.body["refresh_token"] == renewed.body["refresh_token"]
    assert (await person.refresh(repeated.body["refresh_token"])).status == 200


async def test_a_spent_token_shown_later_ends_the_session_for_both(
    person: Person, first: str, age: Age
) -> None:
    second = (await person.refresh(first)).body["refresh_token"]
    await age("sessions.rotated_at", 10_001)

    assert (await person.refresh(first)).status == 401
    assert (await person.refresh(second)).status == 401


async def test_the_token_before_the_last_ends_the_session_at_once(
    person: Person, first: str
) -> None:
    second = (await person.refresh(first)).body["refresh_token"]
    third = (await person.refresh(second)).body["refresh_token"]

    assert (await person.refresh(first)).status == 401
    assert (await person.refresh(third)).status == 401


async def test_reuse_ends_one_session_and_leaves_the_others(
    person: Person, first: str, age: Age
) -> None:
    elsewhere = (await person.login("anna")).body["refresh_token"]
    await person.refresh(first)
    await age("sessions.rotated_at", 10_001)
    await person.refresh(first)

    assert (await person.refresh(elsewhere)).status == 200


@pytest.mark.parametrize(("asked", "days"), [({}, 30), ({"remember": True}, 90)])
async def test_a_session_ends_after_its_days_however_often_it_was_renewed(
    person: Person, anna: User, age: Age, asked: dict[str, Any], days: int
) -> None:
    token = (await person.login("anna", **asked)).body["refresh_token"]
    await age("sessions.expires_at", (days - 1) * DAY)
    token = (await person.refresh(token)).body["refresh_token"]
    await age("sessions.expires_at", DAY)

    assert (await person.refresh(token)).status == 401


@pytest.mark.parametrize(
    "token",
    ["", "x", "é", "A" * 64, "A" * 63, "!" * 64, base64.urlsafe_b64encode(b"s" * 48).decode()],
)
async def test_what_is_no_token_of_ours_is_refused(person: Person, anna: User, token: str) -> None:
    assert (await person.refresh(token)).status == 401


async def test_without_any_token_there_is_nothing_to_refresh(person: Person) -> None:
    assert (await person.post("/api/v1/auth/refresh")).status == 401
    assert (await person.post("/api/v1/auth/refresh", {})).status == 401


async def test_an_expired_access_token_sent_along_does_not_bar_the_way(
    person: Person, first: str
) -> None:
    answer = await person.post("/api/v1/auth/refresh", {"refresh_token": first}, token="expired")

    assert answer.status == 200


async def test_signing_out_by_refresh_token_ends_the_session(person: Person, first: str) -> None:
    out = await person.post("/api/v1/auth/logout", {"refresh_token": first})
    again = await person.post("/api/v1/auth/logout", {"refresh_token": first})

    assert (out.status, again.status) == (204, 204)
    assert (await person.refresh(first)).status == 401


async def test_who_knows_the_session_and_not_its_secret_signs_nobody_out(
    person: Person, first: str
) -> None:
    session = base64.urlsafe_b64decode(first)[:16]
    guessed = base64.urlsafe_b64encode(session + bytes(32)).decode()

    await person.post("/api/v1/auth/logout", {"refresh_token": guessed})

    assert (await person.refresh(first)).status == 200


async def test_a_token_whose_successor_was_lost_on_its_way_still_signs_out(
    person: Person, first: str
) -> None:
    second = (await person.refresh(first)).body["refresh_token"]
    await person.post("/api/v1/auth/logout", {"refresh_token": first})

    assert (await person.refresh(second)).status == 401


async def test_signing_out_by_access_token_ends_the_session_it_came_from(
    person: Person, anna: User
) -> None:
    here = (await person.login("anna")).body
    there = (await person.login("anna")).body
    out = await person.post("/api/v1/auth/logout", token=here["access_token"])

    assert out.status == 204
    assert (await person.refresh(here["refresh_token"])).status == 401
    assert (await person.refresh(there["refresh_token"])).status == 200


async def test_a_closed_account_cannot_refresh(
    person: Person, anna: User, first: str, database: Database
) -> None:
    await database.write(set_disabled, anna.id, disabled=True)

    assert (await person.refresh(first)).status == 401


async def test_a_new_password_signs_out_everywhere(
    person: Person, first: str, database: Database
) -> None:
    ended = await set_password(database, "anna", "another swell of the sea")

    assert ended == 1
    assert (await person.refresh(first)).status == 401
    assert (await person.login("anna")).status == 401
    assert (await person.login("anna", "another swell of the sea")).status == 200


async def test_sessions_that_are_over_are_swept_at_the_next_sign_in(
    person: Person, first: str, age: Age, database: Database
) -> None:
    await age("sessions.expires_at", 31 * DAY)
    await person.login("anna")
    query = text("SELECT count(*) FROM sessions")

    assert await database.read(lambda connection: connection.execute(query).scalar_one()) == 1
