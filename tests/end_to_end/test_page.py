"""The page as a person uses it: sign in, drop a song, watch it become a track, hear it."""

import os
import re
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

from tests.end_to_end.browser import chromium
from tests.end_to_end.houle import PASSWORD, Server
from tests.end_to_end.sources import excerpt

AXE = Path(__file__).parents[1] / "tools/node_modules/axe-core/axe.min.js"
# A folder for the pictures, where somebody wants to look at them.
PICTURES = os.environ.get("PICTURES")
SONG = "Swell and Foam"


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with Server(tmp_path_factory.mktemp("page")) as server:
        yield server


@pytest.fixture
async def page(fresh: Server) -> AsyncIterator[Page]:
    async with chromium() as browser:
        context = await browser.new_context(viewport={"width": 1280, "height": 860})
        page = await context.new_page()
        page.set_default_timeout(20_000)
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on(
            "console",
            lambda said: faults.append(said.text) if "Content Security" in said.text else None,
        )
        await page.goto(fresh.url)
        yield page
        assert faults == []


async def sign_in(page: Page) -> None:
    await page.get_by_label("User name or e-mail").fill("admin")
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("heading", name="Library")).to_be_visible()


async def look(page: Page, name: str) -> None:
    """Ask axe for violations of WCAG, in light and dark, and take pictures where wanted."""
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        if PICTURES:
            for width in (360, 768, 1280):
                await page.set_viewport_size({"width": width, "height": 860})
                await page.screenshot(path=Path(PICTURES) / f"{name}-{width}-{scheme}.png")
        found = await violations(page)
        assert found == [], f"{name} in {scheme}"


async def violations(page: Page) -> list[str]:
    # Evaluated by the debugger, which the page's policy does not bind.
    await page.evaluate(AXE.read_text())
    result = await page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    return [
        f"{fault['id']}: {node['html'][:160]}"
        for fault in result["violations"]
        for node in fault["nodes"]
    ]


def seek_bar(page: Page) -> Locator:
    return page.get_by_role("region", name="Player").get_by_role("slider", name="Seek").first


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


async def test_the_library_keeps_what_was_brought_and_lets_go_of_it(page: Page) -> None:
    await sign_in(page)
    await expect(page.get_by_role("link", name=SONG).first).to_be_visible()
    await look(page, "library")
    await page.get_by_role("link", name=SONG).first.click()
    await page.get_by_role("button", name="Delete track").click()
    await page.get_by_role("button", name="Delete for good").click()

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
