"""The keys behind the tokens: made once, sealed at rest, shared by servers."""

from __future__ import annotations

import pytest
from aiohttp import web
from sqlalchemy import text

from server.accounts import User, issue_access_token
from server.accounts.sealing import SealBroken, Sealer
from server.accounts.signing_keys import PATIENCE, SigningKeys
from server.database import Database
from server.settings import Settings
from tests.server.accounts.conftest import Serve
from tests.server.accounts.people import Client, Person

SECRET = b"0123456789abcdef0123456789abcdef"
ME = "/api/v1/users/me"


async def test_the_key_survives_a_restart(serve: Serve, anna: User) -> None:
    first = await serve()
    token = issue_access_token(first.app, anna)
    await first.close()
    second = await serve()

    assert (await Person(second).get(ME, token)).status == 200


@pytest.mark.engines("sqlite")  # its files are read
async def test_the_private_key_is_nowhere_in_the_files_of_the_database(
    client: Client, settings: Settings, database: Database
) -> None:
    query = text("SELECT kid, private_key FROM signing_keys")
    row = await database.read(lambda connection: connection.execute(query).one())
    pem = Sealer(SECRET, "signing keys").open(row.private_key, row.kid)
    files = b"".join(path.read_bytes() for path in settings.data_dir.glob("houle.db*"))

    assert pem.startswith(b"-----BEGIN PRIVATE KEY-----")
    assert row.private_key in files
    assert b"PRIVATE KEY" not in files
    assert pem.splitlines()[5] not in files


async def test_with_another_secret_key_the_server_starts_and_makes_a_new_key(
    serve: Serve, anna: User
) -> None:
    first = await serve()
    token = issue_access_token(first.app, anna)
    second = await serve(secret_key="f" * 32)
    person = Person(second)

    assert (await person.get(ME, token)).status == 401
    assert (await person.get(ME, issue_access_token(second.app, anna))).status == 200
    assert len((await person.get("/.well-known/jwks.json")).body["keys"]) == 1


async def test_a_key_that_another_server_made_is_found_but_not_sought_at_every_request(
    database: Database, client: Client, app: web.Application, anna: User
) -> None:
    now = [0.0]
    ours = SigningKeys(database, SECRET, clock=lambda: now[0])
    await ours.open()
    await database.write(lambda connection: connection.execute(text("DELETE FROM signing_keys")))
    theirs = SigningKeys(database, SECRET)
    await theirs.open()
    kid = theirs.current.thumbprint()

    assert await ours.named(kid) is None
    now[0] = PATIENCE
    found = await ours.named(kid)
    assert found is not None
    assert found.thumbprint() == kid
    assert ours.current.thumbprint() == kid


def test_what_is_sealed_opens_under_its_name_only() -> None:
    sealed = Sealer(SECRET, "a").seal(b"the sea", "kid-1")

    assert Sealer(SECRET, "a").open(sealed, "kid-1") == b"the sea"
    for sealer, name in (
        (Sealer(SECRET, "a"), "kid-2"),
        (Sealer(SECRET, "b"), "kid-1"),
        (Sealer(b"f" * 32, "a"), "kid-1"),
    ):
        with pytest.raises(SealBroken):
            sealer.open(sealed, name)


@pytest.mark.parametrize("at", [0, 12, -1])
def test_what_was_changed_does_not_open(at: int) -> None:
    sealed = bytearray(Sealer(SECRET, "a").seal(b"the sea", "kid-1"))
    sealed[at] ^= 1

    with pytest.raises(SealBroken):
        Sealer(SECRET, "a").open(bytes(sealed), "kid-1")


def test_the_same_is_sealed_differently_each_time() -> None:
    sealer = Sealer(SECRET, "a")

    assert sealer.seal(b"the sea", "kid-1") != sealer.seal(b"the sea", "kid-1")
