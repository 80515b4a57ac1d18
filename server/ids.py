"""Names of things: UUIDv7, so that they sort by the time they were made."""

from uuid_utils import uuid7


def new_id() -> str:
    """Return a fresh id; within one process each is greater than the one before."""
    return str(uuid7())
