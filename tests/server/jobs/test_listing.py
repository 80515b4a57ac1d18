"""Lists of several kinds are one list, from page to page."""

from server.database import Database
from server.jobs import NewJob, enqueue, listing
from server.jobs.listing import Wanted

KINDS = ("clip", "cover", "poster")


async def test_jobs_of_several_kinds_come_newest_first_and_none_twice(database: Database) -> None:
    added = [
        await database.write(enqueue, NewJob(kind=(*KINDS, "ingest")[n % 4], pool="p", payload={}))
        for n in range(20)
    ]
    seen: list[str] = []
    before = None
    while page := await database.read(listing.page, Wanted(kinds=KINDS), before=before, limit=4):
        seen += [job.id for job in page]
        before = (page[-1].created_at, page[-1].id)

    assert seen == [job_id for n, job_id in enumerate(added) if n % 4 != 3][::-1]


async def test_a_list_of_no_kind_is_empty(database: Database) -> None:
    await database.write(enqueue, NewJob(kind="ingest", pool="p", payload={}))

    assert await database.read(listing.page, Wanted(kinds=()), limit=4) == []
