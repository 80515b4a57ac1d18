"""Access tokens that people make for their scripts."""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp import web
from sqlalchemy import text

from server.accounts import (
    User,
    create_token,
    create_user,
    list_tokens,
    revoke_token,
    set_disabled,
)
from server.accounts.authentication import FRESH, Authentication
from server.accounts.routes import TOKENS
from server.database import Database
from server.errors import Invalid
from server.http.principal import AUTHENTICATE, Authenticate
from tests.server.accounts.people import Person

ME = "/api/v1/users/me"


@pytest.fixture
def now() -> list[float]:
    return [0.0]


@pytest.fixture
async def later(
    app: web.Application, aiohttp_client: Any, database: Database, now: list[float]
) -> Person:
    """Somebody whose server's clock stands at `now`."""
    clocked: Authenticate = Authentication(database, app[TOKENS], clock=lambda: now[0])
    app[AUTHENTICATE] = clocked
    return Person(await aiohttp_client(app))


async def test_a_token_speaks_for_its_user(person: Person, anna: User, database: Database) -> None:
    token = await database.write(create_token, anna.id, "backup")

    assert token.startswith("houle_")
    assert (await person.get(ME, token)).body["username"] == "Anna"


async def test_only_a_hash_is_stored(anna: User, database: Database) -> None:
    token = await database.write(create_token, anna.id, "backup")
    query = text("SELECT * FROM access_tokens")
    row = await database.read(lambda connection: connection.execute(query).one())

    assert token.removeprefix("houle_") not in str(row)


async def test_a_revoked_token_is_refused_within_ten_seconds(
    later: Person, now: list[float], anna: User, database: Database
) -> None:
    token = await database.write(create_token, anna.id, "backup")
    assert (await later.get(ME, token)).status == 200
    (known,) = await database.read(list_tokens, anna.id)
    assert await database.write(revoke_token, anna.id, known.id)
    now[0] = FRESH + 0.1

    assert (await later.get(ME, token)).status == 401
    assert not await database.read(list_tokens, anna.id)
    assert not await database.write(revoke_token, anna.id, known.id)


async def test_the_token_of_a_closed_account_is_refused(
    person: Person, anna: User, database: Database
) -> None:
    token = await database.write(create_token, anna.id, "backup")
    await database.write(set_disabled, anna.id, disabled=True)

    assert (await person.get(ME, token)).status == 401


async def test_nobody_revokes_the_token_of_another(anna: User, database: Database) -> None:
    other = await create_user(database, "other", password=None)
    await database.write(create_token, anna.id, "backup")
    (known,) = await database.read(list_tokens, anna.id)

    assert not await database.write(revoke_token, other.id, known.id)
    assert await database.read(list_tokens, anna.id) == [known]


async def test_a_label_stays_short(anna: User, database: Database) -> None:
    with pytest.raises(Invalid, match="100"):
        await database.write(create_token, anna.id, "x" * 101)
