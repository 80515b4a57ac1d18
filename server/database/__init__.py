"""SQL behind one door: `Database` runs plain functions over a connection, wherever they belong."""

from server.database.clock import now_ms
from server.database.database import DATABASE, Database, DatabaseAway, DatabaseBusy, row_locking
from server.database.metadata import METADATA
from server.database.migrate import migrate
from server.database.opening import open_database, version
from server.database.postgresql import direct_options
from server.database.sqlite import database_file, words_for

__all__ = [
    "DATABASE",
    "METADATA",
    "Database",
    "DatabaseAway",
    "DatabaseBusy",
    "database_file",
    "direct_options",
    "migrate",
    "now_ms",
    "open_database",
    "row_locking",
    "version",
    "words_for",
]
