"""The one gain that brings a programme to the target without clipping it."""

from dataclasses import dataclass
from typing import Protocol


class Levelled(Protocol):
    """What a gain is planned from: of a track's `Loudness`, or of a whole album."""

    @property
    def integrated_lufs(self) -> float | None: ...

    @property
    def true_peak_dbtp(self) -> float | None: ...


@dataclass(frozen=True, slots=True)
class GainPlan:
    """A linear gain, whether the true peak kept it below what was wanted, and why in words."""

    gain_db: float
    limited_by_peak: bool
    reason: str


def plan(loudness: Levelled, *, target_lufs: float, ceiling_dbtp: float) -> GainPlan:
    """Turn to the target, but never lift the true peak over the ceiling."""
    if loudness.true_peak_dbtp is None:
        return GainPlan(0.0, limited_by_peak=False, reason="it is silent")
    room = ceiling_dbtp - loudness.true_peak_dbtp
    if loudness.integrated_lufs is None:
        why = "it is too short or too quiet to have a loudness"
        return GainPlan(min(0.0, room), limited_by_peak=room < 0, reason=why)
    wanted = target_lufs - loudness.integrated_lufs
    if wanted > room:
        why = f"{wanted:+.1f} dB would lift its true peak over {ceiling_dbtp:g} dBTP"
        return GainPlan(room, limited_by_peak=True, reason=why)
    return GainPlan(wanted, limited_by_peak=False, reason=f"it reaches {target_lufs:g} LUFS")
