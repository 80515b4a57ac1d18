"""The page of jobs, as an admin sees it and others do not; the worker is a token and HTTP."""

import asyncio
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
from playwright.async_api import Locator, Page, expect

from jobs.messages import PROTOCOL
from server.accounts import create_user
from server.database import Database, open_database
from server.http.principal import Role
from server.jobs import NewJob, enqueue
from tests.end_to_end.browser import faultless_page
from tests.end_to_end.houle import PASSWORD, ROOT, Server
from tests.end_to_end.screens import fill_in, look, sign_in

POOL = "errands"
WHY = "The harbour was closed, and nobody could say for how long."


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("jobs")) as server:
        yield server


@pytest.fixture
async def page(fresh: Server) -> AsyncIterator[Page]:
    async with faultless_page(f"{fresh.url}/admin/jobs") as page:
        yield page


@pytest.fixture
async def database(fresh: Server) -> AsyncIterator[Database]:
    opened = open_database(f"sqlite:///{fresh.data}/houle.db")
    yield opened
    await opened.close()


@dataclass
class Worker:
    """Claims errands by a token of the shell, as a worker elsewhere does."""

    http: aiohttp.ClientSession
    job: dict[str, Any]

    async def say(self, path: str, **body: Any) -> aiohttp.ClientResponse:
        return await self.http.post(f"/internal/jobs/{path}", json=body)

    async def claim(self) -> None:
        claim = {"pools": [POOL], "worker_id": "harbour-7", "protocol": PROTOCOL}
        response = await self.say("claim", **claim, version="1.2.3")
        assert response.status == 200, await response.text()
        self.job = await response.json()

    async def tell(self, verb: str, **body: Any) -> dict[str, Any]:
        response = await self.say(f"{self.job['id']}/{verb}", token=self.job["token"], **body)
        assert response.status in {200, 204}, await response.text()
        return dict(await response.json()) if response.status == 200 else {}


@pytest.fixture
async def worker(fresh: Server) -> AsyncIterator[Worker]:
    command = [sys.executable, "-m", "cli.main", "workers", "add", "harbour", "--pool", POOL]
    made = await asyncio.to_thread(
        subprocess.run,
        [*command, "--data", str(fresh.data)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    headers = {"Authorization": f"Bearer {made.stdout.strip()}"}
    async with aiohttp.ClientSession(fresh.url, headers=headers) as http:
        yield Worker(http, {})


async def add(database: Database, owner_id: str | None = None) -> str:
    new = NewJob(kind="errand", pool=POOL, payload={}, owner_id=owner_id)
    return await database.write(enqueue, new)


def row(page: Page, status: str) -> Locator:
    """The job that is in this state."""
    jobs = page.get_by_role("list", name="All jobs").get_by_role("listitem", name="errand")
    return jobs.filter(has=page.get_by_text(status, exact=True))


async def test_an_admin_sees_why_a_job_failed_tries_it_again_and_cancels_one(
    page: Page, database: Database, worker: Worker
) -> None:
    ines = await create_user(database, "ines", password=None, role=Role.USER)
    await add(database, ines.id)
    await worker.claim()
    await worker.tell("fail", code="harbour_closed", message=WHY, retryable=False)
    await add(database)
    await worker.claim()
    await worker.tell("beat", progress=0.42, step="encoding")
    await add(database)

    await fill_in(page, "admin")

    await expect(page.get_by_role("heading", name="Jobs", exact=True)).to_be_visible()
    await expect(page.get_by_role("listitem", name=f"Pool {POOL}")).to_contain_text("running1")
    await expect(page.get_by_text("harbour-7")).to_be_visible()
    failed = row(page, "Failed")
    await expect(failed).to_contain_text(WHY)
    await expect(failed).to_contain_text("ines")
    await expect(row(page, "Running")).to_contain_text("42 %")
    await failed.get_by_text("What happened").click()
    await expect(failed.get_by_role("listitem")).to_have_count(3)
    await look(page, "jobs")
    await page.set_viewport_size({"width": 1280, "height": 860})

    await failed.get_by_role("button", name="Try again").click()
    await expect(row(page, "Failed")).to_have_count(0)
    await expect(row(page, "Waiting")).to_have_count(2)
    assert (await worker.tell("beat"))["cancel"] is False
    await row(page, "Running").get_by_role("button", name="Cancel").press("Enter")
    await expect(row(page, "Running").get_by_role("button", name="Stopping")).to_be_visible()
    assert (await worker.tell("beat"))["cancel"] is True
    await worker.tell("fail", code="cancelled", message="It was cancelled.", retryable=False)
    await expect(row(page, "Cancelled")).to_contain_text("Somebody cancelled it.")
    await expect(row(page, "Running")).to_have_count(0)


async def test_a_long_list_is_read_page_by_page_and_by_status(
    page: Page, database: Database
) -> None:
    for _ in range(30):
        await add(database)
    await fill_in(page, "admin")
    jobs = page.get_by_role("list", name="All jobs").get_by_role("listitem", name="errand")
    await expect(jobs).to_have_count(25)

    await page.get_by_role("button", name="Show more").click()
    await expect(page.get_by_role("button", name="Show more")).to_have_count(0)
    count = await jobs.count()
    assert count > 25
    async with page.expect_response(re.compile("/api/v1/jobs.*limit=")):
        pass  # it reads them again by itself
    await expect(jobs).to_have_count(count)

    await page.get_by_label("Status").select_option("Failed")
    await expect(page.get_by_text("There are no such jobs.")).to_be_visible()
    await look(page, "no-jobs")


async def test_a_server_that_is_away_is_said_and_what_was_seen_stays(page: Page) -> None:
    await fill_in(page, "admin")
    jobs = page.get_by_role("list", name="All jobs").get_by_role("listitem", name="errand")
    await expect(jobs.first).to_be_visible()
    await page.route("**/api/v1/jobs**", lambda route: route.abort())

    await expect(page.get_by_role("alert")).to_contain_text("does not answer")
    await expect(jobs.first).to_be_visible()
    await page.unroute_all()
    await page.get_by_role("button", name="Try again").first.click()
    await expect(page.get_by_role("alert")).to_have_count(0)


async def test_others_do_not_get_the_page(page: Page, database: Database, fresh: Server) -> None:
    await create_user(database, "marin", password=PASSWORD, role=Role.USER)
    await fill_in(page, "marin")
    await expect(page.get_by_role("heading", name="Nothing at this address")).to_be_visible()

    await page.get_by_role("link", name="Go to the library").click()
    await expect(page.get_by_role("heading", name="Library")).to_be_visible()
    await expect(page.get_by_role("link", name="Jobs")).to_have_count(0)
    await page.get_by_role("button", name=re.compile("^Account")).click()
    await expect(page.get_by_role("menuitem", name="Sign out")).to_be_visible()
    await expect(page.get_by_role("menuitem", name="Jobs")).to_have_count(0)


async def test_an_admin_finds_the_page_from_the_library(page: Page, fresh: Server) -> None:
    await page.goto(fresh.url)
    await sign_in(page)
    await page.get_by_role("link", name="Jobs").click()
    await expect(page.get_by_role("heading", name="Jobs", exact=True)).to_be_focused()

    await page.set_viewport_size({"width": 360, "height": 740})
    await page.goto(fresh.url)
    await page.get_by_role("button", name=re.compile("^Account")).click()
    await page.get_by_role("menuitem", name="Jobs").click()
    await expect(page.get_by_role("heading", name="Jobs", exact=True)).to_be_focused()
