"""What an ingest changes: its reports become rows, and events for whoever watches the track.

Everything here may happen twice. A second attempt tells the same facts again; segments are
written once, counts only grow, and what is known exactly is not replaced by an estimate.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import singledispatch
from typing import Any

from sqlalchemy import Connection, false, true

from server.errors import Invalid
from server.jobs import Announcement, Fact, Failure, Job, JobKind, Kinds, Objects
from server.tracks import plausible, renditions, store, unclaimed
from server.tracks.events import (
    CHANGED,
    PARTIAL,
    Event,
    peaks_event,
    segment_event,
    state_event,
    topic,
)
from server.tracks.model import (
    PREVIEW,
    Rendition,
    Stage,
    Track,
    TrackState,
    superseded_by,
)
from storage import keys
from transcoder.limits import Limits
from transcoder.reports import (
    Analysed,
    Probed,
    Progress,
    RenditionFinished,
    RenditionStarted,
    Report,
    SegmentMade,
    UnknownReport,
    from_json,
)

INTERRUPTED = "The work was interrupted and will start again."
INCOMPLETE = "Not every quality could be made."
LEASES_SWEPT = 100  # the latest of a job; what a hundred restarts left before them stays


def on_facts(connection: Connection, job: Job, facts: Sequence[Fact]) -> list[Announcement]:
    """Keep what an ingest reports."""
    before = _track(connection, job)
    if before is None:  # deleted; the job was told to stop
        return []
    track, told = before, list[Announcement]()
    for fact in facts:
        report = _read(fact)
        if isinstance(report, Progress):
            told += _glimpsed(track, report)
            continue
        _keep(report, connection, track, job)
        last, track = track, store.one(connection, track.id)
        if isinstance(report, SegmentMade):
            told.append(_note(track, segment_event(report), transient=True))
        if _standing(track) != _standing(last):
            told.append(_note(track, state_event(track)))
    if track.version != before.version:
        told.append(_note(track, CHANGED))
    return told


def on_glimpses(connection: Connection, job: Job, facts: Sequence[Fact]) -> list[Announcement]:
    """Tell how far an ingest is."""
    track = store.find(connection, _track_id(job))
    reports = [_read(fact) for fact in facts]
    seen = [report for report in reports if isinstance(report, Progress)]
    return [note for report in seen for note in _glimpsed(track, report)] if track else []


def _read(fact: Fact) -> Report:
    try:
        report = from_json(fact)
    except UnknownReport as error:
        raise Invalid(str(error)) from error
    plausible.require(report)
    return report


@singledispatch
def _keep(report: Report, _connection: Connection, _track: Track, _job: Job) -> None:
    raise UnknownReport(f"`{report.type}` changes nothing that is known here")


@_keep.register
def _(report: Probed, connection: Connection, track: Track, job: Job) -> None:
    exact, cover = track.analysed, _cover(report, track, job)
    store.change(
        connection,
        track.id,
        stage=_at_least(track, Stage.ANALYSING),
        container=report.container,
        codec=report.codec,
        sample_rate=report.sample_rate,
        channels=report.channels,
        bits=report.bits,
        bit_rate=report.bit_rate,
        lossless=report.lossless,
        duration_ms=track.duration_ms if exact else report.duration_ms,
        tags=report.tags,
        **cover,
    )


@_keep.register
def _(report: RenditionStarted, connection: Connection, track: Track, _job: Job) -> None:
    renditions.started(connection, track.id, report)
    # The first revision is waited for; a later one takes over when its default rung is whole.
    if track.state is TrackState.PROCESSING:
        _turn_to(connection, track, report)
    else:
        store.change(connection, track.id)


@_keep.register
def _(report: SegmentMade, connection: Connection, track: Track, _job: Job) -> None:
    renditions.segment_made(connection, track.id, report)
    if report.revision == PREVIEW:
        if track.state is TrackState.PROCESSING and not track.preview:
            store.change(connection, track.id, preview=true())
    elif not track.playable and _is_default(track, report.revision, report.rung):
        store.change(connection, track.id, playable=true(), stage=_at_least(track, Stage.PLAYABLE))


@_keep.register
def _(report: RenditionFinished, connection: Connection, track: Track, _job: Job) -> None:
    renditions.finished(connection, track.id, report)
    _turn_to(connection, track, report)
    if report.rung == track.default_rung and report.revision > PREVIEW:
        _make_ready(connection, store.one(connection, track.id))


@_keep.register
def _(report: Analysed, connection: Connection, track: Track, job: Job) -> None:
    store.change(
        connection,
        track.id,
        stage=_at_least(track, Stage.ENCODING),
        samples=report.samples,
        duration_ms=report.duration_ms,
        loudness=asdict(report.loudness),
        waveform_file=keys.published(report.waveform, job.token),
        rungs=report.rungs,
        notes=report.notes,
    )


def on_finish(connection: Connection, job: Job, _result: Mapping[str, Any]) -> list[Announcement]:
    """Everything that was planned is made."""
    track = _track(connection, job)
    if track is None:
        return []
    _make_ready(connection, track)  # a second attempt may have left another preview
    _drop_others(connection, track, job)
    ready = store.one(connection, track.id)
    news = [] if _standing(ready) == _standing(track) else [_note(ready, state_event(ready))]
    return [*news, _note(ready, CHANGED)]


def on_fail(connection: Connection, job: Job, failure: Failure) -> list[Announcement]:
    """No further attempt will come; what plays from end to end stays."""
    track = _track(connection, job)
    if track is None:
        return []
    _drop_others(connection, track, job)
    default = _default(connection, track)
    if default is not None and default.finished:
        _make_do(connection, track)
        return [_note(track, PARTIAL), _note(track, CHANGED)]
    renditions.remove(connection, track.id)
    for revision in range(track.revision + 2):
        unclaimed.give_up(connection, keys.revision(track.id, revision))
    store.change(
        connection,
        track.id,
        state=TrackState.FAILED.value,
        stage=Stage.FAILED.value,
        playable=false(),
        preview=false(),
        error_code=failure.code,
        error=failure.message,
    )
    failed = store.one(connection, track.id)
    return [_note(failed, state_event(failed)), _note(failed, CHANGED)]


def on_pause(connection: Connection, job: Job) -> list[Announcement]:
    """Say that there will be another attempt."""
    track = _track(connection, job)
    if track is None or track.state is TrackState.READY:
        return []
    return [_note(track, state_event(track, message=INTERRUPTED))]


def _turn_to(
    connection: Connection, track: Track, report: RenditionStarted | RenditionFinished
) -> None:
    """Let a revision play whose default rung the report is about, if it is later than today's."""
    values: dict[str, Any] = {}
    if report.revision > track.revision and report.rung == track.default_rung:
        values["revision"] = report.revision
    store.change(connection, track.id, **values)


def _make_do(connection: Connection, track: Track) -> None:
    """Keep the renditions that are whole, and no others."""
    every = renditions.of_track(connection, track.id)
    _let_go(connection, track, [each for each in every if not each.finished])
    whole = {each.rung for each in every if each.finished}
    rungs = [rung for rung in track.rungs if rung in whole]
    store.change(connection, track.id, rungs=rungs, notes=[*track.notes, INCOMPLETE])
    _make_ready(connection, store.one(connection, track.id))


def _make_ready(connection: Connection, track: Track) -> None:
    """Say that a track plays from end to end, and let go of what its revision supersedes."""
    every = renditions.of_track(connection, track.id)
    _let_go(connection, track, superseded_by(track.revision, every))
    store.change(
        connection,
        track.id,
        state=TrackState.READY.value,
        stage=Stage.READY.value,
        preview=false(),
        error_code=None,
        error=None,
    )


def _let_go(connection: Connection, track: Track, unneeded: Sequence[Rendition]) -> None:
    """Forget renditions, and have their files removed."""
    for each in unneeded:
        renditions.remove_one(connection, track.id, each.revision, each.rung)
        folder = f"{keys.revision(track.id, each.revision)}/{each.rung}"
        unclaimed.give_up(connection, folder)


def _cover(report: Probed, track: Track, job: Job) -> dict[str, Any]:
    """Return what is to be set: a picture that came beside the file wins over one inside."""
    if report.cover is None or track.cover_file == keys.COVER:
        return {}
    file = keys.published(report.cover, job.token)
    return {"cover_type": report.cover_type, "cover_file": file}


def _drop_others(connection: Connection, track: Track, job: Job) -> None:
    """Have the single files removed that earlier leases of the job made, and that do not count."""
    counting = {track.waveform_file, track.cover_file}
    for lease in range(max(1, job.token - LEASES_SWEPT), job.token + 1):
        made = {keys.published(name, lease) for name in (keys.COVER, keys.WAVEFORM)}
        if not made & counting:
            unclaimed.give_up(connection, keys.attempt(track.id, lease))


def _glimpsed(track: Track, report: Progress) -> list[Announcement]:
    if track.state is TrackState.READY or report.stage == "completing":
        return []  # what is left to make shows in its renditions
    stage = Stage(report.stage)
    if stage is Stage.ENCODING and track.playable:
        stage = Stage.PLAYABLE
    event = state_event(track, stage=stage, percent=report.percent)
    told = [_note(track, event, transient=True)]
    if report.peaks:
        told.append(_note(track, peaks_event(track, report), transient=True))
    return told


def _note(track: Track, event: Event, *, transient: bool = False) -> Announcement:
    return Announcement(topic(track.id), event, transient)


def _track(connection: Connection, job: Job) -> Track | None:
    return store.hold(connection, _track_id(job))


def _track_id(job: Job) -> str:
    return str(job.payload["track_id"])


def _default(connection: Connection, track: Track) -> Rendition | None:
    if track.default_rung is None or track.revision == PREVIEW:
        return None
    return renditions.find(connection, track.id, track.revision, track.default_rung)


def _is_default(track: Track, revision: int, rung: str) -> bool:
    return revision == track.revision and rung == track.default_rung


def _at_least(track: Track, stage: Stage) -> str:
    """Return the later of two stages: a second attempt does not take back what plays."""
    order = list(Stage)
    return max(track.stage, stage, key=order.index).value


def _standing(track: Track) -> tuple[object, ...]:
    return track.stage, track.playable, track.preview, track.revision


def on_retry(connection: Connection, job: Job) -> list[Announcement]:
    """Put a track that failed back to its beginning; one that plays stays as it is."""
    track = _track(connection, job)
    if track is None or track.state is TrackState.READY:
        return []
    store.change(
        connection,
        track.id,
        state=TrackState.PROCESSING.value,
        stage=Stage.RECEIVED.value,
        error_code=None,
        error=None,
    )
    again = store.one(connection, track.id)
    return [_note(again, state_event(again)), _note(again, CHANGED)]


def objects(job: Job) -> Objects:
    """Open the original to the worker, and what it may make of it."""
    track_id = _track_id(job)
    return Objects(
        reads={"original": keys.original(track_id)},
        folder=keys.track(track_id),
        writes=keys.publishable(job.token),
        object_bytes=Limits().file_bytes,
    )


INGEST = JobKind(
    name="ingest",
    on_facts=on_facts,
    glimpses=frozenset({Progress.type}),
    on_glimpses=on_glimpses,
    on_finish=on_finish,
    on_fail=on_fail,
    on_pause=on_pause,
    on_retry=on_retry,
    objects=objects,
)
JOB_KINDS: Kinds = {INGEST.name: INGEST}
