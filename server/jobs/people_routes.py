"""Jobs for the people whose they are: listed, read, followed, cancelled, tried again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from aiohttp import web
from sqlalchemy import Connection

from server.database import DATABASE
from server.events import BUS
from server.http import cursor
from server.http.event_stream import EventStream, with_pings
from server.http.principal import Principal, Role, signed_in
from server.http.routes import Access, Binary, Routes
from server.jobs import history, listing
from server.jobs.leases import LEASES
from server.jobs.listing import Listed, Wanted
from server.jobs.model import ENDED, JobNotFound
from server.jobs.news import topic
from server.jobs.shown import ANY, GENERATIVE, JobList, JobPage, JobResource, JobWithHistory
from server.json import dumps
from server.settings import SETTINGS

routes = Routes("jobs")


@routes.get(
    "/api/v1/jobs",
    summary="Your jobs, newest first",
    access=Access.SIGNED_IN,
    query=JobList,
    answers={200: JobPage},
)
async def index(request: web.Request, query: JobList) -> JobPage:
    """Generative ones unless a kind is named; admins may ask for another owner's, or for all."""
    secret = request.app[SETTINGS].secret_key
    found = await request.app[DATABASE].read(
        listing.page,
        Wanted(
            owner_id=_owner(query.owner, signed_in(request)),
            kinds=_kinds(query.kind),
            state=query.status,
            pool=query.pool,
            parent_id=query.parent,
        ),
        before=cursor.read(secret, query.cursor) if query.cursor else None,
        limit=query.limit + 1,
    )
    jobs, next_cursor = cursor.page(
        secret, found, query.limit, lambda job: (job.created_at, job.id)
    )
    return JobPage(items=[JobResource.of(job) for job in jobs], next_cursor=next_cursor)


@routes.get(
    "/api/v1/jobs/{job_id}",
    summary="A job and what happened to it",
    access=Access.SIGNED_IN,
    answers={200: JobWithHistory},
)
async def show(request: web.Request) -> JobWithHistory:
    who, job_id = signed_in(request), request.match_info["job_id"]

    def read(connection: Connection) -> JobWithHistory:
        return JobWithHistory.told(
            _mine(connection, job_id, who), history.of_job(connection, job_id)
        )

    return await request.app[DATABASE].read(read)


@routes.post(
    "/api/v1/jobs/{job_id}/cancel",
    summary="Cancel a job",
    access=Access.CREATOR,
    answers={200: JobResource},
)
async def cancel(request: web.Request) -> JobResource:
    """One that waits ends at once, one that runs at its worker's next beat."""
    return await _steered(request, request.app[LEASES].cancel)


@routes.post(
    "/api/v1/jobs/{job_id}/retry",
    summary="Try a job again that failed or was cancelled",
    access=Access.CREATOR,
    answers={200: JobResource},
)
async def retry(request: web.Request) -> JobResource:
    return await _steered(request, request.app[LEASES].retry)


@routes.get(
    "/api/v1/jobs/{job_id}/events",
    summary="Follow a job",
    access=Access.SIGNED_IN,
    answers={200: Binary("text/event-stream")},
)
async def events(request: web.Request) -> web.StreamResponse:
    """`job` events with the job as it is, `progress` in between; the stream ends with the job."""
    job_id, answer = request.match_info["job_id"], EventStream()
    async with request.app[BUS].subscribe(topic(job_id)) as news:
        job = await _of_caller(request)
        await answer.prepare(request)
        if request.method == "HEAD":
            return answer
        await answer.tell("job", JobResource.of(job).model_dump_json().encode())
        if job.state not in ENDED:
            async for event in with_pings(news):
                if await _is_last(request, answer, event):
                    break
    await answer.write_eof()
    return answer


async def _is_last(request: web.Request, answer: EventStream, event: dict[str, object]) -> bool:
    """Pass an event on; return whether nothing more will come."""
    match event["type"]:
        case "ping":
            await answer.ping()
        case "progress":
            await answer.tell(
                "progress", dumps({name: event[name] for name in ("progress", "step")})
            )
        case _:
            job = await _of_caller(request)
            await answer.tell("job", JobResource.of(job).model_dump_json().encode())
            return job.state in ENDED
    return False


async def _steered(request: web.Request, steer: Callable[[str], Awaitable[None]]) -> JobResource:
    """Steer a job of the caller's, and show what became of it."""
    await steer((await _of_caller(request)).id)
    return JobResource.of(await _of_caller(request))


async def _of_caller(request: web.Request) -> Listed:
    who, job_id = signed_in(request), request.match_info["job_id"]
    return await request.app[DATABASE].point(_mine, job_id, who)


def _mine(connection: Connection, job_id: str, who: Principal) -> Listed:
    job = listing.find(connection, job_id)
    if job is None or (job.owner_id != who.user_id and who.role is not Role.ADMIN):
        raise JobNotFound("There is no such job.")
    return job


def _kinds(wanted: str | None) -> Sequence[str] | None:
    """Return which kinds to list, None for all."""
    if wanted is None:
        return GENERATIVE
    return None if wanted == ANY else [wanted]


def _owner(wanted: str | None, who: Principal) -> str | None:
    """Return whose jobs to list, None for everybody's; others than admins see their own."""
    if who.role is not Role.ADMIN or wanted is None:
        return who.user_id
    return None if wanted == ANY else wanted
