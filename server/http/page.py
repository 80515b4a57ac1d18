"""The built page: hashed assets for ever, `index.html` afresh, and for every address of its own."""

from __future__ import annotations

from pathlib import Path

from aiohttp import web

PAGE_FOLDER = Path(__file__).parent.parent / "page"
PAGE = web.AppKey("page", Path)

IMMUTABLE = "public, max-age=31536000, immutable"
MISSING = "The page is not built. Run `make setup`, or use the API: see /api/docs.\n"

_NOT_PAGES = (
    "/api/", "/v1/", "/hls/", "/dash/", "/live/", "/whip/", "/whep/", "/rest/", "/internal/",
    "/.well-known/", "/assets/",
)  # fmt: skip


def answer(request: web.Request) -> web.StreamResponse | None:
    """Return the page for an address that no route knows; None where that would be a lie."""
    if request.method not in {"GET", "HEAD"} or request.path == "/api":
        return None
    if not request.path.isprintable():  # a null byte, or bytes that are no UTF-8
        return None
    folder = request.config_dict[PAGE]
    name = request.path.lstrip("/")
    if name and (found := _file(folder, name)) is not None:
        hashed = request.path.startswith("/assets/")
        return _sent(found, IMMUTABLE if hashed else "public, max-age=3600")
    if request.path.startswith(_NOT_PAGES) or "." in name.rpartition("/")[2]:
        return None
    index = folder / "index.html"
    if not index.is_file():
        return web.Response(status=503, text=MISSING)
    return _sent(index, "no-cache")


def _file(folder: Path, name: str) -> Path | None:
    """Return a file of the page; nothing outside its folder, and no hidden one."""
    parts = name.split("/")
    if any(part.startswith(".") or not part for part in parts) or parts[-1] == "index.html":
        return None
    path = folder.joinpath(*parts)
    try:
        return path if path.is_file() else None
    except OSError:  # ENAMETOOLONG: is_file() answers False for some errors only
        return None


def _sent(path: Path, caching: str) -> web.FileResponse:
    return web.FileResponse(path, headers={"Cache-Control": caching})
