"""Alembic's entry: runs the steps on the connection that `migrate` hands over."""

from alembic import context

from server.database.metadata import METADATA


def run() -> None:
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=METADATA,
        render_as_batch=True,  # SQLite changes a column by rebuilding its table
    )
    with context.begin_transaction():
        context.run_migrations()


run()
