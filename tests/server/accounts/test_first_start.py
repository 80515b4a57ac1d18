"""The administrator that the first start makes."""

from __future__ import annotations

from pathlib import Path

from server.accounts import create_user, ensure_admin
from server.database import Database
from server.http.principal import Role
from server.settings import Settings
from tests.server.accounts.conftest import made_settings
from tests.server.accounts.people import Person


async def test_a_password_is_made_up_once_and_opens(
    person: Person, settings: Settings, database: Database
) -> None:
    password = await ensure_admin(settings, database)
    again = await ensure_admin(settings, database)

    assert password is not None
    assert len(password) >= 20
    assert again is None
    signed_in = await person.login("admin", password)
    me = await person.get("/api/v1/users/me", signed_in.body["access_token"])
    assert (me.body["username"], me.body["role"]) == ("admin", "admin")
    assert me.body["email"] is None


async def test_the_password_of_the_settings_is_taken_and_not_told(
    person: Person, database: Database, tmp_path: Path
) -> None:
    settings = made_settings(tmp_path, admin_password="a swell of the sea 7")

    assert await ensure_admin(settings, database) is None
    assert (await person.login("admin", "a swell of the sea 7")).status == 200


async def test_a_later_setting_does_not_change_the_password(
    person: Person, settings: Settings, database: Database, tmp_path: Path
) -> None:
    password = await ensure_admin(settings, database)
    assert password is not None
    await ensure_admin(made_settings(tmp_path, admin_password="another password"), database)

    assert (await person.login("admin", "another password")).status == 401
    assert (await person.login("admin", password)).status == 200


async def test_where_somebody_administers_already_nobody_is_added(
    person: Person, settings: Settings, database: Database
) -> None:
    await create_user(database, "boss", password=None, role=Role.ADMIN)

    assert await ensure_admin(settings, database) is None
    assert (await person.register("admin")).status == 201
