"""The secret made on first start, in a file that only its owner can read."""

import os
import secrets
from pathlib import Path


def read_or_make(path: Path) -> bytes:
    """Return the secret at `path`, made if there is none; of two makers at once the first wins."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_hex(32).encode())
            file.flush()
            os.fsync(file.fileno())
        path.hardlink_to(draft)  # fails when another was faster, and never shows half a secret
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path.read_bytes()
