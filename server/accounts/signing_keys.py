"""The RSA keys that sign access tokens: made on first start, sealed in the database, found by kid.

Several servers may make a first key at the same moment: both stay, each server signs with the
newest it knows, and a kid that it does not know makes it look into the table again.
"""

import asyncio
import time
from collections.abc import Callable, Sequence

import structlog
from joserfc.jwk import RSAKey
from sqlalchemy import Connection, insert, select

from server.accounts.sealing import SealBroken, Sealer
from server.accounts.store import SIGNING_KEYS
from server.database import Database, now_ms

BITS = 2048  # the least that RFC 7518, 3.3 allows; the tokens live for 15 minutes
PATIENCE = 10.0  # seconds between two looks for an unknown kid, which anyone may send

log = structlog.get_logger()


class SigningKeys:
    """A closed map from kid to key."""

    def __init__(
        self,
        database: Database,
        secret_key: bytes,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._sealer = Sealer(secret_key, "signing keys")
        self._clock = clock
        self._keys: dict[str, RSAKey] = {}  # newest last
        self._read_at = float("-inf")

    async def open(self) -> None:
        """Read the keys; make one where there is none that this secret opens."""
        await self._read()
        if not self._keys:
            key = await asyncio.to_thread(_made)
            sealed = self._sealer.seal(key.as_pem(private=True), key.thumbprint())
            await self._database.write(_insert, key.thumbprint(), sealed)
            await self._read()

    @property
    def current(self) -> RSAKey:
        """The key to sign with."""
        return self._keys[next(reversed(self._keys))]

    async def named(self, kid: str) -> RSAKey | None:
        """Return the key of that name, which another server may have made since."""
        if kid not in self._keys and self._clock() - self._read_at >= PATIENCE:
            await self._read()
        return self._keys.get(kid)

    def public(self) -> Sequence[RSAKey]:
        """Return every key whose tokens are accepted, newest first."""
        return list(reversed(self._keys.values()))

    async def _read(self) -> None:
        self._read_at = self._clock()
        for kid, sealed in await self._database.point(_rows):
            if kid not in self._keys:
                self._add(kid, sealed)

    def _add(self, kid: str, sealed: bytes) -> None:
        try:
            pem = self._sealer.open(sealed, kid)
        except SealBroken:
            log.warning("signing key is of another secret key, and no longer used", kid=kid)
            return
        self._keys[kid] = RSAKey.import_key(pem, {"kid": kid, "use": "sig", "alg": "RS256"})


def _made() -> RSAKey:
    return RSAKey.generate_key(BITS)


def _rows(connection: Connection) -> list[tuple[str, bytes]]:
    oldest_first = select(SIGNING_KEYS.c.kid, SIGNING_KEYS.c.private_key).order_by(
        SIGNING_KEYS.c.created_at, SIGNING_KEYS.c.kid
    )
    return [(row.kid, row.private_key) for row in connection.execute(oldest_first)]


def _insert(connection: Connection, kid: str, sealed: bytes) -> None:
    values = {"kid": kid, "private_key": sealed, "created_at": now_ms()}
    connection.execute(insert(SIGNING_KEYS).values(**values))
