"""The migration makes the tables that the code expects."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Table

from server.accounts import store
from server.database import METADATA, Database

OURS = {table.name for table in vars(store).values() if isinstance(table, Table)}


async def test_the_migrated_tables_are_those_declared(database: Database) -> None:
    def differences(connection: Connection) -> list[object]:
        def ours(_: object, name: str | None, kind: str, *rest: object) -> bool:
            return kind != "table" or name in OURS

        options = {"include_object": ours, "compare_type": True}
        context = MigrationContext.configure(connection, opts=options)
        return list(compare_metadata(context, METADATA))

    assert {"users", "sessions", "access_tokens", "attempts", "signing_keys"} == OURS
    assert await database.read(differences) == []
