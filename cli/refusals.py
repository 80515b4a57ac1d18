"""What stops a command is said on one line; only a bug of ours shows a traceback."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

import typer

_MENDABLE = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES}


@contextmanager
def said() -> Iterator[None]:
    """Say what a person at the keyboard can mend, and end with status 1."""
    from sqlalchemy.exc import DatabaseError

    from server.database import words_for
    from server.errors import DomainError
    from server.start_error import StartError

    try:
        yield
    except (DomainError, StartError) as refusal:
        words: str | None = str(refusal)
    except DatabaseError as error:
        if (words := words_for(error)) is None:
            raise
    except OSError as error:
        if error.errno not in _MENDABLE:
            raise
        words = f"{error.filename or 'the disk'}: {error.strerror}"
    else:
        return
    typer.echo(f"houle: {words}", err=True)
    raise typer.Exit(1)


def words(error: Exception) -> str:
    """Return what an error says, without the numbers and names that the system adds."""
    return (error.strerror or str(error)) if isinstance(error, OSError) else str(error)
