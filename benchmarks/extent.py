"""How much is measured: the whole, or a rehearsal that only shows that everything runs."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """A song to be ingested while its memory is watched."""

    seconds: int
    rate: int = 44_100
    channels: int = 2
    runs: int = 1

    def __str__(self) -> str:
        length = f"{self.seconds // 60} min" if self.seconds >= 60 else f"{self.seconds} s"
        sound = "stereo" if self.channels == 2 else "mono"
        return f"{length}, {sound} {self.rate / 1000:g} kHz"


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    seconds: int  # of the song
    rounds: int  # after one warm-up
    programmes: tuple[Programme, ...]
    lag_rounds: int
    lag_seconds: int  # the longest a phase may last
    lag_uploads: int  # in each round
    upload_bytes: int
    claimed_jobs: int  # of each way to claim them
    claiming_seconds: int  # the longest that a way may take
    listed_jobs: int
    pages: int  # of each list, read one after the other
    kills: tuple[float, ...]  # seconds after the begin of a job at which its worker is killed
    peers: bool  # whether other queues are killed, too: they take longer
    starts: int  # of a job that a worker waits for
    analysed_times: int  # the song in one analysis whose memory is watched


FULL: Final = Extent(
    seconds=300,
    rounds=5,
    programmes=(
        Programme(seconds=60, runs=3),
        Programme(seconds=600),
        Programme(seconds=1800),
        Programme(seconds=3600, rate=22_050, channels=1),
    ),
    lag_rounds=5,
    lag_seconds=20,
    lag_uploads=3,
    upload_bytes=500_000_000,
    claimed_jobs=100_000,
    claiming_seconds=60,
    listed_jobs=1_000_000,
    pages=100,
    kills=(0.5, 3.0, 7.0),
    peers=True,
    starts=300,
    analysed_times=48,  # four hours
)
QUICK: Final = Extent(
    seconds=20,
    rounds=2,
    programmes=(Programme(seconds=20, runs=2), Programme(seconds=60, rate=22_050, channels=1)),
    lag_rounds=1,
    lag_seconds=4,
    lag_uploads=1,
    upload_bytes=30_000_000,
    claimed_jobs=200,
    claiming_seconds=20,
    listed_jobs=2_000,
    pages=5,
    kills=(0.5,),
    peers=False,
    starts=5,
    analysed_times=3,
)
