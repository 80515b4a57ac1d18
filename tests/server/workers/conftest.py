"""The studio of the tracks' tests serves here, too."""

from tests.server.tracks.conftest import database_url, furnished, ines, marin, studio

__all__ = ["database_url", "furnished", "ines", "marin", "studio"]
