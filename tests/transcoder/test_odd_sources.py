"""Odd and broken files end in a track that says what was wrong, or in a sentence that does."""

import io
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
import soundfile

from transcoder.errors import (
    DecodeFailed,
    EmptyFile,
    LimitExceeded,
    MediaError,
    NoSound,
    NotMedia,
    Refused,
    TooShort,
    UnsupportedCodec,
)
from transcoder.reports import Analysed, Probed, RenditionFinished, RenditionStarted, SegmentMade


@pytest.mark.parametrize("rate", [4_000, 8_000, 11_025, 32_000, 96_000, 192_000, 384_000])
def test_any_rate_is_resampled_without_a_lag(
    rate: int,
    music: Callable[..., Any],
    wav: Callable[..., Any],
    run: Callable[..., Any],
    by_ffmpeg: Callable[..., Any],
    lag_of: Callable[..., Any],
) -> None:
    source = wav(music(rate, 1.3, channels=1), rate, "PCM_24")

    track = run(source)

    served = 44_100 if rate == 11_025 else 48_000
    reference = by_ffmpeg(source, "-ar", str(served), channels=1)
    heard = track.sound("aac-128", 1)
    started = {each.rung: each for each in track.of(RenditionStarted) if each.revision}
    assert lag_of(heard, reference) == 0
    assert started["aac-128"].samples == -(-round(1.3 * rate) * served // rate)
    assert started["flac"].sample_rate == rate
    assert np.array_equal(track.sound("flac", 1), by_ffmpeg(source, channels=1))


def test_the_lossless_rung_says_how_loud_it_is(
    music: Callable[..., Any], made: Callable[..., Any], run: Callable[..., Any]
) -> None:
    """Its samples stay as they came; players that level by themselves find out by how much."""
    track = run(made(music(44_100, 4.0), 44_100, "a.wav", "-c:a", "pcm_s16le"))

    told = track.one(Analysed).loudness
    (finished,) = [each for each in track.of(RenditionFinished) if each.rung == "flac"]
    init = (track.output / "r1/flac/init.mp4").read_bytes()
    with av.open(io.BytesIO(init)) as media:
        tags = {name.lower(): text for name, text in media.metadata.items()}

    assert finished.integrated_lufs == told.integrated_lufs
    assert tags["replaygain_track_gain"] == f"{-18 - told.integrated_lufs:.2f} dB"
    peak = 10 ** (told.true_peak_dbtp / 20)
    assert tags["replaygain_track_peak"] == f"{peak:.6f}"
    assert int(tags["r128_track_gain"]) == round(256 * (-23 - told.integrated_lufs))
    loudness_box = init.index(b"tlou")
    assert init.index(b"trak") < init.index(b"ludt") < loudness_box < init.index(b"mvex")
    assert init[loudness_box + 16] == round(4 * (told.integrated_lufs + 57.75))


@pytest.mark.parametrize(
    ("subtype", "channels"),
    [("PCM_U8", 1), ("PCM_16", 1), ("PCM_16", 2), ("PCM_24", 1), ("PCM_24", 2)],
)
def test_the_lossless_rung_holds_the_very_samples(
    subtype: str,
    channels: int,
    wav: Callable[..., Any],
    run: Callable[..., Any],
    by_ffmpeg: Callable[..., Any],
) -> None:
    noise = np.random.default_rng(1).uniform(-1, 1, (channels, 44_100 * 8 + 321))
    source = wav(noise, 44_100, subtype)

    track = run(source, preview=False)

    assert np.array_equal(track.sound("flac", channels), by_ffmpeg(source, channels=channels))
    segments = [each for each in track.of(SegmentMade) if each.rung == "flac"]
    assert [each.n for each in segments] == [0, 1]


def test_mono_stays_mono_and_gets_no_rung_its_codec_cannot_fill(
    music: Callable[..., Any], wav: Callable[..., Any], run: Callable[..., Any]
) -> None:
    track = run(wav(music(44_100, 2, channels=1), 44_100))

    assert track.one(Analysed).rungs == ["aac-64", "aac-128", "aac-192", "flac"]
    assert {each.channels for each in track.of(RenditionStarted)} == {1}


@pytest.mark.parametrize("layout", ["5.1", "7.1", "quad", "3.0"])
def test_surround_is_folded_as_ffmpeg_folds_it(
    layout: str,
    music: Callable[..., Any],
    made: Callable[..., Any],
    run: Callable[..., Any],
    by_ffmpeg: Callable[..., Any],
) -> None:
    channels = {"5.1": 6, "7.1": 8, "quad": 4, "3.0": 3}[layout]
    source = made(
        music(48_000, 1, channels) * 0.3, 48_000, "a.wav", "-ac", str(channels),
        "-af", f"aformat=channel_layouts={layout}", "-c:a", "pcm_f32le",
    )  # fmt: skip

    track = run(source)

    folded = by_ffmpeg(source, "-ac", "2", channels=2)
    gain = 10 ** (track.one(Analysed).loudness.gain_db / 20)
    heard = track.sound("aac-320", 2)[:, : folded.shape[1]]
    residue = heard[:, 2048:] - gain * folded[:, 2048:]
    assert np.square(residue).mean() < 0.01 * np.square(heard).mean()
    assert any("folded" in note for note in track.one(Analysed).notes)


def test_a_wav_of_six_channels_that_names_none_counts_no_low_frequencies(
    wav: Callable[..., Any], run: Callable[..., Any]
) -> None:
    rumble = np.zeros((6, 96_000), np.float32)
    time = np.arange(96_000) / 48_000
    rumble[3] = 0.5 * np.sin(2 * np.pi * 60 * time)
    rumble[0] = rumble[1] = 0.05 * np.sin(2 * np.pi * 997 * time)

    track = run(wav(rumble, 48_000))

    # 0.05 is -26.02 dBFS, and a stereo sine of that level reads 3.01 + -3.01 LU beside it.
    assert track.one(Analysed).loudness.integrated_lufs == pytest.approx(-26.02, abs=0.1)


@pytest.mark.parametrize("samples", [1, 100, 4_410])
def test_a_moment_of_sound_is_a_track(
    samples: int, wav: Callable[..., Any], run: Callable[..., Any], by_ffmpeg: Callable[..., Any]
) -> None:
    source = wav(np.full((2, samples), 0.25, np.float32), 44_100)

    track = run(source)

    assert track.one(Analysed).loudness.integrated_lufs is None
    assert track.sound("aac-128", 2).shape[1] >= samples
    assert np.array_equal(track.sound("flac", 2), by_ffmpeg(source, channels=2))


def test_silence_is_served_as_silence(wav: Callable[..., Any], run: Callable[..., Any]) -> None:
    track = run(wav(np.zeros((2, 96_000), np.float32), 48_000))

    assert track.one(Analysed).loudness.gain_db == 0
    assert abs(track.sound("aac-128", 2)).max() < 1e-4


def test_samples_that_are_no_numbers_become_silence(
    music: Callable[..., Any], wav: Callable[..., Any], run: Callable[..., Any]
) -> None:
    sound = music(48_000, 3)
    sound[0, 70_000:70_010] = np.nan
    sound[1, 80_000] = np.inf

    track = run(wav(sound, 48_000, "FLOAT"))

    assert track.one(Analysed).notes == ["11 samples were not numbers and are silent."]
    assert track.one(Analysed).rungs == ["aac-64", "aac-128", "aac-192", "aac-320"]
    assert np.isfinite(track.sound("aac-128", 2)).all()


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("a.flac", ()),
        ("a.wav", ()),
        ("a.mp3", ()),
        ("a.ogg", ("-c:a", "libvorbis")),
        ("a.m4a", ("-c:a", "aac", "-movflags", "faststart")),
        ("a.mka", ("-c:a", "flac")),
    ],
)
def test_a_truncated_file_plays_as_far_as_it_goes(
    name: str,
    options: tuple[str, ...],
    music: Callable[..., Any],
    made: Callable[..., Any],
    run: Callable[..., Any],
) -> None:
    source = made(music(44_100, 6), 44_100, name, *options)
    source.write_bytes(source.read_bytes()[: source.stat().st_size * 2 // 3])

    track = run(source)

    analysed = track.one(Analysed)
    assert 3 < analysed.samples / 44_100 < 5
    if name in {"a.flac", "a.wav", "a.m4a"}:  # the others do not know how long they were
        assert any("ends early" in note for note in analysed.notes)


def test_a_film_whose_index_was_cut_off_is_refused_in_words(
    music: Callable[..., Any], made: Callable[..., Any], run: Callable[..., Any]
) -> None:
    source = made(music(44_100, 2), 44_100, "a.m4a", "-c:a", "aac")  # its index stands at the end
    source.write_bytes(source.read_bytes()[: source.stat().st_size // 2])

    with pytest.raises(NotMedia, match="damaged"):
        run(source)


def test_damage_in_the_middle_is_silent_and_what_follows_stays_in_place(
    music: Callable[..., Any],
    made: Callable[..., Any],
    run: Callable[..., Any],
    lag_of: Callable[..., Any],
) -> None:
    sound = music(44_100, 8)
    source = made(sound, 44_100, "a.flac")
    data = bytearray(source.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 60_000] = bytes(60_000)
    source.write_bytes(data)

    track = run(source)

    analysed = track.one(Analysed)
    assert analysed.samples == pytest.approx(sound.shape[1], abs=2)
    assert any("missing in the file" in note for note in analysed.notes)
    end = track.sound("flac", 2)[:, -100_000:]
    assert lag_of(end, sound[:, -100_000:]) == 0


@pytest.mark.parametrize("claimed", [0, 1_000, 0xFFFFFFFF])
def test_a_wav_header_may_lie_about_its_length(
    claimed: int, music: Callable[..., Any], wav: Callable[..., Any], run: Callable[..., Any]
) -> None:
    source = wav(music(44_100, 2), 44_100)
    data = bytearray(source.read_bytes())
    at = data.index(b"data") + 4
    data[at : at + 4] = struct.pack("<I", claimed)
    source.write_bytes(data)

    track = run(source)

    samples = track.one(Analysed).samples
    assert samples == (250 if claimed == 1_000 else 88_200)


def test_a_hole_in_the_timestamps_is_filled_with_silence(
    music: Callable[..., Any], made: Callable[..., Any], run: Callable[..., Any]
) -> None:
    sound = music(48_000, 4)
    hole = ("-af", "aselect='not(between(t,1,2))'", "-c:a", "pcm_s16le")

    track = run(made(sound, 48_000, "a.mka", *hole))

    analysed = track.one(Analysed)
    assert analysed.samples == pytest.approx(sound.shape[1], abs=4096)
    assert any("missing in the file" in note for note in analysed.notes)


def test_a_lossy_file_gets_no_rung_above_its_own_rate(
    music: Callable[..., Any], made: Callable[..., Any], run: Callable[..., Any]
) -> None:
    track = run(made(music(44_100, 4), 44_100, "a.mp3", "-b:a", "128k"))

    assert track.one(Analysed).rungs == ["aac-64", "aac-128"]
    assert not track.one(Probed).lossless


def test_a_file_below_the_default_rung_starts_with_the_best_it_has(
    music: Callable[..., Any], made: Callable[..., Any], run: Callable[..., Any]
) -> None:
    track = run(made(music(44_100, 4), 44_100, "a.mp3", "-b:a", "64k"))

    assert [each.rung for each in track.of(RenditionFinished)] == ["aac-64"]


REFUSED = {
    "empty": (b"", EmptyFile),
    "text": (b"la la la, la la la\n" * 50, NotMedia),
    "playlist": (b"#EXTM3U\n#EXTINF:3,\n/etc/passwd\n", Refused),
    "header only": (b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\1\0\2\0\x44\xac\0\0\x10\xb1\2\0\4\0\x10\0"
                    b"data\0\0\0\0", TooShort),
    "noise behind a magic": (b"fLaC" + bytes(range(256)) * 40, NotMedia),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_no_sound_is_refused_in_words(
    what: str, tmp_path: Path, run: Callable[..., Any]
) -> None:
    content, error = REFUSED[what]
    path = tmp_path / "song.mp3"
    path.write_bytes(content)

    with pytest.raises(MediaError) as refusal:
        run(path)

    assert isinstance(refusal.value, (error, DecodeFailed))
    assert str(refusal.value).endswith(".")


def test_a_film_without_sound_is_refused(
    made: Callable[..., Any], music: Callable[..., Any], run: Callable[..., Any]
) -> None:
    film = made(
        music(8_000, 1), 8_000, "a.mp4",
        "-f", "lavfi", "-i", "testsrc=size=64x64:rate=5:duration=1", "-map", "1", "-c:v", "mpeg4",
    )  # fmt: skip

    with pytest.raises(NoSound):
        run(film)


def test_a_codec_that_is_not_on_the_list_is_never_opened(
    made: Callable[..., Any], music: Callable[..., Any], run: Callable[..., Any]
) -> None:
    with pytest.raises(UnsupportedCodec, match="wmav2"):
        run(made(music(44_100, 1), 44_100, "a.mka", "-c:a", "wmav2"))


@pytest.mark.parametrize(("rate", "channels"), [(3_000, 1), (400_000, 1), (8_000, 30)])
def test_what_is_beyond_the_limits_is_refused(
    rate: int, channels: int, tmp_path: Path, run: Callable[..., Any]
) -> None:
    path = tmp_path / "a.wav"
    soundfile.write(path, np.zeros((rate, channels)), rate, subtype="PCM_16")

    with pytest.raises(LimitExceeded):
        run(path)


def test_a_file_of_too_many_tracks_is_refused(
    music: Callable[..., Any], made: Callable[..., Any], run: Callable[..., Any]
) -> None:
    tracks = ("-map", "0") * 17

    with pytest.raises(LimitExceeded, match="16 tracks"):
        run(made(music(44_100, 0.2), 44_100, "a.m4a", *tracks, "-c:a", "aac"))
