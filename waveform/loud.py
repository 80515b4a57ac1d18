"""The gain of loud mode: to the target even where peaks must be limited for it."""

from dataclasses import dataclass

from waveform.gain import GainPlan, Levelled, plan

MOST_LIMITING_DB = 12.0  # turned down further, drums are heard as dents in everything else
LEAST_SLOPE = 0.5  # a guess from one trial shall not overshoot wildly


@dataclass(frozen=True, slots=True)
class Trial:
    """What a limited programme measured, and the gain that was put before the limiter."""

    gain_db: float
    integrated_lufs: float


def plan_loud(
    loudness: Levelled, *, target_lufs: float, ceiling_dbtp: float, trial: Trial | None = None
) -> GainPlan:
    """Plan the gain before the limiter; once more after a trial, for what limiting took away."""
    linear = plan(loudness, target_lufs=target_lufs, ceiling_dbtp=ceiling_dbtp)
    if not linear.limited_by_peak or loudness.integrated_lufs is None:
        return linear
    room = linear.gain_db
    wanted = target_lufs - loudness.integrated_lufs
    gain = wanted if trial is None else _corrected(trial, target_lufs, room)
    if gain > room + MOST_LIMITING_DB:
        why = f"its peaks would be turned down by more than {MOST_LIMITING_DB:g} dB"
        return GainPlan(room + MOST_LIMITING_DB, limited_by_peak=True, reason=why)
    why = f"it reaches {target_lufs:g} LUFS with its peaks turned down by {gain - room:.1f} dB"
    return GainPlan(gain, limited_by_peak=False, reason=why)


def _corrected(trial: Trial, target_lufs: float, room: float) -> float:
    """Add what the trial missed.

    What limiting takes away grows about with the square of what it is asked for beyond the
    `room` under the ceiling, so the last decibel of gain brings less than one of loudness.
    """
    missed = target_lufs - trial.integrated_lufs
    beyond = trial.gain_db - room
    slope = 1 - 2 * missed / beyond if beyond > 0 else 1.0
    return trial.gain_db + missed / min(1.0, max(LEAST_SLOPE, slope))
