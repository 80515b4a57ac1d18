"""Accounts: who people are, how they prove it, and what they may do."""

from server.accounts.model import PERMISSIONS, Permission, User, UserNotFound, may
from server.accounts.personal_tokens import (
    PersonalToken,
    create_token,
    list_tokens,
    revoke_token,
)
from server.accounts.registration import create_user, ensure_admin, set_password, user_named
from server.accounts.routes import issue_access_token, setup
from server.accounts.sessions import end_sessions
from server.accounts.store import USERS, find_user, set_disabled

__all__ = [
    "PERMISSIONS",
    "USERS",
    "Permission",
    "PersonalToken",
    "User",
    "UserNotFound",
    "create_token",
    "create_user",
    "end_sessions",
    "ensure_admin",
    "find_user",
    "issue_access_token",
    "list_tokens",
    "may",
    "revoke_token",
    "set_disabled",
    "set_password",
    "setup",
    "user_named",
]
