"""Workers: the tokens by which they prove themselves."""

from server.workers.authentication import setup
from server.workers.store import WorkerToken, create_token, list_tokens, revoke_token
from server.workers.table import TOKENS

__all__ = [
    "TOKENS",
    "WorkerToken",
    "create_token",
    "list_tokens",
    "revoke_token",
    "setup",
]
