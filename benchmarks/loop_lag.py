"""N7: how long a listener waits for the server while it encodes, and while it takes an upload."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from benchmarks import lag_metric, songs
from benchmarks.client import Client
from benchmarks.extent import Extent
from benchmarks.interleaved import NotMeasured, spread
from benchmarks.probe import INTERVAL, Probe, p99
from benchmarks.processes import wait_for_end
from benchmarks.section import Section, verdict
from tests.end_to_end.houle import Server, access_token

CHILD = "zygote_main fork"  # the one that does an ingest
_PATIENCE = 60.0
_SETTLE = 1.0  # seconds after a deletion: work that was about to begin has begun by then


@dataclass(slots=True)
class Phase:
    name: str
    most: float | None = None  # seconds, the goal
    rounds: list[list[float]] = field(default_factory=list)  # latencies in seconds
    loop: lag_metric.Buckets = field(default_factory=dict)

    def row(self, idle: "Phase") -> Sequence[str]:
        each = [p99(latencies) for latencies in self.rounds]
        typical = median(each)
        every = p99([latency for latencies in self.rounds for latency in latencies])
        quiet = median(p99(latencies) for latencies in idle.rounds)
        return (
            "N7" if self.most else "",
            self.name,
            spread([1000 * value for value in each]),
            f"{1000 * every:.2f}",
            f"{typical / quiet:.1f}",
            f"≤ {1000 * lag_metric.p99_bound(self.loop):g}",
            f"{sum(map(len, self.rounds))}",
            f"≤ {1000 * self.most:.0f}" if self.most else "",
            verdict(typical, self.most) if self.most else "",
        )


@dataclass(frozen=True, slots=True)
class Session:
    """A server with nothing to do but what we give it."""

    server: Server
    client: Client
    extent: Extent

    def idle(self, phase: Phase) -> None:
        with self._watched(phase):
            time.sleep(self.extent.lag_seconds)

    def encoding(self, phase: Phase, song: Path) -> None:
        track = self.client.upload(song)
        self._until(lambda: CHILD in self.server.children())
        child = self.server.children()[CHILD]
        with self._watched(phase):  # without a look round: it would cost the probe its time
            wait_for_end(child, self.extent.lag_seconds)
        self._forget(track)

    def uploading(self, phase: Phase, song: Path) -> None:
        with self._watched(phase):
            track = self.client.upload(song)
        self._forget(track)

    def _forget(self, track: str) -> None:
        self.client.delete(track)
        time.sleep(_SETTLE)
        self._until(lambda: CHILD not in self.server.children())

    def _until(self, reached: Callable[[], bool]) -> None:
        until = time.monotonic() + _PATIENCE
        while not reached():
            if time.monotonic() > until:
                raise NotMeasured("the server's work neither began nor ended within a minute")
            time.sleep(0.01)

    @contextmanager
    def _watched(self, phase: Phase) -> Iterator[None]:
        before = lag_metric.read(self.server.url)
        with Probe(self.server.port) as probe:
            yield
        phase.rounds.append(probe.latencies)
        after = lag_metric.read(self.server.url)
        phase.loop = lag_metric.together(phase.loop, lag_metric.between(before, after))


def measure(extent: Extent, folder: Path) -> Section:
    song = songs.song(folder, "song.wav", extent.seconds)
    large = songs.song(folder, "song.wav", extent.upload_bytes // songs.BYTES_PER_SECOND)
    idle = Phase("idle")
    encoding = Phase("while a song is encoded", 0.010)
    uploading = Phase(f"while {large.stat().st_size / 1e6:.0f} MB are uploaded", 0.020)
    with _serving(folder / "houle", extent) as session:
        for _ in range(extent.lag_rounds):
            session.idle(idle)
            session.encoding(encoding, song)
            for _ in range(extent.lag_uploads):
                session.uploading(uploading, large)
    return Section(
        title="Lag of the event loop (N7)",
        columns=(
            *("goal", "phase", "p99 of each round, ms", "of all together, ms", "beside idle"),
            *("loop's own p99, ms", "requests", "wanted, ms", ""),
        ),
        rows=[phase.row(idle) for phase in (idle, encoding, uploading)],
        notes=(
            f"A real `houle serve` with one HTTP process. `GET /livez` every "
            f"{1000 * INTERVAL:.0f} ms on a kept-alive connection; what waits for an answer counts "
            "from when it was due. The goal is held against the median of the rounds. A round "
            "holds the loop's lag, and the standstills of a virtual machine, in which threads of "
            "the kernel do not go on either.",
            "Loop's own: how late its timer fires, four times a second, from `/metrics`: the bound "
            "of the bucket that holds the 99th percentile.",
            f"{extent.lag_rounds} rounds of all phases in turn, at most {extent.lag_seconds} s "
            f"each, {extent.lag_uploads} uploads a round; probe and uploader run on the same "
            "cores.",
        ),
    )


@contextmanager
def _serving(data: Path, extent: Extent) -> Iterator[Session]:
    server = Server(data)
    server.start()
    try:
        yield Session(server, Client(server.port, access_token(server)), extent)
    finally:
        server.stop()
