"""Opening an account."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from server.accounts import User
from server.database import Database
from tests.server.accounts.people import Person

HOUR = 60 * 60 * 1000


async def test_who_registers_can_sign_in_and_see_the_account(person: Person) -> None:
    registered = await person.register("bo.b-1_")
    signed_in = await person.login("bo.b-1_")
    me = await person.get("/api/v1/users/me", signed_in.body["access_token"])

    assert registered.status == 201
    assert me.status == 200
    assert me.body == registered.body
    assert me.body["username"] == "bo.b-1_"
    assert me.body["email"] == "bo.b-1_@example.org"
    assert me.body["role"] == "user"
    assert "tracks:create" in me.body["permissions"]
    assert me.body["quota_bytes"] == 20 * 1024**3
    created = datetime.fromisoformat(me.body["created_at"])
    assert datetime.now(UTC) - created < timedelta(minutes=1)


async def test_the_password_is_stored_as_argon2id_and_nothing_else(
    person: Person, database: Database
) -> None:
    await person.register("bob", password="correct horse battery")
    query = text("SELECT password_hash FROM users")
    stored = await database.read(lambda connection: connection.execute(query).scalar_one())

    assert stored.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert "correct horse" not in stored


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"username": "ANNA"}, "urn:houle:problem:username-taken"),
        ({"username": "other", "email": "ANNA@example.org"}, "urn:houle:problem:email-taken"),
    ],
)
async def test_a_name_or_address_in_use_is_refused_in_any_letter_case(
    person: Person, anna: User, fields: dict[str, str], problem: str
) -> None:
    answer = await person.register(**{"username": "x", **fields})

    assert (answer.status, answer.body["type"]) == (409, problem)


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"username": "ab"}, "#/username"),
        ({"username": "a" * 51}, "#/username"),
        ({"username": "bo b"}, "#/username"),
        ({"username": "bob@home"}, "#/username"),
        ({"username": ".bob"}, "#/username"),
        ({"username": "böb"}, "#/username"),
        ({"email": "bob"}, "#/email"),
        ({"email": "bob@localhost"}, "#/email"),
        ({"email": "bob@example..org"}, "#/email"),
        ({"email": "bob@exam ple.org"}, "#/email"),
        ({"email": "b" * 250 + "@example.org"}, "#/email"),
        ({"password": "ninechars"}, "#/password"),
        ({"password": "Password123"}, "#/password"),
        ({"password": "1111111111"}, "#/password"),
        ({"password": "ababababab"}, "#/password"),
        ({"password": "x" * 257}, "#/password"),
        ({"username": "robertsmith", "password": "RobertSmith"}, "#/password"),
        ({"email": "robert@example.org", "password": "robert@example.org"}, "#/password"),
        ({"role": "admin"}, "#/role"),
    ],
)
async def test_what_cannot_be_an_account_is_refused_by_field(
    person: Person, fields: dict[str, str], pointer: str
) -> None:
    answer = await person.register(**{"username": "bob", "email": "bob@example.org", **fields})

    assert answer.status == 422
    assert [fault["pointer"] for fault in answer.body["errors"]] == [pointer]


async def test_all_faults_are_named_at_once(person: Person) -> None:
    answer = await person.register("b", email="b", password="b")

    pointers = {fault["pointer"] for fault in answer.body["errors"]}
    assert pointers == {"#/username", "#/email", "#/password"}


async def test_a_passphrase_of_plain_words_is_welcome(person: Person) -> None:
    answer = await person.register("bob", password="the sea has no memory of ships")

    assert answer.status == 201


async def test_a_password_composed_in_two_ways_is_one_password(person: Person) -> None:
    await person.register("bob", password="caf\u00e9 on the quay")
    answer = await person.login("bob", "cafe\u0301 on the quay")

    assert answer.status == 200


async def test_an_address_opens_three_accounts_an_hour(
    person: Person, age: Callable[[str, int], Awaitable[None]]
) -> None:
    opened = [(await person.register(f"user{n}")).status for n in range(3)]
    fourth = await person.register("user3")
    await age("attempts.attempted_at", HOUR)
    later = await person.register("user3")

    assert opened == [201, 201, 201]
    assert fourth.status == 429
    assert HOUR / 1000 - 60 < int(fourth.headers["Retry-After"]) <= HOUR / 1000
    assert later.status == 201


async def test_refused_names_do_not_use_up_the_three_but_cannot_be_asked_for_ever(
    person: Person, anna: User
) -> None:
    refused = [(await person.register("anna")).status for _ in range(20)]
    next_one = await person.register("anna")

    assert refused == [409] * 20
    assert next_one.status == 429
    assert int(next_one.headers["Retry-After"]) > 0


async def test_four_at_once_are_three_accounts(person: Person) -> None:
    async with asyncio.TaskGroup() as together:
        asked = [together.create_task(person.register(f"user{n}")) for n in range(4)]

    assert sorted(task.result().status for task in asked) == [201, 201, 201, 429]
