"""The checks find each fault that is planted, and nothing in what we write."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from struct import pack
from typing import TYPE_CHECKING, TypeAlias

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hls.audio_track import AudioTrack
from hls.cmaf import Sample, init_segment, media_segment
from hls.conformance import ASSERTIONS, Finding, Package, Severity, Source, check

if TYPE_CHECKING:
    from tests.hls.conftest import Published

Files: TypeAlias = dict[str, bytes]
Fault: TypeAlias = Callable[[Files], None]

MASTER, FLAC, AAC = "master.m3u8", "flac/media.m3u8", "aac-128/media.m3u8"
SOURCE = Source(44100, 551_250)


def found(files: Mapping[str, bytes], source: Source | None = SOURCE) -> list[Finding]:
    return check(Package((MASTER,), files, source))


def numbers(findings: list[Finding]) -> set[int]:
    return {finding.assertion for finding in findings}


def replacing(address: str, right: bytes, wrong: bytes) -> Fault:
    def plant(files: Files) -> None:
        assert right in files[address]
        files[address] = files[address].replace(right, wrong)

    return plant


def everywhere(right: bytes, wrong: bytes) -> Fault:
    def plant(files: Files) -> None:
        for address in (MASTER, AAC, FLAC, "aac-64/media.m3u8"):
            files[address] = files[address].replace(right, wrong)

    return plant


def stating(name: bytes, factor: float) -> Fault:
    """Multiply an attribute of the first variant."""

    def plant(files: Files) -> None:
        def wrong(right: re.Match[bytes]) -> bytes:
            return str(round(int(right[0]) * factor)).encode()

        number = rb"(?<=[:,]" + name + rb"=)\d+"
        files[MASTER] = re.sub(number, wrong, files[MASTER], count=1)

    return plant


def patching(address: str, box: bytes, at: int, wrong: bytes) -> Fault:
    """Overwrite bytes behind the four letters of a box."""

    def plant(files: Files) -> None:
        start = files[address].index(box) + 4 + at
        body = files[address]
        files[address] = body[:start] + wrong + body[start + len(wrong) :]

    return plant


def without(address: str) -> Fault:
    def plant(files: Files) -> None:
        del files[address]

    return plant


FAULTS: dict[str, tuple[Fault, set[int]]] = {
    "a byte order mark": (replacing(FLAC, b"#EXTM3U", b"\xef\xbb\xbf#EXTM3U"), {1}),
    "another first line": (replacing(AAC, b"#EXTM3U\n", b"\n#EXTM3U\n"), {1}),
    "Latin-1": (replacing(FLAC, b"#EXT-X-VERSION", b"# \xe9t\xe9\n#EXT-X-VERSION"), {1}),
    "a tag twice": (replacing(FLAC, b"#EXTINF", b"#EXT-X-TARGETDURATION:7\n#EXTINF"), {2}),
    "an old version": (replacing(FLAC, b"VERSION:6", b"VERSION:3"), {2}),
    "no target": (everywhere(b"#EXT-X-TARGETDURATION:7\n", b""), {2}),
    "a duration in words": (replacing(FLAC, b"6.439592", b"long"), {2, 21}),
    "broken attributes": (replacing(MASTER, b',CODECS="fLaC"', b",CODECS=,"), {2, 11, 12, 14}),
    "media tags in the master": (replacing(MASTER, b"#EXTM3U", b"#EXTM3U\n#EXT-X-ENDLIST"), {2}),
    "too low a target": (everywhere(b"TARGETDURATION:7", b"TARGETDURATION:5"), {3, 4}),
    "a target just too low": (replacing(AAC, b"6.462812", b"7.5"), {3, 21}),
    "a runt": (replacing(FLAC, b"6.439592", b"0.4"), {5, 21}),
    "no end": (replacing(FLAC, b"#EXT-X-ENDLIST\n", b""), {6}),
    "another target": (replacing(FLAC, b"TARGETDURATION:7", b"TARGETDURATION:8"), {8}),
    "a segment less": (replacing(FLAC, b"#EXTINF:6.439592,\n1.m4s\n", b""), {8, 22}),
    "no map": (replacing(FLAC, b'#EXT-X-MAP:URI="init.mp4"\n', b""), {9}),
    "a map that leads nowhere": (without("flac/init.mp4"), {9}),
    "independence not said": (everywhere(b"#EXT-X-INDEPENDENT-SEGMENTS\n", b""), {10}),
    "too low a peak": (stating(b"BANDWIDTH", 0.999), {11}),
    "too high a peak": (stating(b"BANDWIDTH", 1.2), {11}),
    "too low an average": (stating(b"AVERAGE-BANDWIDTH", 0.8), {12}),
    "no average": (replacing(MASTER, b"AVERAGE-BANDWIDTH", b"X-AVERAGE"), {12}),
    "no codecs": (replacing(MASTER, b',CODECS="fLaC"', b""), {14}),
    "video unexplained": (replacing(MASTER, b"fLaC", b"fLaC,avc1.64001f"), {14}),
    "a lost segment": (without("flac/1.m4s"), {17}),
    "a lost playlist": (without(FLAC), {17}),
    "a truncated segment": (lambda f: f.update({"flac/1.m4s": f["flac/1.m4s"][:-1]}), {19}),
    "an init in a segment": (
        lambda f: f.update({"flac/1.m4s": f["flac/init.mp4"] + f["flac/1.m4s"]}),
        {19},
    ),
    "a segment for an init": (
        lambda f: f.update({"flac/init.mp4": f["flac/0.m4s"]}),
        {19},
    ),
    "data that is not in the table": (
        lambda f: f.update({"flac/1.m4s": f["flac/1.m4s"] + pack(">I4sI", 12, b"mdat", 0)}),
        {19},
    ),
    "a jump in time": (patching("flac/1.m4s", b"tfdt", 4, pack(">Q", 267265)), {20}),
    "a late start": (patching("flac/0.m4s", b"tfdt", 4, pack(">Q", 1024)), {20}),
    "a duration 2 ms off": (replacing(FLAC, b"6.060408", b"6.062408"), {21}),
    "a wrong length in the edit list": (
        patching("flac/init.mp4", b"elst", 8, pack(">I", 551_249)),
        {22},
    ),
    "priming not taken out": (patching("aac-128/init.mp4", b"elst", 12, pack(">I", 0)), {22, 23}),
    "another codec": (replacing(MASTER, b"fLaC", b"mp4a.40.2"), {27}),
    "samples that need others": (
        patching("flac/init.mp4", b"trex", 20, pack(">I", 0x01010000)),
        {10, 28},
    ),
    "an old brand": (replacing("flac/init.mp4", b"cmfc", b"isom"), {31}),
    "another base of offsets": (patching("flac/0.m4s", b"tfhd", 0, pack(">I", 0x8)), {31}),
    "the same fragment again": (patching("flac/1.m4s", b"mfhd", 4, pack(">I", 1)), {32}),
}


@pytest.mark.parametrize(("plant", "expected"), FAULTS.values(), ids=FAULTS.keys())
def test_a_planted_fault_is_found(published: Published, plant: Fault, expected: set[int]) -> None:
    files = published.files()
    plant(files)

    assert numbers(found(files)) == expected


def test_what_we_write_has_no_fault(published: Published) -> None:
    assert found(published.files()) == []


@pytest.mark.parametrize("samples", [1, 1023, 4410, 264_600, 311_364, 311_366])
@pytest.mark.parametrize("rate", [8000, 44100, 48000, 88200])
def test_no_length_of_ours_has_a_fault(
    publish_sound: Callable[..., Published], tmp_path: Path, rate: int, samples: int
) -> None:
    asset = publish_sound(tmp_path / "asset", samples, rate, 1)

    assert found(asset.files(), Source(rate, samples)) == []


def test_the_source_is_asked_for_the_length(published: Published) -> None:
    assert numbers(found(published.files(), Source(44100, 551_251))) == {22}
    assert found(published.files(), source=None) == []


def test_a_finding_says_what_where_and_how_bad(published: Published) -> None:
    files = published.files()
    replacing(FLAC, b"6.439592", b"0.4")(files)

    runt, off = found(files)

    assert str(runt) == "warning 5 flac/media.m3u8: the last segment lasts 0.400 s"
    assert str(off) == "error 21 flac/1.m4s: EXTINF is -6039.592 ms off"
    assert (runt.severity, off.severity) == (Severity.WARNING, Severity.ERROR)
    assert {runt.assertion, off.assertion} < ASSERTIONS.keys()


def test_addresses_may_be_urls_with_queries(published: Published) -> None:
    base, leads = "https://media.example/hls/7/", rb"(init\.mp4|\d\.m4s|media\.m3u8)\b"
    files = {
        f"{base}{address}?v=1": re.sub(leads, rb"\1?v=1", body) if ".m3u8" in address else body
        for address, body in published.files().items()
    }

    assert check(Package((f"{base}{MASTER}?v=1",), files, SOURCE)) == []


def test_a_media_playlist_can_be_an_entry_of_its_own(published: Published) -> None:
    assert check(Package((FLAC,), published.files(), SOURCE)) == []


def test_an_entry_that_is_not_there_is_reported(published: Published) -> None:
    assert numbers(check(Package(("main.m3u8",), published.files()))) == {17}


def made_up(*, loud: int, quiet: int, kind: str = "mp4a.40.2") -> Files:
    """Four segments of 6 s whose frames, all of 1 s, have the sizes that are asked for."""
    config = b"\x12\x10" if kind.startswith("mp4a") else bytes(34)
    track = AudioTrack(
        codec="aac" if kind.startswith("mp4a") else "flac",
        rate=44100,
        channels=2,
        extradata=config,
        priming=1024 if kind.startswith("mp4a") else 0,
        samples=None,
        frame_samples=44100,
    )
    files = {"init.mp4": init_segment(track)}
    media = '#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-TARGETDURATION:6\n#EXT-X-MAP:URI="init.mp4"\n'
    for n, size in enumerate((quiet, loud, quiet, quiet)):
        samples = [Sample(bytes(size), 44100)] * 6
        files[f"{n}.m4s"] = media_segment(
            sequence=n + 1, decode_time=n * 6 * 44100, samples=samples
        )
        media += f"#EXTINF:6,\n{n}.m4s\n"
    files["media.m3u8"] = f"{media}#EXT-X-ENDLIST\n".encode()
    sizes = [len(files[f"{n}.m4s"]) for n in range(4)]
    peak, average = -(-max(sizes) * 8 // 6), -(-sum(sizes) * 8 // 24)
    files[MASTER] = (
        "#EXTM3U\n#EXT-X-INDEPENDENT-SEGMENTS\n"
        f'#EXT-X-STREAM-INF:BANDWIDTH={peak},AVERAGE-BANDWIDTH={average},CODECS="{kind}"\n'
        "media.m3u8\n"
    ).encode()
    return files


def test_a_peak_far_over_the_average_is_a_warning() -> None:
    (finding,) = found(made_up(loud=20_000, quiet=4_000), source=None)

    assert (finding.assertion, finding.severity) == (13, Severity.WARNING)
    assert found(made_up(loud=8_000, quiet=4_000), source=None) == []


def test_a_programme_needs_a_rung_for_mobile_networks() -> None:
    (finding,) = found(made_up(loud=25_000, quiet=24_000), source=None)

    assert str(finding) == "error 16 master.m3u8: no variant peaks at 192 kbit/s or less"


def test_flac_needs_aac_beside_it() -> None:
    (finding,) = found(made_up(loud=8_000, quiet=7_000, kind="fLaC"), source=None)

    assert str(finding) == "error 16 master.m3u8: Opus or FLAC without AAC beside it"


def test_ffmpegs_own_packager_is_told_its_known_faults(published: Published) -> None:
    """Its priming is not signalled, its tail a runt, its rates nominal, independence not said."""
    folder = published.folder.parent / "by-ffmpeg"
    folder.mkdir(exist_ok=True)
    ffmpeg = shutil.which("ffmpeg")
    assert ffmpeg, "the ffmpeg command is not installed"
    command = [
        *(ffmpeg, "-v", "error", "-y", "-i", str(published.folder / FLAC), "-c:a", "aac"),
        *("-hls_time", "6", "-hls_playlist_type", "vod", "-hls_segment_type", "fmp4"),
        *("-master_pl_name", MASTER, "-f", "hls", str(folder / "media.m3u8")),
    ]
    subprocess.run(command, check=True, cwd=folder)
    files = {path.name: path.read_bytes() for path in folder.iterdir()}

    assert numbers(found(files)) >= {5, 10, 12, 23}


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_bytes_gone_wrong_are_findings_never_a_crash(
    published: Published, data: st.DataObject
) -> None:
    files = {name: body for name, body in published.files().items() if "aac-64" not in name}
    address = data.draw(st.sampled_from(sorted(files)))
    head = min(len(files[address]), 900)  # where the tables are
    body = bytearray(files[address])
    for _ in range(data.draw(st.integers(1, 4))):
        body[data.draw(st.integers(0, head - 1))] = data.draw(st.integers(0, 255))
    files[address] = bytes(body[: data.draw(st.integers(0, len(body)))])

    assert all(finding.assertion in ASSERTIONS for finding in found(files))
