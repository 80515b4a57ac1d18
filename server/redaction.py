"""What never reaches a log: credentials, signed links, grants, e-mail addresses.

Field names decide first; then every text is searched, since a traceback or a path may carry
what a field would not.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

HIDDEN = "[redacted]"

_SECRET_NAMES = frozenset(
    {
        *("access_token", "refresh_token", "token", "secret", "secret_key", "api_key", "csrf"),
        *("authorization", "proxy_authorization", "cookie", "set_cookie"),
        *("password", "password_hash", "email", "e_mail"),
        *("k", "s", "sig", "signature", "x_amz_signature"),  # of signed links
    }
)
_SIGNED = re.compile(
    r"(?i)([?&;\s](?:k|s|sig|signature|token|access_token|refresh_token|x-amz-signature)=)[^&\s\"']+"
)
_GRANT = re.compile(r"(?i)(/internal/objects/)[^/\s?\"']+")
_BEARER = re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}")
_COOKIE = re.compile(r"(?i)\b((?:set-)?cookie['\"]?\s*[:=]\s*['\"]?)[^'\"\r\n]+")
_JWT = re.compile(r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*")
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")


def redact(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields with their secrets hidden, at any depth."""
    return {name: HIDDEN if _is_secret(name) else _cleaned(value) for name, value in fields.items()}


def redact_text(text: str) -> str:
    """Return the text with its secrets hidden."""
    if "=" in text:
        text = _SIGNED.sub(rf"\1{HIDDEN}", text)
    if "/objects/" in text:
        text = _GRANT.sub(rf"\1{HIDDEN}", text)
    if "@" in text:
        text = _EMAIL.sub("[e-mail]", text)
    if " " in text:
        text = _COOKIE.sub(rf"\1{HIDDEN}", _BEARER.sub(rf"\1 {HIDDEN}", text))
    return _JWT.sub(HIDDEN, text) if "eyJ" in text else text


def _is_secret(name: str) -> bool:
    return name.lower().replace("-", "_") in _SECRET_NAMES


def _cleaned(value: Any) -> Any:  # noqa: ANN401 -- whatever a log line carries
    if isinstance(value, str):
        return redact_text(value)
    if isinstance(value, Mapping):
        return redact(value)
    if isinstance(value, list | tuple):
        return [_cleaned(item) for item in value]
    return value
