"""The disk keeps its last room, and room that was promised is kept."""

from collections.abc import AsyncIterator
from pathlib import Path

from tests.server.tracks.studio import wav
from tests.server.uploads.sending import (
    MIB,
    Limited,
    form,
    nothing_is_left,
    on_its_way,
    post,
)
from tests.small_disk import mounted


async def test_below_the_disk_floor_nothing_comes_in(limited: Limited) -> None:
    studio = await limited(disk_floor=1 << 60)
    marin = await studio.person()

    response = await marin.send(wav())

    assert response.status == 507
    assert "disk" in (await response.json())["detail"]
    assert await nothing_is_left(studio)
    assert (await marin.get("/api/v1/tracks")).status == 200


async def test_a_file_of_unknown_length_stops_at_the_disk_floor(
    limited: Limited, tmp_path: Path
) -> None:
    with mounted(tmp_path / "small", 160) as disk:
        studio = await limited(storage_url=f"file://{disk}", disk_floor=100 * MIB)
        marin = await studio.person()

        async def pieces() -> AsyncIterator[bytes]:
            yield form(("file", wav(MIB), "long.wav"), end=False)[:-2]
            for _ in range(140):
                yield bytes(MIB)

        response = await post(marin, pieces())

        assert response.status == 507
        assert "room on the server's disk" in (await response.json())["detail"]
        assert await nothing_is_left(studio)
        assert not [path for path in disk.rglob("*") if path.is_file()]


async def test_the_room_that_a_running_upload_was_promised_is_not_given_twice(
    limited: Limited, tmp_path: Path
) -> None:
    with mounted(tmp_path / "small", 160) as disk:
        studio = await limited(storage_url=f"file://{disk}", disk_floor=20 * MIB)
        marin = await studio.person()

        async with on_its_way(studio, marin, 100 * MIB):
            refused = await marin.send(wav(60 * MIB))
            small = await marin.send(wav(10 * MIB))
            track = (await small.json())["id"]
            await marin.request("DELETE", f"/api/v1/tracks/{track}")
            await studio.sql("DELETE FROM unclaimed WHERE owner_id IS NULL")
            await studio.sql("DELETE FROM jobs")

        assert (refused.status, small.status) == (507, 202)
        assert (await marin.send(wav(60 * MIB))).status == 202
