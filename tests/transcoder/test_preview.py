"""While a file is analysed its owner can listen to it, and what is told comes in order."""

from collections.abc import Callable
from typing import Any

import numpy as np

from hls.timeline import Grid
from transcoder.reports import (
    Analysed,
    Probed,
    Progress,
    RenditionFinished,
    RenditionStarted,
    SegmentMade,
)
from waveform.audiowaveform import from_dat


def test_the_preview_is_the_sound_as_it_is(
    music: Callable[..., Any],
    wav: Callable[..., Any],
    heard_first: Callable[..., Any],
    lag_of: Callable[..., Any],
) -> None:
    sound = np.tile(music(44_100, 30), 4)

    track = heard_first(wav(sound, 44_100))

    started = track.one(RenditionStarted)
    first = track.of(SegmentMade)[0]
    heard = track.sound("aac-128", 2, revision=0)
    assert (started.revision, started.rung, started.samples) == (0, "aac-128", None)
    assert first.file == "r0/aac-128/0.m4s"
    assert lag_of(heard, sound) == 0
    power = np.square(heard).mean() / np.square(sound[:, : heard.shape[1]]).mean()
    assert 0.97 < power < 1.03


def test_reports_come_in_an_order_that_can_be_published(
    music: Callable[..., Any], wav: Callable[..., Any], run: Callable[..., Any]
) -> None:
    track = run(wav(music(48_000, 7.3), 48_000))

    facts = [report for report in track.reports if not isinstance(report, Progress)]
    assert isinstance(facts[0], Probed)
    normalised = [r for r in track.reports if getattr(r, "revision", 0) == 1]
    assert isinstance(normalised[0], RenditionStarted)
    assert track.reports.index(track.one(Analysed)) < track.reports.index(normalised[0])
    made = [each for each in track.of(SegmentMade) if each.revision]
    for rung in track.one(Analysed).rungs:
        own = [each for each in made if each.rung == rung]
        started = next(
            each for each in track.of(RenditionStarted) if each.rung == rung and each.revision
        )
        assert [each.n for each in own] == list(range(started.segments or 0))
        assert sum(each.ticks for each in own) == started.priming + (started.samples or 0)
        assert all((track.output / each.file).stat().st_size == each.bytes for each in own)
    lossy = [each for each in normalised if each.rung != "flac"]
    plan = len(track.one(Analysed).rungs) - 1
    assert all(isinstance(each, RenditionStarted) for each in lossy[:plan])
    assert lossy[plan].rung == "aac-128"
    whole = [each.rung for each in lossy if isinstance(each, RenditionFinished)]
    made_of = [each.rung for each in lossy if isinstance(each, SegmentMade)]
    assert whole[0] == "aac-128"
    assert set(made_of[: made_of.count("aac-128")]) == {"aac-128"}
    assert not list(track.output.rglob(".*"))


def test_all_rungs_have_the_segments_of_the_grid(
    music: Callable[..., Any], wav: Callable[..., Any], run: Callable[..., Any]
) -> None:
    track = run(wav(music(96_000, 6.7), 96_000), preview=False)

    counts = {each.rung: each.segments for each in track.of(RenditionStarted)}
    assert set(counts.values()) == {Grid.aac(96_000, round(6.7 * 96_000)).count}


def test_the_waveform_grows_while_it_is_measured(
    music: Callable[..., Any], wav: Callable[..., Any], heard_first: Callable[..., Any]
) -> None:
    sound = np.tile(music(44_100, 30, channels=1), 8)

    track = heard_first(wav(sound, 44_100))

    position = 0
    analysing = [each for each in track.of(Progress) if each.stage == "analysing"]
    for progress in analysing:
        assert progress.peaks_start == position
        position += len(progress.peaks or ()) // 2
    assert position == -(-sound.shape[1] // 4096)
    assert track.measured.samples == sound.shape[1]


def test_the_waveform_is_kept(
    music: Callable[..., Any], wav: Callable[..., Any], run: Callable[..., Any]
) -> None:
    track = run(wav(music(48_000, 2), 48_000))

    peaks = from_dat((track.output / track.one(Analysed).waveform).read_bytes())
    assert (peaks.channels, peaks.samples_per_pixel, peaks.length) == (2, 256, 375)
