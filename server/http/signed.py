"""Small values in addresses: opaque to whoever carries them, and signed for one purpose."""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from hashlib import sha256
from typing import Any

from server.json import dumps

_SIGNATURE = 16  # bytes of the HMAC


def write(secret: bytes, purpose: str, value: object) -> str:
    text = dumps(value)
    signed = _signature(secret, purpose, text) + text
    return base64.urlsafe_b64encode(signed).rstrip(b"=").decode()


def read(secret: bytes, purpose: str, written: str) -> Any | None:  # noqa: ANN401 -- what was written
    """Return the value; None for what was not written with this secret for this purpose."""
    try:
        raw = base64.urlsafe_b64decode(written + "=" * (-len(written) % 4))
    except (binascii.Error, ValueError):
        return None
    signature, text = raw[:_SIGNATURE], raw[_SIGNATURE:]
    if not hmac.compare_digest(signature, _signature(secret, purpose, text)):
        return None
    return json.loads(text)


def _signature(secret: bytes, purpose: str, text: bytes) -> bytes:
    return hmac.digest(secret, purpose.encode() + b"\n" + text, sha256)[:_SIGNATURE]
