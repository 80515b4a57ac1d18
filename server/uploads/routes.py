"""Uploads over HTTP."""

from __future__ import annotations

from aiohttp import web

from server.accounts import UserNotFound, find_user
from server.database import DATABASE
from server.http.principal import principal, signed_in
from server.http.routes import Access, Multipart, Routes, rendered
from server.jobs import LEASES
from server.media import STORAGE
from server.settings import SETTINGS
from server.tracks import TrackResource, Viewer, shown
from server.uploads.form import read_form, require_form
from server.uploads.intake import Intake
from server.uploads.model import AT_ONCE, Limits, UploadFields

INTAKE = web.AppKey("intake", Intake)

routes = Routes("uploads")


def setup(app: web.Application) -> None:
    """Add uploads to the application."""
    app[INTAKE] = Intake(app[DATABASE], app[STORAGE], app[SETTINGS])
    routes.setup(app)


@routes.post(
    "/api/v1/tracks",
    summary="Upload a file and make a track of it",
    access=Access.CREATOR,
    body=Multipart(UploadFields),
    answers={202: TrackResource},
    headers={202: {"Location": "the track"}},
)
async def upload(request: web.Request) -> web.Response:
    """The fields may stand before or behind the file. Follow the work at `urls.events`."""
    owner_id = signed_in(request).user_id
    require_form(request)
    limits = await _limits(request, owner_id)
    intake = request.app[INTAKE]
    async with intake.upload(owner_id, limits, announced=request.content_length) as arriving:
        fields = await read_form(request, arriving)
        track = await arriving.commit(fields)
    request.app[LEASES].ring()
    answer = rendered(shown(request, track, [], Viewer(principal=principal(request))), status=202)
    answer.headers["Location"] = f"/api/v1/tracks/{track.id}"
    return answer


async def _limits(request: web.Request, owner_id: str) -> Limits:
    settings = request.app[SETTINGS]
    user = await request.app[DATABASE].point(find_user, owner_id)
    if user is None:
        raise UserNotFound("This account is gone.")
    quota = settings.user_quota if user.quota_bytes is None else user.quota_bytes
    return Limits(file_bytes=int(settings.upload_limit), quota_bytes=int(quota), at_once=AT_ONCE)
