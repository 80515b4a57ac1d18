"""Playlists rendered from rows: nothing stored can disagree with what exists."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import floor

from hls.media_playlist import MediaPlaylist, PlaylistKind, Segment
from hls.multivariant import MultivariantPlaylist, Variant
from hls.timeline import Grid
from server.tracks import Rendition

HEADROOM = Fraction(11, 10)  # declared above nominal, until the peak is measured


def multivariant(renditions: Sequence[Rendition], *, default: str | None, query: str) -> str:
    """List the renditions, the default one first: players begin with it."""
    ordered = sorted(renditions, key=lambda each: each.rung != default)
    variants = tuple(_variant(each, query) for each in ordered)
    return MultivariantPlaylist(variants=variants).render()


def complete(rendition: Rendition, samples: int, query: str) -> str:
    """Name every segment there will be: the grid is fixed before they are made."""
    grid = _grid(rendition, samples)
    segments = tuple(
        Segment(_address(f"{n}.m4s", rendition, query), grid.media_duration(n))
        for n in range(grid.count)
    )
    return MediaPlaylist(
        target_duration=grid.target_duration,
        init_uri=_address("init.mp4", rendition, query),
        segments=segments,
    ).render()


def growing(rendition: Rendition, query: str) -> str:
    """Name what is made so far of a programme whose end is not known."""
    durations = tuple(_durations(rendition))
    grid = _grid(rendition, rendition.segment_samples)
    longest = max(floor(duration + Fraction(1, 2)) for duration in durations)
    return MediaPlaylist(
        target_duration=max(grid.target_duration, longest),
        init_uri=_address("init.mp4", rendition, query),
        segments=tuple(
            Segment(_address(f"{n}.m4s", rendition, query), duration)
            for n, duration in enumerate(durations)
        ),
        kind=PlaylistKind.EVENT,
        ended=False,
    ).render()


def _durations(rendition: Rendition) -> Iterator[Fraction]:
    """All but the last lie on the grid; the last may be the programme's end."""
    long_enough = _grid(rendition, (rendition.made + 1) * rendition.segment_samples)
    last = rendition.made - 1
    for n in range(last):
        yield long_enough.media_duration(n)
    yield Fraction(rendition.ticks - long_enough.decode_time(last), rendition.sample_rate)


def _grid(rendition: Rendition, samples: int) -> Grid:
    return Grid(
        rate=rendition.sample_rate,
        samples=samples,
        segment_samples=rendition.segment_samples,
        frame_samples=rendition.frame_samples,
        priming=rendition.priming,
    )


def _variant(rendition: Rendition, query: str) -> Variant:
    declared = floor(rendition.bit_rate * HEADROOM)
    return Variant(
        uri=f"{rendition.rung}/media.m3u8" + (f"?{query}" if query else ""),
        bandwidth=rendition.peak_bandwidth or declared,
        average_bandwidth=rendition.average_bandwidth or rendition.bit_rate,
        codecs=rendition.codec,
        name=rendition.rung,
    )


def _address(name: str, rendition: Rendition, query: str) -> str:
    return f"{name}?v={rendition.revision}" + (f"&{query}" if query else "")
