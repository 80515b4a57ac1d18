"""How accounts come to be: by registration, from the shell, and the first administrator."""

import asyncio
import secrets

import structlog
from sqlalchemy import Connection

from server.accounts import limits, store
from server.accounts.limits import Admission, address_subject, admit, take_back
from server.accounts.model import (
    EmailTaken,
    User,
    UsernameTaken,
    UserNotFound,
    check_new_account,
    check_new_password,
    weakness_of,
)
from server.accounts.passwords import Passwords, PasswordsBusy, hash_password
from server.accounts.sessions import end_sessions
from server.database import Database
from server.http.principal import Role
from server.ids import new_id
from server.settings import Settings

ADMIN = "admin"

_LEGIBLE = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that looks like something else

log = structlog.get_logger()


async def create_user(
    database: Database,
    username: str,
    *,
    password: str | None,
    role: Role = Role.USER,
    email: str | None = None,
) -> User:
    """Add an account; without a password only access tokens open it."""
    check_new_account(username, email, password)
    hashed = await asyncio.to_thread(hash_password, password) if password is not None else None
    return await database.write(
        store.insert_user, new_id(), username=username, email=email, password_hash=hashed, role=role
    )


async def set_password(database: Database, username: str, password: str) -> int:
    """Give an account a new password and sign it out everywhere; return how often it was in."""
    user = await user_named(database, username)
    check_new_password(password, user.username, user.email)
    hashed = await asyncio.to_thread(hash_password, password)

    def change(connection: Connection) -> int:
        store.set_password_hash(connection, user.id, hashed)
        return end_sessions(connection, user.id)

    return await database.write(change)


async def user_named(database: Database, name: str) -> User:
    """Return the user with this name or e-mail address, or raise UserNotFound."""
    user = await database.point(store.find_by_name, name)
    if user is None:
        raise UserNotFound(f"There is no user {name}.")
    return user


async def ensure_admin(settings: Settings, database: Database) -> str | None:
    """Make the first administrator; return the password that was made up, to be shown once."""
    if await database.point(_administered):
        return None
    given = settings.admin_password
    if given and weakness_of(given, ADMIN, None):
        log.warning("HOULE_ADMIN_PASSWORD is weak; change it with `houle user password admin`")
    password = given or _made_up()
    hashed = await asyncio.to_thread(hash_password, password)
    await database.write(
        store.insert_user,
        new_id(),
        username=ADMIN,
        email=None,
        password_hash=hashed,
        role=Role.ADMIN,
    )
    return None if given else password


class Registration:
    """Accounts that people open for themselves."""

    def __init__(self, database: Database, passwords: Passwords) -> None:
        self._database = database
        self._passwords = passwords

    async def register(self, username: str, email: str, password: str, *, address: str) -> User:
        """Add an account for someone at this IP address."""
        check_new_account(username, email, password)
        subject = address_subject(address)
        admission = await self._database.write(_admitted, username, email, subject)
        if not isinstance(admission, Admission):
            raise admission
        attempts = admission.or_raise()
        try:
            hashed = await self._passwords.hash(password)
        except PasswordsBusy:
            await self._database.write(take_back, attempts)
            raise
        return await self._database.write(
            store.insert_user,
            new_id(),
            username=username,
            email=email,
            password_hash=hashed,
            role=Role.USER,
        )


def _admitted(
    connection: Connection, username: str, email: str, subject: str
) -> Admission | UsernameTaken | EmailTaken:
    """Count the question, answer it, and only then count the registration.

    A refusal is returned, since raising it here would undo the counting.
    """
    asked = admit(connection, limits.ASK_NAME, [subject])
    if asked.retry_after:
        return asked
    conflict = store.taken(connection, username, email)
    return conflict or admit(connection, limits.REGISTER, [subject])


def _administered(connection: Connection) -> bool:
    return store.has_admin(connection) or store.find_by_name(connection, ADMIN) is not None


def _made_up() -> str:
    groups = ("".join(secrets.choice(_LEGIBLE) for _ in range(5)) for _ in range(4))
    return "-".join(groups)  # 99 bits
