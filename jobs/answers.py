"""What the server's answers mean to a worker: it understood, it is away, the lease is lost."""

from __future__ import annotations

import re
from typing import Final

import aiohttp

from jobs.messages import LeaseLost, ProtocolRefused, RequestRefused, ServerAway, TokenRefused

FIRST_PAUSE: Final = 0.1  # seconds before the server is asked again; doubled each time
LONGEST_PAUSE: Final = 2.0
_TRY_AGAIN = {408, 429}  # of the answers that blame the asker, those that pass


async def require(response: aiohttp.ClientResponse, *wanted: int) -> None:
    """Raise what any other status than those that are wanted means."""
    if response.status in wanted:
        return
    if response.status in {404, 409}:
        raise LeaseLost(await response.text())
    if 400 <= response.status < 500 and response.status not in _TRY_AGAIN:
        raise await _refusal(response)
    raise ServerAway(f"{_asked(response)} answered {response.status}")


async def kind_of_problem(response: aiohttp.ClientResponse) -> str:
    """Return the last word of a problem's type; "" for what is none."""
    if response.content_type != "application/problem+json":
        return ""
    problem = await response.json(content_type=None)
    return str(problem.get("type", "")).rpartition(":")[2]


async def _refusal(response: aiohttp.ClientResponse) -> RequestRefused:
    if response.status == 401:
        return TokenRefused("The server does not know this worker token.")
    if response.content_type != "application/problem+json":
        return RequestRefused(f"{_asked(response)} answered {response.status}")
    kind = (
        ProtocolRefused if await kind_of_problem(response) == "protocol-refused" else RequestRefused
    )
    detail = (await response.json(content_type=None)).get("detail", "")
    return kind(f"{detail} ({_asked(response)} answered {response.status})")


def _asked(response: aiohttp.ClientResponse) -> str:
    """Name the address without its grant: what is raised comes into logs."""
    return re.sub(r"/objects/[^/]+", "/objects/…", response.url.path)
