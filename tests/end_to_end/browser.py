"""Debian's Chromium without a screen, driven by Playwright."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, Page, async_playwright

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
]


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=ARGUMENTS
        )
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def faultless_page(url: str, *scripts: str) -> AsyncIterator[Page]:
    """A page at this address, of which no script failed and nothing was against its policy."""
    async with chromium() as browser:
        context = await browser.new_context(viewport={"width": 1280, "height": 860})
        for script in scripts:
            await context.add_init_script(script)
        page = await context.new_page()
        page.set_default_timeout(20_000)
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on(
            "console",
            lambda said: faults.append(said.text) if "Content Security" in said.text else None,
        )
        await page.goto(url)
        yield page
        assert faults == []
