"""What a request may be refused for, as the features say it.

DomainError
├── BadRequest            400
├── SignInRequired        401
├── Forbidden             403
├── NotFound              404
├── RequestTimedOut       408
├── Conflict              409
├── PreconditionFailed    412
├── TooLarge              413
├── UnsupportedMedia      415
├── Invalid               422  (errors: where each fault lies)
├── PreconditionRequired  428
├── LimitReached          429  (retry_after)
├── Unavailable           503  (retry_after)
└── InsufficientStorage   507
    └── DiskFull          whoever meets it: an upload, the database

Slices subclass these (`class TrackNotFound(NotFound)`); `server.http.problem` turns them into
answers. The class name becomes the problem's type, so it is a public name.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of a request: a JSON pointer into the body or query, and what is wrong there."""

    pointer: str
    detail: str


class DomainError(Exception):
    """A refusal that the client may read; its text is shown to people."""


class BadRequest(DomainError):
    """The request cannot be understood."""


class SignInRequired(DomainError):
    """Nobody is signed in, or what was shown as proof is not valid."""


class Forbidden(DomainError):
    """The one who asks is known, and may not."""


class NotFound(DomainError):
    """There is no such thing, or none that the one who asks may know of."""


class RequestTimedOut(DomainError):
    """The body came too slowly."""


class Conflict(DomainError):
    """The request does not fit the present state."""


class PreconditionFailed(DomainError):
    """The thing changed since the client read it."""


class TooLarge(DomainError):
    """The body is longer than this route takes."""


class UnsupportedMedia(DomainError):
    """The body is of a type that this route does not take."""


class Invalid(DomainError):
    """The request is well formed, and its values are not acceptable."""

    def __init__(self, detail: str, errors: Sequence[Fault] = ()) -> None:
        super().__init__(detail)
        self.errors = tuple(errors)


class PreconditionRequired(DomainError):
    """A change must name the version that it changes."""


class LimitReached(DomainError):
    """Too many requests; another may come after `retry_after` seconds."""

    def __init__(self, detail: str, retry_after: int = 1) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class Unavailable(DomainError):
    """It cannot be done now; another attempt may come after `retry_after` seconds."""

    def __init__(self, detail: str, retry_after: int = 1) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class InsufficientStorage(DomainError):
    """There is no room for what was sent."""


class DiskFull(InsufficientStorage):
    """The server's disk has no room left, or only what it keeps for itself."""
