"""Who sees a track, who changes it, who removes it."""

import time
from urllib.parse import parse_qsl, urlsplit

import pytest

from server.http.principal import Role
from storage import ObjectNotFound, PathTokens, keys
from tests.server.conftest import SECRET
from tests.server.tracks.studio import Person, Studio, body_of


@pytest.mark.parametrize(
    ("visibility", "status"), [("public", 200), ("unlisted", 200), ("private", 404)]
)
async def test_others_find_a_track_by_its_id_unless_it_is_private(
    visibility: str, status: int, studio: Studio, marin: Person, ines: Person
) -> None:
    track_id = await studio.ready(marin, visibility=visibility)

    assert (await ines.get(f"/api/v1/tracks/{track_id}")).status == status
    assert (await studio.client.get(f"/api/v1/tracks/{track_id}")).status == status
    assert (await marin.get(f"/v1/tracks/{track_id}")).status == 200


async def test_lists_hold_ones_own_and_the_public_ones_newest_first(
    studio: Studio, marin: Person, ines: Person
) -> None:
    hidden = [await studio.ready(marin, visibility=v) for v in ("private", "unlisted")]
    public = await studio.ready(marin)
    hers = await studio.ready(ines, visibility="private")
    waiting = (await marin.upload())["id"]

    async def ids(who: Person | None, query: str = "") -> list[str]:
        path = f"/api/v1/tracks{query}"
        response = await (who.get(path) if who else studio.client.get(path))
        return [item["id"] for item in (await response.json())["items"]]

    assert await ids(marin) == [waiting, public, *reversed(hidden)]
    assert await ids(ines) == [hers, public]
    assert await ids(None) == [public]
    assert await ids(ines, "?owner=me") == [hers]
    assert await ids(ines, f"?owner={marin.user_id}") == [public]


async def test_a_list_is_read_page_by_page_without_a_gap(studio: Studio, marin: Person) -> None:
    uploaded = [(await marin.upload())["id"] for _ in range(5)]

    pages, cursor = [], ""
    while cursor is not None:
        path = f"/api/v1/tracks?limit=2&cursor={cursor}" if cursor else "/api/v1/tracks?limit=2"
        page = await (await marin.get(path)).json()
        pages.append([item["id"] for item in page["items"]])
        cursor = page["next_cursor"]

    newest = uploaded[::-1]
    assert pages == [newest[:2], newest[2:4], newest[4:]]


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=101", "limit=x", "cursor=abc", "cursor=%20", "cursor=ä"]
)
async def test_an_impossible_page_is_refused(query: str, studio: Studio) -> None:
    response = await studio.client.get(f"/api/v1/tracks?{query}")

    assert (response.status, response.content_type) == (422, "application/problem+json")


async def test_the_list_of_ones_own_needs_somebody(studio: Studio) -> None:
    assert (await studio.client.get("/api/v1/tracks?owner=me")).status == 401


async def test_a_change_names_the_version_that_it_changes(studio: Studio, marin: Person) -> None:
    track_id = await studio.ready(marin)
    path = f"/api/v1/tracks/{track_id}"
    etag = (await marin.get(path)).headers["ETag"]

    first = await marin.request("PATCH", path, json={"title": "Ebbe"}, headers={"If-Match": etag})
    second = await marin.request("PATCH", path, json={"title": "Flut"}, headers={"If-Match": etag})

    assert (first.status, (await first.json())["title"]) == (200, "Ebbe")
    assert first.headers["ETag"] != etag
    assert second.status == 412
    assert (await marin.track(track_id))["title"] == "Ebbe"


async def test_a_title_that_is_taken_back_is_the_files_again(studio: Studio, marin: Person) -> None:
    track_id = await studio.ready(marin, title="Mine")

    response = await marin.request("PATCH", f"/api/v1/tracks/{track_id}", json={"title": None})

    assert (await response.json())["title"] == "Marée haute"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"titel": "x"},
        {"title": ""},
        {"title": "x" * 301},
        {"visibility": "secret"},
        {"visibility": None},
    ],
)
async def test_a_change_that_makes_no_sense_is_refused(
    body: dict[str, str], studio: Studio, marin: Person
) -> None:
    track = await marin.upload()

    response = await marin.request("PATCH", f"/api/v1/tracks/{track['id']}", json=body)

    assert response.status == 422


async def test_others_may_neither_change_nor_delete(
    studio: Studio, marin: Person, ines: Person
) -> None:
    public = await studio.ready(marin)
    private = await studio.ready(marin, visibility="private")

    for track_id, status in ((public, 403), (private, 404)):
        path = f"/api/v1/tracks/{track_id}"
        assert (await ines.request("PATCH", path, json={"title": "Hers"})).status == status
        assert (await ines.request("DELETE", path)).status == status
        assert (await studio.client.delete(path)).status == 401
        assert (await marin.track(track_id))["title"] == "Marée haute"


async def test_a_moderator_removes_what_everybody_sees_but_not_what_is_private(
    studio: Studio, marin: Person
) -> None:
    moderator = await studio.person("Mona", Role.MODERATOR)
    public = await studio.ready(marin)
    private = await studio.ready(marin, visibility="private")

    assert (await moderator.request("DELETE", f"/api/v1/tracks/{public}")).status == 204
    assert (await moderator.request("DELETE", f"/api/v1/tracks/{private}")).status == 404


async def test_support_only_reads(studio: Studio) -> None:
    support = await studio.person("Sue", Role.SUPPORT)

    assert (await support.send(b"RIFF")).status == 403


async def test_a_deleted_track_takes_its_files_along(studio: Studio, marin: Person) -> None:
    track_id = await studio.ready(marin)

    response = await marin.request("DELETE", f"/api/v1/tracks/{track_id}")

    assert response.status == 204
    assert (await marin.get(f"/api/v1/tracks/{track_id}")).status == 404
    for key in (keys.original(track_id), keys.segment(track_id, 1, "aac-128", 0)):
        with pytest.raises(ObjectNotFound):
            await studio.storage.size(key)
    assert await studio.sql("SELECT * FROM renditions") == []


async def test_a_worker_stops_for_a_deleted_track_and_its_last_file_goes_too(
    studio: Studio, marin: Person
) -> None:
    track = await marin.upload()
    worker = studio.worker()
    await worker.claim()
    await marin.request("DELETE", f"/api/v1/tracks/{track['id']}")
    late = keys.segment(track["id"], 1, "aac-128", 0)
    await worker.put(late, b"made before the worker heard of it")

    beat = await worker.tell("beat")
    assert (await beat.json())["cancel"] is True
    await worker.tell("fail", code="cancelled", message="It was cancelled.", retryable=False)
    await studio.sql("UPDATE unclaimed SET due_at = 0")
    await studio.swept()

    with pytest.raises(ObjectNotFound):
        await studio.storage.size(late)
    assert await worker.claim() is None


async def test_a_deleted_track_that_waits_is_never_begun(studio: Studio, marin: Person) -> None:
    track = await marin.upload()

    await marin.request("DELETE", f"/api/v1/tracks/{track['id']}")

    assert await studio.worker().claim() is None


async def test_the_links_of_a_private_track_open_what_lies_below_it(
    studio: Studio, marin: Person
) -> None:
    track_id = await studio.ready(marin, visibility="private")
    await studio.storage.put(keys.cover(track_id), body_of(b"\xff\xd8\xff a picture"))
    await studio.sql("UPDATE tracks SET cover_type = 'image/jpeg', cover_file = 'cover'")
    urls = (await marin.track(track_id))["urls"]

    for name in ("hls", "lossless", "waveform", "download", "cover", "events"):
        assert (await studio.client.get(urls[name])).status == 200, name
        assert (await studio.client.get(urls[name].replace("&s=", "&s=x"))).status == 404, name


async def test_the_links_of_a_public_track_carry_no_secret(studio: Studio, marin: Person) -> None:
    track_id = await studio.ready(marin)

    urls = (await marin.track(track_id))["urls"]

    assert not [url for url in urls.values() if url and "s=" in url.replace("tracks", "")]


async def test_a_link_opens_neither_another_track_nor_anything_later(
    studio: Studio, marin: Person
) -> None:
    first = await studio.ready(marin, visibility="private")
    second = await studio.ready(marin, visibility="private")
    token = urlsplit((await marin.track(first))["urls"]["hls"]).query
    past = PathTokens(SECRET.encode()).sign(f"/hls/{first}/", expires=int(time.time()) - 3600)

    assert (await studio.client.get(f"/hls/{first}/master.m3u8?{token}")).status == 200
    assert (await studio.client.get(f"/hls/{second}/master.m3u8?{token}")).status == 404
    assert (await studio.client.get(f"/hls/{first}/master.m3u8?{past}")).status == 404
    api = f"/api/v1/tracks/{first}/waveform.json?{token}"
    assert (await studio.client.get(api)).status == 404


async def test_a_link_does_not_prolong_itself(studio: Studio, marin: Person) -> None:
    track_id = await studio.ready(marin, visibility="private")
    soon = int(time.time()) // 300 * 300 + 600
    token = PathTokens(SECRET.encode()).sign(f"/api/v1/tracks/{track_id}/", expires=soon)

    response = await studio.client.get(f"/api/v1/tracks/{track_id}/events?{token}")
    told = (await response.text()).partition("event: track\ndata: ")[2]

    assert f"e={soon}" in told
    expiries = {
        value for name, value in parse_qsl(told.replace('"', "&").replace("?", "&")) if name == "e"
    }
    assert expiries == {str(soon)}
