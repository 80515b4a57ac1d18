"""Passwords as argon2id hashes, made and compared in two threads with a short queue.

A hash takes 64 MiB and about 0.1 s on purpose. Without a bound, a few hundred sign-ins at once
would take the machine; with it, those who find the queue full are asked to come again.
"""

import asyncio
import base64
import secrets
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from argon2 import PasswordHasher, Type
from argon2.exceptions import VerificationError

from server.accounts.model import normal
from server.errors import Unavailable

THREADS = 2
QUEUE = 6  # waiting; the last of them waits about 0.4 s

# RFC 9106, section 4: the second recommended option, for machines whose memory is shared
_HASHER = PasswordHasher(
    time_cost=3, memory_cost=64 * 1024, parallelism=4, hash_len=32, salt_len=16, type=Type.ID
)

T = TypeVar("T")


class PasswordsBusy(Unavailable):
    """Too many passwords are being compared just now."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a password is right, and whether its hash was made with older parameters."""

    right: bool
    outdated: bool = False


def hash_password(password: str) -> str:
    """Return the hash to store; it takes 0.1 s of the calling thread."""
    return _HASHER.hash(normal(password))


class Passwords:
    """The one place of a server where passwords are hashed and compared."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="passwords")
        self._places = threading.BoundedSemaphore(THREADS + QUEUE)
        self.decoy = _decoy()

    async def hash(self, password: str) -> str:
        """Return the hash to store."""
        return await self._run(lambda: hash_password(password))

    async def verify(self, password_hash: str | None, password: str) -> Verdict:
        """Compare; without a hash it takes as long and is wrong, so that time names no users."""
        return await self._run(lambda: _verdict(password_hash or self.decoy, normal(password)))

    def close(self) -> None:
        """Let the running comparison end; nothing waits for the others."""
        self._threads.shutdown(cancel_futures=True)

    async def _run(self, work: Callable[[], T]) -> T:
        if not self._places.acquire(blocking=False):
            raise PasswordsBusy("Too many people sign in just now. Try again in a moment.")
        running = self._threads.submit(work)
        # not in a `finally`: a client that went away frees its place only when the thread is done
        running.add_done_callback(lambda _: self._places.release())
        return await asyncio.wrap_future(running)


def _verdict(password_hash: str, password: str) -> Verdict:
    try:
        _HASHER.verify(password_hash, password)
    except VerificationError:
        return Verdict(right=False)
    return Verdict(right=True, outdated=_HASHER.check_needs_rehash(password_hash))


def _decoy() -> str:
    """Return a hash of the present parameters that no password has, without hashing one."""
    salt, digest = (_b64(secrets.token_bytes(size)) for size in (16, 32))
    cost = f"m={_HASHER.memory_cost},t={_HASHER.time_cost},p={_HASHER.parallelism}"
    return f"$argon2id$v=19${cost}${salt}${digest}"


def _b64(raw: bytes) -> str:
    return base64.b64encode(raw).rstrip(b"=").decode()
