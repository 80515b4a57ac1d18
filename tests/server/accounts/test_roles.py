"""What each role may do: the matrix, and the doors it opens."""

from __future__ import annotations

import pytest
from aiohttp import web

from server.accounts import Permission, create_user, issue_access_token, may
from server.database import Database
from server.http.principal import Role
from tests.server.accounts.people import Client, Person

EVERYONE = set(Role)
MAKERS = EVERYONE - {Role.GUEST, Role.SUPPORT}
MODERATORS = {Role.MODERATOR, Role.ADMIN}


@pytest.mark.parametrize(
    ("permission", "roles"),
    [
        (Permission.READ_TRACKS, EVERYONE),
        (Permission.CREATE_TRACKS, MAKERS),
        (Permission.DELETE_OWN_TRACKS, MAKERS),
        (Permission.DELETE_ANY_TRACK, MODERATORS),
        (Permission.MODERATE_USERS, MODERATORS),
        (Permission.CHANGE_ROLES, {Role.ADMIN}),
        (Permission.CHANGE_SETTINGS, {Role.ADMIN}),
        (Permission.CHANGE_FLAGS, {Role.ADMIN}),
    ],
)
def test_a_permission_belongs_to_these_roles(permission: Permission, roles: set[Role]) -> None:
    assert {role for role in Role if may(role, permission)} == roles


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.GUEST])
async def test_a_role_opens_its_doors_and_no_others(
    client: Client, app: web.Application, database: Database, role: Role
) -> None:
    user = await create_user(database, "somebody", password=None, role=role)
    token = issue_access_token(app, user)
    person = Person(client)

    async def status(door: str) -> int:
        return (await person.get(f"/probe/{door}", token)).status

    assert await status("public") == 200
    assert await status("signed_in") == 200
    assert await status("creator") == (200 if role in MAKERS else 403)
    assert await status("moderator") == (200 if role in MODERATORS else 403)
    assert await status("admin") == (200 if role is Role.ADMIN else 403)
    assert await status("worker") == 401


async def test_a_guest_is_asked_to_sign_in(person: Person) -> None:
    for door in ("signed_in", "creator", "moderator", "admin"):
        answer = await person.get(f"/probe/{door}")
        assert answer.status == 401


async def test_the_role_is_that_of_the_database_not_that_of_the_token(
    client: Client, app: web.Application, database: Database
) -> None:
    user = await create_user(database, "somebody", password=None, role=Role.SUPPORT)
    boasting = type(user)(**{**{f: getattr(user, f) for f in user.__slots__}, "role": Role.ADMIN})

    answer = await Person(client).get("/probe/admin", issue_access_token(app, boasting))
    assert answer.status == 403
