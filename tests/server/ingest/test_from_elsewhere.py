"""An ingest by a worker that has nothing but a grant makes what one beside the store makes."""

import hashlib
import io
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from jobs.client import LeaseClient
from jobs.objects import Objects
from jobs.worker import JobFailed, Lease
from server.http.worker import embedded_worker_token
from server.ingest_work import Ingest
from server.settings import SETTINGS
from server.worker_child import objects_of
from storage import keys
from tests.server.tracks.studio import Person, Studio
from transcoder.zygote import Zygote

RATE = 44_100
SECONDS = 14
By = Callable[[Lease], Objects]


def song() -> bytes:
    """Some seconds of noise that swells, as 16-bit FLAC."""
    random = np.random.default_rng(7)
    swell = np.linspace(0.01, 0.3, RATE * SECONDS)
    sound = random.standard_normal((RATE * SECONDS, 2)) * 0.2 * swell[:, None]
    written = io.BytesIO()
    soundfile.write(written, sound, RATE, format="FLAC", subtype="PCM_16")
    return written.getvalue()


@pytest.fixture
async def zygote() -> AsyncIterator[Zygote]:
    started = await Zygote.start(nice=0)
    yield started
    await started.close()


@pytest.fixture
async def lease_client(studio: Studio) -> AsyncIterator[LeaseClient]:
    token = embedded_worker_token(studio.app[SETTINGS].secret_key)
    async with LeaseClient(str(studio.client.make_url("/")), token) as opened:
        yield opened


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A folder of another machine."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    return folder


def granted(client: LeaseClient) -> By:
    return lambda lease: client.objects(lease.job)


async def ingested(
    studio: Studio, client: LeaseClient, work: Callable[[By], Ingest], by: By
) -> dict[str, str]:
    """Do the next job, and return the SHA-256 of each file of its track."""
    job = await client.claim(["cpu"], "w", wait_seconds=0)
    assert job is not None
    lease = Lease(job, client)
    await client.finish(job, await work(by)(lease))
    folder = studio.app[SETTINGS].data_dir / "media" / keys.track(str(job.payload["track_id"]))
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


async def test_the_files_are_the_same(
    studio: Studio, marin: Person, lease_client: LeaseClient, zygote: Zygote, elsewhere: Path
) -> None:
    content = song()
    tracks = [await marin.upload(content, name="swell.flac") for _ in range(2)]
    here = studio.app[SETTINGS].work_dir
    here.mkdir(exist_ok=True)

    beside = await ingested(
        studio,
        lease_client,
        lambda by: Ingest(here, by, zygote),
        objects_of(studio.storage),
    )
    afar = await ingested(
        studio, lease_client, lambda by: Ingest(elsewhere, by, zygote), granted(lease_client)
    )

    assert {"original", "a1/waveform.dat", "r1/flac/0.m4s", "r1/aac-128/init.mp4"} <= set(afar)
    assert afar == beside
    assert list(elsewhere.iterdir()) == []
    for track in tracks:
        shown = await marin.track(track["id"])
        assert (shown["state"], shown["error"]) == ("ready", None)
        assert shown["urls"]["lossless"]


async def test_an_original_that_is_gone_is_said_from_afar_too(
    studio: Studio, marin: Person, lease_client: LeaseClient, zygote: Zygote, elsewhere: Path
) -> None:
    track = await marin.upload(song(), name="swell.flac")
    await studio.storage.delete(keys.original(track["id"]))
    work = Ingest(elsewhere, granted(lease_client), zygote)
    job = await lease_client.claim(["cpu"], "w", wait_seconds=0)
    assert job is not None

    with pytest.raises(JobFailed, match="gone") as failure:
        await work(Lease(job, lease_client))

    assert (failure.value.code, failure.value.retryable) == ("no_source", False)
