"""`/api/openapi.json`, and `/api/docs`, which shows it by a script of our own."""

from __future__ import annotations

from pathlib import Path

from aiohttp import web

from server.http.openapi import document
from server.http.routes import OPERATIONS, Access, Binary, Routes
from server.json import dumps
from server.version import houle_version

_FOLDER = Path(__file__).parent / "docs_page"
_FILES = {"": "index.html", "/docs.js": "docs.js", "/docs.css": "docs.css"}

routes = Routes("docs")


class Document:
    """The OpenAPI document, made when it is first asked for."""

    def __init__(self) -> None:
        self._made: bytes | None = None

    def text(self, app: web.Application) -> bytes:
        if self._made is None:
            operations = app[OPERATIONS]
            self._made = dumps(document(operations, version=houle_version()))
        return self._made


DOCUMENT = web.AppKey("document", Document)


def setup(app: web.Application) -> None:
    """Add the document and its page."""
    app[DOCUMENT] = Document()
    routes.setup(app)


@routes.get(
    "/api/openapi.json",
    answers={200: Binary("application/json")},
    access=Access.OPEN,
    summary="This document",
)
async def openapi(request: web.Request) -> web.Response:
    text = request.app[DOCUMENT].text(request.app)
    return web.Response(body=text, content_type="application/json")


@routes.get(
    "/api/docs{file:|/docs\\.js|/docs\\.css}",
    answers={200: Binary("text/html")},
    access=Access.OPEN,
    summary="The document as a page",
    hidden=True,
)
async def docs(request: web.Request) -> web.FileResponse:
    name = _FILES[request.match_info["file"]]
    return web.FileResponse(_FOLDER / name, headers={"Cache-Control": "public, max-age=3600"})
