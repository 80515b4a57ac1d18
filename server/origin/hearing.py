"""What the one who asks may hear of a track now."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from server.database import DATABASE
from server.errors import NotFound, Unavailable
from server.tracks import (
    LINKS,
    PREVIEW,
    Rendition,
    Track,
    TrackNotFound,
    TrackState,
    Viewer,
    Visibility,
    offered,
    with_renditions,
)

IMMUTABLE = "max-age=31536000, immutable"
UNVERSIONED = "max-age=60"
FINAL_PLAYLIST = "max-age=60, stale-while-revalidate=600, stale-if-error=86400"
CHANGING = "no-cache"


class MediaNotFound(NotFound):
    """The track has no such media."""


class NotPlayableYet(Unavailable):
    """It is being made; soon it plays."""


@dataclass(frozen=True, slots=True)
class Hearing:
    """A track, the revision of it that plays for this viewer, and what it consists of."""

    track: Track
    viewer: Viewer
    revision: int
    renditions: list[Rendition]  # of the revision
    every: list[Rendition]  # of earlier ones, too

    @property
    def ready(self) -> list[Rendition]:
        """Return those that a player may choose from.

        All of them once the track is ready; before, those that began: the default rung is made
        alone, and a player that waits for another would starve beside it.
        """
        if self.track.state is TrackState.READY:
            return self.renditions
        return [e for e in self.renditions if e.made or e.rung == self.track.default_rung]

    def rendition(self, rung: str) -> Rendition:
        """Return a rung that is offered; 503 where it will be, 404 where it will not."""
        for each in self.renditions:
            if each.rung == rung:
                return each
        if rung in self.track.rungs and self.track.state is TrackState.PROCESSING:
            raise NotPlayableYet("This quality is still being made.")
        raise MediaNotFound("The track is not offered in this quality.")

    def caching(self, what: str) -> str:
        return caching(self.track, what, revision=self.revision)


def caching(track: Track, what: str, *, revision: int = 1) -> str:
    """Let shared caches keep what everybody may have."""
    hidden = track.visibility is Visibility.PRIVATE or revision == PREVIEW
    return f"{'private' if hidden else 'public'}, {what}"


async def hearing(request: web.Request) -> Hearing:
    """Return what may be heard of the track that the request names."""
    viewer = request.app[LINKS].viewer(request)
    found = await request.app[DATABASE].point(with_renditions, request.match_info["track_id"])
    if found is None or not viewer.sees(found[0]):
        raise TrackNotFound("There is no such track.")
    track, every = found
    revision = _revision(track, viewer)
    if revision == PREVIEW:
        return Hearing(
            track, viewer, revision, [each for each in every if not each.revision], every
        )
    return Hearing(track, viewer, revision, offered(revision, every), every)


def _revision(track: Track, viewer: Viewer) -> int:
    if track.state is TrackState.FAILED:
        raise MediaNotFound(track.error or "This track could not be made playable.")
    if track.revision > PREVIEW:
        return track.revision
    if track.preview and viewer.hears_early(track):
        return PREVIEW
    raise NotPlayableYet("This track is not playable yet.")
