"""Sending an object, or the part of it that was asked for, as fast as the client takes it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import TypeAlias

from aiohttp import web

from server.http import problem
from server.http.ranges import Span

Read: TypeAlias = Callable[[int, int], AsyncGenerator[bytes, None]]


async def stream(
    request: web.Request, answer: web.StreamResponse, span: Span, read: Read
) -> web.StreamResponse:
    """Send the bytes of the span as the answer's body; to HEAD, only how many they are."""
    answer.content_length = span.stop - span.start
    await answer.prepare(request)
    if request.method != "HEAD":
        async with aclosing(read(span.start, span.stop)) as chunks:
            async for chunk in chunks:
                await answer.write(chunk)
    await answer.write_eof()
    return answer


def content_range(span: Span, size: int) -> str:
    return f"bytes {span.start}-{span.stop - 1}/{size}"


def out_of_range(request: web.Request, size: int) -> web.Response:
    answer = problem.problem(
        request,
        status=416,
        name="RangeNotSatisfiable",
        detail=f"The object has {size} bytes.",
    )
    answer.headers["Content-Range"] = f"bytes */{size}"
    return answer
