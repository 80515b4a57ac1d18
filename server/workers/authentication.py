"""Proves workers: this server's own child by a secret that both have, others by their tokens."""

from __future__ import annotations

import hmac

from aiohttp import web

from server.database import DATABASE
from server.http.worker import AUTHENTICATE_WORKER, WorkerIdentity, embedded_worker_token
from server.settings import SETTINGS
from server.workers import store

EMBEDDED = WorkerIdentity("embedded", "embedded", None)


def setup(app: web.Application) -> None:
    """Let routes of `Access.WORKER` know who works."""
    own = embedded_worker_token(app[SETTINGS].secret_key).encode()

    async def authenticate(token: str) -> WorkerIdentity | None:
        if hmac.compare_digest(token.encode(), own):
            return EMBEDDED
        if not token.startswith(store.PREFIX):
            return None
        return await app[DATABASE].point(store.find_by_token, token)

    app[AUTHENTICATE_WORKER] = authenticate
