"""hls.js in Chromium plays what we serve: from the start, after a seek, on another rung."""

from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest
from aiohttp import web
from playwright.async_api import Page

from tests.end_to_end.browser import chromium
from tests.end_to_end.decoded import lag, samples
from tests.end_to_end.houle import Person, Server
from tests.end_to_end.sources import excerpt

HLS_JS = Path(__file__).parents[1] / "tools/node_modules/hls.js/dist/hls.js"
PLAYER = """<!doctype html><audio controls></audio><script src="/hls.js"></script><script>
const audio = document.querySelector('audio');
window.errors = [];
window.play = async (address) => {
  const hls = window.hls = new Hls({ maxBufferLength: 8 });
  hls.on(Hls.Events.ERROR, (_, data) => errors.push(`${data.fatal} ${data.details}`));
  hls.loadSource(address);
  hls.attachMedia(audio);
  await new Promise((done) => hls.on(Hls.Events.MANIFEST_PARSED, done));
  await audio.play();
};
window.reaches = (time) => new Promise((done) => {
  const look = () => audio.currentTime >= time ? done(audio.currentTime) : setTimeout(look, 20);
  look();
});
window.decoded = async (playlist) => {
  const text = await (await fetch(playlist)).text();
  const init = /#EXT-X-MAP:URI="([^"]+)"/.exec(text)[1];
  const segments = text.split('\\n').filter((line) => line && !line.startsWith('#'));
  const parts = [init, ...segments].map(async (name) => {
    const part = await fetch(new URL(name, playlist));
    return part.arrayBuffer();
  });
  const bytes = await new Blob(await Promise.all(parts)).arrayBuffer();
  const sound = await new OfflineAudioContext(2, 1, 44100).decodeAudioData(bytes);
  return [...sound.getChannelData(0)];
};
</script>"""


@pytest.fixture
async def player(aiohttp_server: object) -> AsyncIterator[Page]:
    """A page of another origin, as an embedding site would have it."""

    async def page(_: web.Request) -> web.Response:
        return web.Response(text=PLAYER, content_type="text/html")

    async def script(_: web.Request) -> web.FileResponse:
        return web.FileResponse(HLS_JS)

    app = web.Application()
    app.router.add_get("/", page)
    app.router.add_get("/hls.js", script)
    site = await aiohttp_server(app)  # type: ignore[operator]
    async with chromium() as browser:
        page_ = await browser.new_page()
        await page_.goto(str(site.make_url("/")))
        yield page_


async def test_hls_js_plays_seeks_and_switches_rung_without_an_error(
    player: Page, server: Server, admin: Person, sources: Path
) -> None:
    song = excerpt(sources, start=0, seconds=60)
    track = await admin.ready(song)
    await player.evaluate("(a) => play(a)", f"{server.url}/hls/{track['id']}/master.m3u8")

    assert await player.evaluate("reaches(1)") >= 1
    await player.evaluate("audio.currentTime = 40")
    assert await player.evaluate("reaches(41)") >= 41
    for level in range(await player.evaluate("hls.levels.length")):
        await player.evaluate("(n) => { hls.currentLevel = n; }", level)
        heard = await player.evaluate("audio.currentTime")
        assert await player.evaluate("(t) => reaches(t)", heard + 0.7) > heard
    assert await player.evaluate("errors") == []
    assert await player.evaluate("audio.duration") == pytest.approx(60, abs=0.05)


async def test_hls_js_plays_the_lossless_rung(
    player: Page, server: Server, admin: Person, sources: Path
) -> None:
    track = await admin.ready(excerpt(sources))
    await player.evaluate("(a) => play(a)", f"{server.url}/hls/{track['id']}/lossless.m3u8")

    assert await player.evaluate("reaches(7)") >= 7
    assert await player.evaluate("errors") == []


async def test_the_owner_hears_the_song_while_it_is_still_being_made(
    player: Page, server: Server, admin: Person, sources: Path
) -> None:
    """The preview's playlist becomes the normalised one under a player that already plays."""
    track = await admin.upload(excerpt(sources, start=0, seconds=200))
    async for name, event in admin.events(track):
        if name == "state" and event["playable"]:
            break
    owner = (await admin.track(track))["urls"]["hls"]
    await player.evaluate("(a) => play(a)", f"{server.url}{owner}" if owner[0] == "/" else owner)

    assert await player.evaluate("reaches(3)") >= 3
    await admin.wait(track)
    await player.evaluate("audio.currentTime = 120")
    assert await player.evaluate("reaches(122)") >= 122
    assert not [error for error in await player.evaluate("errors") if error.startswith("true")]
    assert await player.evaluate("audio.duration") == pytest.approx(200, abs=0.1)


async def test_chromium_decodes_every_sample_where_it_was(
    player: Page, server: Server, admin: Person, sources: Path
) -> None:
    song = excerpt(sources)
    track = await admin.ready(song)
    address = f"{server.url}/hls/{track['id']}/aac-128/media.m3u8"
    heard = np.array([await player.evaluate("(a) => decoded(a)", address)], np.float32)

    truth = samples(song, rate=44_100)
    assert lag(heard, truth) == 0
    assert heard.shape[1] == truth.shape[1]
