"""The origin: playlists, segments, waveforms, covers and originals, as players expect them."""

from server.origin.routes import setup

__all__ = ["setup"]
