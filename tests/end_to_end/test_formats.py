"""Every format of the mission goes in; what comes out is decoded by ffmpeg and compared."""

from pathlib import Path

import numpy as np
import pytest

from tests.end_to_end import decoded
from tests.end_to_end.houle import Person, Server
from tests.end_to_end.sources import SOURCES, Source, make, speech

TARGET_LUFS = -14.0


def rung_of(server: Server, track: str, rung: str) -> str:
    return f"{server.url}/hls/{track}/{rung}/media.m3u8"


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
async def test_a_song_becomes_a_stream_that_equals_it(
    source: Source, server: Server, admin: Person, sources: Path
) -> None:
    path = make(source, sources)
    track = await admin.ready(path)
    truth = decoded.samples(path, rate=source.rate)

    assert track["playable"]
    assert track["title"] == "The Song" or path.suffix in {".wav", ".aac", ".aiff", ".mov"}
    assert [rendition["rung"] for rendition in track["renditions"]] == [*source.rungs]
    assert track["lossless"] is source.lossless
    assert track["duration_ms"] == round(truth.shape[1] * 1000 / source.rate)
    gain = 10 ** (track["loudness"]["gain_db"] / 20)
    for rung in source.rungs:
        address = rung_of(server, track["id"], rung)
        if rung == "flac":
            assert np.array_equal(decoded.integers(address), decoded.integers(path))
            continue
        heard = decoded.samples(address, rate=source.rate)
        # The decoder hands out the whole last frame; the edit list says where the song ends.
        assert truth.shape[1] <= heard.shape[1] <= truth.shape[1] + 2 * 1024, rung
        assert decoded.lag(heard, truth) == 0, rung
        n = truth.shape[1]
        error = heard[:, :n] - gain * truth
        assert np.mean(error**2) < np.mean((gain * truth) ** 2) / 10, rung


@pytest.mark.parametrize("name", ["song.flac", "song.mp3", "song.ogg"])
async def test_every_rendition_is_as_loud_as_promised(
    name: str, server: Server, admin: Person, sources: Path
) -> None:
    source = next(source for source in SOURCES if source.name == name)
    track = await admin.ready(make(source, sources))
    loudness = track["loudness"]
    promised = loudness["integrated_lufs"] + loudness["gain_db"]

    measured, _ = decoded.loudness(make(source, sources))
    assert loudness["integrated_lufs"] == pytest.approx(measured, abs=0.1)
    assert promised <= TARGET_LUFS + 0.05
    for rung in source.rungs:
        if rung == "flac":
            continue
        heard, peak = decoded.loudness(rung_of(server, track["id"], rung))
        assert heard == pytest.approx(promised, abs=0.2), rung
        assert peak <= 0.0, rung


async def test_speech_of_one_channel_stays_mono_and_is_lifted_to_the_ceiling_at_most(
    server: Server, admin: Person, sources: Path
) -> None:
    track = await admin.ready(speech(sources))

    assert track["channels"] == 1
    assert track["sample_rate"] == 22_050
    heard = decoded.samples(rung_of(server, track["id"], "aac-128"), rate=44_100, channels=1)
    truth = decoded.samples(speech(sources), rate=44_100, channels=1)
    assert decoded.lag(heard, truth) == 0
    _, peak = decoded.loudness(rung_of(server, track["id"], "aac-128"))
    assert peak <= 0.0
