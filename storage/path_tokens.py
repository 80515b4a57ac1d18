"""Tokens that open a folder of addresses to whoever holds them, until they expire.

Players, `<img>`, EventSource and downloads cannot send headers, so the right to a private track
travels in the query: `e` expiry in Unix seconds, `k` number of the key, `s` signature. The folder
itself is not in the token: it is found again as one of the folders above the requested path.
"""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping
from typing import Final

KEY_NUMBER: Final = "1"
ROUNDING: Final = 300  # seconds; tokens of one five minutes are equal, and caches can share them
DEEPEST: Final = 16  # folders; each costs one HMAC


class PathTokens:
    """Signs and checks; two objects made of the same secret agree."""

    def __init__(self, secret: bytes) -> None:
        # Derived, so that no other use of the secret can ever produce a signature for a path.
        self._key = hmac.digest(secret, b"houle path tokens", hashlib.sha256)

    def sign(self, prefix: str, *, expires: int) -> str:
        """Return the query that opens every path below `prefix`, a little longer than asked."""
        if not _is_folder(prefix):
            raise ValueError(f"{prefix!r} is no folder: it begins and ends with a slash")
        expiry = str(-(-expires // ROUNDING) * ROUNDING)
        return f"e={expiry}&k={KEY_NUMBER}&s={self._signature(prefix, expiry)}"

    def verify(self, path: str, query: Mapping[str, str], *, now: int) -> bool:
        """Tell whether the query opens this path, given as it reads after percent-decoding."""
        expiry = query.get("e", "")
        if not (expiry.isascii() and expiry.isdecimal() and len(expiry) <= 12):
            return False
        if now >= int(expiry) or query.get("k") != KEY_NUMBER:
            return False
        given = query.get("s", "").encode(errors="replace")
        # Every folder is tried, so that the time taken tells nothing about the one that fits.
        fits = [
            hmac.compare_digest(self._signature(folder, expiry).encode(), given)
            for folder in _folders_above(path)
        ]
        return any(fits)

    def _signature(self, prefix: str, expiry: str) -> str:
        digest = hmac.digest(self._key, f"{expiry}\n{prefix}".encode(), hashlib.sha256)
        return urlsafe_b64encode(digest).rstrip(b"=").decode()


def _is_folder(prefix: str) -> bool:
    return prefix != "/" and prefix.endswith("/") and prefix in _folders_above(prefix + "x")


def _folders_above(path: str) -> Iterator[str]:
    """Yield `/a/`, `/a/b/` for `/a/b/c`; nothing for a path that could mean another one."""
    root, *folders, name = path.split("/") if "/" in path else (path, "")
    unclear = root or "" in folders or not {".", ".."}.isdisjoint((*folders, name))
    if unclear or len(folders) > DEEPEST or not path.isprintable():
        return
    for depth in range(1, len(folders) + 1):
        yield "/" + "/".join(folders[:depth]) + "/"
