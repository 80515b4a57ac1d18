"""What browsers are told about every answer: mission F7, in one place."""

from aiohttp import web

from server.http.client import is_https
from server.settings import SETTINGS

HSTS = "max-age=31536000; includeSubDomains; preload"

# media and workers run from blob:, as Media Source Extensions and hls.js need; covers may be data:
PAGE_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        "connect-src 'self'",
        "font-src 'self'",
        "worker-src 'self' blob:",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
DATA_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"

_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(self), microphone=(self), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


async def add(request: web.Request, response: web.StreamResponse) -> None:
    """Add what the answer does not say itself; runs just before its headers are sent."""
    headers = response.headers
    headers["Server"] = "Houle"  # which version of what is nobody's business
    for name, value in _ALWAYS.items():
        headers.setdefault(name, value)
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    if response.status != 304:  # its headers replace those of what the browser kept
        page = response.content_type == "text/html"
        headers.setdefault("Content-Security-Policy", PAGE_POLICY if page else DATA_POLICY)
    if is_https(request) or (request.config_dict[SETTINGS].public_url or "").startswith("https://"):
        headers.setdefault("Strict-Transport-Security", HSTS)
    if request.path.startswith(("/api/", "/v1/")):
        headers.setdefault("Cache-Control", "private, no-cache")
