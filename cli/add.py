"""`houle add`: files and folders of this machine become tracks, without a detour over HTTP."""

from __future__ import annotations

import asyncio
import hashlib
import socket
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli import refusals
from cli.on_database import DataFolder
from cli.sound_files import cover_beside, found

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from server.accounts import User
    from server.database import Database
    from server.settings import Settings
    from server.uploads import Intake, UploadFields

CHUNK = 1024**2
POLL_SECONDS = 0.3
AWAY_SECONDS = 5.0  # a child that died is back by then
VISIBILITIES = ("public", "unlisted", "private")


def add(
    paths: Annotated[list[Path], typer.Argument(help="Files, or folders to search for songs.")],
    owner: Annotated[str, typer.Option(help="Whose tracks they become.")] = "admin",
    visibility: Annotated[str, typer.Option(help="public, unlisted or private.")] = "public",
    wait: Annotated[
        bool, typer.Option(help="Wait until they are ready, when a server runs.")
    ] = True,
    data: DataFolder = None,
) -> None:
    """Add songs from this machine and print the ids of their tracks.

    What the owner has already is skipped, so a second run goes on where the first one ended.
    A picture named cover, folder, front or album beside a song becomes its cover.
    """
    from server.database import migrate
    from server.settings import load

    if visibility not in VISIBILITIES:
        raise typer.BadParameter(f"A track is {', '.join(VISIBILITIES)}; not {visibility}.")
    with refusals.said():
        settings = load(data_dir=data)
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        migrate(settings.database_url)
        failed = asyncio.run(_add_all(settings, list(found(paths)), owner, visibility, wait=wait))
    if failed:
        raise typer.Exit(1)


async def _add_all(
    settings: Settings, songs: list[Path], owner: str, visibility: str, *, wait: bool
) -> int:
    from server.accounts import user_named
    from server.database import open_database
    from server.media import open_storage
    from server.tracks import Visibility
    from server.uploads import Intake, UploadFields

    database = open_database(settings.database_url)
    try:
        user = await user_named(database, owner)
        intake = Intake(database, open_storage(settings.storage_url), settings)
        fields = UploadFields(visibility=Visibility(visibility))
        with _progress() as shown:
            adding = Adding(database, intake, user, fields, shown)
            for song in songs:
                await adding.add(song)
            if wait:
                await adding.wait(lambda: _is_serving(settings))
            adding.end()
        return adding.failed
    finally:
        await database.close()


@dataclass(slots=True)
class Adding:
    """One run: what was added, and what of it is not ready yet."""

    database: Database
    intake: Intake
    user: User
    fields: UploadFields
    shown: Progress
    failed: int = 0
    waiting: dict[str, Path] = field(default_factory=dict)

    async def add(self, song: Path) -> None:
        """Add one file, unless its owner has the same bytes already."""
        from server.errors import DomainError

        try:
            await self._add(song)
        except (DomainError, OSError) as error:
            reason = error.strerror if isinstance(error, OSError) else str(error)
            self._fail(song, reason or str(error))
        await self.look()

    async def _add(self, song: Path) -> None:
        from server.tracks import find_duplicate
        from server.uploads import UNLIMITED, cleaned_name

        size, sha256 = await asyncio.to_thread(_measured, song)
        known = await self.database.point(find_duplicate, self.user.id, sha256)
        if known is not None:
            self.shown.console.print(f"{song}: there already, as {known}", highlight=False)
            return
        task = self.shown.add_task(song.name, total=size)
        async with self.intake.upload(self.user.id, UNLIMITED, announced=size) as upload:
            await upload.receive(cleaned_name(song.name), self._chunks(song, task))
            if cover := await asyncio.to_thread(cover_beside, song):
                await upload.keep_cover(self._chunks(cover.path), cover.content_type)
            await upload.commit(self.fields)
        self.shown.remove_task(task)
        self.waiting[upload.track_id] = song

    async def _chunks(self, path: Path, task: TaskID | None = None) -> AsyncIterator[bytes]:
        with path.open("rb") as file:
            while chunk := await asyncio.to_thread(file.read, CHUNK):
                yield chunk
                if task is not None:
                    self.shown.advance(task, len(chunk))

    async def look(self) -> None:
        """Print what has become ready, and why something has not."""
        from server.tracks import TrackState, states

        tracks = await self.database.point(states, list(self.waiting))
        for track_id, song in list(self.waiting.items()):
            track = tracks.get(track_id)
            if track is not None and track.state is TrackState.PROCESSING:
                continue
            del self.waiting[track_id]
            if track is None:
                self._fail(song, "The track was deleted.")
            elif track.state is TrackState.FAILED:
                self._fail(song, track.error or "It could not be made playable.")
            else:
                typer.echo(f"{track_id}  {song}")

    async def wait(self, is_serving: Callable[[], bool]) -> None:
        """Wait for the rest, for as long as there is a server that makes it ready."""
        if not is_serving():
            return
        task = self.shown.add_task("making them ready", total=None)
        seen = time.monotonic()
        while self.waiting:
            await asyncio.sleep(POLL_SECONDS)
            await self.look()
            if is_serving():
                seen = time.monotonic()
            elif time.monotonic() - seen > AWAY_SECONDS:
                self.failed += len(self.waiting)
                typer.echo("houle: The server stopped before everything was ready.", err=True)
                break
        self.shown.remove_task(task)

    def end(self) -> None:
        """Say what is queued."""
        for track_id, song in self.waiting.items():
            typer.echo(f"{track_id}  {song}")
        if self.waiting:
            words = f"{len(self.waiting)} queued; a running `houle serve` makes them ready."
            typer.echo(words, err=True)

    def _fail(self, song: Path, reason: str) -> None:
        self.failed += 1
        typer.echo(f"houle: {song}: {reason}", err=True)


def _progress() -> Progress:
    from rich.console import Console
    from rich.progress import Progress

    return Progress(console=Console(stderr=True), disable=not sys.stderr.isatty(), transient=True)


def _measured(path: Path) -> tuple[int, str]:
    """Return the size of a file and its SHA-256."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return file.tell(), digest


def _is_serving(settings: Settings) -> bool:
    """Tell whether a server of this data folder answers."""
    with socket.socket(socket.AF_UNIX) as probe, suppress(OSError):
        probe.connect(str(settings.serve_socket))
        return True
    return False
