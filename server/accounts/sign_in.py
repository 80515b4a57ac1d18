"""Signing in, staying signed in, and signing out."""

from dataclasses import dataclass

import structlog
from sqlalchemy import Connection

from server.accounts import limits, store
from server.accounts.limits import address_subject, admit, forget, name_subject, take_back
from server.accounts.model import (
    AccountDisabled,
    InvalidToken,
    User,
    WrongCredentials,
    email_key,
)
from server.accounts.passwords import Passwords, PasswordsBusy, Verdict
from server.accounts.sealing import derived_key
from server.accounts.sessions import (
    LIFETIME,
    LIFETIME_REMEMBERED,
    Outcome,
    RefreshToken,
    end_session,
    end_session_of,
    open_session,
    rotate,
)
from server.accounts.tokens import Tokens
from server.database import Database
from server.ids import new_id

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Session:
    """What a signed-in client holds."""

    access_token: str
    refresh_token: str
    lasts_ms: int  # until the refresh token can no longer be renewed


class SignIn:
    """The way in and out."""

    def __init__(
        self, database: Database, passwords: Passwords, tokens: Tokens, secret_key: bytes
    ) -> None:
        self._database = database
        self._passwords = passwords
        self._tokens = tokens
        self._successor_key = derived_key(secret_key, "refresh tokens")

    async def with_password(
        self, name: str, password: str, *, address: str, remember: bool
    ) -> Session:
        """Open a session for the one who knows the password of this name or e-mail address."""
        found = await self._database.point(store.find_password, name)
        user, password_hash = found or (None, None)
        account = f"user:{user.id}" if user else name_subject(email_key(name))
        subjects = [account, address_subject(address)]
        attempts = (await self._database.write(admit, limits.LOGIN, subjects)).or_raise()
        verdict = await self._compared(password_hash, password, attempts)
        if user is None or not verdict.right:
            raise WrongCredentials("The user name or the password is wrong.")
        if user.disabled:
            raise AccountDisabled("This account was closed.")
        renewed = await self._rehashed(password) if verdict.outdated else None
        token = RefreshToken.fresh(new_id())
        lifetime = LIFETIME_REMEMBERED if remember else LIFETIME

        def succeed(connection: Connection) -> None:
            forget(connection, limits.LOGIN, account)
            take_back(connection, attempts)  # what the address guessed elsewhere stays counted
            if renewed is not None:
                store.set_password_hash(connection, user.id, renewed)
            open_session(connection, token, user.id, lifetime=lifetime)

        await self._database.write(succeed)
        return self._session(user, token, lifetime)

    async def renew(self, text: str) -> Session:
        """Exchange a refresh token for the next one and a new access token."""
        shown = RefreshToken.parse(text)
        successor = shown.successor(self._successor_key)
        rotation = await self._database.write(rotate, shown, successor)
        if rotation.outcome is Outcome.REUSED:
            log.warning("spent refresh token shown, session ended", session_id=shown.session_id)
        if rotation.user is None:
            raise InvalidToken("The refresh token is not valid, or no longer. Sign in again.")
        return self._session(rotation.user, successor, rotation.lasts_ms)

    async def out(self, text: str) -> None:
        """End the session of a refresh token; one that has ended already is as good."""
        await self._database.write(end_session_of, RefreshToken.parse(text))

    async def out_by_access_token(self, text: str) -> None:
        """End the session that an access token came from, if it came from one."""
        claims = await self._tokens.read(text)
        if claims.session_id is not None:
            await self._database.write(end_session, claims.session_id)

    async def _compared(
        self, password_hash: str | None, password: str, attempts: tuple[str, ...]
    ) -> Verdict:
        try:
            return await self._passwords.verify(password_hash, password)
        except PasswordsBusy:
            await self._database.write(take_back, attempts)  # nothing was tried
            raise

    async def _rehashed(self, password: str) -> str | None:
        try:
            return await self._passwords.hash(password)
        except PasswordsBusy:
            return None  # the next sign-in will do

    def _session(self, user: User, token: RefreshToken, lasts_ms: int) -> Session:
        access_token = self._tokens.issue(user, token.session_id)
        return Session(access_token, str(token), lasts_ms)
