"""What every view owes to whoever looks at it, at every width, in light and dark."""

import os
from pathlib import Path

from playwright.async_api import Page, expect

from tests.end_to_end.houle import PASSWORD

AXE = Path(__file__).parents[1] / "tools/node_modules/axe-core/axe.min.js"
# A folder for the pictures, where somebody wants to look at them.
PICTURES = os.environ.get("PICTURES")
WIDTHS = (360, 768, 1280)


async def sign_in(page: Page, name: str = "admin") -> None:
    await fill_in(page, name)
    await expect(page.get_by_role("heading", name="Library")).to_be_visible()


async def fill_in(page: Page, name: str) -> None:
    await page.get_by_label("User name or e-mail").fill(name)
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()


async def look(page: Page, name: str) -> None:
    """Ask axe for violations of WCAG at every width, in light and dark; nothing sticks out."""
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        for width in WIDTHS:
            await page.set_viewport_size({"width": width, "height": 860})
            if PICTURES:
                await page.screenshot(path=Path(PICTURES) / f"{name}-{width}-{scheme}.png")
            assert await violations(page) == [], f"{name} in {scheme} at {width} px"
            wide = await page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"{name} at {width} px"


async def violations(page: Page) -> list[str]:
    # Evaluated by the debugger, which the page's policy does not bind.
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE.read_text())
    result = await page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    return [
        f"{fault['id']}: {node['html'][:160]}"
        for fault in result["violations"]
        for node in fault["nodes"]
    ]
