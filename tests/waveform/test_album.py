"""An album is as loud as its tracks played one after another, and has one gain."""

from math import log10

import numpy as np
import pytest

from tests.waveform import ffmpeg_meter, libebur128
from tests.waveform.sounds import RATE, Sound, measured, noise, song, tones
from waveform.album import Normalisation, TrackLevels, album_loudness, choose, plan_album
from waveform.gain import GainPlan

QUIET = GainPlan(-3.0, limited_by_peak=False, reason="")
LOUD = GainPlan(-9.0, limited_by_peak=False, reason="")


def kept(sound: Sound, rate: int = RATE) -> TrackLevels:
    result = measured(sound, rate)
    return TrackLevels(result.histogram, result.loudness.true_peak_dbtp)


def between_silence(sound: Sound) -> Sound:
    """Let it begin and end softly, as songs do, with half a second of silence on either side."""
    fade = np.minimum(1, np.arange(sound.shape[1]) / RATE, dtype="f4")
    return np.pad(sound * fade * fade[::-1], ((0, 0), (RATE // 2, RATE // 2)))


def album_of(*tracks: Sound, rate: int = RATE) -> dict[str, TrackLevels]:
    return {f"track {number}": kept(track, rate) for number, track in enumerate(tracks, 1)}


def test_an_album_is_pooled_as_libebur128_pools_it() -> None:
    tracks = [song(1, 21.3), (0.02 * song(2, 9)).astype("f4"), song(3, 14), noise(4, 4.5)]
    ours = album_loudness(album_of(*tracks)).integrated_lufs

    assert ours == pytest.approx(libebur128.album(tracks, RATE), abs=0.001)


def test_an_album_is_as_loud_as_its_tracks_one_after_another() -> None:
    tracks = [between_silence(song(seed, 30.017 + seed)) for seed in (5, 6, 7)]
    whole = np.concatenate(tracks, axis=1)
    ours = album_loudness(album_of(*tracks)).integrated_lufs

    assert ours == pytest.approx(measured(whole).loudness.integrated_lufs, abs=0.01)
    assert ours == pytest.approx(ffmpeg_meter.integrated(whole, RATE), abs=0.02)


def test_tracks_of_whole_blocks_between_silence_pool_to_the_last_digits() -> None:
    tracks = [between_silence(song(seed, 10)) for seed in (8, 9)]
    whole = measured(np.concatenate(tracks, axis=1)).loudness.integrated_lufs

    assert album_loudness(album_of(*tracks)).integrated_lufs == pytest.approx(whole, abs=2e-4)


def test_tracks_that_meet_abruptly_differ_by_no_more_than_the_blocks_of_their_joins() -> None:
    tracks = [noise(seed, 20) for seed in (1, 2, 3)]
    whole = measured(np.concatenate(tracks, axis=1))
    pooled = album_loudness(album_of(*tracks))
    joins = 10 * log10(sum(whole.histogram.counts) / (3 * 197))

    assert sum(whole.histogram.counts) == 597
    assert pooled.integrated_lufs == pytest.approx(whole.loudness.integrated_lufs, abs=joins)


def test_a_quiet_interlude_is_gated_by_the_whole_album_not_by_itself() -> None:
    loud, quiet = tones((-20, 10)), tones((-40, 10))
    pooled = album_loudness(album_of(loud, quiet)).integrated_lufs

    assert pooled == pytest.approx(-20, abs=0.1)  # a mean of both would say -30


def test_the_order_of_the_tracks_changes_nothing() -> None:
    tracks = album_of(song(1, 5), song(2, 5), noise(3, 5))
    turned = dict(reversed(tracks.items()))

    assert album_loudness(tracks).integrated_lufs == pytest.approx(
        album_loudness(turned).integrated_lufs, abs=1e-9
    )


def test_one_gain_brings_the_whole_album_to_the_target() -> None:
    tracks = [song(seed, 10) for seed in (1, 2)]
    planned = plan_album(album_loudness(album_of(*tracks)), target_lufs=-33, ceiling_dbtp=-1)
    turned = [track * np.float32(10 ** (planned.gain_db / 20)) for track in tracks]

    assert not planned.limited_by_peak
    assert libebur128.album(turned, RATE) == pytest.approx(-33, abs=0.001)


def test_the_highest_peak_of_any_track_limits_all_and_is_named() -> None:
    tracks = album_of(tones((-30, 5)), tones((-30, 5), (-2, 0.02)), tones((-33, 5)))
    album = album_loudness(tracks)
    planned = plan_album(album, target_lufs=-14, ceiling_dbtp=-1)

    assert album.peak_track == "track 2"
    assert album.true_peak_dbtp == tracks["track 2"].true_peak_dbtp
    assert planned.limited_by_peak
    assert planned.gain_db == pytest.approx(1, abs=0.2)
    assert planned.reason.endswith("over -1 dBTP, in track 2")


def test_a_silent_track_changes_nothing_of_its_album() -> None:
    sound, silence = noise(1, 5), np.zeros((2, RATE), np.float32)

    assert album_loudness(album_of(sound, silence)) == album_loudness(album_of(sound))


@pytest.mark.parametrize("tracks", [[], [np.zeros((2, RATE), np.float32)]])
def test_an_album_of_nothing_is_left_as_it_is(tracks: list[Sound]) -> None:
    album = album_loudness(album_of(*tracks))

    assert (album.integrated_lufs, album.true_peak_dbtp, album.peak_track) == (None, None, None)
    assert plan_album(album, target_lufs=-14, ceiling_dbtp=-1).gain_db == 0


@pytest.mark.parametrize(
    ("wanted", "album", "gain_db"),
    [
        ("off", LOUD, 0),
        ("track", LOUD, -3),
        ("album", LOUD, -9),
        ("album", None, -3),
        ("track", None, -3),
        ("off", None, 0),
    ],
)
def test_a_listener_has_what_was_asked_for_or_the_nearest(
    wanted: str, album: GainPlan | None, gain_db: float
) -> None:
    assert choose(Normalisation(wanted), track=QUIET, album=album).gain_db == gain_db
