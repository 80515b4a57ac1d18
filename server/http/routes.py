"""The route table of a slice: what a route takes, gives and asks of the one who calls.

One declaration serves the request (parsing, access, rendering) and the OpenAPI document.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, TypeAlias, TypeVar

from aiohttp import web
from pydantic import BaseModel

from server.errors import NotFound
from server.http.access import Access, admit
from server.http.reading import read_body, read_query

__all__ = [
    "OPERATIONS",
    "Access",
    "Auth",
    "Binary",
    "Multipart",
    "Operation",
    "OptionalBody",
    "Routes",
    "rendered",
]

Handler: TypeAlias = Callable[..., Awaitable[BaseModel | web.StreamResponse]]
H = TypeVar("H", bound=Handler)


@dataclass(frozen=True, slots=True)
class Binary:
    """An answer or a body that is not JSON; the handler writes or reads it itself."""

    content_type: str = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Multipart:
    """A form with files; the handler reads it as a stream."""

    fields: type[BaseModel]
    files: tuple[str, ...] = ("file",)


@dataclass(frozen=True, slots=True)
class OptionalBody:
    """A JSON body that may be left out; the handler gets None then."""

    model: type[BaseModel]


Answer: TypeAlias = type[BaseModel] | Binary | Sequence[Binary] | None
Body: TypeAlias = type[BaseModel] | OptionalBody | Binary | Multipart | None


class Auth(Enum):
    """How a route may be opened, where that is more than an access token."""

    BEARER = "bearer"
    LINK = "link"  # a signed link's e, k, s in the query


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One route as declared."""

    method: str
    path: str
    tag: str
    handler: Handler
    answers: Mapping[int, Answer]
    access: Access
    query: type[BaseModel] | None
    body: Body
    summary: str
    description: str
    auth: tuple[Auth, ...]
    hidden: bool
    headers: Mapping[int, Mapping[str, str]] = field(default_factory=dict)

    @property
    def success(self) -> int:
        return next((status for status in self.answers if 200 <= status < 300), 200)


OPERATIONS: web.AppKey[list[Operation]] = web.AppKey("operations")


class Routes:
    """The routes of one slice; `setup(app)` adds them."""

    def __init__(self, tag: str) -> None:
        self.tag = tag
        self._operations: list[Operation] = []

    def get(self, path: str, **declared: Any) -> Callable[[H], H]:  # noqa: ANN401
        return self.route("GET", path, **declared)

    def post(self, path: str, **declared: Any) -> Callable[[H], H]:  # noqa: ANN401
        return self.route("POST", path, **declared)

    def put(self, path: str, **declared: Any) -> Callable[[H], H]:  # noqa: ANN401
        return self.route("PUT", path, **declared)

    def patch(self, path: str, **declared: Any) -> Callable[[H], H]:  # noqa: ANN401
        return self.route("PATCH", path, **declared)

    def delete(self, path: str, **declared: Any) -> Callable[[H], H]:  # noqa: ANN401
        return self.route("DELETE", path, **declared)

    def route(  # noqa: PLR0913 -- one keyword for each fact of a route
        self,
        method: str,
        path: str,
        *,
        answers: Mapping[int, Answer],
        summary: str,
        access: Access = Access.SIGNED_IN,
        query: type[BaseModel] | None = None,
        body: Body = None,
        auth: Sequence[Auth] = (Auth.BEARER,),
        headers: Mapping[int, Mapping[str, str]] | None = None,
        hidden: bool = False,
    ) -> Callable[[H], H]:
        """Declare a route; a declared query or JSON body arrives as keyword `query`, `body`.

        `headers` names the headers of an answer: {201: {"Location": "where it is"}}.
        A hidden route is left out of the OpenAPI document.
        """

        def declare(handler: H) -> H:
            self._operations.append(
                Operation(
                    method=method,
                    path=path,
                    tag=self.tag,
                    handler=handler,
                    answers=answers,
                    access=access,
                    query=query,
                    body=body,
                    summary=summary,
                    description=handler.__doc__ or "",
                    auth=tuple(auth),
                    hidden=hidden,
                    headers=headers or {},
                )
            )
            return handler

        return declare

    def setup(self, app: web.Application) -> None:
        """Add the routes; `/api/v1/x` also answers at `/v1/x`, and HEAD where GET does."""
        for operation in self._operations:
            serve = _served(operation)
            app.router.add_route(operation.method, operation.path, serve)
            if operation.method == "GET":
                app.router.add_route("HEAD", operation.path, serve)
            if operation.path.startswith("/api/v1/"):
                alias = operation.path.removeprefix("/api")
                app.router.add_route(operation.method, alias, serve)
                if operation.method == "GET":
                    app.router.add_route("HEAD", alias, serve)
            app[OPERATIONS].append(operation)


def _served(operation: Operation) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def serve(request: web.Request) -> web.StreamResponse:
        if not request.path.isprintable():  # aiohttp's Python parser lets any byte pass
            raise NotFound("There is nothing at this address.")
        await admit(request, operation.access)
        declared: dict[str, BaseModel | None] = {}
        if operation.query is not None:
            declared["query"] = read_query(request, operation.query)
        match operation.body:
            case type() as model:
                declared["body"] = await read_body(request, model)
            case OptionalBody(model):
                there = request.can_read_body
                declared["body"] = await read_body(request, model) if there else None
            case Binary() | Multipart() | None:
                pass  # the handler reads it as a stream
        answer = await operation.handler(request, **declared)
        if isinstance(answer, BaseModel):
            return rendered(answer, status=operation.success)
        return answer

    return serve


def rendered(model: BaseModel, *, status: int = 200) -> web.Response:
    """Return a model as a JSON answer."""
    body = model.model_dump_json(by_alias=True).encode()
    return web.Response(status=status, body=body, content_type="application/json")
