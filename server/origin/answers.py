"""Answers with objects: whole, in part, or the word that nothing changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from aiohttp import web

from server.errors import PreconditionFailed
from server.http.partial_content import Read, content_range, out_of_range, stream
from server.http.ranges import Span
from server.origin.conditions import Verdict, decide


class ObjectChanged(PreconditionFailed):
    """The object is not the one that If-Match names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """What is said of an object, whichever part of it is sent."""

    etag: str  # without quotes; always strong
    size: int
    content_type: str
    caching: str
    more: Mapping[str, str] = field(default_factory=dict)

    def headers(self) -> dict[str, str]:
        return {
            "Content-Type": self.content_type,
            "ETag": f'"{self.etag}"',
            "Cache-Control": self.caching,
            "Accept-Ranges": "bytes",
            **self.more,
        }


def send(request: web.Request, body: bytes, sending: Sending) -> web.Response:
    """Answer with bytes in memory."""
    decision = decide(request, sending.etag, len(body))
    if isinstance(decision, Span):
        part = body[decision.start : decision.stop]
        return web.Response(status=206, body=part, headers=_part_headers(sending, decision))
    if decision is Verdict.WHOLE:
        return web.Response(body=body, headers=sending.headers())
    return _without_body(request, sending, decision)


async def send_stream(request: web.Request, sending: Sending, read: Read) -> web.StreamResponse:
    """Answer with an object that is read while it is sent, as fast as the client takes it."""
    decision = decide(request, sending.etag, sending.size)
    if isinstance(decision, Span):
        span, status, headers = decision, 206, _part_headers(sending, decision)
    elif decision is Verdict.WHOLE:
        span, status, headers = Span(0, sending.size), 200, sending.headers()
    else:
        return _without_body(request, sending, decision)
    answer = web.StreamResponse(status=status, headers=headers)
    return await stream(request, answer, span, read)


def _part_headers(sending: Sending, span: Span) -> dict[str, str]:
    return {**sending.headers(), "Content-Range": content_range(span, sending.size)}


def _without_body(request: web.Request, sending: Sending, verdict: Verdict) -> web.Response:
    if verdict is Verdict.NOT_MODIFIED:
        kept = ("ETag", "Cache-Control", "Vary", "Accept-Ranges")  # RFC 9110, 15.4.5
        headers = sending.headers()
        return web.Response(
            status=304, headers={name: headers[name] for name in kept if name in headers}
        )
    if verdict is Verdict.FAILED:
        raise ObjectChanged("The object is another one by now.")
    return out_of_range(request, sending.size)
