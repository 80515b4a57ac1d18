"""Every format people send becomes segments that FFmpeg decodes in time, in length, and as loud."""

from collections.abc import Callable
from typing import Any

import pytest

from transcoder.reports import Analysed, RenditionFinished

FORMATS = {
    "wav-16": ("a.wav", "-c:a", "pcm_s16le"),
    "wav-24": ("a.wav", "-c:a", "pcm_s24le"),
    "wav-float": ("a.wav", "-c:a", "pcm_f32le"),
    "wav-8": ("a.wav", "-c:a", "pcm_u8"),
    "aiff": ("a.aiff", "-c:a", "pcm_s16be"),
    "flac": ("a.flac",),
    "mp3": ("a.mp3", "-b:a", "192k"),
    "mp3-vbr": ("a.mp3", "-q:a", "2"),
    "m4a-aac": ("a.m4a", "-c:a", "aac", "-b:a", "160k"),
    "m4a-alac": ("a.m4a", "-c:a", "alac"),
    "adts": ("a.aac", "-c:a", "aac", "-b:a", "160k"),
    "vorbis": ("a.ogg", "-c:a", "libvorbis", "-q:a", "6"),
    "opus": ("a.opus", "-c:a", "libopus", "-b:a", "160k"),
    "mka-flac": ("a.mka", "-c:a", "flac"),
}
FILMS = {
    "mp4": ("a.mp4", "-c:v", "mpeg4", "-c:a", "aac"),
    "mov": ("a.mov", "-c:v", "mjpeg", "-c:a", "pcm_s16le"),
    "mkv": ("a.mkv", "-c:v", "mpeg4", "-c:a", "ac3"),
    "webm": ("a.webm", "-c:v", "libvpx", "-cpu-used", "8", "-c:a", "libopus"),
    "avi": ("a.avi", "-c:v", "mpeg4", "-c:a", "libmp3lame"),
    "ts": ("a.ts", "-c:v", "mpeg2video", "-c:a", "mp2"),
    "flv": ("a.flv", "-c:v", "flv1", "-c:a", "libmp3lame"),
}
SEVERAL_SEGMENTS = {"wav-24", "mp3", "m4a-aac", "opus", "mp4"}  # the others are kept short
PICTURE = ("-f", "lavfi", "-i", "testsrc=size=128x96:rate=10", "-shortest")


@pytest.mark.parametrize("form", [*FORMATS, *FILMS])
def test_a_file_plays_in_time_whole_and_at_even_loudness(
    form: str,
    music: Callable[..., Any],
    made: Callable[..., Any],
    run: Callable[..., Any],
    by_ffmpeg: Callable[..., Any],
    lag_of: Callable[..., Any],
) -> None:
    rate = 48_000 if form in {"opus", "webm"} else 44_100
    film = FILMS.get(form)
    name, *options = film or FORMATS[form]
    seconds = 7.3 if form in SEVERAL_SEGMENTS else 2.3
    source = made(music(rate, seconds), rate, name, *(PICTURE if film else ()), *options)

    track = run(source)

    reference = by_ffmpeg(source, channels=2)
    analysed = track.one(Analysed)
    assert analysed.samples == reference.shape[1]
    for finished in track.of(RenditionFinished):
        heard = track.sound(finished.rung, 2)
        assert 0 <= heard.shape[1] - analysed.samples < 1024
        assert lag_of(heard, reference) == 0
        assert finished.segments == (2 if form in SEVERAL_SEGMENTS else 1)
    loudness, peak = track.loudness(track.of(RenditionFinished)[-1].rung)
    wanted = analysed.loudness.integrated_lufs + analysed.loudness.gain_db
    assert loudness == pytest.approx(wanted, abs=0.2)
    assert peak <= 0
