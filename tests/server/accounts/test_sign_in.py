"""Signing in with a password, and what stops those who guess."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from argon2 import PasswordHasher
from sqlalchemy import text

from server.accounts import User, create_user, set_disabled
from server.database import Database
from tests.server.accounts.people import Person

MINUTES = 60 * 1000


async def test_the_name_in_any_letter_case_and_the_address_both_open(
    person: Person, anna: User
) -> None:
    for name in ("Anna", "ANNA", "anna@example.org", "Anna@Example.org"):
        answer = await person.login(name)
        assert answer.status == 200
        assert set(answer.body) == {"access_token", "refresh_token", "token_type", "expires_in"}
        assert (answer.body["token_type"], answer.body["expires_in"]) == ("Bearer", 900)
        assert answer.headers["Cache-Control"] == "no-store"
        assert not answer.set_cookie


async def test_an_unknown_name_and_a_wrong_password_look_alike(person: Person, anna: User) -> None:
    unknown = await person.login("nobody", "wrong password")
    wrong = await person.login("anna", "wrong password")

    assert (unknown.status, wrong.status) == (401, 401)
    del unknown.body["request_id"], wrong.body["request_id"]
    assert unknown.body == wrong.body


async def test_an_account_without_a_password_opens_by_none(
    person: Person, database: Database
) -> None:
    await create_user(database, "robot", password=None)

    assert (await person.login("robot", "whatever it is")).status == 401
    assert (await person.login("robot", "")).status == 422


async def test_a_closed_account_says_so_only_to_its_owner(
    person: Person, anna: User, database: Database
) -> None:
    await database.write(set_disabled, anna.id, disabled=True)

    assert (await person.login("anna", "wrong password")).status == 401
    right = await person.login("anna")
    assert (right.status, right.body["type"]) == (403, "urn:houle:problem:account-disabled")


async def test_after_five_wrong_guesses_the_account_is_shut_even_to_other_addresses(
    person: Person, anna: User, age: Callable[[str, int], Awaitable[None]]
) -> None:
    for last in range(5):
        person.address = f"203.0.113.{last}"
        name = "anna" if last % 2 else "anna@example.org"
        assert (await person.login(name, "wrong password")).status == 401

    person.address = "198.51.100.1"
    shut = await person.login("anna")
    await age("attempts.attempted_at", 14 * MINUTES)
    still_shut = await person.login("anna")
    await age("attempts.attempted_at", 1 * MINUTES)
    later = await person.login("anna")

    assert (shut.status, still_shut.status, later.status) == (429, 429, 200)
    assert 14 * 60 < int(shut.headers["Retry-After"]) <= 15 * 60
    assert 0 < int(still_shut.headers["Retry-After"]) <= 60


async def test_an_address_may_guess_five_times_whatever_the_names(
    person: Person, anna: User
) -> None:
    for number in range(5):
        person.address = f"2001:db8:0:1:{number}::1"  # one customer's /64
        assert (await person.login(f"name{number}", "wrong password")).status == 401

    assert (await person.login("anna")).status == 429
    person.address = "2001:db8:0:2::1"
    assert (await person.login("anna")).status == 200


async def test_an_own_account_does_not_wash_an_address_clean(person: Person, anna: User) -> None:
    for number in range(4):
        await person.login(f"name{number}", "wrong password")
    assert (await person.login("anna")).status == 200
    assert (await person.login("name4", "wrong password")).status == 401

    assert (await person.login("anna")).status == 429


async def test_right_passwords_are_not_counted(person: Person, anna: User) -> None:
    statuses = [(await person.login("anna")).status for _ in range(7)]

    assert statuses == [200] * 7


async def test_many_guesses_at_once_are_counted_as_many(person: Person, anna: User) -> None:
    async with asyncio.TaskGroup() as together:
        guesses = [
            together.create_task(person.login("anna", f"wrong password {n}")) for n in range(8)
        ]

    assert sorted(guess.result().status for guess in guesses) == [401] * 5 + [429] * 3


async def test_where_attempts_cannot_be_counted_nobody_gets_in(
    person: Person, anna: User, database: Database
) -> None:
    await database.write(lambda connection: connection.execute(text("DROP TABLE attempts")))

    assert (await person.login("anna")).status == 500


async def test_a_hash_of_older_parameters_is_renewed_at_sign_in(
    person: Person, anna: User, database: Database
) -> None:
    weaker = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash("my old password")
    change = text("UPDATE users SET password_hash = :hash")
    await database.write(lambda connection: connection.execute(change, {"hash": weaker}))

    assert (await person.login("anna", "my old password")).status == 200
    query = text("SELECT password_hash FROM users")
    stored = await database.read(lambda connection: connection.execute(query).scalar_one())
    assert stored.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert (await person.login("anna", "my old password")).status == 200
