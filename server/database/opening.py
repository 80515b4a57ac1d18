"""Which engine an address asks for."""

from sqlalchemy import Connection, text

from server.database.database import Database
from server.database.postgresql import is_postgresql
from server.database.postgresql_database import PostgresqlDatabase
from server.database.sqlite_database import SqliteDatabase


def open_database(url: str) -> Database:
    """Return the database at `sqlite:///FILE` or `postgresql+asyncpg://…`; nothing is asked yet."""
    return PostgresqlDatabase(url) if is_postgresql(url) else SqliteDatabase(url)


async def version(url: str) -> str:
    """Ask a PostgreSQL server what it is; DatabaseAway where it does not answer."""

    def asked(connection: Connection) -> str:
        told = connection.scalar(text("SELECT current_setting('server_version')"))
        return f"PostgreSQL {told}"

    database = PostgresqlDatabase(url, size=1, overflow=0)
    try:
        return await database.point(asked)
    finally:
        await database.close()
