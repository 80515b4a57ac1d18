"""Whether a request that carries our cookie was caused by our own page."""

from aiohttp import web

from server.accounts.model import CrossSite
from server.http.client import is_https, origin


def require_same_origin(request: web.Request) -> None:
    """Refuse unless the browser says that our page sent this; a script cannot forge either header.

    Sec-Fetch-Site decides where it is sent (https and localhost), Origin elsewhere.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site != "same-origin" and (site is not None or not _own_origin(request)):
        raise CrossSite("A cookie is accepted from this site's own pages only.")


def refuse_cross_site(request: web.Request) -> None:
    """Refuse where the browser says that another site sent this; clients that say nothing pass."""
    if "Sec-Fetch-Site" in request.headers or "Origin" in request.headers:
        require_same_origin(request)


def _own_origin(request: web.Request) -> bool:
    here = f"{'https' if is_https(request) else 'http'}://{request.host}"
    return request.headers.get("Origin") in {here, origin(request)}
