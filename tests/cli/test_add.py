"""`houle add` beside a server and without one."""

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.server.tracks.studio import wav

ROOT = Path(__file__).parents[2]


def houle(data: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "cli.main", *map(str, arguments)]
    environment = {name: text for name, text in os.environ.items() if name[:6] != "HOULE_"}
    environment |= {"HOULE_DATA_DIR": str(data), "HOULE_DISK_FLOOR": "0"}
    return subprocess.run(
        command,
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        input="a swell of the sea 7\n",
    )


def rows(data: Path, query: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(data / "houle.db")
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    made = houle(folder, "user", "add", "admin", "--role", "admin", "--password-stdin")
    assert made.returncode == 0, made.stderr
    return folder


@pytest.fixture
def music(tmp_path: Path) -> Path:
    album = tmp_path / "music" / "album"
    album.mkdir(parents=True)
    (album / "one.wav").write_bytes(wav(fill=1))
    (album / "two.WAV").write_bytes(wav(fill=2))
    (album / "Cover.JPG").write_bytes(b"\xff\xd8\xff a picture")
    (album / "notes.txt").write_text("not a song")
    (album / ".hidden.wav").write_bytes(wav(fill=3))
    (tmp_path / "music" / "three.wav").write_bytes(wav(fill=4))
    return tmp_path / "music"


def test_a_folder_is_added_once_with_its_covers_and_nothing_else(data: Path, music: Path) -> None:
    first = houle(data, "add", music)
    second = houle(data, "add", music)

    assert first.returncode == 0, first.stderr
    added = dict(line.split("  ", 1) for line in first.stdout.splitlines())
    assert sorted(Path(song).name for song in added.values()) == ["one.wav", "three.wav", "two.WAV"]
    assert "queued" in first.stderr
    tracks = rows(data, "SELECT id, file_name, cover_type, state FROM tracks ORDER BY file_name")
    assert {track[0] for track in tracks} == set(added)
    assert [track[1:] for track in tracks] == [
        ("one.wav", "image/jpeg", "processing"),
        ("three.wav", None, "processing"),
        ("two.WAV", "image/jpeg", "processing"),
    ]
    jobs = [json.loads(str(payload)) for (payload,) in rows(data, "SELECT payload FROM jobs")]
    assert {job["track_id"] for job in jobs} == set(added)
    assert (second.returncode, second.stdout) == (0, "")
    assert second.stderr.count("there already") == 3
    assert len(rows(data, "SELECT id FROM tracks")) == 3


def test_what_cannot_be_added_is_said_and_the_rest_is_added(
    data: Path, music: Path, tmp_path: Path
) -> None:
    letter = tmp_path / "letter.mp3"
    letter.write_text("Dear listener, this is a letter.")

    ended = houle(data, "add", letter, tmp_path / "nowhere.wav", music / "three.wav")

    assert ended.returncode == 1
    assert f"{letter}: This is a text" in ended.stderr
    assert "nowhere.wav: No such file" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert len(rows(data, "SELECT id FROM tracks")) == 1
    media = [path for path in (data / "media").rglob("*") if path.is_file()]
    assert [path.name for path in media] == ["original"]


def test_an_owner_must_exist(data: Path, music: Path) -> None:
    ended = houle(data, "add", "--owner", "nobody", music)

    assert ended.returncode == 1
    assert "There is no user nobody" in ended.stderr
