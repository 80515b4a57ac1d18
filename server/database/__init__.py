"""SQL behind one door: `Database` runs plain functions over a connection, wherever they belong."""

from server.database.clock import now_ms
from server.database.engine import DATABASE, Database, DatabaseBusy
from server.database.metadata import METADATA
from server.database.migrate import migrate
from server.database.sqlite import database_file, words_for

__all__ = [
    "DATABASE",
    "METADATA",
    "Database",
    "DatabaseBusy",
    "database_file",
    "migrate",
    "now_ms",
    "words_for",
]
