"""What the very first start makes besides the schema: the admin user."""

from server import accounts
from server.database import open_database
from server.settings import Settings


async def prepare(settings: Settings) -> str | None:
    """Return the password to show once, if one was made."""
    database = open_database(settings.database_url)
    try:
        return await accounts.ensure_admin(settings, database)
    finally:
        await database.close()
