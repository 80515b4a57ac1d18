"""A file on its way in: announced, streamed into the store, and made a track by one commit.

The order is what makes it safe. A row announces the folder; then come the bytes, hashed, synced and
renamed; then one transaction takes the announcement away and adds the track and its job. Whatever
breaks off in between leaves a folder that is announced, and is removed when it is due.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

import structlog
from sqlalchemy import Connection

from server import jobs, tracks
from server.database import Database
from server.errors import DiskFull
from server.ids import new_id
from server.settings import Settings
from server.tracks import NewTrack, Track
from server.uploads.model import (
    FORM_BYTES,
    EmptyUpload,
    FileRefused,
    FileTooLarge,
    Limits,
    QuotaReached,
    TooManyUploads,
    UploadFields,
    UploadGivenUp,
)
from storage import NoSpace, Storage, Stored, keys
from transcoder.errors import EmptyFile, MediaError
from transcoder.sniff import HEAD, sniff

POOL = "cpu"
ALIVE_SECONDS = 30.0  # between two signs of life of a running upload
FLOOR_SHARE = 0.05  # of the disk, where no HOULE_DISK_FLOOR says otherwise

log = structlog.get_logger()


class Intake:
    """The way in, for requests and for the shell."""

    def __init__(self, database: Database, storage: Storage, settings: Settings) -> None:
        self.database = database
        self.storage = storage
        self._settings = settings

    @asynccontextmanager
    async def upload(
        self, owner_id: str, limits: Limits, *, announced: int | None
    ) -> AsyncIterator[Upload]:
        """Begin an upload; what is not committed at the end leaves nothing behind."""
        track_id = new_id()
        await self._require_room(announced or 0)
        left = await self.database.write(_reserve, track_id, owner_id, limits, announced or 0)
        upload = Upload(self, track_id, owner_id, limits, left)
        alive = asyncio.create_task(self._keep_alive(track_id))
        try:
            yield upload
        finally:
            alive.cancel()
            with suppress(asyncio.CancelledError):
                await alive
            if not upload.committed:
                await self._leave_nothing(track_id)

    async def _require_room(self, size: int) -> None:
        free = await self.storage.free_bytes()
        if free is None:
            return
        if free - size < await asyncio.to_thread(self._floor):
            raise DiskFull("There is not enough room on the server's disk for this file.")

    def _floor(self) -> int:
        """Return the bytes that stay free: what the operator says, else 2 GiB or a share."""
        floor, place = int(self._settings.disk_floor), urlsplit(self._settings.storage_url)
        if place.scheme != "file" or "disk_floor" in self._settings.model_fields_set:
            return floor
        disk = shutil.disk_usage(_existing(Path(unquote(place.path))))
        return max(floor, int(disk.total * FLOOR_SHARE))

    async def _keep_alive(self, track_id: str) -> None:
        while True:
            await asyncio.sleep(ALIVE_SECONDS)
            try:
                await self.database.write(tracks.keep, track_id)
            except Exception:  # one sign may fail; the next may not
                log.exception("sign of life failed", track=track_id)

    async def _leave_nothing(self, track_id: str) -> None:
        await self.storage.delete_prefix(keys.track(track_id))
        await self.database.write(tracks.claim, track_id)


@dataclass(slots=True)
class Upload:
    """One file of one user."""

    _intake: Intake
    track_id: str
    owner_id: str
    _limits: Limits
    _left: int | None  # bytes of the quota
    committed: bool = False
    _stored: Stored | None = field(default=None)
    _file_name: str = ""
    _container: str | None = None
    _cover_type: str | None = None

    async def receive(self, file_name: str, body: AsyncIterator[bytes]) -> Stored:
        """Take the bytes; they are on the disk when this returns."""
        self._file_name = file_name
        try:
            self._stored = await self._intake.storage.put(
                keys.original(self.track_id), self._watched(body)
            )
        except NoSpace as error:
            raise DiskFull("The server's disk is full.") from error
        return self._stored

    async def keep_cover(self, picture: AsyncIterator[bytes], content_type: str) -> None:
        """Take a picture that lies beside the file; it wins over one inside."""
        await self._intake.storage.put(keys.cover(self.track_id), picture)
        self._cover_type = content_type

    async def commit(self, fields: UploadFields) -> Track:
        """Make it a track, with a job that turns it into a stream."""
        if self._stored is None:
            raise RuntimeError("nothing was received")
        track = await self._intake.database.write(self._commit, self._stored, fields)
        self.committed = True
        return track

    def _commit(self, connection: Connection, stored: Stored, fields: UploadFields) -> Track:
        if not tracks.claim(connection, self.track_id):
            raise UploadGivenUp("The upload stood still for too long. Send the file again.")
        quota = self._limits.quota_bytes
        used = tracks.stored_bytes(connection, self.owner_id)
        if quota is not None and used + stored.size > quota:
            raise _quota_reached(quota)
        payload = {
            "track_id": self.track_id,
            "file_name": self._file_name,
            "container": self._container,
        }
        job_id = jobs.enqueue(
            connection, "ingest", pool=POOL, payload=payload, owner_id=self.owner_id
        )
        new = NewTrack(
            id=self.track_id,
            owner_id=self.owner_id,
            visibility=fields.visibility,
            title=fields.title,
            artist=fields.artist,
            album=fields.album,
            file_name=self._file_name,
            size_bytes=stored.size,
            sha256=stored.sha256,
            job_id=job_id,
            cover_type=self._cover_type,
        )
        return tracks.insert_track(connection, new)

    async def _watched(self, body: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """Refuse what is no sound after its first bytes, and what is too much when it is."""
        head = b""
        async for chunk in body:
            head += chunk
            if len(head) >= HEAD:
                break
        self._container = _sniffed(head[:HEAD])
        size = len(head)
        self._require_fit(size)
        yield head
        async for chunk in body:
            size += len(chunk)
            self._require_fit(size)
            yield chunk

    def _require_fit(self, size: int) -> None:
        limit = self._limits.file_bytes
        if limit is not None and size > limit:
            raise FileTooLarge(f"A file may have {_shown(limit)}.")
        if self._left is not None and size > self._left:
            raise _quota_reached(self._limits.quota_bytes or 0)


def _reserve(
    connection: Connection, track_id: str, owner_id: str, limits: Limits, announced: int
) -> int | None:
    """Announce the upload where the user's limits allow it; return what is left of the quota."""
    if limits.file_bytes is not None and announced > limits.file_bytes + FORM_BYTES:
        raise FileTooLarge(f"A file may have {_shown(limits.file_bytes)}.")
    count, coming = tracks.running(connection, owner_id)
    if limits.at_once is not None and count >= limits.at_once:
        raise TooManyUploads(f"{count} files are on their way already. Wait for one of them.", 5)
    left = None
    if limits.quota_bytes is not None:
        left = limits.quota_bytes - tracks.stored_bytes(connection, owner_id) - coming
        if announced > left + FORM_BYTES or left <= 0:
            raise _quota_reached(limits.quota_bytes)
    tracks.reserve(connection, track_id, owner_id, announced)
    return left


def _sniffed(head: bytes) -> str:
    try:
        return sniff(head)
    except EmptyFile as error:
        raise EmptyUpload(str(error)) from error
    except MediaError as error:
        raise FileRefused(str(error)) from error


def _quota_reached(quota: int) -> QuotaReached:
    return QuotaReached(f"Your files may take {_shown(quota)} in all. Delete some first.")


def _shown(size: int) -> str:
    for unit, factor in (("GiB", 1024**3), ("MiB", 1024**2), ("KiB", 1024)):
        if size >= factor:
            return f"{size / factor:.4g} {unit}"
    return f"{size} bytes"


def _existing(path: Path) -> Path:
    return path if path.exists() else _existing(path.parent)
