"""What an ingest tells and writes makes playlists in which no assertion fails."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

from hls.conformance import Package, Source, check
from hls.media_playlist import MediaPlaylist, Segment
from hls.multivariant import MultivariantPlaylist, Variant
from hls.timeline import Grid
from transcoder.reports import Analysed, RenditionFinished, RenditionStarted, SegmentMade


@pytest.mark.parametrize(
    ("rate", "seconds", "channels"),
    [(44_100, 13.1, 2), (44_100, 6.9, 1), (96_000, 6.5, 2), (22_050, 7.7, 1), (8_000, 0.4, 1)],
)
def test_a_track_conforms(
    rate: int,
    seconds: float,
    channels: int,
    music: Callable[..., Any],
    wav: Callable[..., Any],
    run: Callable[..., Any],
) -> None:
    track = run(wav(music(rate, seconds, channels), rate), preview=False)

    samples = track.one(Analysed).samples
    target = Grid.aac(rate, samples).target_duration
    files: dict[str, bytes] = {}
    variants = []
    for done in track.of(RenditionFinished):
        started = next(each for each in track.of(RenditionStarted) if each.rung == done.rung)
        made = [each for each in track.of(SegmentMade) if each.rung == done.rung]
        media = MediaPlaylist(
            target_duration=target,
            init_uri=started.init,
            segments=tuple(
                Segment(each.file, Fraction(each.ticks, started.sample_rate)) for each in made
            ),
        )
        files[f"{done.rung}.m3u8"] = media.render().encode()
        for file in (started.init, *(each.file for each in made)):
            files[file] = (track.output / file).read_bytes()
        variants.append(
            Variant(
                uri=f"{done.rung}.m3u8",
                bandwidth=done.peak_bandwidth,
                average_bandwidth=done.average_bandwidth,
                codecs=started.codec,
            )
        )
    files["master.m3u8"] = MultivariantPlaylist(variants=tuple(variants)).render().encode()

    findings = check(Package(("master.m3u8",), files, Source(rate, samples)))

    assert [str(finding) for finding in findings] == []
