"""Bad input ends in a clear state and message, leaves no debris, and the server goes on."""

import asyncio
import io
import struct
import wave
from pathlib import Path

import aiohttp
import numpy as np
import pytest
import soundfile

from tests.end_to_end import decoded
from tests.end_to_end.houle import Person, Server
from tests.end_to_end.sources import excerpt, ffmpeg


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def stored(server: Server) -> set[Path]:
    return {path for path in (server.data / "media").rglob("*") if path.is_file()}


async def refused(person: Person, path: Path) -> str:
    """Upload what cannot become a track; return the words the person reads."""
    form = aiohttp.FormData()
    form.add_field("file", io.BytesIO(path.read_bytes()), filename=path.name)
    async with person.http.post(f"{person.url}/api/v1/tracks", data=form) as response:
        answer = await response.json()
        if response.status != 202:
            assert response.content_type == "application/problem+json"
            assert 400 <= response.status < 500
            return str(answer["detail"])
    track = await person.wait(answer["id"])
    assert track["state"] == "failed"
    assert not track["playable"]
    return str(track["error"]["message"])


NOT_SOUND = {
    "empty.mp3": b"",
    "text.mp3": b"Dear listener, this is a letter and not a song.\n" * 40,
    "page.mp3": b"<!doctype html><html><body>404</body></html>",
    "list.m3u8": b"#EXTM3U\n#EXT-X-TARGETDURATION:6\n#EXTINF:6,\nfile:///etc/passwd\n",
    "list.mp3": b"ffconcat version 1.0\nfile /etc/passwd\n",
    "session.wav": b"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nm=audio 5004 RTP/AVP 0\n",
    "shell.mp4": struct.pack(">I4s4sI", 16, b"ftyp", b"isom", 0),
    "noise.flac": bytes(range(256)) * 64,
}


@pytest.mark.parametrize("name", sorted(NOT_SOUND))
async def test_what_is_no_sound_is_refused_in_words(
    name: str, admin: Person, tmp_path: Path
) -> None:
    message = await refused(admin, written(tmp_path / name, NOT_SOUND[name]))

    assert len(message) > 10
    assert "Traceback" not in message
    assert "Errno" not in message


async def test_a_film_without_sound_says_so(admin: Person, tmp_path: Path) -> None:
    film = tmp_path / "silent.mp4"
    ffmpeg("-f", "lavfi", "-i", "testsrc2=size=160x90:rate=25", "-t", "1", "-c:v", "libx264", film)

    assert "sound" in (await refused(admin, film)).lower()


async def test_a_truncated_flac_plays_as_far_as_it_goes(
    admin: Person, sources: Path, tmp_path: Path
) -> None:
    whole = tmp_path / "whole.flac"
    ffmpeg("-i", excerpt(sources), "-c:a", "flac", whole)
    content = whole.read_bytes()

    track = await admin.ready(written(tmp_path / "cut.flac", content[: len(content) // 2]))

    assert 0 < track["duration_ms"] < 14_300
    assert track["notes"]


async def test_a_wav_whose_header_lies_about_its_length_plays_what_is_there(
    admin: Person, sources: Path, tmp_path: Path
) -> None:
    content = bytearray(excerpt(sources).read_bytes())
    start = content.index(b"data")
    content[start + 4 : start + 8] = struct.pack("<I", 0xFFFF_FFF0)

    track = await admin.ready(written(tmp_path / "liar.wav", bytes(content)))

    assert track["duration_ms"] == 14_300


@pytest.mark.parametrize(
    ("rate", "channels", "kind"), [(8_000, 1, "PCM_16"), (192_000, 2, "PCM_24")]
)
async def test_the_slowest_and_the_fastest_rates_come_out_whole(
    rate: int, channels: int, kind: str, server: Server, admin: Person, tmp_path: Path
) -> None:
    time = np.arange(rate * 7) / rate
    tone = 0.2 * np.sin(2 * np.pi * 440 * time)[:, None].repeat(channels, axis=1)
    path = tmp_path / "tone.wav"
    soundfile.write(path, tone, rate, subtype=kind)

    track = await admin.ready(path)

    assert track["sample_rate"] == rate
    assert track["duration_ms"] == 7_000
    address = f"{server.url}/hls/{track['id']}/flac/media.m3u8"
    assert np.array_equal(decoded.integers(address, channels), decoded.integers(path, channels))


async def test_eight_channels_become_stereo(server: Server, admin: Person, tmp_path: Path) -> None:
    rate = 48_000
    time = np.arange(rate * 2) / rate
    tones = np.stack([0.1 * np.sin(2 * np.pi * (300 + 50 * k) * time) for k in range(8)], axis=1)
    path = tmp_path / "surround.wav"
    soundfile.write(path, tones, rate, subtype="PCM_16")

    track = await admin.ready(path)

    assert [r["rung"] for r in track["renditions"]] == ["aac-64", "aac-128", "aac-192", "aac-320"]
    heard = decoded.samples(f"{server.url}/hls/{track['id']}/aac-128/media.m3u8", rate=rate)
    assert np.abs(heard[:, rate // 2 : rate]).max() > 0.05


async def test_a_tenth_of_a_second_is_a_track(
    server: Server, admin: Person, sources: Path, tmp_path: Path
) -> None:
    blip = tmp_path / "blip.wav"
    ffmpeg("-i", excerpt(sources), "-t", "0.1", blip)

    track = await admin.ready(blip)

    assert track["duration_ms"] == 100
    heard = decoded.samples(f"{server.url}/hls/{track['id']}/aac-128/media.m3u8", rate=44_100)
    assert decoded.lag(heard, decoded.samples(blip, rate=44_100)) == 0


async def test_samples_that_are_no_numbers_become_silence(admin: Person, tmp_path: Path) -> None:
    tone = (0.3 * np.sin(2 * np.pi * 440 * np.arange(88_200) / 44_100)).astype(np.float32)
    tone[1_000:1_100] = np.nan
    tone[2_000] = np.inf
    path = tmp_path / "nan.wav"
    soundfile.write(path, tone, 44_100, subtype="FLOAT")

    track = await admin.ready(path)

    assert track["loudness"]["integrated_lufs"] == pytest.approx(-14.2, abs=1.0)
    assert any("not numbers" in note for note in track["notes"])


async def test_wrongly_encoded_tags_are_read_as_they_were_meant(
    admin: Person, sources: Path, tmp_path: Path
) -> None:
    plain = tmp_path / "plain.mp3"
    ffmpeg(
        "-i",
        excerpt(sources),
        "-t",
        "3",
        "-b:a",
        "128k",
        "-map_metadata",
        "-1",
        "-id3v2_version",
        "0",
        plain,
    )
    text = b"\x00" + "Ночь".encode("cp1251")
    frame = b"TIT2" + struct.pack(">I", len(text)) + b"\0\0" + text
    size = bytes([0, 0, len(frame) >> 7, len(frame) & 0x7F])

    track = await admin.ready(
        written(tmp_path / "night.mp3", b"ID3\x03\0\0" + size + frame + plain.read_bytes())
    )

    assert track["title"] == "Ночь"


async def test_the_same_file_twice_is_two_tracks_and_says_so(
    admin: Person, sources: Path, tmp_path: Path
) -> None:
    blip = tmp_path / "twice.wav"
    ffmpeg("-i", excerpt(sources), "-t", "1.7", blip)

    first, second = await admin.ready(blip), await admin.ready(blip)

    assert first["id"] != second["id"]
    assert second["duplicate_of"] == first["id"]


async def test_an_upload_cut_in_the_middle_leaves_nothing(
    server: Server, admin: Person, sources: Path
) -> None:
    content = excerpt(sources).read_bytes()
    head = (
        b"POST /api/v1/tracks HTTP/1.1\r\nHost: x\r\n"
        + f"Authorization: {admin.http.headers['Authorization']}\r\n".encode()
        + f"Content-Length: {len(content) + 200}\r\n".encode()
        + b"Content-Type: multipart/form-data; boundary=b\r\n\r\n--b\r\n"
        b'Content-Disposition: form-data; name="file"; filename="half.wav"\r\n\r\n'
    )
    before = stored(server)
    _, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(head + content[: len(content) // 2])
    await writer.drain()
    writer.close()
    await writer.wait_closed()

    async with asyncio.timeout(10):
        while stored(server) != before:  # noqa: ASYNC110 - another process removes it
            await asyncio.sleep(0.05)
    async with admin.http.get(f"{admin.url}/api/v1/tracks?limit=100") as response:
        assert "half.wav" not in {item["file_name"] for item in (await response.json())["items"]}


async def test_a_wav_of_no_samples_is_refused(admin: Person, tmp_path: Path) -> None:
    path = tmp_path / "nothing.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(44_100)

    assert "sound" in (await refused(admin, path)).lower()


async def test_after_all_this_the_server_is_healthy(server: Server, admin: Person) -> None:
    async with admin.http.get(f"{server.url}/health") as response:
        assert (await response.json())["status"] in {"healthy", "ok", "up"}
    assert not list((server.data / "work").glob("*/*"))
