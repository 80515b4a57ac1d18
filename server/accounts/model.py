"""Who a user is: names, passwords worth having, and what each role may do."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from server.errors import Conflict, Fault, Forbidden, Invalid, NotFound, SignInRequired
from server.http.principal import Role


class Permission(StrEnum):
    """One thing that a role may do."""

    READ_TRACKS = "tracks:read"
    CREATE_TRACKS = "tracks:create"
    DELETE_OWN_TRACKS = "tracks:delete-own"
    DELETE_ANY_TRACK = "tracks:delete-any"
    MODERATE_USERS = "users:moderate"  # ban, mute, hide
    CHANGE_ROLES = "users:change-role"
    CHANGE_SETTINGS = "system:change-settings"
    CHANGE_FLAGS = "system:change-flags"


_READS = frozenset({Permission.READ_TRACKS})
_MAKES = _READS | {Permission.CREATE_TRACKS, Permission.DELETE_OWN_TRACKS}
_MODERATES = _MAKES | {Permission.DELETE_ANY_TRACK, Permission.MODERATE_USERS}

PERMISSIONS: Mapping[Role, frozenset[Permission]] = {
    Role.GUEST: _READS,
    Role.USER: _MAKES,
    Role.PREMIUM_USER: _MAKES,
    Role.CREATOR: _MAKES,
    Role.MODERATOR: _MODERATES,
    Role.ADMIN: frozenset(Permission),
    Role.SUPPORT: _READS,
}


def may(role: Role, permission: Permission) -> bool:
    """Tell whether the role carries the permission."""
    return permission in PERMISSIONS[role]


@dataclass(frozen=True, slots=True)
class User:
    """An account as other slices see it; how it is proved stays in here."""

    id: str
    username: str
    email: str | None  # None: made from the shell
    role: Role
    quota_bytes: int | None  # None: as the settings say
    created_at: int  # ms since the epoch, UTC
    disabled_at: int | None

    @property
    def disabled(self) -> bool:
        return self.disabled_at is not None


class UserNotFound(NotFound):
    """No account has this name."""


class UsernameTaken(Conflict):
    """Another account has this user name, perhaps in other letter case."""


class EmailTaken(Conflict):
    """Another account has this e-mail address."""


class WrongCredentials(SignInRequired):
    """The name or the password is wrong; which of them is not told."""


class InvalidToken(SignInRequired):
    """An access or refresh token that is unknown, spent, expired or was never ours."""


class AccountDisabled(Forbidden):
    """The password is right, and the account was closed by an administrator."""


class CrossSite(Forbidden):
    """A cookie came with a request that another site caused."""


_USERNAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{2,49}")
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")  # whether it exists, only mail can tell
EMAIL_LIMIT = 254  # RFC 5321, 4.5.3.1.3: a path of 256 with its brackets

PASSWORD_LEAST = 10
PASSWORD_LIMIT = 256  # characters; no passphrase is longer, and hashing must stay bounded

# The commonest of ten characters and more in published leaks; shorter ones are refused anyway.
_COMMON_TEXT = """
0123456789 0987654321 1029384756 1111111111 1122334455 123123123123 1231231234 123321123321
1234512345 1234554321 123456123456 1234567890 12345678900 12345678901 12345678910 123456789a
1234567891 123456789q 12345qwert 123654789a 1q2w3e4r5t 1q2w3e4r5t6y 1qaz2wsx3edc 5555555555
9876543210 987654321a abc123456789 abcd123456 abcd1234567 abcdefghij abcdefghijkl
administrator aaaaaaaaaa asdfasdfasdf asdfghjkl123 asdfghjkl1 basketball changeme123
changemenow chocolate1 computer123 football123 helloworld iloveyou12 iloveyou123 letmein123
letmeinnow manchester mypassword newpassword p@ssw0rd123 passw0rd123 passwordpassword
password01 password10 password11 password12 password123 password1234 password12345
password123! princess123 q1w2e3r4t5 q1w2e3r4t5y6 qazwsxedc1 qazwsxedcrfv qwerty1234 qwerty12345
qwerty123456 qwertyqwerty qwertyuiop qwertyuiop1 qwertyuiop123 superman123 sunshine123
testtest123 trustno1234 welcome123 welcome1234 zaq12wsxcde3 zxcvbnm123
"""
_COMMON = frozenset(_COMMON_TEXT.split())


def username_key(username: str) -> str:
    """Return what two spellings of one name have in common."""
    return username.lower()


def email_key(email: str) -> str:
    """Return what two spellings of one address have in common."""
    return email.strip().lower()


def normal(password: str) -> str:
    """Return one form of what keyboards compose in several (NIST SP 800-63B, 5.1.1.2)."""
    return unicodedata.normalize("NFKC", password)


def check_new_account(username: str, email: str | None, password: str | None) -> None:
    """Refuse an account that cannot be; every fault is named at once."""
    faults = []
    if not _USERNAME.fullmatch(username):
        allowed = "3 to 50 letters, digits, `.`, `_`, `-`, the first a letter or digit"
        faults.append(Fault("#/username", f"A user name has {allowed}."))
    if email is not None and not (len(email) <= EMAIL_LIMIT and _EMAIL.fullmatch(email.strip())):
        faults.append(Fault("#/email", "This is no e-mail address."))
    if password is not None and (weakness := weakness_of(password, username, email)):
        faults.append(Fault("#/password", weakness))
    _refuse(faults)


def check_new_password(password: str, username: str, email: str | None) -> None:
    """Refuse a password that others would try first."""
    if weakness := weakness_of(password, username, email):
        _refuse([Fault("#/password", weakness)])


def weakness_of(password: str, username: str, email: str | None) -> str | None:
    """Say what is wrong with a password; length counts, prescribed character kinds do not."""
    if len(password) > PASSWORD_LIMIT:
        return f"A password has at most {PASSWORD_LIMIT} characters."
    folded = normal(password).casefold()
    if len(folded) < PASSWORD_LEAST:
        return f"A password has at least {PASSWORD_LEAST} characters; a few words make a good one."
    if folded in {username_key(username), email_key(email or ""), username_key(username)[::-1]}:
        return "The password must not be the user name or the e-mail address."
    if folded in _COMMON or len(set(folded)) < 3:
        return "This password is among the first that anyone would try."
    return None


def _refuse(faults: list[Fault]) -> None:
    if faults:
        raise Invalid(" ".join(fault.detail for fault in faults), faults)
