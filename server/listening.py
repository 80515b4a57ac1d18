"""The sockets a server is reached by, bound before anything else starts."""

from __future__ import annotations

import errno
import os
import socket
import time
from pathlib import Path

from server.start_error import StartError

PATIENCE = (
    1.0  # seconds; the children of a server that was killed let go of the port a moment later
)


class PortInUse(StartError):
    """Another program listens there."""


class AddressRefused(StartError):
    """The host is not one of this machine's, or the port needs rights we lack."""


def bind(host: str, port: int) -> socket.socket:
    """Return a bound TCP socket that does not listen yet; port 0 takes a free one."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except socket.gaierror as error:
        raise AddressRefused(f"{host!r} is not an address of this machine.") from error
    bound = socket.socket(family, kind, protocol)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        _bind_patiently(bound, address)
    except OSError as error:
        bound.close()
        raise _explained(error, host, port) from error
    bound.settimeout(0)
    return bound


def bind_unix(path: Path) -> socket.socket:
    """Return a socket that listens at `path` for this user only; a dead one's file is replaced."""
    path.unlink(missing_ok=True)
    bound = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    bound.bind(os.fspath(path))
    path.chmod(0o600)
    bound.listen(128)
    bound.settimeout(0)
    return bound


def url_of(bound: socket.socket, *, tls: bool = False) -> str:
    """Return the address to open in a browser on this machine."""
    host, port = bound.getsockname()[:2]
    if host in {"0.0.0.0", "::"}:  # noqa: S104 -- shown, not bound
        host = "127.0.0.1"
    if ":" in host:
        host = f"[{host}]"
    return f"{'https' if tls else 'http'}://{host}:{port}"


def _bind_patiently(bound: socket.socket, address: object) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            bound.bind(address)  # type: ignore[arg-type]  # whatever getaddrinfo returned
        except OSError as error:
            if error.errno != errno.EADDRINUSE or time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return


def _explained(error: OSError, host: str, port: int) -> StartError:
    if error.errno == errno.EADDRINUSE:
        return PortInUse(
            f"Port {port} on {host} is in use by another program. Stop it, or take another port: "
            f"houle serve --port {port + 1 if port < 65_535 else 8080}"
        )
    if error.errno == errno.EACCES:
        return AddressRefused(f"Port {port} needs root's rights. Take one above 1023.")
    return AddressRefused(f"Cannot listen on {host} port {port}: {error.strerror}.")
