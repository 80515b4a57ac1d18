"""The studio of the tracks' tests serves here, too."""

import pytest
from pytest_aiohttp.plugin import AiohttpClient

from server.app import create_app
from server.database import Database
from server.media import open_storage
from server.settings import Settings, load
from tests.server.conftest import SECRET
from tests.server.tracks.conftest import Furnished, database_url, furnished, ines, marin, studio
from tests.server.tracks.studio import Studio
from tests.server.uploads.sending import Limited

__all__ = ["database_url", "furnished", "ines", "marin", "studio"]


@pytest.fixture
def limited(
    database: Database, settings: Settings, furnished: Furnished, aiohttp_client: AiohttpClient
) -> Limited:
    """A server with other limits, on the same data."""

    async def serve(**limits: int | str) -> Studio:
        given = {f"HOULE_{name.upper()}": str(value) for name, value in limits.items()}
        chosen = load(
            {
                "HOULE_SECRET_KEY": SECRET,
                "HOULE_DISK_FLOOR": "0",
                "HOULE_DATABASE_URL": settings.database_url,
                **given,
            },
            env_file=None,
            data_dir=settings.data_dir,
        )
        app = create_app(chosen, database, open_storage(chosen.storage_url))
        return Studio(await aiohttp_client(app), database, dict(furnished.known))

    return serve
