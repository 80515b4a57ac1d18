"""Playlist parsers by others, in their strict modes, take what we write."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import m3u8
import pytest

from hls.media_playlist import MediaPlaylist, PlaylistKind, Segment

if TYPE_CHECKING:
    from tests.hls.conftest import Published

TOOLS = Path(__file__).parents[1] / "tools"


def run_hls_parser(*playlists: Path) -> subprocess.CompletedProcess[str]:
    beside_python = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    node = shutil.which("node", path=beside_python)
    if not node or not (TOOLS / "node_modules" / "hls-parser").is_dir():
        pytest.fail("Node or tests/tools/node_modules is missing: run `make setup-dev`")
    command = [node, str(TOOLS / "parse_playlists.mjs"), *map(str, playlists)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def parse_strictly(*playlists: Path) -> list[dict[str, Any]]:
    done = run_hls_parser(*playlists)
    assert done.returncode == 0, done.stderr
    assert not done.stderr
    return list(json.loads(done.stdout))


def test_hls_parser_reads_a_whole_package(published: Published) -> None:
    rungs = [published.folder / rung / "media.m3u8" for rung in ("aac-128", "aac-64", "flac")]

    master, *media = parse_strictly(published.master, *rungs)

    assert [(each["uri"], each["codecs"]) for each in master["variants"]] == [
        ("aac-128/media.m3u8", "mp4a.40.2"),
        ("aac-64/media.m3u8", "mp4a.40.2"),
        ("flac/media.m3u8", "fLaC"),
    ]
    assert all(each["average_bandwidth"] <= each["bandwidth"] for each in master["variants"])
    for each in media:
        assert (each["type"], each["ended"], each["target_duration"]) == ("VOD", True, 7)
        assert each["maps"] == ["init.mp4"]
        assert sum(each["durations"]) == pytest.approx(12.5, abs=0.024)


def test_hls_parser_reads_an_event_that_grows(tmp_path: Path) -> None:
    playlist = tmp_path / "event.m3u8"
    playlist.write_text(
        MediaPlaylist(
            target_duration=6,
            init_uri="init.mp4?v=0",
            segments=(Segment("0.m4s?v=0", Fraction(144, 25)),),
            kind=PlaylistKind.EVENT,
            ended=False,
        ).render()
    )

    (event,) = parse_strictly(playlist)

    assert (event["type"], event["ended"], event["durations"]) == ("EVENT", False, [5.76])


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("#EXT-X-TARGETDURATION:7", "#EXT-X-TARGETDURATION:5"),
        ("#EXT-X-TARGETDURATION:7\n", ""),
        ("#EXT-X-VERSION:6", "#EXT-X-VERSION:2"),
    ],
)
def test_hls_parser_is_strict_enough_to_find_a_fault(
    published: Published, tmp_path: Path, right: str, wrong: str
) -> None:
    text = (published.folder / "flac" / "media.m3u8").read_text()
    playlist = tmp_path / "wrong.m3u8"
    playlist.write_text(text.replace(right, wrong))

    assert run_hls_parser(playlist).returncode == 1


def test_the_m3u8_package_reads_a_whole_package(published: Published) -> None:
    master = m3u8.load(str(published.master))
    assert master.is_variant
    assert master.is_independent_segments
    for variant in master.playlists:
        media = m3u8.load(str(published.folder / variant.uri))
        assert media.is_endlist
        assert media.target_duration == 7
        assert media.segment_map[0].uri == "init.mp4"
        assert [segment.uri for segment in media.segments] == ["0.m4s", "1.m4s"]
        for segment in media.segments:
            assert (Path(media.base_uri) / segment.uri).is_file()
