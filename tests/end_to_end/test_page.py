"""The page as a person uses it: sign in, drop a song, watch it become a track, hear it."""

import base64
import re
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

from tests.end_to_end.browser import faultless_page
from tests.end_to_end.houle import Server
from tests.end_to_end.screens import look, sign_in
from tests.end_to_end.sources import excerpt

SONG = "Swell and Foam"
# The player's audio elements are in no document; whoever makes one leaves it where we can ask it.
DECKS = """
window.decks = [];
window.Audio = new Proxy(window.Audio, {
  construct: (made, given) => decks[decks.push(new made(...given)) - 1],
});
window.heard = () => decks.find((deck) => !deck.paused);
window.reaches = (time) => new Promise((done) => {
  const look = () => heard()?.currentTime >= time ? done() : setTimeout(look, 20);
  look();
});
"""
DROP = """
(files) => {
  const data = new DataTransfer();
  for (const { name, content } of files) {
    const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
    data.items.add(new File([bytes], name, { type: 'audio/wav' }));
  }
  window.drag = (name) => document.body.dispatchEvent(
    new DragEvent(name, { dataTransfer: data, bubbles: true, cancelable: true }));
}
"""


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with Server(tmp_path_factory.mktemp("page")) as server:
        yield server


@pytest.fixture
async def page(fresh: Server) -> AsyncIterator[Page]:
    async with faultless_page(fresh.url, DECKS) as page:
        yield page


def seek_bar(page: Page) -> Locator:
    return player(page).get_by_role("slider", name="Seek").first


def player(page: Page) -> Locator:
    return page.get_by_role("region", name="Player")


def points_passed(card: Locator) -> Locator:
    return card.get_by_role("list", name="Stages").get_by_text("done", exact=True)


async def choose_quality(page: Page, name: str) -> None:
    await player(page).get_by_role("button", name=re.compile("^Quality")).click()
    await page.get_by_role("menuitemradio", name=name).click()


@pytest.mark.timeout(120)
async def test_a_newcomer_brings_a_song_and_hears_it(page: Page, sources: Path) -> None:
    song = sources / f"{SONG}.wav"
    shutil.copy(excerpt(sources, start=0, seconds=60), song)
    await look(page, "sign-in")
    await sign_in(page)
    await expect(page.get_by_text("Bring the first song")).to_be_visible()
    await look(page, "empty")

    await page.locator("input[type=file]").first.set_input_files(song)
    card = page.get_by_role("listitem", name=song.name)
    await expect(card.get_by_role("button", name=f"Play {SONG}")).to_be_visible()
    await look(page, "arriving")
    await card.get_by_role("button", name=f"Play {SONG}").click()
    await expect(seek_bar(page)).to_have_attribute("aria-valuenow", re.compile("^[1-9]"))
    await look(page, "playing")
    await page.keyboard.press("ArrowRight")
    await expect(seek_bar(page)).to_have_attribute(
        "aria-valuenow", re.compile("^([6-9]|[1-9][0-9])")
    )

    await card.get_by_role("link", name=re.compile("Open")).click()
    await expect(page.get_by_role("heading", name=SONG)).to_be_visible()
    await expect(page.get_by_text("LUFS as delivered")).to_be_visible(timeout=60_000)
    await expect(
        page.get_by_role("cell", name="FLAC").or_(page.get_by_text("flac")).first
    ).to_be_visible()
    await look(page, "track")


async def test_the_engine_is_fetched_with_the_first_play(page: Page) -> None:
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))
    await sign_in(page)
    row = page.get_by_role("row").filter(has_text=SONG)
    await expect(row).to_be_visible()
    assert not [url for url in fetched if "/hls" in url]

    await row.get_by_role("button", name=f"Play {SONG}").click()
    await page.evaluate("reaches(0.2)")
    assert [url for url in fetched if "/assets/hls" in url]


async def open_and_play(page: Page) -> None:
    await sign_in(page)
    await page.get_by_role("link", name=SONG).first.click()
    await page.get_by_role("button", name=f"Play {SONG}").click()
    await page.evaluate("reaches(0.2)")


async def test_a_page_opened_at_ready_tells_of_every_rendition_to_come(
    page: Page, fresh: Server, sources: Path
) -> None:
    song = sources / "Long Swell.wav"
    shutil.copy(excerpt(sources, start=0, seconds=90), song)
    await sign_in(page)
    await page.locator("input[type=file]").first.set_input_files(song)
    card = page.get_by_role("listitem", name=song.name)
    address = await card.get_by_role("link", name=re.compile("Open")).get_attribute("href")
    await expect(points_passed(card)).to_have_count(5, timeout=40_000)

    await page.goto(f"{fresh.url}{address}")
    await expect(page.locator(".renditions tbody td")).to_have_count(3 * 5, timeout=40_000)


async def test_every_quality_is_heard_that_is_chosen(page: Page) -> None:
    await open_and_play(page)
    for name, rung in (("AAC 320", "aac-320"), ("Lossless", "flac")):
        async with page.expect_response(re.compile(f"/{rung}/.*m4s")):
            await choose_quality(page, name)
        before = await page.evaluate("heard()?.currentTime ?? 0")
        await page.evaluate(f"reaches({before} + 0.3)")
        await expect(player(page).get_by_role("button", name=f"Quality: {name}")).to_be_visible()
        await expect(player(page).get_by_role("alert")).to_have_count(0)


async def test_a_quality_that_does_not_load_is_said_and_put_back(page: Page) -> None:
    await open_and_play(page)
    await page.route(re.compile("/lossless.m3u8"), lambda route: route.abort())
    await choose_quality(page, "Lossless")

    await expect(player(page).get_by_role("alert")).to_contain_text("Lossless did not load")
    await expect(player(page).get_by_role("button", name="Quality: Auto")).to_be_visible()
    assert await page.evaluate("heard() !== undefined"), "what is heard goes on"
    await look(page, "quality-refused")
    await page.unroute_all()
    await player(page).get_by_role("button", name="Retry").click()
    await expect(player(page).get_by_role("button", name="Quality: Lossless")).to_be_visible()
    await expect(player(page).get_by_role("alert")).to_have_count(0)


async def test_a_press_on_the_waveform_goes_there_and_the_system_knows_the_song(
    page: Page,
) -> None:
    await open_and_play(page)
    wave = page.get_by_role("slider", name=f"Seek in {SONG}")
    box = await wave.bounding_box()
    assert box is not None
    await wave.click(position={"x": box["width"] / 2, "y": box["height"] / 2})

    await page.evaluate("reaches(30.2)")
    assert await page.evaluate("heard().currentTime") < 40
    told = "({ title, artist, album }) => ({ title, artist, album })"
    assert await page.evaluate(f"({told})(navigator.mediaSession.metadata)") == {
        "title": SONG,
        "artist": "",
        "album": "",
    }
    assert await page.evaluate("navigator.mediaSession.playbackState") == "playing"


async def test_the_keys_that_the_help_names_do_what_it_says(page: Page) -> None:
    await open_and_play(page)
    await page.get_by_role("heading", name=SONG).focus()
    await page.keyboard.press("Space")
    await expect(player(page).get_by_role("button", name="Play", exact=True)).to_be_visible()
    assert await page.evaluate("heard() === undefined")
    await page.keyboard.press("Space")
    await page.evaluate("reaches(0)")

    await page.keyboard.press("m")
    await expect(player(page).get_by_role("button", name="Unmute")).to_be_visible()
    assert await page.evaluate("heard().muted")
    await page.keyboard.press("q")
    await expect(page.get_by_role("complementary", name="Queue")).to_be_visible()
    await look(page, "queue")
    await page.keyboard.press("q")
    await expect(page.get_by_role("complementary", name="Queue")).to_have_count(0)

    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    await look(page, "help")
    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog")).to_have_count(0)


async def test_arrows_on_the_volume_turn_it_and_leave_the_song_where_it_is(page: Page) -> None:
    await open_and_play(page)
    await page.get_by_role("heading", name=SONG).focus()
    await page.keyboard.press("Space")
    stood = await page.evaluate("decks.map((deck) => deck.currentTime)")
    volume = player(page).get_by_role("slider", name="Volume")
    await volume.focus()
    await page.keyboard.press("ArrowLeft")
    await page.keyboard.press("ArrowLeft")

    await expect(volume).to_have_value("98")
    assert await page.evaluate("decks.map((deck) => deck.currentTime)") == stood


async def test_the_help_takes_the_place_of_the_phones_player(page: Page) -> None:
    await open_and_play(page)
    await page.set_viewport_size({"width": 360, "height": 740})
    await player(page).get_by_role("button", name="Open the player").click()
    await expect(page.get_by_role("dialog", name="Now playing")).to_be_visible()
    await look(page, "sheet")
    await page.keyboard.press("?")

    await expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    assert await page.locator("dialog:modal").count() == 1


async def test_files_that_are_dropped_arrive_together_and_one_can_be_called_back(
    page: Page, sources: Path
) -> None:
    content = base64.b64encode(excerpt(sources, start=0, seconds=6).read_bytes()).decode()
    names = ("First wave.wav", "Second wave.wav")
    await sign_in(page)
    line = await page.context.new_cdp_session(page)
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 60_000}
    await line.send("Network.emulateNetworkConditions", slow)
    await page.evaluate(DROP, [{"name": name, "content": content} for name in names])
    await page.evaluate("drag('dragenter')")
    await expect(page.get_by_text("2 files")).to_be_visible()
    await look(page, "dropping")
    await page.evaluate("drag('drop')")

    await expect(page.get_by_text("2 files")).to_have_count(0)
    await page.get_by_role("button", name=f"Cancel: {names[1]}").click()
    await expect(page.get_by_role("listitem", name=names[1])).to_have_count(0)
    await line.send("Network.emulateNetworkConditions", {**slow, "uploadThroughput": -1})
    card = page.get_by_role("listitem", name=names[0])
    await expect(points_passed(card)).to_have_count(5, timeout=40_000)
    await expect(page.get_by_role("row").filter(has_text="First wave")).to_be_visible()
    await expect(page.get_by_role("row").filter(has_text="Second wave")).to_have_count(0)


async def test_a_server_that_is_away_costs_nobody_the_session(page: Page) -> None:
    await sign_in(page)
    await page.route("**/api/v1/auth/refresh", lambda route: route.abort())
    await page.reload()
    await expect(page.get_by_role("alert")).to_contain_text("does not answer")
    await expect(page.get_by_label("Password", exact=True)).to_have_count(0)
    await look(page, "unreachable")
    await page.get_by_role("button", name="Try again").click()
    await expect(page.get_by_role("alert")).to_contain_text("does not answer")

    await page.unroute_all()
    await page.evaluate("dispatchEvent(new Event('online'))")
    await expect(page.get_by_role("heading", name="Library")).to_be_visible()


async def test_the_library_keeps_what_was_brought_and_lets_go_of_it(page: Page) -> None:
    await sign_in(page)
    await expect(page.get_by_role("link", name=SONG).first).to_be_visible()
    await look(page, "library")
    await page.get_by_role("link", name=SONG).first.click()
    await page.get_by_role("button", name="Delete track").click()
    await page.get_by_role("button", name="Delete for good").click()
    await expect(page.get_by_role("heading", name="Library")).to_be_visible()
    await expect(page.get_by_role("link", name=SONG)).to_have_count(0)

    rows = page.locator("[data-track]")
    await rows.first.focus()
    await page.keyboard.press("Control+a")
    chosen = page.get_by_role("region", name="Selection")
    await expect(chosen).to_contain_text(f"{await rows.count()} selected")
    await look(page, "selection")
    await chosen.get_by_role("button", name="Delete").click()
    await chosen.get_by_role("button", name="Delete").click()
    await expect(page.get_by_text("Bring the first song")).to_be_visible()


async def test_a_file_that_is_no_song_is_refused_in_words(page: Page, tmp_path: Path) -> None:
    letter = tmp_path / "letter.mp3"
    letter.write_text("Dear listener\n" * 90)
    await sign_in(page)
    await page.locator("input[type=file]").first.set_input_files(letter)

    card = page.get_by_role("listitem", name="letter.mp3")
    await expect(card.get_by_role("button", name=re.compile("Try again"))).to_be_visible()
    await expect(card).to_contain_text("not a sound file")
    await look(page, "refused")


async def test_a_wrong_password_is_said(page: Page) -> None:
    await page.get_by_label("User name or e-mail").fill("admin")
    await page.get_by_label("Password", exact=True).fill("not the password")
    await page.get_by_role("button", name="Sign in").click()

    await expect(page.get_by_role("alert")).to_contain_text("wrong")
