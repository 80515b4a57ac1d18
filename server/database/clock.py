"""The database's clock, so that leases of many machines are judged by one."""

from typing import Any

from sqlalchemy import BigInteger
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class now_ms(FunctionElement[int]):  # noqa: N801 -- reads as the SQL function that it is
    """Milliseconds since the epoch, UTC, as the database sees them when the statement runs."""

    type = BigInteger()
    inherit_cache = True


@compiles(now_ms, "sqlite")
def _sqlite(element: now_ms, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401, ARG001
    # unixepoch('subsec') came with SQLite 3.42; 'now' does not move within a statement
    return (
        "(CAST(strftime('%s', 'now') AS INTEGER) * 1000"
        " + CAST(substr(strftime('%f', 'now'), 4) AS INTEGER))"
    )


@compiles(now_ms, "postgresql")
def _postgresql(element: now_ms, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401, ARG001
    # now() would stand still for the whole transaction, unlike SQLite's
    return "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)"
