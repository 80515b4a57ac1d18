"""What a person sees when the server starts, on standard error beside the logs."""

import sys
from contextlib import suppress
from pathlib import Path

from server.version import houle_version


def show_password(password: str) -> None:
    """Say the first password, once."""
    lines = [
        "",
        "  First start: sign in as  admin  with the password",
        f"      {password}",
        "  It is shown this once. `houle user password admin` sets another.",
    ]
    _print([*lines, ""])


def show_address(url: str, data: Path) -> None:
    """Say where it is and where the data lies."""
    lines = [
        "",
        f"  Houle {houle_version()}",
        f"  page      {url}",
        f"  API       {url}/api/docs",
        f"  data      {data}",
    ]
    _print([*lines, ""])


def show_sandbox(level: str) -> None:
    """Say how well untrusted media is locked in."""
    advice = "" if level == "full" else "  (`houle doctor` says what is missing)"
    _print([f"  sandbox   {level}{advice}", ""])


def _print(lines: list[str]) -> None:
    with suppress(OSError):  # whoever read it may be gone; that ends no server
        sys.stderr.write("\n".join(lines) + "\n")
        sys.stderr.flush()
