"""Signed addresses: a token in the query opens a folder and all that lies below it.

Players, `<img>`, EventSource and downloads cannot send headers. A token names no path: it is
checked against each folder above the path that is asked for, so all addresses below it share it.
"""

import base64
import hmac
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Final
from urllib.parse import urlencode

ROUNDING: Final = 300  # seconds; close expiries are made equal, so that addresses are shared
_KEY_ID: Final = "1"


class PathTokens:
    """Signs folders and verifies paths with one secret."""

    def __init__(self, secret: bytes) -> None:
        self._key = hmac.digest(secret, b"path tokens", sha256)

    def sign(self, prefix: str, *, expires: int) -> str:
        """Return the query `e=…&k=…&s=…` for a folder such as `/hls/7/`; expires: Unix time."""
        if not (prefix.startswith("/") and prefix.endswith("/")):
            raise ValueError(f"not a folder: {prefix!r}")
        rounded = -(-expires // ROUNDING) * ROUNDING
        signature = self._signature(prefix, str(rounded))
        return urlencode({"e": rounded, "k": _KEY_ID, "s": signature})

    def verify(self, path: str, query: Mapping[str, str], *, now: int) -> bool:
        """Tell whether the query holds an unexpired token for a folder above the path."""
        expires, given = query.get("e", ""), query.get("s", "")
        if query.get("k") != _KEY_ID or not (expires.isascii() and expires.isdigit()):
            return False
        if len(expires) > 12 or int(expires) < now:
            return False
        matches = [
            hmac.compare_digest(self._signature(folder, expires).encode(), given.encode())
            for folder in _folders(path)
        ]
        return any(matches)

    def _signature(self, prefix: str, expires: str) -> str:
        message = f"{_KEY_ID}\n{prefix}\n{expires}".encode()
        digest = hmac.digest(self._key, message, sha256)
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _folders(path: str) -> Iterator[str]:
    """Yield every folder above a path but the root: a token for `/` would open everything."""
    parts = path.split("/")[1:-1]
    for depth in range(1, len(parts) + 1):
        yield "/" + "/".join(parts[:depth]) + "/"
