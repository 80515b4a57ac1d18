"""The studio of the tracks' tests serves here, too."""

from tests.server.tracks.conftest import database, furnished, ines, marin, studio

__all__ = ["database", "furnished", "ines", "marin", "studio"]
