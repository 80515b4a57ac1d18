"""Tracks: what was uploaded, what became of it, and who may hear it."""

from server.tracks.events import topic
from server.tracks.links import LINKS
from server.tracks.messages import Text, TrackResource
from server.tracks.model import (
    PREVIEW,
    RUNGS,
    NewTrack,
    Rendition,
    Stage,
    Track,
    TrackNotFound,
    TrackState,
    Viewer,
    Visibility,
    offered,
)
from server.tracks.routes import setup
from server.tracks.showing import shown, visible, with_renditions
from server.tracks.store import find_duplicate, insert_track, listed, states, stored_bytes
from server.tracks.tasks import JOB_KINDS
from server.tracks.unclaimed import claim, give_up, keep, reserve, running

__all__ = [
    "JOB_KINDS",
    "LINKS",
    "PREVIEW",
    "RUNGS",
    "NewTrack",
    "Rendition",
    "Stage",
    "Text",
    "Track",
    "TrackNotFound",
    "TrackResource",
    "TrackState",
    "Viewer",
    "Visibility",
    "claim",
    "find_duplicate",
    "give_up",
    "insert_track",
    "keep",
    "listed",
    "offered",
    "reserve",
    "running",
    "setup",
    "shown",
    "states",
    "stored_bytes",
    "topic",
    "visible",
    "with_renditions",
]
