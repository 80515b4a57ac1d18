"""Secrets at rest: AES-256-GCM under keys derived from the one secret of the settings."""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE = 12  # bytes, NIST SP 800-38D, 8.2.2; random, and few are sealed under one key


class SealBroken(Exception):
    """What was sealed was changed, belongs to another name, or the secret key is another one."""


def derived_key(secret_key: bytes, purpose: str) -> bytes:
    """Return 256 bits for one purpose, so that no key serves two (RFC 5869)."""
    return HKDF(SHA256(), 32, salt=None, info=b"houle:" + purpose.encode()).derive(secret_key)


class Sealer:
    """Seals for one purpose; the name that a secret is stored under is sealed with it."""

    def __init__(self, secret_key: bytes, purpose: str) -> None:
        self._cipher = AESGCM(derived_key(secret_key, purpose))

    def seal(self, plain: bytes, name: str) -> bytes:
        nonce = secrets.token_bytes(_NONCE)
        return nonce + self._cipher.encrypt(nonce, plain, name.encode())

    def open(self, sealed: bytes, name: str) -> bytes:
        """Return what was sealed under this name, or raise SealBroken."""
        nonce, rest = sealed[:_NONCE], sealed[_NONCE:]
        try:
            return self._cipher.decrypt(nonce, rest, name.encode())
        except InvalidTag:
            raise SealBroken(name) from None
