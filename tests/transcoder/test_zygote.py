"""The zygote's children do their work, and nothing else, and never outlive their time."""

import asyncio
import os
import signal
import socket
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.small_disk import mounted
from tests.transcoder.misbehaviour import ATTEMPTS
from transcoder.errors import LimitExceeded, NoSound
from transcoder.limits import MIB, Limits
from transcoder.spec import IngestSpec
from transcoder.zygote import ChildCrashed, ChildOutOfRoom, ChildTimedOut, Zygote

TASKS = (
    "copy move work_in_threads use_the_devices open_descriptors "
    "complain stumble fill_the_disk try_all gulp write_without_end segfault abort shout babble "
    "sleep spin burn close_and_stay"
)
PLACES = {name: f"tests.transcoder.misbehaviour:{name}" for name in TASKS.split()}

pytestmark = pytest.mark.asyncio(loop_scope="module")  # one zygote for all: a start costs a second


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def zygote() -> AsyncIterator[Zygote]:
    zygote = await Zygote.start(nice=0, tasks=PLACES)
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


def children_of(zygote: Zygote) -> list[str]:
    return Path(f"/proc/{zygote.pid}/task/{zygote.pid}/children").read_text().split()


async def until_gone(process: int) -> None:
    async with asyncio.timeout(10):
        while not gone(process):  # noqa: ASYNC110 -- another process ends it
            await asyncio.sleep(0.01)


async def test_a_child_reads_its_file_and_writes_into_its_folder(
    zygote: Zygote, source: Path
) -> None:
    assert await run(zygote, "copy", source) == [{"type": "copied", "bytes": 4}]
    assert (source.parents[1] / "out-copy/folder/copy").read_bytes() == b"mine"
    assert await run(zygote, "move", source) == [{"type": "moved", "bytes": 5}]


async def test_a_child_may_have_threads_and_the_harmless_devices(
    zygote: Zygote, source: Path
) -> None:
    expected = sum(sum(range(n)) for n in range(100))

    assert await run(zygote, "work_in_threads", source) == [{"type": "summed", "sum": expected}]
    assert await run(zygote, "use_the_devices", source) == [{"type": "random", "bytes": 8}]


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

    assert len(reports) == len(ATTEMPTS)
    assert [report["name"] for report in reports if report["type"] == "worked"] == []
    assert source.read_bytes() == b"mine"


async def test_a_child_holds_no_descriptor_but_its_pipe(zygote: Zygote, source: Path) -> None:
    (report,) = await run(zygote, "open_descriptors", source)

    assert report["numbers"][:3] == [0, 1, 2]
    assert len(report["numbers"]) == 4


async def test_what_the_file_is_to_blame_for_is_said_in_its_words(
    zygote: Zygote, source: Path
) -> None:
    with pytest.raises(NoSound, match="no sound in this test"):
        await run(zygote, "complain", source)


async def test_what_we_are_to_blame_for_comes_with_its_trace(zygote: Zygote, source: Path) -> None:
    with pytest.raises(ChildCrashed, match="ZeroDivisionError: a bug of ours"):
        await run(zygote, "stumble", source)


async def test_a_file_that_wants_too_much_is_told_so(zygote: Zygote, source: Path) -> None:
    with pytest.raises(LimitExceeded, match="memory"):
        await run(zygote, "gulp", source)
    with pytest.raises(LimitExceeded, match="larger"):
        await run(zygote, "write_without_end", source, Limits(file_bytes=8 * MIB))

    assert (source.parents[1] / "out-write_without_end/big").stat().st_size <= 8 * MIB


async def test_a_full_disk_is_nobodys_fault_and_said_so(
    zygote: Zygote, source: Path, tmp_path: Path
) -> None:
    with mounted(tmp_path / "out-fill_the_disk", 1), pytest.raises(ChildOutOfRoom):
        await run(zygote, "fill_the_disk", source)

    assert await run(zygote, "copy", source)


@pytest.mark.parametrize("task", ["segfault", "abort"])
async def test_a_crash_of_c_code_ends_the_child_alone(
    task: str, zygote: Zygote, source: Path
) -> None:
    with pytest.raises(ChildCrashed, match="signal"):
        await run(zygote, task, source)

    assert await run(zygote, "copy", source)


@pytest.mark.parametrize(
    "words", ["hello\n", "[1]\n", '{"no": "type"}\n', '{"type": 1}\n', "[" * 100_000 + "\n"]
)
async def test_what_is_no_report_ends_the_child(words: str, zygote: Zygote, source: Path) -> None:
    with pytest.raises(ChildCrashed, match="not a report"):
        await run(zygote, "babble", source, words=words[:100_000])


async def test_a_report_without_end_is_cut_off(zygote: Zygote, source: Path) -> None:
    with pytest.raises(ChildCrashed, match="without an end"):
        await run(zygote, "shout", source)


@pytest.mark.parametrize(
    ("task", "limits"),
    [
        ("sleep", Limits(silence_seconds=0.2)),
        ("sleep", Limits(wall_seconds=0.2)),
        ("spin", Limits(wall_seconds=0.2)),
        ("burn", Limits(cpu_seconds=1)),
    ],
)
async def test_a_child_that_takes_too_long_is_killed(
    task: str, limits: Limits, zygote: Zygote, source: Path
) -> None:
    with pytest.raises(ChildTimedOut):
        await run(zygote, task, source, limits)

    assert children_of(zygote) == []


async def test_a_child_that_hangs_up_and_stays_is_killed(
    zygote: Zygote, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("transcoder.zygote._LAST_SECONDS", 0.2)

    with pytest.raises(ChildTimedOut):
        await run(zygote, "close_and_stay", source)

    assert children_of(zygote) == []


async def test_whoever_stops_listening_ends_the_child(zygote: Zygote, source: Path) -> None:
    output = source.parents[1] / "out"
    output.mkdir()
    reports = zygote.run("sleep", {"source": str(source)}, reads=source, writes=output)
    sleeper = (await anext(reports))["pid"]
    assert not gone(sleeper)
    await reports.aclose()

    assert gone(sleeper)


async def test_the_zygote_has_one_thread_and_nothing_of_our_environment(
    zygote: Zygote,
) -> None:
    process = Path(f"/proc/{zygote.pid}")

    assert len(list((process / "task").iterdir())) == 1
    names = {line.split(b"=")[0] for line in (process / "environ").read_bytes().split(b"\0")}
    assert names <= {
        *(b"PATH", b"PYTHONPATH", b"LANG", b""),
        *(b"OPENBLAS_NUM_THREADS", b"OMP_NUM_THREADS", b"MKL_NUM_THREADS"),
    }


async def test_children_work_side_by_side(zygote: Zygote, source: Path) -> None:
    async with asyncio.TaskGroup() as together:
        long = together.create_task(run(zygote, "try_all", source, port=1))
        short = together.create_task(run(zygote, "copy", source))

    assert (len(long.result()), len(short.result())) == (len(ATTEMPTS), 1)


async def test_a_dead_zygote_takes_its_children_along_and_is_started_again(
    zygote: Zygote, source: Path
) -> None:
    output = source.parents[1] / "out"
    output.mkdir()
    reports = zygote.run("sleep", {"source": str(source)}, reads=source, writes=output)
    sleeper = (await anext(reports))["pid"]
    assert zygote.pid is not None
    os.kill(zygote.pid, signal.SIGKILL)
    with pytest.raises(ChildCrashed):
        await anext(reports)

    await until_gone(sleeper)
    assert await run(zygote, "copy", source)


async def test_on_this_machine_the_sandbox_is_whole(zygote: Zygote) -> None:
    assert str(zygote.sandbox) == "full"


async def test_a_zygote_that_cannot_start_says_so_and_the_next_try_waits() -> None:
    with pytest.raises(ChildCrashed, match="before it was warm"):
        await Zygote.start(tasks={"x": "tests.transcoder.misbehaviour:nothing_of_that_name"})


async def test_media_is_decoded_and_encoded_inside(tmp_path: Path) -> None:
    """The real task: whatever it imports late would be missing behind Landlock."""
    song, output = tmp_path / "song.mp3", tmp_path / "out"
    output.mkdir()
    tone = ("-f", "lavfi", "-i", "sine=frequency=440:duration=3", "-metadata", "title=Ночь")
    command = ["ffmpeg", "-nostdin", "-v", "error", *tone, str(song)]
    subprocess.run(command, check=True, timeout=60)
    zygote = await Zygote.start(nice=0)
    spec = IngestSpec(source=str(song), output=str(output), file_name="song.mp3")

    reports = [
        report async for report in zygote.run("ingest", spec.to_json(), reads=song, writes=output)
    ]
    await zygote.close()

    (probed,) = (report for report in reports if report["type"] == "probed")
    assert (probed["codec"], probed["tags"]["title"]) == ("mp3", "Ночь")
    made = [report["file"] for report in reports if report["type"] == "segment_made"]
    assert made
    assert all((output / file).stat().st_size for file in made)
