"""The studio of the tracks' tests serves here, too."""

from tests.server.tracks.conftest import database_url, furnished, ines, marin, studio
from tests.server.uploads.conftest import limited

__all__ = ["database_url", "furnished", "ines", "limited", "marin", "studio"]
