"""How PostgreSQL is reached: the address, TLS beyond this machine, a pool that lets idle go.

Behind pgBouncer in transaction mode (`?pgbouncer=true`) nothing may outlive a transaction, so no
statement is kept prepared, and those of a moment have names of their own. Who needs a connection of
their own, to listen, go past it to `&direct=host:port`.
"""

from __future__ import annotations

import ipaddress
import ssl
import time
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import URL, Dialect, event, make_url
from sqlalchemy.dialects.postgresql.asyncpg import dialect
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from server.start_error import StartError

DRIVER: Final = "postgresql+asyncpg"
CONNECT_SECONDS: Final = 5.0
IDLE_SECONDS: Final = 30.0  # firewalls and poolers drop what was silent for longer
POOL: Final = 20  # connections of one process that stay
OVERFLOW: Final = 30  # more, for a moment

SERIALIZATION_FAILURE: Final = "40001"
DEADLOCK: Final = "40P01"
DISK_FULL: Final = "53100"
TOO_MANY: Final = "53300"
READ_ONLY: Final = "25006"


class TlsRequired(StartError):
    """A password would cross the network in the clear."""


class DirectAddressUnclear(StartError):
    """It is no host with a port."""


def engine(url: str, *, patience: float, size: int = POOL, overflow: int = OVERFLOW) -> AsyncEngine:
    """Return an engine whose connections are made when they are needed."""
    address, options = _options(make_url(url))
    made = create_async_engine(
        address,
        connect_args=options,
        pool_size=size,
        max_overflow=overflow,
        pool_timeout=patience,
        pool_use_lifo=True,  # so that what a rush made falls idle
        hide_parameters=True,  # a traceback must not carry a password's hash
    )
    _let_idle_go(made)
    return made


def is_postgresql(url: str) -> bool:
    return url.startswith("postgresql")


def direct_options(url: str) -> dict[str, Any] | None:
    """Return how asyncpg reaches PostgreSQL past any pooler; None where the address does not say.

    Options of SQLAlchemy's own have no meaning there.
    """
    if not is_postgresql(url):
        return None
    address = make_url(url)
    query = dict(address.query)
    pooled, direct = query.pop("pgbouncer", "false") == "true", query.pop("direct", None)
    if pooled and direct is None:
        return None
    if direct is not None:
        query.pop("host", None)
        host, port = _host_and_port(str(direct))
        address = address.set(host=host, port=port)
    address, options = _options(address.set(query=query))
    made: Dialect = dialect()  # type: ignore[no-untyped-call]
    _, given = made.create_connect_args(address)
    both: dict[str, Any] = {**given, **options}
    return {name: value for name, value in both.items() if not name.startswith("prepared_")}


def sqlstate(error: DBAPIError) -> str | None:
    """Return PostgreSQL's five letters for an error; None when the driver itself raised it."""
    code = getattr(error.orig, "sqlstate", None)
    return code if isinstance(code, str) else None


def _options(url: URL) -> tuple[URL, dict[str, Any]]:
    query = dict(url.query)
    options: dict[str, Any] = {"timeout": CONNECT_SECONDS}
    if (direct := query.pop("direct", None)) is not None:
        _host_and_port(str(direct))
    if query.pop("pgbouncer", "false") == "true":
        options |= {
            "statement_cache_size": 0,
            "prepared_statement_cache_size": 0,
            "prepared_statement_name_func": lambda: f"houle_{uuid4().hex}",
        }
    if "ssl" not in query and not _is_near(url):
        options["ssl"] = ssl.create_default_context()
    if query.get("ssl") in {"disable", "allow", "prefer"} and not _is_near(url):
        raise TlsRequired(
            f"The database on {url.host} is on another machine: its connection needs TLS. "
            "Leave `ssl` out of HOULE_DATABASE_URL, or say ssl=require."
        )
    return url.set(drivername=DRIVER, query=query), options


def _host_and_port(direct: str) -> tuple[str, int]:
    host, _, port = direct.rpartition(":")
    if not (host and port.isdecimal()):
        raise DirectAddressUnclear(
            "`direct` in HOULE_DATABASE_URL is where PostgreSQL itself listens: host:port."
        )
    return host.strip("[]"), int(port)


def _is_near(url: URL) -> bool:
    """Tell whether the server is reached without a network: by loopback or a socket's folder."""
    host = url.host or str(url.query.get("host", "localhost"))
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.startswith("/")


def _let_idle_go(made: AsyncEngine) -> None:
    @event.listens_for(made.sync_engine, "checkin")
    def rest(_connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
        entry.info["rests_since"] = time.monotonic()

    @event.listens_for(made.sync_engine, "checkout")
    def wake(_connection: DBAPIConnection, entry: ConnectionPoolEntry, _proxy: object) -> None:
        if time.monotonic() - entry.info.pop("rests_since", time.monotonic()) > IDLE_SECONDS:
            raise DisconnectionError  # the pool makes another one
