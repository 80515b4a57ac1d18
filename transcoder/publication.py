"""What follows from the measurement: the gain, and every rung at that gain.

The gain is linear and one for all rungs. What the encoders add to the peaks is tried out before
anything is told; should the finished rungs still rise above full scale, they are made once more, a
little lower, as the next revision: a segment that was told of is never changed.
"""

from dataclasses import dataclass, field
from typing import Final

from hls.timeline import Grid
from transcoder import ladder, trial
from transcoder.analyse import FirstPass
from transcoder.ladder import Rung
from transcoder.lossless import Lossless
from transcoder.render import Pass
from transcoder.reports import Analysed, Loudness, RenditionFinished
from transcoder.source import Source
from transcoder.spec import IngestSpec
from transcoder.telling import Share, Teller
from waveform.gain import plan

FIRST_REVISION: Final = 1  # 0 is the preview
_ATTEMPTS: Final = 2


@dataclass(slots=True)
class Publication:
    spec: IngestSpec
    source: Source
    teller: Teller
    passed: FirstPass
    lossless: Lossless | None
    waveform: str
    _notes: list[str] = field(init=False)

    def __post_init__(self) -> None:
        sound = self.source.sound
        self._notes = self.passed.findings.notes(sound)
        if sound.channels > 2:
            self._notes.append(f"Its {sound.channels} channels are folded into two.")

    def make(self) -> None:
        sound = self.source.sound
        rungs = ladder.plan(sound, self.passed.bit_rate(sound.rate))
        default = ladder.default(rungs, self.spec.default_rung)
        lossy = [default, *(each for each in rungs if each.codec == "aac" and each != default)]
        planned = plan(
            self.passed.measured.loudness,
            target_lufs=self.spec.target_lufs,
            ceiling_dbtp=self.spec.ceiling_dbtp,
        )
        over = trial.excess(self.source, self.passed, lossy, planned.gain_db)
        lowered = 0.0
        for revision in range(FIRST_REVISION, FIRST_REVISION + _ATTEMPTS):
            if over:
                lowered += over
                self._notes.append(f"It is {over:.1f} dB lower, since encoding lifts its peaks.")
            limited = planned.limited_by_peak or lowered > 0
            self._announce(revision, rungs, planned.gain_db - lowered, limited=limited)
            over = self._render(revision, planned.gain_db - lowered, lossy)
            if not over:
                return

    def _announce(self, revision: int, rungs: list[Rung], gain_db: float, *, limited: bool) -> None:
        measured, rate = self.passed.measured, self.source.sound.rate
        loudness = measured.loudness
        self.teller.tell(
            Analysed(
                samples=measured.samples,
                sample_rate=rate,
                duration_ms=round(1000 * measured.samples / rate),
                loudness=Loudness(
                    integrated_lufs=loudness.integrated_lufs,
                    range_lu=loudness.range_lu,
                    true_peak_dbtp=loudness.true_peak_dbtp,
                    momentary_max_lufs=loudness.momentary_max_lufs,
                    short_term_max_lufs=loudness.short_term_max_lufs,
                    gain_db=gain_db,
                    limited_by_peak=limited,
                ),
                waveform=self.waveform,
                rungs=[rung.name for rung in rungs],
                notes=list(self._notes),
            )
        )
        if self.lossless:
            self.lossless.announce(revision, self.teller, loudness)

    def _render(self, revision: int, gain_db: float, lossy: list[Rung]) -> float:
        """Make the default rung, then the others; return by how much they are too high."""
        grid = Grid.aac(self.source.sound.rate, self.passed.measured.samples)
        share = Share(self.teller, "encoding", grid.samples * len(lossy))
        common = Pass(self.source, grid, revision, gain_db, self.teller, share)
        for group in (lossy[:1], lossy[1:]):
            over = max((_excess(each) for each in common.render(group)), default=0.0)
            if over:
                return over
        return 0.0


def _excess(finished: RenditionFinished) -> float:
    peak = finished.true_peak_dbtp
    return peak - trial.HIGHEST if peak is not None and peak > 0 else 0.0
