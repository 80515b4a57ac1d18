"""Grants: an address part that opens the objects of one lease to whoever holds it, while it lasts.

A grant names the lease, and the server's signature proves that it was given. What it opens is the
kind's to say (`Objects`), and only as long as the lease is kept: a worker that lost it can neither
read nor write.
"""

from __future__ import annotations

from server.http import signed
from server.jobs.model import Lease

_PURPOSE = "grant"


def write(secret: bytes, lease: Lease) -> str:
    return signed.write(secret, _PURPOSE, [lease.job_id, lease.token, lease.holder])


def read(secret: bytes, grant: str) -> Lease | None:
    """Return the lease that a grant names; None for what is no grant of ours."""
    named = signed.read(secret, _PURPOSE, grant)
    return None if named is None else Lease(*named)
