"""The zygote's children do their work, and nothing else, and never outlive their time."""

import asyncio
import os
import signal
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from transcoder.errors import NoSound
from transcoder.limits import MIB, Limits
from transcoder.zygote import ChildCrashed, ChildTimedOut, Zygote

TASKS = (
    *("copy", "complain", "stumble", "try_all", "sleep", "fork_and_sleep"),
    *("leave_a_child_behind", "segfault", "shout"),
)


@pytest.fixture
async def zygote() -> AsyncIterator[Zygote]:
    places = {name: f"tests.transcoder.misbehaviour:{name}" for name in TASKS}
    zygote = await Zygote.start(nice=0, tasks=places)
    yield zygote
    await zygote.close()


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "media"
    folder.mkdir()
    (folder / "other").write_bytes(b"somebody else's")
    (folder / "source").write_bytes(b"mine")
    return folder / "source"


async def run(
    zygote: Zygote, task: str, source: Path, limits: Limits | None = None, **spec: Any
) -> list[dict[str, Any]]:
    output = source.parents[1] / f"out-{task}"
    output.mkdir(exist_ok=True)
    spec = {"source": str(source), **spec}
    reports = zygote.run(task, spec, reads=source, writes=output, limits=limits)
    return [report async for report in reports]


def gone(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return True
    return state == "Z"


async def until_gone(process: int) -> None:
    async with asyncio.timeout(10):
        while not gone(process):  # noqa: ASYNC110 -- another process ends it
            await asyncio.sleep(0.01)


async def test_a_child_reads_its_file_and_writes_into_its_folder(
    zygote: Zygote, source: Path
) -> None:
    assert await run(zygote, "copy", source) == [{"type": "copied", "bytes": 4}]
    assert (source.parents[1] / "out-copy/folder/copy").read_bytes() == b"mine"


async def test_a_child_can_do_nothing_else(zygote: Zygote, source: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as canary:
        canary.settimeout(0.2)
        reports = await run(
            zygote,
            "try_all",
            source,
            Limits(file_bytes=8 * MIB),
            port=canary.getsockname()[1],
        )
        with pytest.raises(TimeoutError):
            canary.accept()

    assert len(reports) == 10
    assert [report for report in reports if report["type"] == "worked"] == []
    assert source.read_bytes() == b"mine"


async def test_what_the_file_is_to_blame_for_is_said_in_its_words(
    zygote: Zygote, source: Path
) -> None:
    with pytest.raises(NoSound, match="no sound in this test"):
        await run(zygote, "complain", source)


async def test_what_we_are_to_blame_for_comes_with_its_trace(zygote: Zygote, source: Path) -> None:
    with pytest.raises(ChildCrashed, match="ZeroDivisionError: a bug of ours"):
        await run(zygote, "stumble", source)


async def test_a_crash_of_c_code_ends_the_child_alone(zygote: Zygote, source: Path) -> None:
    with pytest.raises(ChildCrashed, match="signal 11"):
        await run(zygote, "segfault", source)

    assert await run(zygote, "copy", source)


async def test_a_report_without_end_is_cut_off(zygote: Zygote, source: Path) -> None:
    with pytest.raises(ChildCrashed):
        await run(zygote, "shout", source)


@pytest.mark.parametrize("limits", [Limits(silence_seconds=0.2), Limits(wall_seconds=0.2)])
async def test_a_child_that_dawdles_is_killed(limits: Limits, zygote: Zygote, source: Path) -> None:
    with pytest.raises(ChildTimedOut):
        await run(zygote, "sleep", source, limits)


@pytest.mark.parametrize("task", ["sleep", "fork_and_sleep"])
async def test_whoever_stops_listening_ends_the_child_and_its_children(
    task: str, zygote: Zygote, source: Path
) -> None:
    output = source.parents[1] / "out"
    output.mkdir()
    reports = zygote.run(task, {"source": str(source)}, reads=source, writes=output)
    sleeper = (await anext(reports))["pid"]
    await reports.aclose()

    await until_gone(sleeper)


async def test_nothing_outlives_a_child_that_has_ended(zygote: Zygote, source: Path) -> None:
    (report,) = await run(zygote, "leave_a_child_behind", source)

    await until_gone(report["pid"])


async def test_children_work_side_by_side(zygote: Zygote, source: Path) -> None:
    async with asyncio.TaskGroup() as together:
        long = together.create_task(run(zygote, "try_all", source, port=1))
        short = together.create_task(run(zygote, "copy", source))

    assert (len(long.result()), len(short.result())) == (10, 1)


async def test_a_dead_zygote_takes_its_children_along_and_is_started_again(
    zygote: Zygote, source: Path
) -> None:
    output = source.parents[1] / "out"
    output.mkdir()
    reports = zygote.run("sleep", {"source": str(source)}, reads=source, writes=output)
    sleeper = (await anext(reports))["pid"]
    parent = int(Path(f"/proc/{sleeper}/stat").read_text().rsplit(")", 1)[1].split()[1])
    os.kill(parent, signal.SIGKILL)
    with pytest.raises(ChildCrashed):
        await anext(reports)

    await until_gone(sleeper)
    assert await run(zygote, "copy", source)


async def test_the_sandbox_says_what_it_lacks(zygote: Zygote) -> None:
    assert str(zygote.sandbox) == "full" or zygote.sandbox.missing
