"""The gain of loud mode: to the target even where peaks must be limited for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, sqrt

from waveform.gain import GainPlan, Levelled, plan

MOST_LIMITING_DB = 12.0  # turned down further, drums are heard as dents in everything else
LEAST_SLOPE = 0.2  # two trials that hardly differ shall not throw the third far


@dataclass(frozen=True, slots=True)
class Trial:
    """What a limited programme measured, and the gain that was put before the limiter."""

    gain_db: float
    integrated_lufs: float


def plan_loud(
    loudness: Levelled, *, target_lufs: float, ceiling_dbtp: float, trials: Sequence[Trial] = ()
) -> GainPlan:
    """Plan the gain before the limiter; again after each trial, for what limiting took away."""
    linear = plan(loudness, target_lufs=target_lufs, ceiling_dbtp=ceiling_dbtp)
    if not linear.limited_by_peak or loudness.integrated_lufs is None:
        return linear
    # In decibels beyond the room for peaks: what was put in, what came of it, what shall come.
    room = linear.gain_db
    fits = loudness.integrated_lufs + room
    known = [(trial.gain_db - room, trial.integrated_lufs - fits) for trial in trials]
    beyond = _beyond(known, target_lufs - fits)
    if beyond > MOST_LIMITING_DB:
        why = f"to turn its peaks down by more than {MOST_LIMITING_DB:g} dB would harm it"
        return GainPlan(room + MOST_LIMITING_DB, limited_by_peak=True, reason=why)
    why = f"it reaches {target_lufs:g} LUFS with its peaks turned down by {beyond:.1f} dB"
    return GainPlan(room + beyond, limited_by_peak=False, reason=why)


def _beyond(known: Sequence[tuple[float, float]], wanted: float) -> float:
    if not known:
        return wanted
    put, came = known[-1]
    if len(known) == 1:
        # What is lost grows about with the square, as ever more of the programme comes under the
        # limiter: put - loss * put^2 = came. Where that has no solution, no gain is enough.
        loss = (put - came) / put**2 if put > 0 else 0.0
        under_root = 1 - 4 * loss * wanted
        return 2 * wanted / (1 + sqrt(under_root)) if under_root >= 0 else inf
    put_before, came_before = known[-2]
    slope = (came - came_before) / (put - put_before) if put != put_before else 1.0
    return put + (wanted - came) / min(1.0, max(LEAST_SLOPE, slope))
