"""The cookie that keeps a browser signed in: out of reach of scripts, and of other sites."""

from aiohttp import web

from server.accounts.sign_in import Session
from server.http.client import is_https
from server.settings import SETTINGS

NAME = "houle_refresh"
PATH = "/api/v1/auth"  # sent nowhere else


def read(request: web.Request) -> str | None:
    """Return the refresh token of the cookie."""
    return request.cookies.get(NAME)


def give(request: web.Request, answer: web.Response, session: Session) -> None:
    """Put the refresh token into the cookie for as long as it lasts."""
    answer.set_cookie(
        NAME,
        session.refresh_token,
        path=PATH,
        max_age=session.lasts_ms // 1000,
        secure=_secure(request),
        httponly=True,
        samesite="Strict",
    )


def remove(request: web.Request, answer: web.Response) -> None:
    """Take the cookie away."""
    answer.del_cookie(NAME, path=PATH, secure=_secure(request), httponly=True, samesite="Strict")


def _secure(request: web.Request) -> bool:
    public_url = request.app[SETTINGS].public_url or ""
    return is_https(request) or public_url.startswith("https://")
