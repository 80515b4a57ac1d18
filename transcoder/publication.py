"""What follows from the measurement: the gain, and every rung at that gain.

The gain is linear and one for all rungs. Sound whose peaks all encoders lift is found by a trial
beforehand, and turned down as a whole; the rare burst of a single frame is left to the guard.
"""

from dataclasses import dataclass, field

from hls.timeline import Grid
from transcoder import ladder
from transcoder.allocator import give_back
from transcoder.analyse import FirstPass
from transcoder.ladder import Rung
from transcoder.lossless import Lossless
from transcoder.render import Pass, Rendition
from transcoder.reports import Analysed, Loudness
from transcoder.source import Source
from transcoder.spec import IngestSpec
from transcoder.telling import Share, Teller
from transcoder.trial import try_out
from waveform.gain import plan


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
        give_back()  # what the analysis took
        trial = try_out(self.source, self.passed.moments, lossy, planned.gain_db)
        self.passed.moments.clear()
        if trial.over:
            self._notes.append(f"It is {trial.over:.1f} dB lower, since encoding lifts its peaks.")
        gain_db = planned.gain_db - trial.over
        self._announce(rungs, gain_db, limited=planned.limited_by_peak or trial.over > 0)
        grid = Grid.aac(sound.rate, self.passed.measured.samples)
        rendering = Pass(self.source, grid, gain_db, trial.corrections, self.teller)
        first, *others = [Rendition(rendering, rung) for rung in lossy]
        # The default rung alone, so that the track is ready soonest.
        rendering.render([first], Share(self.teller, "encoding", grid.samples))
        give_back()
        if others:
            work = grid.samples * len(others)
            rendering.render(others, Share(self.teller, "completing", work))

    def _announce(self, rungs: list[Rung], gain_db: float, *, limited: bool) -> None:
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
            self.lossless.announce(self.teller, loudness)
