"""A file on its way in: announced, streamed into the store, and made a track by one commit.

The order is what makes it safe. A row announces the folder; then come the bytes, hashed, synced and
renamed; then one transaction takes the announcement away and adds the track and its job. Whatever
breaks off in between leaves a folder that is announced, and is removed when it is due.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import DatabaseError

from server import jobs, tracks
from server.beside import beside
from server.database import Database
from server.disk_floor import disk_floor
from server.errors import DiskFull, DomainError
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
LOOK_BYTES = 64 * 1024**2  # of one file between two looks at the disk

log = structlog.get_logger()


class Intake:
    """The way in, for requests and for the shell."""

    def __init__(self, database: Database, storage: Storage, settings: Settings) -> None:
        self.database = database
        self.storage = storage
        self.settings = settings
        self._running: list[Upload] = []  # in the order in which they began

    @asynccontextmanager
    async def upload(
        self, owner_id: str, limits: Limits, *, announced: int | None
    ) -> AsyncIterator[Upload]:
        """Begin an upload; what is not committed at the end leaves nothing behind."""
        upload = Upload(self, new_id(), owner_id, limits, announced or 0)
        self._running.append(upload)
        try:
            await self.require_room(upload)
            async with self._announced(upload):
                yield upload
        finally:
            self._running.remove(upload)

    async def require_room(self, upload: Upload) -> None:
        """Refuse an upload for which there is no room beside those that began before it.

        Other processes' uploads are seen only as far as they have come: hence a look now and then.
        """
        free = await self.storage.free_bytes()
        if free is None:
            return
        floor = await asyncio.to_thread(disk_floor, self.settings)
        first = self._running[: self._running.index(upload) + 1]
        if free - sum(each.to_come for each in first) < floor:
            raise DiskFull("There is not enough room on the server's disk for this file.")

    @asynccontextmanager
    async def _announced(self, upload: Upload) -> AsyncIterator[None]:
        """Have a row stand for the upload, and take away what does not become a track."""
        upload.left = await self.database.write(
            _reserve, upload.track_id, upload.owner_id, upload.limits, upload.announced
        )
        try:
            async with beside(self._keep_alive(upload.track_id), "upload-alive"):
                yield
        finally:
            if not await upload.may_be_a_track():
                await self._leave_nothing(upload.track_id)

    async def _keep_alive(self, track_id: str) -> None:
        while True:
            await asyncio.sleep(ALIVE_SECONDS)
            try:
                await self.database.write(tracks.keep, track_id)
            except Exception:  # one sign may fail; the next may not
                log.exception("sign of life failed", track=track_id)

    async def _leave_nothing(self, track_id: str) -> None:
        try:
            await self.storage.delete_prefix(keys.track(track_id))
            await self.database.write(tracks.claim, track_id)
        except (DomainError, DatabaseError, OSError):  # why the upload failed is the news
            log.exception("left for the sweeper", track=track_id)


@dataclass(slots=True, eq=False)
class Upload:
    """One file of one user."""

    _intake: Intake
    track_id: str
    owner_id: str
    limits: Limits
    announced: int  # bytes; 0 when the sender does not know
    left: int | None = None  # bytes of the quota
    _came: int = 0  # bytes of the file
    _committing: asyncio.Task[Track] | None = None
    _stored: Stored | None = field(default=None)
    _file_name: str = ""
    _container: str | None = None
    _cover_type: str | None = None

    @property
    def to_come(self) -> int:
        """Return the bytes that are announced and not here."""
        return max(0, self.announced - self._came)

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
        writing = self._intake.database.write(self._commit, self._stored, fields)
        self._committing = asyncio.create_task(writing, name=f"commit of {self.track_id}")
        await asyncio.wait({self._committing})  # our own cancellation does not reach into it
        return self._committing.result()

    async def may_be_a_track(self) -> bool:
        """Wait for a commit in flight, whoever gave up on it; False: it is none for certain."""
        if self._committing is None:
            return False
        await asyncio.wait({self._committing})
        return self._committing.cancelled() or self._committing.exception() is None

    def _commit(self, connection: Connection, stored: Stored, fields: UploadFields) -> Track:
        if not tracks.claim(connection, self.track_id):
            raise UploadGivenUp("The upload stood still for too long. Send the file again.")
        quota = self.limits.quota_bytes
        used = tracks.stored_bytes(connection, self.owner_id)
        if quota is not None and used + stored.size > quota:
            raise _quota_reached(quota)
        settings = self._intake.settings
        payload = {
            "track_id": self.track_id,
            "file_name": self._file_name,
            "container": self._container,
            "target_lufs": settings.loudness_target,  # here, so that every attempt agrees
            "ceiling_dbtp": settings.true_peak,
        }
        work = jobs.NewJob(kind="ingest", pool=POOL, payload=payload, owner_id=self.owner_id)
        job_id = jobs.enqueue(connection, work)
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
        await self._require_fit(head)
        yield head
        async for chunk in body:
            await self._require_fit(chunk)
            yield chunk

    async def _require_fit(self, chunk: bytes) -> None:
        before, self._came = self._came, self._came + len(chunk)
        limit = self.limits.file_bytes
        if limit is not None and self._came > limit:
            raise FileTooLarge(f"A file may have {_shown(limit)}.")
        if self.left is not None and self._came > self.left:
            raise _quota_reached(self.limits.quota_bytes or 0)
        if before // LOOK_BYTES != self._came // LOOK_BYTES:
            await self._intake.require_room(self)


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
