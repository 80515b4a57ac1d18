"""`houle demo`: a server with something to hear in it, composed on the spot."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli import refusals

if TYPE_CHECKING:
    from cli.composition import Piece
    from server.settings import Settings

ARTIST = "houle"
FOLDER = Path("data-demo")
CHUNK = 1 << 18


def demo(
    host: Annotated[str | None, typer.Option(help="Where to listen; 127.0.0.1.")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65_535, help="8080.")] = None,
    data: Annotated[Path, typer.Option(help="The data folder.")] = FOLDER,
) -> None:
    """Serve with two songs that Houle composes itself."""
    from cli.serve import serve
    from server.database import migrate
    from server.settings import load

    with refusals.said():
        settings = load(data_dir=data)
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        migrate(settings.database_url)
        asyncio.run(_furnish(settings))
    serve(host=host, port=port, data=data, workers=1)


async def _furnish(settings: Settings) -> None:
    """Compose what is not there yet; a second start finds it all."""
    from cli.composition import PIECES
    from server.accounts import UserNotFound, create_user, user_named
    from server.database import open_database
    from server.http.principal import Role
    from server.tracks import listed

    database = open_database(settings.database_url)
    try:
        try:
            owner = await user_named(database, ARTIST)
        except UserNotFound:
            owner = await create_user(database, ARTIST, password=None, role=Role.CREATOR)
        there = await database.read(
            listed, viewer_id=owner.id, owner_id=owner.id, before=None, limit=100
        )
        titles = {track.title for track in there}
        for piece in PIECES:
            if piece.title not in titles:
                typer.echo(f"composing {piece.title}", err=True)
                await _add(database, settings, owner.id, piece)
    finally:
        await database.close()


async def _add(database: object, settings: Settings, owner: str, piece: Piece) -> None:
    from server.database import Database
    from server.media import open_storage
    from server.uploads import UNLIMITED, Intake, UploadFields

    assert isinstance(database, Database)  # noqa: S101 -- typed lazily: the CLI starts fast
    intake = Intake(database, open_storage(settings.storage_url), settings)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{piece.title}.flac"
        await asyncio.to_thread(_record, piece, path)
        size = path.stat().st_size
        async with intake.upload(owner, UNLIMITED, announced=size) as upload:
            await upload.receive(path.name, _chunks(path))
            await upload.commit(
                UploadFields(title=piece.title, artist="Houle", album="Demonstration")
            )


def _record(piece: Piece, path: Path) -> None:
    import soundfile

    from cli.composition import RATE, play

    with soundfile.SoundFile(path, "w", RATE, 2, "PCM_16", format="FLAC") as file:
        for chord in play(piece):
            file.write(chord)


async def _chunks(path: Path) -> AsyncIterator[bytes]:
    with path.open("rb") as file:
        while chunk := await asyncio.to_thread(file.read, CHUNK):
            yield chunk
